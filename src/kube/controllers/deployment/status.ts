import type { Condition } from "#api/kubernetes/core";
import type { Deployment, ReplicaSet } from "#api/kubernetes/workloads";
import { findCondition, parseTime } from "#kube/apimachinery";
import { maxUnavailable, replicasOf, totalAvailable, totalReplicas } from "./replica-sets.ts";

type DeploymentStatus = NonNullable<Deployment["status"]>;

/** What happened to the new replica set in this run. */
export type NewReplicaSetOutcome =
  | { readonly kind: "created" | "found"; readonly name: string }
  | { readonly kind: "failed"; readonly message: string };

/** What the status is computed from. */
export interface RolloutObservation {
  readonly deployment: Deployment;
  readonly newest: ReplicaSet | undefined;
  readonly old: readonly ReplicaSet[];
  readonly outcome?: NewReplicaSetOutcome | undefined;
  readonly nowMs: number;
  /** `nowMs` as the API writes it. */
  readonly now: string;
}

/** `spec.progressDeadlineSeconds` that stands for no deadline. Source: kubernetes deployment_util.go, HasProgressDeadline. */
const NO_DEADLINE = 2_147_483_647;

/**
 * The status of a deployment: counters and the conditions Available, Progressing and ReplicaFailure.
 * Source: kubernetes pkg/controller/deployment/sync.go calculateStatus, progress.go syncRolloutStatus.
 */
export function deploymentStatus(observation: RolloutObservation): DeploymentStatus {
  const { deployment } = observation;
  const counters = countersOf(observation);
  const conditions = [available(observation, counters), progressing(observation, counters), replicaFailure(observation)];
  const ordered = inOrderOfChange(
    deployment.status?.conditions ?? [],
    conditions.filter((condition) => condition !== undefined),
  );
  const collisionCount = deployment.status?.collisionCount;
  return {
    ...(deployment.metadata.generation !== undefined && { observedGeneration: deployment.metadata.generation }),
    ...counters,
    ...(ordered.length > 0 && { conditions: ordered }),
    ...(collisionCount !== undefined && { collisionCount }),
  };
}

/** When lack of progress becomes a failure, milliseconds since the epoch; undefined when nothing is awaited. */
export function progressDeadline(deployment: Deployment, status: DeploymentStatus): number | undefined {
  const condition = findCondition(status.conditions, "Progressing");
  const since = parseTime(condition?.lastUpdateTime);
  if (!hasDeadline(deployment) || condition === undefined || since === undefined) return undefined;
  if (condition.reason === "NewReplicaSetAvailable" || condition.reason === "ProgressDeadlineExceeded" || deployment.spec.paused)
    return undefined;
  return since + deadlineMs(deployment);
}

/** Whether all wanted pods are of the new template and available. Source: kubernetes deployment_util.go, DeploymentComplete. */
export function isComplete(deployment: Deployment, status: DeploymentStatus): boolean {
  const wanted = replicasOf(deployment);
  return (
    (status.updatedReplicas ?? 0) === wanted &&
    (status.replicas ?? 0) === wanted &&
    (status.availableReplicas ?? 0) === wanted &&
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  );
}

function countersOf({ newest, old }: RolloutObservation): DeploymentStatus {
  const all = newest === undefined ? old : [...old, newest];
  const sum = (pick: (status: NonNullable<ReplicaSet["status"]>) => number | undefined): number =>
    all.reduce((total, replicaSet) => total + ((replicaSet.status && pick(replicaSet.status)) ?? 0), 0);
  const counters = {
    replicas: sum((status) => status.replicas),
    updatedReplicas: newest?.status?.replicas ?? 0,
    readyReplicas: sum((status) => status.readyReplicas),
    availableReplicas: totalAvailable(all),
    unavailableReplicas: Math.max(totalReplicas(all) - totalAvailable(all), 0),
  };
  // The wire leaves counters of 0 out.
  return Object.fromEntries(Object.entries(counters).filter(([, count]) => count > 0));
}

function available({ deployment, now }: RolloutObservation, counters: DeploymentStatus): Condition {
  const enough = (counters.availableReplicas ?? 0) >= replicasOf(deployment) - maxUnavailable(deployment);
  const reason = enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable";
  const message = enough ? "Deployment has minimum availability." : "Deployment does not have minimum availability.";
  return settled(deployment, {
    type: "Available",
    status: enough ? "True" : "False",
    reason,
    message,
    lastUpdateTime: now,
    lastTransitionTime: now,
  });
}

