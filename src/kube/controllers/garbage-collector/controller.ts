import type { KubeObject, OwnerReference, ResourceType } from "#api/kubernetes/meta";
import { isStatus } from "#api/kubernetes/status";
import type { Reconciler } from "#lib";
import { equalJson } from "#kube/apimachinery";
import { type Informer, objectKey } from "#kube/client";
import type { ControllerContext, ServedResource } from "../context.ts";
import { customType, type Definition, definitionType } from "../custom-types.ts";
import { assembleController, type Controller } from "../controller.ts";
import { keyOf, nameOfKey } from "../keys.ts";
import { dropFinalizer, found, nameOf } from "../writes.ts";
import { type Dependent, OwnerGraph } from "./graph.ts";
import {
  blocks,
  blocksOwners,
  FOREGROUND,
  isDeletingDependents,
  isOrphaningDependents,
  ORPHAN,
  type OwnerState,
  planCollection,
} from "./plan.ts";

/** Objects looked at at the same time. Source: kubernetes --concurrent-gc-syncs. */
const CONCURRENCY = 20;

/**
 * Deletes objects whose owners are gone, and holds back owners that are deleted in the foreground or leave orphans.
 * Source: kubernetes pkg/controller/garbagecollector.
 */
export function createGarbageCollector(context: ControllerContext): Controller {
  const collector = new GarbageCollector(context);
  return assembleController({ name: "garbage-collector", loops: [collector.loop], subscribe: () => collector.subscribe() });
}

/** Events are never owned nor own, and there are many. */
function isCollected({ resource }: ServedResource): boolean {
  return resource !== "events";
}

interface Monitored {
  readonly type: ServedResource;
  readonly informer: Informer<KubeObject>;
}

/** Keys of the loop: `dependent/<uid>`, and `owner/<index of the kind>/<key>` for owners that wait for their dependents. */
class GarbageCollector {
  readonly loop: Reconciler;
  readonly #context: ControllerContext;
  readonly #graph = new OwnerGraph();
  readonly #definitions: Informer<Definition>;
  readonly #monitored: Monitored[];
  /** By `group/kind`, which is how owner references name kinds. */
  readonly #byKind: Map<string, Monitored>;

