import type { ScalingPolicy, ScalingRules } from "#api/kubernetes/autoscaling";

/** Source: --horizontal-pod-autoscaler-downscale-stabilization. */
const DOWNSCALE_SECONDS = 300;
/** Longest window and period that rules may have. Source: pkg/apis/autoscaling/validation/validation.go. */
const LONGEST_MS = 3_600_000;
/** Source: pkg/controller/podautoscaler/horizontal.go, scaleUpLimitFactor and scaleUpLimitMinimum. */
const UP_FACTOR = 2;
const UP_MINIMUM = 4;

/** Defaults of rules, when an autoscaler has any. Source: pkg/apis/autoscaling/v2/defaults.go. */
const UP_POLICIES: readonly ScalingPolicy[] = [
  { type: "Pods", value: 4, periodSeconds: 15 },
  { type: "Percent", value: 100, periodSeconds: 15 },
];
const DOWN_POLICIES: readonly ScalingPolicy[] = [{ type: "Percent", value: 100, periodSeconds: 15 }];

interface Sample {
  readonly atMs: number;
  /** A recommendation, or by how many was scaled. */
  readonly count: number;
}

/** What an autoscaler recommended and did in the last hour. */
export class History {
  recommendations: Sample[] = [];
  ups: Sample[] = [];
  downs: Sample[] = [];

  recommend(count: number, nowMs: number): void {
    this.recommendations = [...recent(this.recommendations, nowMs, LONGEST_MS), { atMs: nowMs, count }];
  }

  /** Notes that it was scaled. */
  scaled(from: number, to: number, nowMs: number): void {
    if (to > from) this.ups = [...recent(this.ups, nowMs, LONGEST_MS), { atMs: nowMs, count: to - from }];
    else this.downs = [...recent(this.downs, nowMs, LONGEST_MS), { atMs: nowMs, count: from - to }];
  }
}

function recent(samples: readonly Sample[], nowMs: number, withinMs: number): Sample[] {
  return samples.filter(({ atMs }) => atMs > nowMs - withinMs);
}

export interface Wish {
  readonly current: number;
  readonly desired: number;
  readonly min: number;
  readonly max: number;
  readonly behavior: { readonly scaleUp?: ScalingRules; readonly scaleDown?: ScalingRules } | undefined;
}

/** A reason with its message, as conditions have them. */
export interface Verdict {
  readonly reason: string;
  readonly message: string;
}

/** The number that it becomes, and what conditions say of it. */
export interface Normalized {
  readonly replicas: number;
  readonly ableToScale: Verdict;
  readonly limited: Verdict & { readonly isLimited: boolean };
}

/**
 * Holds the wish against what was recommended before, and against rates and bounds.
 * Source: pkg/controller/podautoscaler/horizontal.go, normalizeDesiredReplicas and normalizeDesiredReplicasWithBehaviors.
 */
export function normalize(wish: Wish, history: History, nowMs: number): Normalized {
  const stable = stabilized(wish, history, nowMs);
  history.recommend(wish.desired, nowMs);
  const ableToScale =
    stable === wish.desired
      ? { reason: "ReadyForNewScale", message: "recommended size matches current size" }
      : stable < wish.desired
        ? {
            reason: "ScaleUpStabilized",
            message: "recent recommendations were lower than current one, applying the lowest recent recommendation",
          }
        : {
            reason: "ScaleDownStabilized",
            message: "recent recommendations were higher than current one, applying the highest recent recommendation",
          };
  const { replicas, ...verdict } = wish.behavior === undefined ? bounded(stable, wish) : rated(stable, wish, { history, nowMs });
  return { replicas, ableToScale, limited: { ...verdict, isLimited: replicas !== stable } };
}

