import type { Pod } from "#api/kubernetes/core";
import type { Deployment, ReplicaSet } from "#api/kubernetes/workloads";
import { isPodTerminal } from "#kube/apimachinery";
import {
  annotationsOfNew,
  isRolling,
  isScaling,
  newReplicaSetOf,
  nextRevision,
  replicaSetFor,
  replicasOf,
  revisionOf,
} from "./replica-sets.ts";
import { newReplicas, type Resize, resizeNew, resizeOld } from "./rolling.ts";
import { scaleAll } from "./scaling.ts";

/** What a deployment's run looks at. */
export interface DeploymentObservation {
  readonly deployment: Deployment;
  /** Every replica set the deployment controls. */
  readonly replicaSets: readonly ReplicaSet[];
  /** Pods of a replica set, ended ones too. */
  podsOf(replicaSet: ReplicaSet): readonly Pod[];
}

/** One run's changes, in this order; a replica set's new size or the new replica set wakes the next run. */
export interface DeploymentPlan {
  readonly newest: ReplicaSet | undefined;
  readonly old: readonly ReplicaSet[];
  /** To create, when the template has no replica set. */
  readonly create?: ReplicaSet;
  /** Annotations of the newest replica set, when they differ. */
  readonly annotate?: Record<string, string>;
  readonly resize: readonly Resize[];
  /** Old replica sets beyond the history limit. */
  readonly remove: readonly ReplicaSet[];
}

/** Source: kubernetes pkg/apis/apps/v1/defaults.go. */
const DEFAULT_HISTORY = 10;

/**
 * The next step of a deployment.
 * Source: kubernetes pkg/controller/deployment/deployment_controller.go, syncDeployment.
 */
export function planDeployment({ deployment, replicaSets, podsOf }: DeploymentObservation): DeploymentPlan {
  const newest = newReplicaSetOf(deployment, replicaSets);
  const old = replicaSets.filter((replicaSet) => replicaSet !== newest);
  const idle = { newest, old, resize: [], remove: [] };
  if (deployment.metadata.deletionTimestamp !== undefined) return idle;

  const annotate = newest === undefined ? undefined : changedAnnotations(deployment, newest, old);
  const plan = { ...idle, ...(annotate !== undefined && { annotate }) };
  if (deployment.spec.paused || isScaling(deployment, replicaSets)) {
    const resize = withStale(deployment, replicaSets, scaleAll(deployment, newest, old));
    return { ...plan, resize, remove: deployment.spec.paused ? outlived(deployment, old) : [] };
  }
  return isRolling(deployment) ? planRolling(deployment, plan) : planRecreate(deployment, plan, podsOf);
}

/** Replica sets that keep their size still have to note the deployment's new one, or the scaling would never be over. */
function withStale(deployment: Deployment, replicaSets: readonly ReplicaSet[], resize: readonly Resize[]): readonly Resize[] {
  const kept = replicaSets.filter(
    (replicaSet) => isScaling(deployment, [replicaSet]) && !resize.some((each) => each.replicaSet === replicaSet),
  );
  return [...resize, ...kept.map((replicaSet) => ({ replicaSet, replicas: replicasOf(replicaSet) }))];
}

function planRolling(deployment: Deployment, plan: DeploymentPlan): DeploymentPlan {
  const { newest, old } = plan;
  if (newest === undefined) return { ...plan, create: replicaSetFor(deployment, newReplicas(deployment, old, 0), nextRevision(old)) };
  const grown = resizeNew(deployment, [...old, newest], newest);
  const resize = grown.length > 0 ? grown : resizeOld(deployment, newest, old);
  return { ...plan, resize, remove: isRolledOut(deployment, newest, old) ? outlived(deployment, old) : [] };
}

/** Source: kubernetes pkg/controller/deployment/recreate.go, rolloutRecreate: first none of the old pods, then all of the new. */
function planRecreate(deployment: Deployment, plan: DeploymentPlan, podsOf: DeploymentObservation["podsOf"]): DeploymentPlan {
  const { newest, old } = plan;
  const running = old.filter((replicaSet) => replicasOf(replicaSet) > 0);
  if (running.length > 0) return { ...plan, resize: running.map((replicaSet) => ({ replicaSet, replicas: 0 })) };
  if (old.some((replicaSet) => podsOf(replicaSet).some((pod) => !isPodTerminal(pod)))) return plan;
  if (newest === undefined) return { ...plan, create: replicaSetFor(deployment, replicasOf(deployment), nextRevision(old)) };
  return {
    ...plan,
    resize: resizeNew(deployment, [...old, newest], newest),
    remove: isRolledOut(deployment, newest, old) ? outlived(deployment, old) : [],
  };
}

function changedAnnotations(deployment: Deployment, newest: ReplicaSet, old: readonly ReplicaSet[]): Record<string, string> | undefined {
  const present = newest.metadata.annotations ?? {};
  const wanted = annotationsOfNew(deployment, newest, nextRevision(old));
  return Object.entries(wanted).some(([key, value]) => present[key] !== value) ? wanted : undefined;
}

function isRolledOut(deployment: Deployment, newest: ReplicaSet, old: readonly ReplicaSet[]): boolean {
  const wanted = replicasOf(deployment);
  const pods = (replicaSet: ReplicaSet): number => replicaSet.status?.replicas ?? 0;
  return pods(newest) === wanted && (newest.status?.availableReplicas ?? 0) === wanted && old.every((replicaSet) => pods(replicaSet) === 0);
}

/** Source: kubernetes pkg/controller/deployment/sync.go, cleanupDeployment. */
function outlived(deployment: Deployment, old: readonly ReplicaSet[]): ReplicaSet[] {
  const surplus = old.length - (deployment.spec.revisionHistoryLimit ?? DEFAULT_HISTORY);
  if (surplus <= 0) return [];
  const oldestFirst = old.toSorted((a, b) => revisionOf(a) - revisionOf(b));
  return oldestFirst.slice(0, surplus).filter(isEmpty);
}

function isEmpty({ metadata, spec, status }: ReplicaSet): boolean {
  const observed = (metadata.generation ?? 0) <= (status?.observedGeneration ?? 0);
  return (spec.replicas ?? 1) === 0 && (status?.replicas ?? 0) === 0 && observed && metadata.deletionTimestamp === undefined;
}