  constructor(context: ControllerContext) {
    this.#context = context;
    const types = context.resources.filter(isCollected);
    this.#definitions = context.informers.of<Definition>(definitionType as ResourceType<Definition>);
    this.#monitored = types.map((type) => ({ type, informer: context.informers.of<KubeObject>(type) }));
    this.#byKind = new Map(this.#monitored.map((each) => [`${each.type.group}/${each.type.kind}`, each]));
    this.loop = context.loop("garbage-collector", (key) => this.#process(key), CONCURRENCY);
  }

  subscribe(): (() => void)[] {
    const add = (definition: Definition): void => this.#addKind(definition);
    return [
      ...this.#monitored.map((monitored, index) => this.#follow(monitored, index)),
      this.#context.followServed(({ added, removed }) => {
        for (const type of added.filter(isCollected)) this.#addType(type);
        for (const type of removed) this.#removeType(type);
      }),
      this.#definitions.subscribe({ add, update: add, delete: (definition) => this.#removeKind(definition) }),
    ];
  }

  #follow({ type, informer }: Monitored, index: number): () => void {
    return informer.subscribe({
      add: (object) => this.#changed(type, index, { object }),
      update: (object, previous) => this.#changed(type, index, { object, previous }),
      delete: (object) => this.#gone(object),
    });
  }

  /** Custom kinds own and are owned as others are, from when they are established. */
  #addKind(definition: Definition): void {
    const type = customType(definition);
    if (type !== undefined) this.#addType(type);
  }

  #removeKind({ spec: { group, names } }: Definition): void {
    const monitored = this.#byKind.get(`${group}/${names.kind}`);
    if (monitored !== undefined) this.#removeType(monitored.type);
  }

  #addType(type: ServedResource): void {
    if (this.#byKind.has(`${type.group}/${type.kind}`)) return;
    const monitored = { type, informer: this.#context.informers.of<KubeObject>(type) };
    this.#byKind.set(`${type.group}/${type.kind}`, monitored);
    // Who has left the set of informers calls nobody any more: no need to unsubscribe.
    this.#follow(monitored, this.#monitored.push(monitored) - 1);
    void monitored.informer.start();
  }

  #removeType(type: ServedResource): void {
    if (this.#byKind.delete(`${type.group}/${type.kind}`)) this.#context.informers.drop(type);
  }

  #changed(type: ServedResource, index: number, { object, previous }: { object: KubeObject; previous?: KubeObject }): void {
    const { metadata } = object;
    const replaced = previous !== undefined && previous.metadata.uid !== metadata.uid;
    if (replaced) this.#gone(previous);
    const known = replaced ? undefined : previous?.metadata;
    if (known === undefined || !equalJson(known.ownerReferences, metadata.ownerReferences)) {
      this.#graph.set(type, objectKey(object), object);
      // Owners whose dependents were let go may go themselves.
      for (const owner of known?.ownerReferences ?? []) this.#wakeOwner(owner, metadata.namespace);
      if (metadata.uid !== undefined && metadata.ownerReferences !== undefined) this.loop.enqueue(`dependent/${metadata.uid}`);
    }
    if (metadata.deletionTimestamp === undefined || metadata.finalizers === undefined) return;
    if (isDeletingDependents(object) || isOrphaningDependents(object)) this.loop.enqueue(`owner/${index}/${objectKey(object)}`);
  }

  #gone(object: KubeObject): void {
    const { uid, namespace, ownerReferences = [] } = object.metadata;
    if (uid === undefined) return;
    this.#graph.delete(uid);
    for (const dependent of this.#graph.dependentsOf(uid)) this.loop.enqueue(`dependent/${dependent.uid}`);
    for (const owner of ownerReferences) this.#wakeOwner(owner, namespace);
  }

  #wakeOwner(owner: OwnerReference, namespace: string | undefined): void {
    const monitored = this.#monitoredOf(owner);
    if (monitored === undefined) return;
    const key = keyOf(monitored.type.namespaced ? namespace : undefined, owner.name);
    const object = monitored.informer.get(key);
    if (object !== undefined && isDeletingDependents(object)) this.loop.enqueue(`owner/${this.#monitored.indexOf(monitored)}/${key}`);
  }

  #monitoredOf({ apiVersion, kind }: OwnerReference): Monitored | undefined {
    const [, group = ""] = apiVersion.split("/").reverse();
    return this.#byKind.get(`${group}/${kind}`);
  }

  #process(key: string): Promise<void> {
    const [role = "", ...rest] = key.split("/");
    if (role === "dependent") return this.#collect(this.#graph.get(rest.join("/")));
    const [index = "", ...name] = rest;
    return this.#settleOwner(this.#monitored[Number(index)], name.join("/"));
  }

  async #collect(dependent: Dependent | undefined): Promise<void> {
    if (dependent === undefined) return;
    const object = this.#objectOf(dependent);
    if (object === undefined) return;
    const { client } = this.#context;
    const { uid, resourceVersion, namespace } = object.metadata;
    const states = await Promise.all((object.metadata.ownerReferences ?? []).map((owner) => this.#stateOf(owner, namespace)));
    const dependents = this.#graph.dependentsOf(dependent.uid);
    const plan = planCollection(object, states, dependents.length > 0);
    if (plan.kind === "delete") {
      // What was changed comes back, and is deleted then.
      if (plan.policy === "Foreground" && blocksOwners(object) && this.#closesCircle(dependents)) return this.#unblock(dependent, object);
      const preconditions = { uid: dependent.uid, ...(resourceVersion !== undefined && { resourceVersion }) };
      await found(client.delete(dependent.type, nameOf(object), { propagationPolicy: plan.policy, preconditions }));
    } else if (plan.kind === "unlink") {
      const body = { metadata: { uid, resourceVersion, ownerReferences: plan.owners } };
      await found(client.patch(dependent.type, nameOf(object), { type: "merge", body }));
    }
  }

  /** Whether one of them waits for its own dependents already: then each could wait for the other for ever. */
  #closesCircle(dependents: readonly Dependent[]): boolean {
    return dependents.some((each) => {
      const object = this.#objectOf(each);
      return object !== undefined && isDeletingDependents(object);
    });
  }

  /** Lets the object hold back none of its owners. Source: garbagecollector.go, attemptToDeleteItem, unblockOwnerReferencesStrategicMergePatch. */
  async #unblock({ type }: Dependent, object: KubeObject): Promise<void> {
    const { uid, resourceVersion, ownerReferences = [] } = object.metadata;
    const owners = ownerReferences.map((owner) => ({ ...owner, blockOwnerDeletion: false }));
    const body = { metadata: { uid, resourceVersion, ownerReferences: owners } };
    await found(this.#context.client.patch(type, nameOf(object), { type: "merge", body }));
  }

  #objectOf(dependent: Dependent): KubeObject | undefined {
    const object = this.#byKind.get(`${dependent.type.group}/${dependent.type.kind}`)?.informer.get(dependent.key);
    return object?.metadata.uid === dependent.uid ? object : undefined;
  }

  /** An owner that the informer does not show is asked for: the informer may be behind. Kinds that are not served are left alone. */
  async #stateOf(owner: OwnerReference, namespace: string | undefined): Promise<OwnerState> {
    const monitored = this.#monitoredOf(owner);
    if (monitored === undefined || (monitored.type.namespaced && namespace === undefined)) return "solid";
    const key = keyOf(monitored.type.namespaced ? namespace : undefined, owner.name);
    const shown = monitored.informer.get(key);
    const object = shown?.metadata.uid === owner.uid ? shown : await this.#read(monitored.type, key);
    if (object?.metadata.uid !== owner.uid) return "absent";
    return isDeletingDependents(object) ? "waiting" : "solid";
  }

  async #read(type: ServedResource, key: string): Promise<KubeObject | undefined> {
    try {
      return await this.#context.client.get<KubeObject>(type, nameOfKey(key));
    } catch (error) {
      if (isStatus(error, "NotFound")) return undefined;
      throw error;
    }
  }

  /** Lets an owner go whose dependents are dealt with; else deals with them. */
  async #settleOwner(monitored: Monitored | undefined, key: string): Promise<void> {
    const owner = monitored?.informer.get(key);
    if (monitored === undefined || owner?.metadata.uid === undefined) return;
    const dependents = this.#graph.dependentsOf(owner.metadata.uid);
    if (isOrphaningDependents(owner)) {
      for (const dependent of dependents) await this.#release(dependent, owner.metadata.uid);
      await dropFinalizer(this.#context.client, monitored.type, owner, ORPHAN);
    } else if (isDeletingDependents(owner)) {
      const blocking = dependents.filter(({ owners }) => blocks(owners, owner.metadata.uid ?? ""));
      for (const dependent of dependents) this.loop.enqueue(`dependent/${dependent.uid}`);
      if (blocking.length === 0) await dropFinalizer(this.#context.client, monitored.type, owner, FOREGROUND);
    }
  }

  async #release(dependent: Dependent, ownerUid: string): Promise<void> {
    const object = this.#objectOf(dependent);
    if (object === undefined) return;
    const { uid, resourceVersion } = object.metadata;
    const ownerReferences = dependent.owners.filter((owner) => owner.uid !== ownerUid);
    const body = { metadata: { uid, resourceVersion, ownerReferences } };
    await found(this.#context.client.patch(dependent.type, nameOf(object), { type: "merge", body }));
  }
}
