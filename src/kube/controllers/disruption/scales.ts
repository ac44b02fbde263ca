import type { Pod } from "#api/kubernetes/core";
import type { KubeObject, OwnerReference, ResourceType } from "#api/kubernetes/meta";
import { resources } from "#api/kubernetes/resources";
import { controllerOf } from "#kube/apimachinery";
import type { Informer } from "#kube/client";
import type { ControllerContext } from "../context.ts";
import { keyOf } from "../keys.ts";

type Scaled = KubeObject & { readonly spec: { readonly replicas?: number } };

/** Replicas that controllers want, or why that cannot be told. */
export interface ExpectedScale {
  readonly expectedScale: number | undefined;
  readonly scaleFailure?: string;
}

/** Kinds whose size counts beside replica sets and deployments, when they are served. Source: kubernetes disruption.go, finders. */
const OTHER_KINDS: ReadonlySet<string> = new Set(["apps/StatefulSet", "/ReplicationController"]);

/** The sizes of the controllers of pods. */
export class ControllerScales {
  readonly #informers = new Map<string, Informer<Scaled>>();

  constructor(context: ControllerContext) {
    const types: ResourceType<Scaled>[] = [resources.replicaSets, resources.deployments] as ResourceType<Scaled>[];
    const others = context.resources.filter((type) => OTHER_KINDS.has(`${type.group}/${type.kind}`)) as ResourceType<Scaled>[];
    for (const type of [...types, ...others]) this.#informers.set(`${type.group}/${type.kind}`, context.informers.of(type));
  }

  /** Calls back when the size of any controller changes. Returns the ways to stop. */
  subscribe(changed: () => void): (() => void)[] {
    return [...this.#informers.values()].map((informer) =>
      informer.subscribe({
        update(object, previous) {
          if (object.spec.replicas !== previous.spec.replicas) changed();
        },
      }),
    );
  }

  /** The sum of the sizes of all controllers of the pods; pods without one count for nothing. Source: disruption.go, getExpectedScale. */
  expected(pods: readonly Pod[]): ExpectedScale {
    const sizes = new Map<string, number>();
    for (const pod of pods) {
      const reference = controllerOf(pod);
      if (reference === undefined) continue;
      const controller = this.#topmost(reference, pod.metadata.namespace);
      if (controller === undefined)
        return { expectedScale: undefined, scaleFailure: `found no controllers for pod "${pod.metadata.name}"` };
      sizes.set(controller.metadata.uid ?? controller.metadata.name, controller.spec.replicas ?? 1);
    }
    return { expectedScale: [...sizes.values()].reduce((sum, size) => sum + size, 0) };
  }

  /** The deployment of a replica set that has one, else the controller itself. */
  #topmost(reference: OwnerReference, namespace: string | undefined): Scaled | undefined {
    const [, group = ""] = reference.apiVersion.split("/").reverse();
    const object = this.#informers.get(`${group}/${reference.kind}`)?.get(keyOf(namespace, reference.name));
    if (object?.metadata.uid !== reference.uid) return undefined;
    const above = reference.kind === "ReplicaSet" ? controllerOf(object) : undefined;
    return (above !== undefined && above.kind === "Deployment" && this.#topmost(above, namespace)) || object;
  }
}
