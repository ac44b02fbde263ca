import type { KubeObject, ResourceType } from "#api/kubernetes/meta";
import { resources } from "#api/kubernetes/resources";
import type { ReplicaSet, ReplicationController } from "#api/kubernetes/workloads";
import { type Informer, type InformerHandlers, objectKey } from "#kube/client";
import type { ControllerContext } from "../context.ts";
import { found } from "../writes.ts";

/** A kind that keeps a number of pods: replica sets, or replication controllers, which are the same under an older name. */
export interface Flavor {
  /** Of the controller, and of its loop. */
  readonly name: string;
  readonly component: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly type: ResourceType;
  /** The objects, as replica sets. */
  readonly sets: Pick<Informer<ReplicaSet>, "get" | "byIndex" | "subscribe">;
  /** Writes a status that differs. Rejects with Conflict when the object was changed meanwhile. */
  writeStatus(set: ReplicaSet): Promise<void>;
}

export function replicaSets({ informers, client }: ControllerContext): Flavor {
  return {
    name: "replicaset",
    component: "replicaset-controller",
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    type: resources.replicaSets,
    sets: informers.of(resources.replicaSets),
    async writeStatus(set) {
      await found(client.update(resources.replicaSets, set, { subresource: "status" }));
    },
  };
}

/** Source: kubernetes pkg/controller/replication/conversion.go. */
export function replicationControllers({ informers, client }: ControllerContext): Flavor {
  const informer = informers.of(resources.replicationControllers);
  const views = new WeakMap<ReplicationController, ReplicaSet>();
  const view = (controller: ReplicationController): ReplicaSet => {
    let set = views.get(controller);
    if (set === undefined) views.set(controller, (set = asReplicaSet(controller)));
    return set;
  };
  return {
    name: "replication-controller",
    component: "replication-controller",
    apiVersion: "v1",
    kind: "ReplicationController",
    type: resources.replicationControllers,
    sets: {
      get: (key) => viewOf(informer.get(key), view),
      byIndex: (name, value) => informer.byIndex(name, value).map(view),
      subscribe: ({ add, update, delete: gone }: InformerHandlers<ReplicaSet>) =>
        informer.subscribe({
          add: (object) => add?.(view(object)),
          update: (object, previous) => update?.(view(object), view(previous)),
          delete: (object) => gone?.(view(object)),
        }),
    },
    async writeStatus({ status, ...set }) {
      const present = informer.get(objectKey(set));
      if (present === undefined || status === undefined) return;
      // The version that was looked at, so that a race is noticed.
      const metadata = { ...present.metadata, ...versionOf(set) };
      await found(client.update(resources.replicationControllers, { ...present, metadata, status }, { subresource: "status" }));
    },
  };
}

function versionOf({ metadata: { resourceVersion } }: KubeObject): { resourceVersion?: string } {
  return resourceVersion === undefined ? {} : { resourceVersion };
}

function viewOf(controller: ReplicationController | undefined, view: (each: ReplicationController) => ReplicaSet): ReplicaSet | undefined {
  return controller === undefined ? undefined : view(controller);
}

function asReplicaSet({ spec, status, ...controller }: ReplicationController): ReplicaSet {
  const { selector, ...kept } = spec;
  return { ...controller, spec: { ...kept, selector: { matchLabels: selector ?? {} } }, ...(status === undefined ? {} : { status }) };
}
