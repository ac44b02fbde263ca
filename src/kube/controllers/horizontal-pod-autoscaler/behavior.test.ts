import { describe, expect, it } from "vitest";
import type { ScalingRules } from "#api/kubernetes/autoscaling";
import { History, normalize } from "./behavior.ts";

const NOW = 10_000_000;

/** @param before seconds ago and what was recommended then. */
function run(
  wish: { current: number; desired: number; min?: number; max?: number; up?: ScalingRules; down?: ScalingRules },
  before: readonly (readonly [secondsAgo: number, count: number])[] = [],
  scaled: readonly (readonly [secondsAgo: number, from: number, to: number])[] = [],
) {
  const history = new History();
  for (const [secondsAgo, count] of before) history.recommend(count, NOW - secondsAgo * 1000);
  for (const [secondsAgo, from, to] of scaled) history.scaled(from, to, NOW - secondsAgo * 1000);
  const { up, down, min = 1, max = 100, ...numbers } = wish;
  const behavior = up === undefined && down === undefined ? undefined : { ...(up && { scaleUp: up }), ...(down && { scaleDown: down }) };
  const { replicas, ableToScale, limited } = normalize({ ...numbers, min, max, behavior }, history, NOW);
  return [replicas, ableToScale.reason, limited.reason, limited.isLimited] as const;
}

// Source: pkg/controller/podautoscaler/horizontal.go and its documentation in kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale.
describe("without rules", () => {
  it("scales up at once, to twice as many or four at most", () => {
    expect(run({ current: 5, desired: 8 })).toEqual([8, "ReadyForNewScale", "DesiredWithinRange", false]);
    expect(run({ current: 5, desired: 80 })).toEqual([10, "ReadyForNewScale", "ScaleUpLimit", true]);
    expect(run({ current: 1, desired: 80 })).toEqual([4, "ReadyForNewScale", "ScaleUpLimit", true]);
  });

  it("keeps the bounds", () => {
    expect(run({ current: 5, desired: 9, max: 7 })).toEqual([7, "ReadyForNewScale", "TooManyReplicas", true]);
    expect(run({ current: 5, desired: 1, min: 3 })).toEqual([3, "ReadyForNewScale", "TooFewReplicas", true]);
  });

  it("scales down to the highest of five minutes", () => {
    expect(run({ current: 5, desired: 2 }, [[299, 4]])).toEqual([4, "ScaleDownStabilized", "DesiredWithinRange", false]);
    expect(run({ current: 5, desired: 2 }, [[300, 4]])).toEqual([2, "ReadyForNewScale", "DesiredWithinRange", false]);
  });
});

describe("with rules", () => {
  const four: ScalingRules = { policies: [{ type: "Pods", value: 4, periodSeconds: 60 }], selectPolicy: "Max" };
  const half: ScalingRules = { policies: [{ type: "Percent", value: 50, periodSeconds: 60 }], stabilizationWindowSeconds: 0 };

  it("scales up by the policy, counting what the period has seen", () => {
    expect(run({ current: 5, desired: 30, up: four })).toEqual([9, "ReadyForNewScale", "ScaleUpLimit", true]);
    expect(run({ current: 9, desired: 30, up: four }, [], [[59, 5, 9]])).toEqual([9, "ReadyForNewScale", "ScaleUpLimit", true]);
    expect(run({ current: 9, desired: 30, up: four }, [], [[60, 5, 9]])).toEqual([13, "ReadyForNewScale", "ScaleUpLimit", true]);
  });

  it("takes the greatest or the smallest change, or none", () => {
    const policies = [...(four.policies ?? []), { type: "Percent" as const, value: 10, periodSeconds: 60 }];
    expect(run({ current: 10, desired: 30, up: { policies, selectPolicy: "Max" } })[0]).toBe(14);
    expect(run({ current: 10, desired: 30, up: { policies, selectPolicy: "Min" } })[0]).toBe(11);
    expect(run({ current: 10, desired: 30, up: { policies, selectPolicy: "Disabled" } })[0]).toBe(10);
  });

  it("scales down by the policy", () => {
    expect(run({ current: 10, desired: 1, down: half })).toEqual([5, "ReadyForNewScale", "ScaleDownLimit", true]);
    expect(run({ current: 5, desired: 1, down: half }, [], [[30, 10, 5]])).toEqual([5, "ReadyForNewScale", "ScaleDownLimit", true]);
    expect(run({ current: 10, desired: 1, down: { ...half, selectPolicy: "Disabled" } })[0]).toBe(10);
  });

  it("waits in its windows, both ways", () => {
    expect(run({ current: 3, desired: 8, up: { ...four, stabilizationWindowSeconds: 120 } }, [[100, 5]])).toEqual([
      5,
      "ScaleUpStabilized",
      "DesiredWithinRange",
      false,
    ]);
    expect(run({ current: 8, desired: 3, down: { ...half, stabilizationWindowSeconds: 60 } }, [[50, 7]])).toEqual([
      7,
      "ScaleDownStabilized",
      "DesiredWithinRange",
      false,
    ]);
  });
});
