import type { KubeObject } from "#api/kubernetes/meta";
import { isStatus } from "#api/kubernetes/status";
import { findCondition, formatTime } from "#kube/apimachinery";
import { createReconciler, type Reconciler } from "#lib";
import type { Core } from "../core.ts";
import type { Author } from "../field-management.ts";
import { CLEANUP_FINALIZER, type CustomResourceDefinition } from "../registry/apiextensions/custom-resource-definitions.ts";
import { approvalCondition } from "../registry/apiextensions/api-approval.ts";
import { hasReadableBundle } from "../registry/apiextensions/conversion.ts";
import type { Resource } from "../resources.ts";
import { storable } from "../storage/codec.ts";
import { commit } from "../verbs/commit.ts";
import { deleteObject } from "../verbs/delete.ts";
import { customKinds } from "./custom-kind.ts";

/** Serves the kinds that custom resource definitions make. Source: apiextensions-apiserver pkg/controller/{status,establish,finalizer}. */
export interface Definitions {
  /** Serves what is established already, then follows the definitions. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Objects of a definition that goes, deleted in one turn; it comes back until there are none. */
const DELETIONS_PER_TURN = 500;
const LOOK_AGAIN_MS = 500;
const author: Author = { name: "kube-apiserver", isClient: false };

export function createDefinitions(core: Core): Definitions {
  const definitions = core.resources.preferred("apiextensions.k8s.io", "customresourcedefinitions");
  if (definitions === undefined) return { start: () => Promise.resolve(), stop: () => Promise.resolve() };
  const sync = new DefinitionSync(core, definitions);
  const { clock, log } = core;
  const loop = createReconciler({
    name: "custom resource definitions",
    clock,
    log,
    concurrency: 1,
    reconcile: (name) => sync.reconcile(name),
  });
  return watching(core, { definitions, sync, loop });
}

function watching(
  { storage }: Core,
  { definitions, sync, loop }: { definitions: Resource; sync: DefinitionSync; loop: Reconciler },
): Definitions {
  let stopWatching = (): void => undefined;
  return {
    async start() {
      for (const { object } of definitions.cache.values()) sync.serve(object as CustomResourceDefinition);
      await storage.loadDeclared();
      stopWatching = definitions.cache.watchers.add({}, ({ object, previous }) => {
        const name = (object ?? previous)?.metadata.name;
        if (object === undefined && previous !== undefined) sync.withdraw(previous as CustomResourceDefinition);
        if (name !== undefined && object !== undefined) loop.enqueue(name);
      });
      for (const { object } of definitions.cache.values()) loop.enqueue(object.metadata.name);
    },
    async stop() {
      stopWatching();
      await loop.stop();
    },
  };
}

class DefinitionSync {
  readonly #core: Core;
  readonly #resource: Resource;

  constructor(core: Core, resource: Resource) {
    this.#core = core;
    this.#resource = resource;
  }

  serve(definition: CustomResourceDefinition): void {
    if (findCondition(definition.status?.conditions, "Established")?.status === "True")
      this.#core.resources.setCustom(definition.metadata.name, customKinds(definition));
  }

  withdraw({ metadata }: CustomResourceDefinition): void {
    this.#core.resources.setCustom(metadata.name, []);
  }

  async reconcile(name: string): Promise<{ requeueAfterMs: number } | void> {
    const definition = this.#resource.cache.get(name)?.object as CustomResourceDefinition | undefined;
    if (definition === undefined) return;
    if (definition.metadata.deletionTimestamp !== undefined) return await this.#clean(definition);
    const isServed = !this.#isTaken(definition) && establishedOf(definition).status === "True";
    this.#core.resources.setCustom(name, isServed ? customKinds(definition) : []);
    await this.#core.storage.loadDeclared();
    await this.#writeStatus(definition);
  }

