import type { Pod } from "#api/kubernetes/core";
import { findCondition, milliValue, parseTime } from "#kube/apimachinery";

/** Within this share of the target nothing is scaled. Source: --horizontal-pod-autoscaler-tolerance. */
export const TOLERANCE = 0.1;
/** Source: --horizontal-pod-autoscaler-cpu-initialization-period and -initial-readiness-delay. */
const CPU_INITIALIZATION_MS = 300_000;
const READINESS_DELAY_MS = 30_000;

/** What a pod uses of the resource, in thousandths. */
export interface Measure {
  readonly value: number;
  readonly atMs: number;
  readonly windowMs: number;
}

export interface Measured {
  readonly currentReplicas: number;
  readonly resource: string;
  readonly pods: readonly Pod[];
  /** By the pod's name. */
  readonly measures: ReadonlyMap<string, Measure>;
  readonly nowMs: number;
}

/** How many pods it should be, and what they use now. */
export interface Proposal {
  readonly replicas: number;
  /** Percent of what is requested; only for targets of that kind. */
  readonly utilization?: number;
  /** Average of a pod, in thousandths. */
  readonly average: number;
}

/** No number follows from the metric; the message says why. */
export class MetricError extends Error {}

/** What is asked of a set of pods' usage: how it relates to what is wanted. */
interface Yardstick {
  ratio(values: ReadonlyMap<string, number>): { readonly ratio: number; readonly utilization?: number; readonly average: number };
  /** What a pod without a measure is taken to use when fewer pods would do. */
  assumed(podName: string): number;
}

/**
 * By the share of what is requested. @throws {MetricError}
 * Source: pkg/controller/podautoscaler/replica_calculator.go, GetResourceReplicas.
 */
export function replicasByUtilization(observed: Measured, percent: number, container?: string): Proposal {
  const requests = requestsOf(observed, container);
  return propose(observed, {
    ratio(values) {
      let used = 0;
      let requested = 0;
      for (const [name, value] of values) {
        const request = requests().get(name);
        if (request === undefined) continue;
        used += value;
        requested += request;
      }
      if (requested === 0) throw new MetricError("no metrics returned matched known pods");
      const utilization = Math.trunc((used * 100) / requested);
      return { ratio: utilization / percent, utilization, average: used / values.size };
    },
    assumed: (name) => ((requests().get(name) ?? 0) * Math.max(100, percent)) / 100,
  });
}

/** By what a pod uses on average. @throws {MetricError} Source: as above, GetRawResourceReplicas. */
export function replicasByAverage(observed: Measured, target: number): Proposal {
  return propose(observed, {
    ratio(values) {
      const average = Math.trunc([...values.values()].reduce((sum, value) => sum + value, 0) / values.size);
      return { ratio: average / target, average };
    },
    assumed: () => target,
  });
}

function propose(observed: Measured, yardstick: Yardstick): Proposal {
  const { currentReplicas } = observed;
  if (observed.pods.length === 0) throw new MetricError("no pods returned by selector while calculating replica count");
  const { values, ready, unready, missing } = grouped(observed);
  if (values.size === 0) throw new MetricError("did not receive metrics for targeted pods (pods might be unready)");
  const { ratio, ...now } = yardstick.ratio(values);
  const unreadyCount = unready.length > 0 && ratio > 1;
  const stay = { replicas: currentReplicas, ...now };
  if (!unreadyCount && missing.length === 0) return isWithin(ratio) ? stay : { replicas: Math.ceil(ratio * ready), ...now };
  // Those that say nothing must not make it worse: they use what is asked for when fewer would do, and nothing when more are wanted.
  if (ratio !== 1) for (const name of missing) values.set(name, ratio < 1 ? yardstick.assumed(name) : 0);
  if (unreadyCount) for (const name of unready) values.set(name, 0);
  const { ratio: careful } = yardstick.ratio(values);
  if (isWithin(careful) || (ratio < 1 && careful > 1) || (ratio > 1 && careful < 1)) return stay;
  const replicas = Math.ceil(careful * values.size);
  if ((careful < 1 && replicas > currentReplicas) || (careful > 1 && replicas < currentReplicas)) return stay;
  return { replicas, ...now };
}

function isWithin(ratio: number): boolean {
  return Math.abs(1 - ratio) <= TOLERANCE;
}

interface Groups {
  readonly values: Map<string, number>;
  readonly ready: number;
  readonly unready: string[];
  readonly missing: string[];
}

/** Source: replica_calculator.go, groupPods. */
function grouped({ pods, measures, resource, nowMs }: Measured): Groups {
  const groups = { values: new Map<string, number>(), ready: 0, unready: [] as string[], missing: [] as string[] };
  for (const pod of pods) {
    const { name } = pod.metadata;
    if (pod.metadata.deletionTimestamp !== undefined || pod.status?.phase === "Failed") continue;
    const measure = measures.get(name);
    if (pod.status?.phase === "Pending") groups.unready.push(name);
    else if (measure === undefined) groups.missing.push(name);
    else if (resource === "cpu" && isStarting(pod, measure, nowMs)) groups.unready.push(name);
    else {
      groups.values.set(name, measure.value);
      groups.ready++;
    }
  }
  return groups;
}

/** Whether what the pod uses may still be that of its start. */
function isStarting({ status }: Pod, measure: Measure, nowMs: number): boolean {
  const ready = findCondition(status?.conditions, "Ready");
  const startMs = parseTime(status?.startTime);
  if (ready === undefined || startMs === undefined) return true;
  const changedMs = parseTime(ready.lastTransitionTime) ?? 0;
  const isUnready = ready.status === "False";
  if (startMs + CPU_INITIALIZATION_MS > nowMs) return isUnready || measure.atMs < changedMs + measure.windowMs;
  return isUnready && startMs + READINESS_DELAY_MS > changedMs;
}

/** Asked only once there is something measured. Source: replica_calculator.go, calculatePodRequests. */
function requestsOf({ pods, resource }: Measured, wanted: string | undefined): () => ReadonlyMap<string, number> {
  let requests: Map<string, number> | undefined;
  return () => {
    if (requests !== undefined) return requests;
    requests = new Map();
    for (const { metadata, spec } of pods) {
      let sum = 0;
      const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always");
      for (const { name, resources } of [...spec.containers, ...sidecars]) {
        if (wanted !== undefined && name !== wanted) continue;
        const request = resources?.requests?.[resource];
        if (request === undefined) throw new MetricError(`missing request for ${resource} in container ${name} of Pod ${metadata.name}`);
        sum += milliValue(request);
      }
      requests.set(metadata.name, sum);
    }
    return requests;
  };
}
