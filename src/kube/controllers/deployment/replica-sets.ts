import type { Deployment, PodTemplate, ReplicaSet } from "#api/kubernetes/workloads";
import { controllerReference, equalJson, resolveFenceposts } from "#kube/apimachinery";
import { createdAt } from "../pods.ts";
import { templateHash } from "../template-hash.ts";

/** Label that tells the pods of a deployment's templates apart. Source: kubernetes/api apps/v1, DefaultDeploymentUniqueLabelKey. */
export const HASH_LABEL = "pod-template-hash";
/** Source: kubernetes pkg/controller/deployment/util/deployment_util.go, RevisionAnnotation and its neighbours. */
export const REVISION = "deployment.kubernetes.io/revision";
const REVISION_HISTORY = "deployment.kubernetes.io/revision-history";
const DESIRED_REPLICAS = "deployment.kubernetes.io/desired-replicas";
const MAX_REPLICAS = "deployment.kubernetes.io/max-replicas";
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";
const NOT_COPIED: ReadonlySet<string> = new Set([
  LAST_APPLIED,
  REVISION,
  REVISION_HISTORY,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
  "deprecated.deployment.rollback.to",
]);

/** `spec.replicas`, 1 when absent. */
export function replicasOf(object: Deployment | ReplicaSet): number {
  return object.spec.replicas ?? 1;
}

/** Wanted replicas of all. */
export function totalReplicas(replicaSets: readonly ReplicaSet[]): number {
  return replicaSets.reduce((sum, replicaSet) => sum + replicasOf(replicaSet), 0);
}

/** Available replicas of all. */
export function totalAvailable(replicaSets: readonly ReplicaSet[]): number {
  return replicaSets.reduce((sum, replicaSet) => sum + (replicaSet.status?.availableReplicas ?? 0), 0);
}

/** Pods above `spec.replicas` that a rollout may run; 0 unless it rolls. */
export function maxSurge(deployment: Deployment): number {
  return isRolling(deployment) ? fenceposts(deployment).surge : 0;
}

/** Pods below `spec.replicas` that may be missing; 0 unless it rolls. */
export function maxUnavailable(deployment: Deployment): number {
  const replicas = replicasOf(deployment);
  return isRolling(deployment) && replicas > 0 ? Math.min(fenceposts(deployment).unavailable, replicas) : 0;
}

/** Whether pods are replaced a few at a time. */
export function isRolling(deployment: Deployment): boolean {
  return deployment.spec.strategy?.type !== "Recreate";
}

function fenceposts(deployment: Deployment): { readonly surge: number; readonly unavailable: number } {
  const { maxSurge = "25%", maxUnavailable = "25%" } = deployment.spec.strategy?.rollingUpdate ?? {};
  return resolveFenceposts({ maxSurge, maxUnavailable }, replicasOf(deployment));
}

/** Oldest first; by name when made in the same second. */
export function byCreation(replicaSets: readonly ReplicaSet[]): ReplicaSet[] {
  return replicaSets.toSorted((a, b) => createdAt(a) - createdAt(b) || (a.metadata.name < b.metadata.name ? -1 : 1));
}

/**
 * The replica set of the deployment's present template: the oldest whose template is the same but for the hash.
 * Source: kubernetes deployment_util.go, FindNewReplicaSet.
 */
export function newReplicaSetOf(deployment: Deployment, replicaSets: readonly ReplicaSet[]): ReplicaSet | undefined {
  const wanted = withoutHash(deployment.spec.template);
  return byCreation(replicaSets).find(
    (replicaSet) => replicaSet.spec.template !== undefined && equalJson(withoutHash(replicaSet.spec.template), wanted),
  );
}

/** Only `labels`, `annotations` and the like count: what the server writes into every metadata is dropped. */
function withoutHash(template: PodTemplate): PodTemplate {
  const { creationTimestamp: _, labels = {}, ...metadata } = template.metadata ?? {};
  const { [HASH_LABEL]: __, ...others } = labels;
  return { ...template, metadata: { ...metadata, labels: others } };
}

/** The number in the revision annotation, 0 without one. */
export function revisionOf(replicaSet: ReplicaSet): number {
  return Number(replicaSet.metadata.annotations?.[REVISION] ?? 0) || 0;
}

/** One more than the highest revision of `old`. */
export function nextRevision(old: readonly ReplicaSet[]): number {
  return old.reduce((highest, replicaSet) => Math.max(highest, revisionOf(replicaSet)), 0) + 1;
}

/**
 * The annotations a deployment's newest replica set should have: the deployment's own, its revision, and the revisions
 * it had before a rollback. Source: kubernetes deployment_util.go, SetNewReplicaSetAnnotations.
 */
export function annotationsOfNew(deployment: Deployment, existing: ReplicaSet | undefined, revision: number): Record<string, string> {
  const present = existing?.metadata.annotations ?? {};
  const copied = Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => !NOT_COPIED.has(key));
  const annotations = { ...present, ...Object.fromEntries(copied) };
  const old = existing === undefined ? 0 : revisionOf(existing);
  if (old < revision) {
    annotations[REVISION] = String(revision);
    if (old > 0) annotations[REVISION_HISTORY] = [...(present[REVISION_HISTORY]?.split(",") ?? []), String(old)].join(",");
  }
  return annotations;
}

/** What a rollout writes on its replica sets beside their size, to tell a scaling from a rollout later. */
export function replicasAnnotations(deployment: Deployment): Record<string, string> {
  const replicas = replicasOf(deployment);
  return { [DESIRED_REPLICAS]: String(replicas), [MAX_REPLICAS]: String(replicas + maxSurge(deployment)) };
}

/**
 * Whether the deployment's size changed since its active replica sets were last sized.
 * Source: kubernetes pkg/controller/deployment/sync.go, isScalingEvent.
 */
export function isScaling(deployment: Deployment, replicaSets: readonly ReplicaSet[]): boolean {
  return replicaSets.some((replicaSet) => {
    const desired = replicaSet.metadata.annotations?.[DESIRED_REPLICAS];
    return replicasOf(replicaSet) > 0 && desired !== undefined && Number(desired) !== replicasOf(deployment);
  });
}

/** `spec.replicas` plus surge as it was when the replica set was last sized. */
export function sizedFor(replicaSet: ReplicaSet): number | undefined {
  const text = replicaSet.metadata.annotations?.[MAX_REPLICAS];
  return text === undefined ? undefined : Number(text);
}

/** The replica set to create for the deployment's present template. */
export function replicaSetFor(deployment: Deployment, replicas: number, revision: number): ReplicaSet {
  const { template, selector, minReadySeconds } = deployment.spec;
  const hash = templateHash(template, deployment.status?.collisionCount ?? 0);
  const labels = { ...template.metadata?.labels, [HASH_LABEL]: hash };
  return {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      ...(deployment.metadata.namespace !== undefined && { namespace: deployment.metadata.namespace }),
      labels,
      annotations: { ...annotationsOfNew(deployment, undefined, revision), ...replicasAnnotations(deployment) },
      ownerReferences: [controllerReference({ apiVersion: "apps/v1", kind: "Deployment", metadata: deployment.metadata })],
    },
    spec: {
      replicas,
      ...(minReadySeconds !== undefined && { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [HASH_LABEL]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
}