  /** Names that another kind has already. */
  #isTaken({ metadata, spec }: CustomResourceDefinition): boolean {
    return this.#core.resources.all.some(
      ({ group, kind, custom }) =>
        custom !== metadata.name && group === spec.group && (kind.kind === spec.names.kind || kind.resource === spec.names.plural),
    );
  }

  async #writeStatus(definition: CustomResourceDefinition): Promise<void> {
    const now = formatTime(this.#core.clock.now());
    const isTaken = this.#isTaken(definition);
    const stored = definition.spec.versions.filter(({ storage }) => storage).map(({ name }) => name);
    await commit(this.#core, this.#at(definition.metadata.name), ({ object }) => {
      const next = this.#copy(object);
      const storedVersions = [...new Set([...(next.status?.storedVersions ?? []), ...stored])];
      const conditions = conditionsOf(next, isTaken).map((condition) => {
        const before = findCondition(next.status?.conditions, condition.type);
        return { ...condition, lastTransitionTime: before?.status === condition.status ? (before.lastTransitionTime ?? now) : now };
      });
      next.status = { conditions, acceptedNames: next.spec.names, storedVersions };
      return { kind: "replace", object: next };
    }).catch(ignoreGone);
  }

  /** Deletes every object, then lets the definition go. */
  async #clean(definition: CustomResourceDefinition): Promise<{ requeueAfterMs: number } | void> {
    const { finalizers = [], name } = definition.metadata;
    if (!finalizers.includes(CLEANUP_FINALIZER)) return;
    const served = this.#core.resources.all.find(({ custom }) => custom === name);
    const resource = served?.kept ?? served;
    const entries = resource === undefined ? [] : [...resource.cache.values()].slice(0, DELETIONS_PER_TURN);
    for (const { object } of entries) {
      if (resource === undefined || object.metadata.deletionTimestamp !== undefined) continue;
      const at = { resource, namespace: object.metadata.namespace ?? "", name: object.metadata.name, dryRun: false };
      await deleteObject(this.#core, { ...at, options: {} }).catch(ignoreGone);
    }
    if (resource !== undefined && resource.cache.size > 0) return { requeueAfterMs: LOOK_AGAIN_MS };
    await commit(this.#core, this.#at(name), ({ object }) => {
      const next = this.#copy(object);
      next.metadata.finalizers = (next.metadata.finalizers ?? []).filter((each) => each !== CLEANUP_FINALIZER);
      if (next.metadata.finalizers.length > 0) return { kind: "replace", object: next };
      return { kind: "remove" };
    }).catch(ignoreGone);
  }

  #at(name: string) {
    return { resource: this.#resource, namespace: "", name, dryRun: false, author };
  }

  #copy(object: KubeObject): CustomResourceDefinition {
    return storable(object as CustomResourceDefinition, this.#resource.storedApiVersion, this.#resource.storedKind);
  }
}

function conditionsOf(definition: CustomResourceDefinition, isTaken: boolean) {
  const plural = JSON.stringify(definition.spec.names.plural);
  const approval = approvalCondition(definition);
  const names = isTaken
    ? ({ status: "False", reason: "PluralConflict", message: `${plural} is already in use` } as const)
    : ({ status: "True", reason: "NoConflicts", message: "no conflicts found" } as const);
  const established = isTaken
    ? ({ status: "False", reason: "NotAccepted", message: "not all names are accepted" } as const)
    : establishedOf(definition);
  const accepted = [
    { type: "NamesAccepted", ...names },
    { type: "Established", ...established },
  ];
  return approval === undefined ? accepted : [...accepted, approval];
}

/** What is established stays so. Source: apiextensions-apiserver pkg/controller/establish/establishing_controller.go. */
function establishedOf({ spec, status }: CustomResourceDefinition): {
  status: "True" | "False";
  reason: string;
  message: string;
} {
  const isEstablished = findCondition(status?.conditions, "Established")?.status === "True";
  return isEstablished || hasReadableBundle(spec.conversion)
    ? { status: "True", reason: "InitialNamesAccepted", message: "the initial names have been accepted" }
    : { status: "False", reason: "InvalidCABundle", message: "The conversion webhook CABundle is invalid" };
}

function ignoreGone(error: unknown): void {
  if (!isStatus(error, "NotFound")) throw error;
}
