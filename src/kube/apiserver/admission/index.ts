import type { Pod } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";
import { equalJson } from "#kube/apimachinery";
import type { Clock } from "#lib";
import type { EscalationCheck } from "../access/escalation.ts";
import { nodeOf } from "../access/nodes/identity.ts";
import type { Author } from "../field-management.ts";
import { isPods, type Resource } from "../resources.ts";
import { checkQuotas } from "../quotas.ts";
import { checkLimitRanges } from "./limit-ranges.ts";
import { checkNamespace, refuseImmortal } from "./namespaces.ts";
import { restrictNode } from "./node-restriction/index.ts";
import type { RestrictionContext, Write } from "./node-restriction/restricted.ts";
import { taintNewNode } from "./nodes.ts";
import { admitNamespaceLevels, admitPodSecurity } from "./pod-security/admission.ts";
import { checkPod, completePod, type PodAdmissionContext } from "./pods.ts";
import { checkDefaultClass } from "./priority-classes.ts";
import type { ServiceAllocator } from "./services.ts";
import { checkJudge, checkSubject, isSigningRequests, noteRequester } from "./signing-requests.ts";
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
  /** Lets a status or an approval in. @param sent the object as it was sent, complete. @throws {StatusError} Forbidden. */
  admitStatus(resource: Resource, sent: () => KubeObject, call: UpdateAdmissionCall): void;
  /** Lets in what acts on an object: a binding, an eviction, a request of a token. @throws {StatusError} Forbidden or NotFound. */
  admitAction(resource: Resource, body: unknown, call: ActionAdmissionCall): void;
  /** @throws {StatusError} Forbidden for what may not be deleted, NotFound. */
  admitDelete(resource: Resource, call: DeleteAdmissionCall): void;
}

/** Whose write it is. */
export interface AdmissionCall {
  readonly author: Author;
}

export interface UpdateAdmissionCall extends AdmissionCall {
  readonly previous: KubeObject;
  /** Empty for the object itself. */
  readonly subresource: string;
}

/** Which object it is about; of a collection without a name. */
export interface DeleteAdmissionCall {
  readonly namespace: string;
  readonly name: string;
  /** Absent for what the server itself does. */
  readonly author?: Author | undefined;
}

export interface ActionAdmissionCall extends DeleteAdmissionCall {
  readonly subresource: string;
}

export interface AdmissionContext extends PodAdmissionContext, RestrictionContext {
  readonly clock: Clock;
  readonly services: ServiceAllocator;
  readonly checkEscalation: EscalationCheck;
}

/** Admission in the order of the real plugins: lifecycle, then what completes the object, then what checks it. */
export function createAdmission(context: AdmissionContext): Admission {
  const restrict = (write: Omit<Write, "user" | "namespace" | "name">, author: Author | undefined, at: Place): void =>
    restrictNode(context, { ...write, user: author?.user, namespace: at.namespace ?? "", name: at.name });
  return {
    completeCreate(resource, object, { author }) {
      checkNamespace(context, resource, object);
      if (isPods(resource.kind)) completePod(context, resource, object);
      if (isOfNode(author)) restrict({ operation: "CREATE", resource, subresource: "", object }, author, object.metadata);
      if (isSigningRequests(resource)) noteRequester(object, author.user);
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
      if (isSigningRequests(resource)) checkSubject(resource, object);
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
    admitUpdate(resource, object, { author, previous, subresource }) {
      const { user } = author;
      if (isOfNode(author)) restrict({ operation: "UPDATE", resource, subresource, object, previous }, author, previous.metadata);
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
    admitStatus(resource, sent, { author, previous, subresource }) {
      const { user } = author;
      if (isOfNode(author)) restrict({ operation: "UPDATE", resource, subresource, object: sent(), previous }, author, previous.metadata);
      if (user !== undefined && isSigningRequests(resource)) checkJudge(context.access, resource, { user, subresource, previous, sent });
    },
    admitAction(resource, body, { author, subresource, ...at }) {
      if (isOfNode(author)) restrict({ operation: "CREATE", resource, subresource, object: body }, author, at);
    },
    admitDelete(resource, { author, ...at }) {
      refuseImmortal(resource, at.name);
      if (isOfNode(author)) restrict({ operation: "DELETE", resource, subresource: "" }, author, at);
    },
  };
}

interface Place {
  readonly namespace?: string;
  readonly name: string;
}

function isOfNode(author: Author | undefined): boolean {
  return author?.user !== undefined && nodeOf(author.user) !== undefined;
}

function isPriorityClass({ group, kind }: Resource): boolean {
  return group === "scheduling.k8s.io" && kind.resource === "priorityclasses";
}

/** Of the changes that a pod may see, only its images matter to its security. Source: admission/admission.go, isSignificantPodUpdate. */
function changesImages(object: KubeObject, previous: KubeObject): boolean {
  const imagesOf = ({ spec }: Pod): unknown => [...(spec.initContainers ?? []), ...spec.containers].map(({ image }) => image);
  return !equalJson(imagesOf(object as Pod), imagesOf(previous as Pod));
}
