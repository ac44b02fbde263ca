import type { KubeObject } from "#api/kubernetes/meta";
import type { Resource } from "../resources.ts";
import { checkNamespace, refuseImmortal } from "./namespaces.ts";
import { taintNewNode } from "./nodes.ts";
import { admitPod, type PodAdmissionContext } from "./pods.ts";
import type { ServiceAllocator } from "./services.ts";

/** What the server itself adds to objects, and which it does not let in, whatever the kind's own rules say. */
export interface Admission {
  /**
   * Completes a new object in place. Returns what to do when the write is over, done or not: what was set aside for it
   * is in the cache by then, or free again.
   * @throws {StatusError} Forbidden, NotFound or Invalid.
   */
  admitCreate(resource: Resource, object: KubeObject, dryRun: boolean): (() => void) | undefined;
  /** Completes an update in place. @throws {StatusError} */
  admitUpdate(resource: Resource, object: KubeObject, previous: KubeObject): void;
  /** @throws {StatusError} Forbidden for what may not be deleted. */
  admitDelete(resource: Resource, name: string): void;
}

export interface AdmissionContext extends PodAdmissionContext {
  readonly services: ServiceAllocator;
}

/** Admission in the order of the real plugins: lifecycle, then what completes the object. */
export function createAdmission(context: AdmissionContext): Admission {
  return {
    admitCreate(resource, object) {
      checkNamespace(context, resource, object);
      if (resource.group !== "") return undefined;
      switch (resource.kind.resource) {
        case "pods":
          admitPod(context, resource, object);
          return undefined;
        case "nodes":
          taintNewNode(object);
          return undefined;
        case "services":
          return context.services.admit(resource, object, undefined);
        default:
          return undefined;
      }
    },
    admitUpdate(resource, object, previous) {
      if (resource.group === "" && resource.kind.resource === "services") context.services.admit(resource, object, previous);
    },
    admitDelete: refuseImmortal,
  };
}
