import type { HorizontalPodAutoscaler, MetricStatus } from "#api/kubernetes/autoscaling";
import { type Evaluation, evaluate, type Observation } from "./evaluate.ts";
import { type History, normalize, type Verdict } from "./behavior.ts";

/** A condition as it is to be set. */
export interface ConditionToSet extends Verdict {
  readonly type: "AbleToScale" | "ScalingActive" | "ScalingLimited";
  readonly status: "True" | "False";
}

/** An event of type Warning. */
export type Complaint = Verdict;

/** What follows for an autoscaler from what is seen. */
export interface Decision {
  readonly replicas: number;
  /** Why it is another number than there is. */
  readonly reason: string;
  readonly conditions: readonly ConditionToSet[];
  readonly complaints: readonly Complaint[];
  readonly metrics: readonly MetricStatus[];
  /** Nothing follows: the metrics say too little. */
  readonly isFailed: boolean;
}

/**
 * How many there are to be.
 * Source: pkg/controller/podautoscaler/horizontal.go, reconcileAutoscaler and computeReplicasForMetrics.
 */
export function decide(autoscaler: HorizontalPodAutoscaler, observed: Observation, history: History): Decision {
  const { minReplicas: min = 1, maxReplicas: max, behavior } = autoscaler.spec;
  const current = observed.currentReplicas;
  const plain = { conditions: [], complaints: [], metrics: [], isFailed: false };
  if (current === 0 && min !== 0) {
    const message = "scaling is disabled since the replica count of the target is zero";
    return {
      ...plain,
      replicas: 0,
      reason: "",
      conditions: [{ type: "ScalingActive", status: "False", reason: "ScalingDisabled", message }],
    };
  }
  if (current > max) return { ...plain, replicas: max, reason: "Current number of replicas above Spec.MaxReplicas" };
  if (current < min) return { ...plain, replicas: min, reason: "Current number of replicas below Spec.MinReplicas" };
  const outcome = byMetrics(autoscaler, observed);
  if (outcome.isFailed) return outcome;
  const { replicas: desired, metricName } = outcome;
  const { replicas, ableToScale, limited } = normalize({ current, desired, min, max, behavior }, history, observed.nowMs);
  const reason = desired > current ? `${metricName} above target` : desired < current ? "All metrics below target" : "";
  return {
    ...outcome,
    replicas,
    reason,
    conditions: [
      ...outcome.conditions,
      { type: "AbleToScale", status: "True", ...ableToScale },
      { type: "ScalingLimited", status: limited.isLimited ? "True" : "False", reason: limited.reason, message: limited.message },
    ],
  };
}

/** The highest number that a metric asks for; what fails only forbids to scale down. */
function byMetrics({ spec }: HorizontalPodAutoscaler, observed: Observation): Decision & { readonly metricName: string } {
  const evaluations = (spec.metrics ?? []).map((metric) => evaluate(metric, observed));
  const proposals = evaluations.filter((each) => each.kind === "proposal");
  const failures = evaluations.filter((each) => each.kind === "failure");
  const complaints: Complaint[] = failures.map(({ reason, why }) => ({ reason, message: why }));
  const metrics = proposals.map(({ status }) => status);
  const best = highest(proposals);
  const [failure] = failures;
  if (best === undefined || (failure !== undefined && best.replicas < observed.currentReplicas)) {
    const sum = `invalid metrics (${failures.length} invalid out of ${evaluations.length}), first error is: ${failure?.message ?? ""}`;
    const message = `the HPA was unable to compute the replica count: ${failure?.why ?? ""}`;
    return {
      replicas: observed.currentReplicas,
      reason: "",
      metricName: "",
      isFailed: true,
      metrics,
      complaints: [...complaints, { reason: "FailedComputeMetricsReplicas", message: sum }],
      conditions: [{ type: "ScalingActive", status: "False", reason: failure?.reason ?? "", message }],
    };
  }
  const message = `the HPA was able to successfully calculate a replica count from ${best.name}`;
  return {
    replicas: best.replicas,
    reason: "",
    metricName: best.name,
    isFailed: false,
    metrics,
    complaints,
    conditions: [{ type: "ScalingActive", status: "True", reason: "ValidMetricFound", message }],
  };
}

type ProposalOf = Extract<Evaluation, { kind: "proposal" }>;

function highest(proposals: readonly ProposalOf[]): ProposalOf | undefined {
  let best: ProposalOf | undefined;
  for (const each of proposals) if (best === undefined || each.replicas > best.replicas) best = each;
  return best;
}
