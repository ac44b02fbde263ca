import type { Pod } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import { isStatus } from "#api/kubernetes/status";
import type { ControllerRevision, StatefulSet } from "#api/kubernetes/workloads";
import type { Requeue } from "#lib";
import { isPodActive } from "#kube/apimachinery";
import { type Informer, objectKey } from "#kube/client";
import { claim } from "../claims.ts";
import type { ControllerContext, EventSink } from "../context.ts";
import { assembleController, type Controller } from "../controller.ts";
import { createExpectations } from "../expectations.ts";
import { subscribeOwnedPods } from "../owned-pods.ts";
import { asOwner, type PodOwner } from "../pod-control.ts";
import { nextAvailableAt } from "../pods.ts";
import { RevisionHistory } from "../revisions.ts";
import { found, isNamespaceTerminating, messageOf, nameOf, writeStatus } from "../writes.ts";
import { claimsOf, ordinalOf, ownedBySet, podOf, revisionOf } from "./identity.ts";
import { planStatefulSet, type StatefulSetPlan } from "./plan.ts";
import { statefulSetStatus } from "./status.ts";

/** Keeps the pods of stateful sets, in order and by name. Source: kubernetes pkg/controller/statefulset. */
export function createStatefulSetController(context: ControllerContext): Controller {
  const sync = new StatefulSetSync(context);
  const loop = context.loop("statefulset", (key) => sync.reconcile(key));
  const enqueue = (key: string): void => loop.enqueue(key);
  // Names of pods are their own expectations: a second pod of a name cannot be made.
  const expectations = createExpectations(() => context.clock.now());
  return assembleController({
    name: "statefulset",
    loops: [loop],
    subscribe: () => [
      sync.sets.subscribe({
        add: (object) => enqueue(objectKey(object)),
        update: (object) => enqueue(objectKey(object)),
        delete: () => undefined,
      }),
      subscribeOwnedPods({ kind: "StatefulSet", pods: sync.pods, owners: sync.sets, expectations, enqueue }),
    ],
  });
}

interface Revisions {
  readonly current: ControllerRevision;
  readonly update: ControllerRevision;
}

class StatefulSetSync {
  readonly sets: Informer<StatefulSet>;
  readonly pods: Informer<Pod>;
  readonly #history: RevisionHistory;
  readonly #context: ControllerContext;
  readonly #events: EventSink;

  constructor(context: ControllerContext) {
    this.#context = context;
    this.sets = context.informers.of(resources.statefulSets);
    this.pods = context.informers.of(resources.pods);
    this.#history = new RevisionHistory(context);
    this.#events = context.events("statefulset-controller");
  }

  async reconcile(key: string): Promise<Requeue | void> {
    const object = this.sets.get(key);
    if (object === undefined) return;
    const set = asOwner(object, "apps/v1", "StatefulSet");
    const pods = await this.#claim(set);
    const revisions = await this.#revisionsOf(set);
    if (revisions === undefined) return;
    const { clock, client } = this.#context;
    const plan = planStatefulSet({ set, pods, updateRevision: revisions.update.metadata.name, nowMs: clock.now() });
    await this.#carryOut(set, plan, revisions);
    const names = { currentRevision: revisions.current.metadata.name, updateRevision: revisions.update.metadata.name };
    const status = statefulSetStatus(set, this.#owned(set), names, clock.now());
    await writeStatus(client, resources.statefulSets, object, status);
    const used = new Set([status.currentRevision, status.updateRevision, ...this.#owned(set).map(revisionOf)]);
    await this.#history.forgetOld(set, ({ metadata }) => used.has(metadata.name));
    const availableAtMs = nextAvailableAt(pods, set.spec.minReadySeconds ?? 0, clock.now());
    return availableAtMs === undefined ? undefined : { requeueAfterMs: availableAtMs - clock.now() };
  }

  #owned({ metadata }: StatefulSet): readonly Pod[] {
    return this.pods.byIndex("owner", metadata.uid ?? "");
  }

  /** Only pods of a name that is the set's are adopted. */
  async #claim(owner: StatefulSet & PodOwner): Promise<readonly Pod[]> {
    const isNamed = (pod: Pod): boolean => isPodActive(pod) && ordinalOf(owner, pod) !== undefined;
    const orphans = this.pods.byIndex("orphan", owner.metadata.namespace ?? "").filter(isNamed);
    const claims = {
      client: this.#context.client,
      type: resources.pods,
      owner,
      ownerType: resources.statefulSets,
      selector: owner.spec.selector,
    };
    return await claim({ ...claims, owned: this.#owned(owner), orphans });
  }

  /** The revision of the template as it is, and the one before it; undefined in a namespace that goes. */
  async #revisionsOf(set: StatefulSet & PodOwner): Promise<Revisions | undefined> {
    const update = await this.#history.newest(set);
    if (update === undefined) return undefined;
    return { update, current: this.#history.of(set).find(({ metadata }) => metadata.name === set.status?.currentRevision) ?? update };
  }

  async #carryOut(set: StatefulSet & PodOwner, { create, remove }: StatefulSetPlan, revisions: Revisions): Promise<void> {
    const minor = this.#context.minor();
    for (const { ordinal, revision } of create) {
      if (!(await this.#createClaims(set, ordinal))) return;
      await this.#createPod(set, podOf(set, revisions[revision], { ordinal, minor }));
    }
    for (const pod of remove) await this.#deletePod(set, pod);
  }

  /** Source of the texts: pkg/controller/statefulset/stateful_pod_control.go, recordPodEvent and recordClaimEvent. */
  async #createPod(set: StatefulSet & PodOwner, pod: Pod): Promise<void> {
    const { name } = pod.metadata;
    try {
      await this.#context.client.create(resources.pods, pod);
      this.#events.normal(set, "SuccessfulCreate", `create Pod ${name} in StatefulSet ${set.metadata.name} successful`);
    } catch (error) {
      // Of that name there is one already, that the informer does not show yet or that is another's.
      if (isStatus(error, "AlreadyExists") || isNamespaceTerminating(error)) return;
      this.#events.warning(set, "FailedCreate", `create Pod ${name} in StatefulSet ${set.metadata.name} failed error: ${messageOf(error)}`);
      throw error;
    }
  }

  async #createClaims(set: StatefulSet & PodOwner, ordinal: number): Promise<boolean> {
    for (const { claim: wanted } of claimsOf(set, ordinal)) {
      const { name } = wanted.metadata;
      const told = `Claim ${name} Pod ${set.metadata.name}-${ordinal} in StatefulSet ${set.metadata.name}`;
      try {
        await this.#context.client.create(resources.persistentVolumeClaims, ownedBySet(wanted, set));
        this.#events.normal(set, "SuccessfulCreate", `create ${told} success`);
      } catch (error) {
        if (isStatus(error, "AlreadyExists")) continue;
        if (isNamespaceTerminating(error)) return false;
        this.#events.warning(set, "FailedCreate", `create ${told} failed error: ${messageOf(error)}`);
        throw error;
      }
    }
    return true;
  }

  async #deletePod(set: StatefulSet & PodOwner, pod: Pod): Promise<void> {
    const { uid, name } = pod.metadata;
    const isGone = !(await found(
      this.#context.client.delete(resources.pods, nameOf(pod), uid === undefined ? {} : { preconditions: { uid } }),
    ));
    if (!isGone) this.#events.normal(set, "SuccessfulDelete", `delete Pod ${name} in StatefulSet ${set.metadata.name} successful`);
  }
}