/** Keeps the condition as it is while status and reason are the same. Source: deployment_util.go, SetDeploymentCondition. */
function settled(deployment: Deployment, next: Condition): Condition {
  const present = findCondition(deployment.status?.conditions, next.type);
  if (present?.status === next.status && present.reason === next.reason) return present;
  return since(present, next);
}

function since(present: Condition | undefined, next: Condition): Condition {
  if (present?.status !== next.status || present.lastTransitionTime === undefined) return next;
  return { ...next, lastTransitionTime: present.lastTransitionTime };
}

function progressing(observation: RolloutObservation, counters: DeploymentStatus): Condition | undefined {
  const { deployment, newest, outcome, nowMs, now } = observation;
  if (!hasDeadline(deployment)) return undefined;
  const present = findCondition(deployment.status?.conditions, "Progressing");
  const subject = newest === undefined ? `Deployment "${deployment.metadata.name}"` : `ReplicaSet "${newest.metadata.name}"`;
  const condition = (status: Condition["status"], reason: string, message: string): Condition =>
    since(present, { type: "Progressing", status, reason, message, lastUpdateTime: now, lastTransitionTime: now });

  if (outcome?.kind === "failed") return condition("False", "ReplicaSetCreateError", outcome.message);
  if (deployment.spec.paused) return paused(present, condition("Unknown", "DeploymentPaused", "Deployment is paused"));
  if (present?.reason === "DeploymentPaused") return condition("Unknown", "DeploymentResumed", "Deployment is resumed");
  if (outcome?.kind === "created") return condition("True", "NewReplicaSetCreated", `Created new replica set "${outcome.name}"`);
  if (outcome?.kind === "found" && present === undefined) {
    return condition("True", "FoundNewReplicaSet", `Found new replica set "${outcome.name}"`);
  }
  const done = present?.reason === "NewReplicaSetAvailable" && counters.replicas === counters.updatedReplicas;
  if (done) return present;
  const status = { ...counters, observedGeneration: deployment.metadata.generation ?? 0 };
  if (isComplete(deployment, status)) return condition("True", "NewReplicaSetAvailable", `${subject} has successfully progressed.`);
  if (hasProgressed(deployment.status ?? {}, counters)) return condition("True", "ReplicaSetUpdated", `${subject} is progressing.`);
  const limit = progressDeadline(deployment, deployment.status ?? {});
  if (limit !== undefined && limit <= nowMs) return condition("False", "ProgressDeadlineExceeded", `${subject} has timed out progressing.`);
  return present;
}

function paused(present: Condition | undefined, next: Condition): Condition {
  return present?.reason === "DeploymentPaused" || present?.reason === "ProgressDeadlineExceeded" ? present : next;
}

/** Source: kubernetes deployment_util.go, DeploymentProgressing. */
function hasProgressed(before: DeploymentStatus, now: DeploymentStatus): boolean {
  const old = (status: DeploymentStatus): number => (status.replicas ?? 0) - (status.updatedReplicas ?? 0);
  return (
    (now.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    old(now) < old(before) ||
    (now.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (now.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
}

function replicaFailure({ newest, old, now }: RolloutObservation): Condition | undefined {
  const failing = [newest, ...old].map((replicaSet) => findCondition(replicaSet?.status?.conditions, "ReplicaFailure"));
  const failure = failing.find((condition) => condition !== undefined);
  return failure && { ...failure, lastUpdateTime: failure.lastTransitionTime ?? now };
}

/** Conditions that did not change stay in place, changed ones move to the end, as the API's writer does it. */
function inOrderOfChange(before: readonly Condition[], after: readonly Condition[]): Condition[] {
  const kept = before.filter((condition) => after.includes(condition));
  return [...kept, ...after.filter((condition) => !kept.includes(condition))];
}

function hasDeadline(deployment: Deployment): boolean {
  const seconds = deployment.spec.progressDeadlineSeconds;
  return seconds !== undefined && seconds !== NO_DEADLINE;
}

function deadlineMs(deployment: Deployment): number {
  return (deployment.spec.progressDeadlineSeconds ?? 0) * 1000;
}
