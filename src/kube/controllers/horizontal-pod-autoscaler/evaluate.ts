import type { MetricSpec, MetricStatus, MetricTarget } from "#api/kubernetes/autoscaling";
import type { Pod } from "#api/kubernetes/core";
import type { PodMetrics } from "#api/kubernetes/metrics";
import { formatQuantity, milliValue, parseTime } from "#kube/apimachinery";
import { type Measure, MetricError, type Proposal, replicasByAverage, replicasByUtilization } from "./replicas.ts";

/** What is known of the pods that an autoscaler scales. */
export interface Observation {
  readonly currentReplicas: number;
  readonly pods: readonly Pod[];
  /** What the metrics API answered, or why it did not. */
  readonly metrics: readonly PodMetrics[] | Error;
  readonly nowMs: number;
}

/** What a metric comes to. */
export type Evaluation =
  | { readonly kind: "proposal"; readonly replicas: number; readonly name: string; readonly status: MetricStatus }
  /** `reason` for condition and event, `why` for them too; `message` for the sum of all metrics. */
  | { readonly kind: "failure"; readonly reason: string; readonly why: string; readonly message: string };

/** Source: pkg/controller/podautoscaler/horizontal.go, computeReplicasForMetric. */
export function evaluate(spec: MetricSpec, observed: Observation): Evaluation {
  if (spec.type === "Resource" && spec.resource !== undefined) {
    const { name, target } = spec.resource;
    return measured({ name, target }, observed, {
      reason: "FailedGetResourceMetric",
      what: `${name} resource metric`,
      status: (current) => ({ type: "Resource", resource: { name, current } }),
    });
  }
  if (spec.type === "ContainerResource" && spec.containerResource !== undefined) {
    const { name, container, target } = spec.containerResource;
    return measured({ name, container, target }, observed, {
      reason: "FailedGetContainerResourceMetric",
      what: `${name} container metric`,
      status: (current) => ({ type: "ContainerResource", containerResource: { name, container, current } }),
    });
  }
  return elsewhere(spec);
}

interface Source {
  readonly name: string;
  readonly container?: string;
  readonly target: MetricTarget;
}

interface Words {
  readonly reason: string;
  readonly what: string;
  readonly status: (current: { averageUtilization?: number; averageValue: string }) => MetricStatus;
}

function measured(source: Source, observed: Observation, { reason, what, status }: Words): Evaluation {
  try {
    const { replicas, utilization, average } = proposalOf(source, observed);
    const averageValue = formatQuantity({ nanos: BigInt(Math.trunc(average)) * 1_000_000n, format: "DecimalSI" });
    const name = `${source.name} resource${utilization === undefined ? "" : " utilization (percentage of request)"}`;
    const current = utilization === undefined ? { averageValue } : { averageUtilization: utilization, averageValue };
    return { kind: "proposal", replicas, name, status: status(current) };
  } catch (error) {
    if (!(error instanceof MetricError)) throw error;
    return { kind: "failure", reason, why: error.message, message: `failed to get ${what} value: ${error.message}` };
  }
}

/** @throws {MetricError} */
function proposalOf({ name, container, target }: Source, observed: Observation): Proposal {
  const { averageValue, averageUtilization } = target;
  if (averageValue === undefined && averageUtilization === undefined)
    throw new MetricError(
      "invalid resource metric source: neither an average utilization target nor an average value (usage) target was set",
    );
  const use = averageValue === undefined ? "utilization" : "usage";
  try {
    const facts = { ...observed, resource: name, measures: measuresOf(name, container, observed.metrics) };
    if (averageValue !== undefined) return replicasByAverage(facts, milliValue(averageValue));
    return replicasByUtilization(facts, averageUtilization ?? 0, container);
  } catch (error) {
    if (error instanceof MetricError) throw new MetricError(`failed to get ${name} ${use}: ${error.message}`);
    throw error;
  }
}

/** Source: pkg/controller/podautoscaler/metrics/client.go, GetResourceMetric. */
function measuresOf(resource: string, container: string | undefined, metrics: Observation["metrics"]): ReadonlyMap<string, Measure> {
  const unable = (why: string): MetricError => new MetricError(`unable to get metrics for resource ${resource}: ${why}`);
  if (metrics instanceof Error)
    throw unable(`unable to fetch metrics from resource metrics API: ${metrics.message} (get pods.metrics.k8s.io)`);
  if (metrics.length === 0) throw unable("no metrics returned from resource metrics API");
  const measures = new Map<string, Measure>();
  for (const { metadata, containers, timestamp, window } of metrics) {
    const counted = containers.filter(({ name }) => container === undefined || name === container);
    if (container !== undefined && counted.length === 0)
      throw unable(`container ${container} not present in metrics for pod ${metadata.namespace ?? ""}/${metadata.name}`);
    const values = counted.map(({ usage }) => usage[resource]);
    // A pod is measured whole or not at all.
    if (values.some((value) => value === undefined)) continue;
    const value = values.reduce((sum, each) => sum + milliValue(each ?? "0"), 0);
    measures.set(metadata.name, { value, atMs: parseTime(timestamp) ?? 0, windowMs: secondsOf(window) * 1000 });
  }
  return measures;
}

/** Of a duration that is given in seconds: `15s`, `15.3s`. */
function secondsOf(window: string): number {
  return Number(/^([\d.]+)s$/.exec(window)?.[1] ?? 0);
}

/**
 * Metrics that other servers have; none is installed.
 * Unverified: the end of the text of metrics from outside.
 */
function elsewhere(spec: MetricSpec): Evaluation {
  const custom = "unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered";
  const { pods, object, external } = spec;
  if (pods !== undefined) return failed("FailedGetPodsMetric", "pods metric", `unable to get metric ${pods.metric.name}: ${custom}`);
  if (object !== undefined) {
    const { kind, name } = object.describedObject;
    return failed("FailedGetObjectMetric", "object metric", `unable to get metric ${object.metric.name}: ${kind} on ${name}: ${custom}`);
  }
  if (external !== undefined) {
    const why = "unable to fetch metrics from external metrics API: no external metrics API (external.metrics.k8s.io) registered";
    return failed("FailedGetExternalMetric", "external metric", `unable to get external metric ${external.metric.name}: ${why}`);
  }
  const why = `unknown metric source type "${spec.type}"`;
  return { kind: "failure", reason: "InvalidMetricSourceType", why, message: why };
}

function failed(reason: string, what: string, why: string): Evaluation {
  return { kind: "failure", reason, why, message: `failed to get ${what} value: ${why}` };
}
