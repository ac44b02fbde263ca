import type { Namespace, Pod, PodSpec } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";
import { isJsonObject, isReleaseAtLeast } from "#kube/apimachinery";
import type { Author } from "../../field-management.ts";
import type { Resource, ResourceTable } from "../../resources.ts";
import { forbidden, invalid } from "../../status.ts";
import { detailOf, isSameLevel, type LevelVersion, policyOf, strictness, textOfLevel, violationsOf } from "./policy.ts";
import { objectIn, type Subject } from "./spec.ts";

/** First version that enforces it by itself. Source: kubernetes pkg/features, PodSecurity (beta 1.23). */
const SINCE = "1.23";
/** Pods of a namespace that a new level is held against, at most. Source: pod-security-admission admission/admission.go. */
const MAX_PODS = 3000;

export interface PodSecurityContext {
  readonly resources: ResourceTable;
  readonly version: string;
}

/** Kinds that make pods from a template, and where it is. Source: admission/admission.go, defaultPodSpecResources. */
const TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  "/podtemplates": ["template"],
  "/replicationcontrollers": ["spec", "template"],
  "apps/daemonsets": ["spec", "template"],
  "apps/deployments": ["spec", "template"],
  "apps/replicasets": ["spec", "template"],
  "apps/statefulsets": ["spec", "template"],
  "batch/cronjobs": ["spec", "jobTemplate", "spec", "template"],
  "batch/jobs": ["spec", "template"],
};

/**
 * Refuses a pod that its namespace's level does not allow, and warns of one, or of a template, that is beyond the level to warn of.
 * Source: pod-security-admission admission/admission.go, ValidatePod and ValidatePodController.
 * @throws {StatusError} Forbidden.
 */
export function admitPodSecurity(context: PodSecurityContext, resource: Resource, object: KubeObject, author: Author): void {
  const { namespace } = object.metadata;
  if (namespace === undefined || !isReleaseAtLeast(context.version, SINCE)) return;
  const isPod = resource.group === "" && resource.of.resource === "pods";
  const path = TEMPLATES[`${resource.group}/${resource.of.resource}`];
  if (!isPod && path === undefined) return;
  const found: Namespace | undefined = context.resources.preferred("", "namespaces")?.cache.get(namespace)?.object;
  const { enforce, warn } = policyOf(found?.metadata.labels);
  const subject = isPod ? subjectOfPod(object as Pod) : subjectOfTemplate(object, path ?? []);
  if (subject === undefined) return;
  if (isPod) refuse(resource, { name: object.metadata.name, subject, level: enforce });
  const violations = author.warn === undefined ? [] : violationsOf(subject, warn);
  if (violations.length > 0) author.warn?.(`would violate PodSecurity "${textOfLevel(warn)}": ${detailOf(violations)}`);
}

function refuse({ of }: Resource, { name, subject, level }: { name: string; subject: Subject; level: LevelVersion }): void {
  const violations = violationsOf(subject, level);
  if (violations.length > 0) throw forbidden(of, name, `violates PodSecurity "${textOfLevel(level)}": ${detailOf(violations)}`);
}

function subjectOfPod({ metadata, spec }: Pod): Subject | undefined {
  return isJsonObject(spec) && Array.isArray(spec.containers) ? { annotations: metadata.annotations ?? {}, spec } : undefined;
}

function subjectOfTemplate(object: KubeObject, path: readonly string[]): Subject | undefined {
  const template = objectIn(object, ...path);
  const { spec } = template;
  if (!isJsonObject(spec) || !Array.isArray(spec["containers"])) return undefined;
  const annotations = objectIn(template, "metadata", "annotations") as Record<string, string>;
  return { annotations, spec: spec as unknown as PodSpec };
}

/**
 * Refuses labels of a namespace that mean nothing, and warns of its pods that a stricter level would not let in.
 * Source: as above, ValidateNamespace. @throws {StatusError} Invalid.
 */
export function admitNamespaceLevels(
  context: PodSecurityContext,
  object: KubeObject,
  call: { author: Author; previous?: KubeObject },
): void {
  if (!isReleaseAtLeast(context.version, SINCE)) return;
  const { metadata } = object;
  const next = policyOf(metadata.labels);
  const previous = call.previous === undefined ? undefined : policyOf(call.previous.metadata.labels);
  if (next.errors.length > 0 && JSON.stringify(next.errors) !== JSON.stringify(previous?.errors))
    throw invalid({ group: "", kind: "Namespace" }, metadata.name, next.errors);
  const { enforce } = next;
  if (previous === undefined || call.author.warn === undefined || isSameLevel(enforce, previous.enforce) || enforce.level === "privileged")
    return;
  if (enforce.version === previous.enforce.version && strictness(enforce) <= strictness(previous.enforce)) return;
  for (const warning of existingViolations(context.resources, metadata.name, enforce)) call.author.warn(warning);
}

/** Source: as above, EvaluatePodsInNamespace and decoratePodWarnings. */
function existingViolations(resources: ResourceTable, namespace: string, level: LevelVersion): string[] {
  const pods = [...(resources.preferred("", "pods")?.cache.list({ namespace }) ?? [])].map(({ object }) => object as Pod);
  const byReason = new Map<string, string[]>();
  for (const pod of pods.slice(0, MAX_PODS)) {
    const subject = subjectOfPod(pod);
    const reason =
      subject === undefined
        ? ""
        : violationsOf(subject, level)
            .map((each) => each.reason)
            .join(", ");
    if (reason !== "") byReason.set(reason, [...(byReason.get(reason) ?? []), pod.metadata.name]);
  }
  if (byReason.size === 0) return [];
  const texts = [...byReason].map(([reason, names]) => {
    const [first = "", ...others] = names.sort();
    const more = others.length === 0 ? "" : ` (and ${others.length} other ${others.length === 1 ? "pod" : "pods"})`;
    return `${first}${more}: ${reason}`;
  });
  return [
    ...(pods.length > MAX_PODS
      ? [`new PodSecurity enforce level only checked against the first ${MAX_PODS} of ${pods.length} existing pods`]
      : []),
    `existing pods in namespace "${namespace}" violate the new PodSecurity enforce level "${textOfLevel(level)}"`,
    ...texts.sort(),
  ];
}