/** Without rules only scaling down waits. */
function stabilized({ current, desired, behavior }: Wish, { recommendations }: History, nowMs: number): number {
  const counts = (seconds: number): number[] => recent(recommendations, nowMs, seconds * 1000).map(({ count }) => count);
  const highest = Math.max(desired, ...counts(behavior?.scaleDown?.stabilizationWindowSeconds ?? DOWNSCALE_SECONDS));
  if (behavior === undefined) return highest;
  const lowest = Math.min(desired, ...counts(behavior.scaleUp?.stabilizationWindowSeconds ?? 0));
  return Math.min(Math.max(current, lowest), highest);
}

interface Bounded extends Verdict {
  readonly replicas: number;
}

const within = (replicas: number): Bounded => ({
  replicas,
  reason: "DesiredWithinRange",
  message: "the desired count is within the acceptable range",
});
const tooFew = (replicas: number): Bounded => ({
  replicas,
  reason: "TooFewReplicas",
  message: "the desired replica count is less than the minimum replica count",
});
const tooMany = (replicas: number): Bounded => ({
  replicas,
  reason: "TooManyReplicas",
  message: "the desired replica count is more than the maximum replica count",
});
const tooFast = (replicas: number): Bounded => ({
  replicas,
  reason: "ScaleUpLimit",
  message: "the desired replica count is increasing faster than the maximum scale rate",
});
const tooFastDown = (replicas: number): Bounded => ({
  replicas,
  reason: "ScaleDownLimit",
  message: "the desired replica count is decreasing faster than the maximum scale rate",
});

/** Source: horizontal.go, convertDesiredReplicasWithRules. */
function bounded(desired: number, { current, min, max }: Wish): Bounded {
  const limit = Math.max(UP_FACTOR * current, UP_MINIMUM);
  if (desired < min) return tooFew(min);
  if (desired > Math.min(max, limit)) return max > limit ? tooFast(limit) : tooMany(max);
  return within(desired);
}

interface Past {
  readonly history: History;
  readonly nowMs: number;
}

/** Source: horizontal.go, convertDesiredReplicasWithBehaviorRate. */
function rated(desired: number, wish: Wish, past: Past): Bounded {
  const { current, min, max, behavior } = wish;
  if (desired > current) {
    const limit = Math.max(upLimit(current, behavior?.scaleUp ?? {}, past), current);
    if (desired > Math.min(max, limit)) return max > limit ? tooFast(limit) : tooMany(max);
  } else if (desired < current) {
    const limit = Math.min(downLimit(current, behavior?.scaleDown ?? {}, past), current);
    if (desired < Math.max(min, limit)) return min < limit ? tooFastDown(limit) : tooFew(min);
  }
  return within(desired);
}

/** How many there were when the policy's period began. */
function periodStart(current: number, { periodSeconds }: ScalingPolicy, { history, nowMs }: Past): number {
  const change = (samples: readonly Sample[]): number =>
    recent(samples, nowMs, periodSeconds * 1000).reduce((sum, { count }) => sum + count, 0);
  return current - change(history.ups) + change(history.downs);
}

function upLimit(current: number, { selectPolicy = "Max", policies }: ScalingRules, past: Past): number {
  if (selectPolicy === "Disabled") return current;
  const limits = (policies ?? UP_POLICIES).map((policy) => {
    const start = periodStart(current, policy, past);
    return policy.type === "Pods" ? start + policy.value : Math.ceil(start * (1 + policy.value / 100));
  });
  return selectPolicy === "Min" ? Math.min(...limits) : Math.max(...limits);
}

/** The policy that allows the greatest change is the one with the lowest limit. */
function downLimit(current: number, { selectPolicy = "Max", policies }: ScalingRules, past: Past): number {
  if (selectPolicy === "Disabled") return current;
  const limits = (policies ?? DOWN_POLICIES).map((policy) => {
    const start = periodStart(current, policy, past);
    return policy.type === "Pods" ? start - policy.value : Math.trunc(start * (1 - policy.value / 100));
  });
  return selectPolicy === "Min" ? Math.max(...limits) : Math.min(...limits);
}
