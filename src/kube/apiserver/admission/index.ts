import type { Pod } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";
import { equalJson } from "#kube/apimachinery";
import type { Clock } from "#lib";
import type { EscalationCheck } from "../access/escalation.ts";
import type { Author } from "../field-management.ts";
import { isPods, type Resource } from "../resources.ts";
import { checkQuotas } from "../quotas.ts";
import { checkLimitRanges } from "./limit-ranges.ts";
import { checkNamespace, refuseImmortal } from "./namespaces.ts";
import { taintNewNode } from "./nodes.ts";
import { admitNamespaceLevels, admitPodSecurity } from "./pod-security/admission.ts";
import { checkPod, completePod, type PodAdmissionContext } from "./pods.ts";
import { checkDefaultClass } from "./priority-classes.ts";
import type { ServiceAllocator } from "./services.ts";
import { giveDefaultClass } from "./storage-classes.ts";

/** What the server itself adds to objects, and which it does not let in, whatever the kind's own rules say. */
export interface Admission {
  /** Completes a new object in place; again, when it has changed since, without harm. @throws {StatusError} Forbidden or NotFound. */
  completeCreate(resource: Resource, object: KubeObject, call: AdmissionCall): void;
  /**
   * Lets a complete object in. Returns what to do when the write is over, done or not: what was set aside for it
   * is in the cache by then, or free again.
   * @throws {StatusError} Forbidden, NotFound or Invalid.
   */
  checkCreate(resource: Resource, object: KubeObject, call: AdmissionCall): (() => void) | undefined;
  /** Completes an update in place. @throws {StatusError} */
  admitUpdate(resource: Resource, object: KubeObject, call: UpdateAdmissionCall): void;
  /** @throws {StatusError} Forbidden for what may not be deleted. */
  admitDelete(resource: Resource, name: string): void;
}

/** Whose write it is. */
export interface AdmissionCall {
  readonly author: Author;
}

export interface UpdateAdmissionCall extends AdmissionCall {
  readonly previous: KubeObject;
}

export interface AdmissionContext extends PodAdmissionContext {
  readonly clock: Clock;
  readonly services: ServiceAllocator;
  readonly checkEscalation: EscalationCheck;
}

/** Admission in the order of the real plugins: lifecycle, then what completes the object, then what checks it. */
export function createAdmission(context: AdmissionContext): Admission {
  return {
    completeCreate(resource, object) {
      checkNamespace(context, resource, object);
      if (isPods(resource.kind)) completePod(context, resource, object);
      if (resource.group !== "") return;
      if (resource.kind.resource === "nodes") taintNewNode(object);
      if (resource.kind.resource === "persistentvolumeclaims") giveDefaultClass(context.resources, object);
    },
    checkCreate(resource, object, { author }) {
      const { user } = author;
      if (user !== undefined) context.checkEscalation({ user, resource, object });
      if (isPods(resource.kind)) checkPod(context, resource, object);
      admitPodSecurity(context, resource, object, author);
      if (isPriorityClass(resource)) checkDefaultClass(resource, object, true);
      if (resource.group !== "") return undefined;
      switch (resource.kind.resource) {
        case "namespaces":
          admitNamespaceLevels(context, object, { author });
          return undefined;
        case "persistentvolumeclaims":
          checkLimitRanges(context.resources, resource, object);
          return undefined;
        case "services":
          return context.services.admit(resource, object, undefined);
        default:
          return undefined;
      }
    },
    admitUpdate(resource, object, { author, previous }) {
      const { user } = author;
      if (user !== undefined) context.checkEscalation({ user, resource, object, previous });
      if (!isPods(resource.kind) || changesImages(object, previous)) admitPodSecurity(context, resource, object, author);
      if (isPriorityClass(resource)) checkDefaultClass(resource, object, false);
      if (resource.group !== "") return;
      const { resource: name } = resource.kind;
      if (name === "namespaces") admitNamespaceLevels(context, object, { author, previous });
      if (name === "services") context.services.admit(resource, object, previous);
      if (name === "persistentvolumeclaims") checkLimitRanges(context.resources, resource, object);
      if (name === "services" || name === "persistentvolumeclaims") checkQuotas(context, { resource, object, previous });
    },
    admitDelete: refuseImmortal,
  };
}

function isPriorityClass({ group, kind }: Resource): boolean {
  return group === "scheduling.k8s.io" && kind.resource === "priorityclasses";
}

/** Of the changes that a pod may see, only its images matter to its security. Source: admission/admission.go, isSignificantPodUpdate. */
function changesImages(object: KubeObject, previous: KubeObject): boolean {
  const imagesOf = ({ spec }: Pod): unknown => [...(spec.initContainers ?? []), ...spec.containers].map(({ image }) => image);
  return !equalJson(imagesOf(object as Pod), imagesOf(previous as Pod));
}
