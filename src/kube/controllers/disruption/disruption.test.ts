import type { Pod } from "#api/kubernetes/core";
import type { PodDisruptionBudget } from "#api/kubernetes/workloads";
import { describe, expect, it } from "vitest";
import { planBudget } from "./plan.ts";

const NOW = Date.UTC(2024, 0, 1, 12);
const now = "2024-01-01T12:00:00Z";

function pods(ready: number, notReady = 0, leaving = 0): Pod[] {
  return Array.from({ length: ready + notReady + leaving }, (_, index) => ({
    metadata: { name: `p${index}`, namespace: "default", ...(index >= ready + notReady && { deletionTimestamp: now }) },
    spec: { containers: [] },
    status: { conditions: [{ type: "Ready", status: index >= ready && index < ready + notReady ? "False" : "True" }] },
  }));
}

function budget(spec: PodDisruptionBudget["spec"], status?: PodDisruptionBudget["status"]): PodDisruptionBudget {
  return { metadata: { name: "pdb", namespace: "default", generation: 4 }, spec, ...(status && { status }) };
}

function plan(spec: PodDisruptionBudget["spec"], there: Pod[], expectedScale?: number, status?: PodDisruptionBudget["status"]) {
  return planBudget({ budget: budget(spec, status), pods: there, expectedScale, nowMs: NOW, now, minor: 30 });
}

describe("planBudget", () => {
  it.each([
    { name: "a number that must be available", spec: { minAvailable: 2 }, there: pods(3), want: [1, 3, 2, 3] },
    { name: "none to spare", spec: { minAvailable: 3 }, there: pods(3), want: [0, 3, 3, 3] },
    { name: "fewer than there must be", spec: { minAvailable: 3 }, there: pods(1, 2), want: [0, 1, 3, 3] },
    { name: "pods that are being deleted are not healthy", spec: { minAvailable: 1 }, there: pods(2, 0, 1), want: [1, 2, 1, 3] },
    {
      name: "a number that may be missing, of the controllers' size",
      spec: { maxUnavailable: 1 },
      there: pods(4),
      scale: 5,
      want: [0, 4, 4, 5],
    },
    { name: "a share that may be missing rounds up", spec: { maxUnavailable: "30%" }, there: pods(7), scale: 7, want: [3, 7, 4, 7] },
    { name: "a share that must be available rounds up", spec: { minAvailable: "50%" }, there: pods(7), scale: 7, want: [3, 7, 4, 7] },
    { name: "more may be missing than there are", spec: { maxUnavailable: 9 }, there: pods(2), scale: 2, want: [2, 2, 0, 2] },
    { name: "nothing is allowed where no pods are expected", spec: { minAvailable: 0 }, there: [], want: [0, 0, 0, 0] },
  ])("$name", ({ spec, there, scale, want }) => {
    const { status } = plan(spec, there, scale);
    expect([status.disruptionsAllowed, status.currentHealthy, status.desiredHealthy, status.expectedPods]).toEqual(want);
    expect(status.observedGeneration).toBe(4);
    expect(status.conditions).toMatchObject([
      { type: "DisruptionAllowed", status: want[0] ? "True" : "False", reason: want[0] ? "SufficientPods" : "InsufficientPods" },
    ]);
  });

  it("counts a pod whose eviction was granted as gone for two minutes", () => {
    const granted = { disruptionsAllowed: 0, currentHealthy: 3, desiredHealthy: 1, expectedPods: 3 };
    const fresh = plan({ minAvailable: 1 }, pods(3), undefined, {
      ...granted,
      disruptedPods: { p0: "2024-01-01T11:59:00Z", gone: "2024-01-01T11:59:00Z" },
    });
    expect(fresh.status).toMatchObject({ disruptionsAllowed: 1, currentHealthy: 2, disruptedPods: { p0: "2024-01-01T11:59:00Z" } });
    expect(fresh.recheckAtMs).toBe(NOW + 60_000);
    const late = plan({ minAvailable: 1 }, pods(3), undefined, { ...granted, disruptedPods: { p0: "2024-01-01T11:58:00Z" } });
    expect(late.status).toMatchObject({ disruptionsAllowed: 2, currentHealthy: 3 });
    expect(late.status.disruptedPods).toBeUndefined();
    expect(late.notDeleted.map((pod) => pod.metadata.name)).toEqual(["p0"]);
  });

  it("allows nothing when the expected number cannot be told", () => {
    const { status, failure } = plan({ maxUnavailable: 1 }, pods(3));
    expect(status.disruptionsAllowed).toBe(0);
    expect(status.conditions).toMatchObject([{ status: "False", reason: "SyncFailed", message: failure }]);
  });

  it("has no conditions in clusters before 1.21", () => {
    const { status } = planBudget({
      budget: budget({ minAvailable: 1 }),
      pods: pods(2),
      expectedScale: undefined,
      nowMs: NOW,
      now,
      minor: 12,
    });
    expect(status.conditions).toBeUndefined();
  });

  it("changes nothing when run again", () => {
    const first = plan({ minAvailable: 1 }, pods(3));
    const second = planBudget({
      budget: budget({ minAvailable: 1 }, first.status),
      pods: pods(3),
      expectedScale: undefined,
      nowMs: NOW + 9000,
      now: "2024-01-01T12:00:09Z",
      minor: 30,
    });
    expect(second.status).toEqual(first.status);
  });
});
