import { resources } from "#api/kubernetes/resources";
import { isStatus } from "#api/kubernetes/status";
import type { ControllerRevision, PodTemplate } from "#api/kubernetes/workloads";
import type { KubeObject } from "#api/kubernetes/meta";
import { controllerReference, equalJson } from "#kube/apimachinery";
import type { Informer } from "#kube/client";
import type { ControllerContext } from "./context.ts";
import type { PodOwner } from "./pod-control.ts";
import { templateHash } from "./template-hash.ts";
import { found, isNamespaceTerminating, nameOf } from "./writes.ts";

/** Label of revisions, and of pods that were made by them. Source: kubernetes/api apps/v1, ControllerRevisionHashLabelKey. */
export const REVISION = "controller-revision-hash";
/** Revisions that are kept beside those in use when nothing is said. */
const DEFAULT_LIMIT = 10;

type Templated = KubeObject & { readonly spec: { readonly template: PodTemplate; readonly revisionHistoryLimit?: number } };

/** The templates that a set has had, each as a ControllerRevision. Source: kubernetes pkg/controller/history/controller_history.go. */
export class RevisionHistory {
  readonly #revisions: Informer<ControllerRevision>;
  readonly #context: ControllerContext;

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#revisions = context.informers.of(resources.controllerRevisions);
  }

  /** Oldest first. */
  of({ metadata }: KubeObject): ControllerRevision[] {
    return [...this.#revisions.byIndex("owner", metadata.uid ?? "")].sort((a, b) => (a.revision ?? 0) - (b.revision ?? 0));
  }

  /** The revision of the template as it is, made when there is none, the newest one in any case; undefined in a namespace that goes. */
  async newest(set: Templated & PodOwner): Promise<ControllerRevision | undefined> {
    const known = this.of(set);
    const data = dataOf(set);
    const newest = known.at(-1);
    const number = (newest?.revision ?? 0) + 1;
    const same = known.find((revision) => equalJson(revision.data, data));
    if (same === undefined) return await this.#make(set, data, number);
    return same === newest ? same : await this.#context.client.update(resources.controllerRevisions, { ...same, revision: number });
  }

  /** Keeps as many revisions as wanted beside those in use. Source: pkg/controller/statefulset/stateful_set_control.go, truncateHistory. */
  async forgetOld(set: Templated, isUsed: (revision: ControllerRevision) => boolean): Promise<void> {
    const old = this.of(set).filter((revision) => !isUsed(revision));
    const surplus = old.slice(0, Math.max(old.length - (set.spec.revisionHistoryLimit ?? DEFAULT_LIMIT), 0));
    for (const revision of surplus) await found(this.#context.client.delete(resources.controllerRevisions, nameOf(revision), {}));
  }

  async #make(set: Templated & PodOwner, data: object, number: number): Promise<ControllerRevision | undefined> {
    const { client } = this.#context;
    for (let collisions = 0; ; collisions++) {
      const revision = revisionOf(set, data, { number, hash: templateHash(set.spec.template, collisions) });
      try {
        return await client.create(resources.controllerRevisions, revision);
      } catch (error) {
        if (isNamespaceTerminating(error)) return undefined;
        if (!isStatus(error, "AlreadyExists")) throw error;
        const present = await client.get(resources.controllerRevisions, nameOf(revision));
        if (equalJson(present.data, data)) return present;
      }
    }
  }
}

/** What a revision keeps of a set. Source: pkg/controller/statefulset/stateful_set_utils.go, getPatch; daemon/update.go, getPatch. */
function dataOf({ spec: { template } }: Templated): object {
  return { spec: { template: { ...template, $patch: "replace" } } };
}

function revisionOf(set: Templated & PodOwner, data: object, { number, hash }: { number: number; hash: string }): ControllerRevision {
  const { name, namespace } = set.metadata;
  return {
    metadata: {
      name: `${name}-${hash}`,
      ...(namespace !== undefined && { namespace }),
      labels: { ...set.spec.template.metadata?.labels, [REVISION]: hash },
      ownerReferences: [controllerReference(set)],
    },
    data,
    revision: number,
  };
}
