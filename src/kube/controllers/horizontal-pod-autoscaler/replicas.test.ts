import { describe, expect, it } from "vitest";
import type { Pod } from "#api/kubernetes/core";
import { type Measured, MetricError, replicasByAverage, replicasByUtilization } from "./replicas.ts";

const NOW = Date.UTC(2024, 0, 1, 12);
const LONG_AGO = "2024-01-01T10:00:00Z";

interface Case {
  /** Thousandths that each pod uses; undefined for one that is not measured. */
  readonly used: readonly (number | undefined)[];
  readonly requests?: readonly number[];
  readonly ready?: readonly boolean[];
  readonly pending?: number;
  readonly resource?: string;
}

/** Pods of a thousand each, if nothing else is said. */
function observed({ used, requests, ready, pending = 0, resource = "cpu" }: Case, currentReplicas = used.length + pending): Measured {
  const pods: Pod[] = Array.from({ length: used.length + pending }, (_, index) => ({
    metadata: { name: `p${index}` },
    spec: { containers: [{ name: "web", resources: { requests: { [resource]: `${requests?.[index] ?? 1000}m` } } }] },
    status: {
      phase: index < used.length ? "Running" : "Pending",
      startTime: LONG_AGO,
      conditions: [{ type: "Ready", status: (ready?.[index] ?? true) ? "True" : "False", lastTransitionTime: LONG_AGO }],
    },
  }));
  const measures = new Map(
    used.flatMap((value, index) => (value === undefined ? [] : [[`p${index}`, { value, atMs: NOW, windowMs: 15_000 }] as const])),
  );
  return { currentReplicas, resource, pods, measures, nowMs: NOW };
}

// Source: pkg/controller/podautoscaler/replica_calculator_test.go, where a case of that kind is there.
describe("replicas by the share of what is requested", () => {
  it.each<{ name: string; of: Case; percent: number; want: number; utilization: number }>([
    { name: "more when more is used", of: { used: [300, 500, 700] }, percent: 30, want: 5, utilization: 50 },
    {
      name: "unready ones count as idle",
      of: { used: [300, 500, 700], ready: [false, true, true] },
      percent: 30,
      want: 4,
      utilization: 60,
    },
    { name: "unready ones keep it", of: { used: [400, 500, 700], ready: [true, false, false] }, percent: 30, want: 3, utilization: 40 },
    { name: "pending ones count as idle", of: { used: [500, 700], pending: 1 }, percent: 30, want: 4, utilization: 60 },
    { name: "fewer when less is used", of: { used: [100, 300, 500, 250, 250] }, percent: 50, want: 3, utilization: 28 },
    {
      name: "unready ones do not count when fewer would do",
      of: { used: [100, 300, 500, 250, 250], ready: [true, true, true, false, false] },
      percent: 50,
      want: 2,
      utilization: 30,
    },
    {
      name: "as many within a tenth",
      of: { used: [1010, 1030, 1020], requests: [900, 1000, 1100] },
      percent: 100,
      want: 3,
      utilization: 102,
    },
    {
      name: "missing ones use nothing when more are wanted",
      of: { used: [1000, undefined, undefined] },
      percent: 24,
      want: 5,
      utilization: 100,
    },
    { name: "missing ones use all when fewer would do", of: { used: [100, 100, 100, undefined] }, percent: 50, want: 3, utilization: 10 },
    { name: "missing ones never turn it round", of: { used: [400, undefined, undefined] }, percent: 30, want: 3, utilization: 40 },
    {
      name: "readiness does not matter for memory",
      of: { used: [900, 900], ready: [false, true], resource: "memory" },
      percent: 50,
      want: 4,
      utilization: 90,
    },
  ])("$name", ({ of, percent, want, utilization }) => {
    expect(replicasByUtilization(observed(of), percent)).toMatchObject({ replicas: want, utilization });
  });

  it.each<{ name: string; of: Measured; want: string }>([
    { name: "no pods", of: observed({ used: [] }), want: "no pods returned by selector while calculating replica count" },
    {
      name: "only unready pods",
      of: observed({ used: [100], ready: [false] }),
      want: "did not receive metrics for targeted pods (pods might be unready)",
    },
  ])("says nothing of $name", ({ of, want }) => {
    expect(() => replicasByUtilization(of, 50)).toThrow(new MetricError(want));
  });

  it("needs requests, of the container that is asked for", () => {
    const facts = observed({ used: [500] });
    const pod = facts.pods[0];
    pod?.spec.containers.push({ name: "aside" });
    expect(() => replicasByUtilization(facts, 50)).toThrow("missing request for cpu in container aside of Pod p0");
    expect(replicasByUtilization(facts, 50, "web")).toMatchObject({ replicas: 1, utilization: 50 });
  });

  it("leaves out what a pod uses as it starts", () => {
    const facts = observed({ used: [900, 900] });
    const starting = { ...facts.pods[0], status: { ...facts.pods[0]?.status, startTime: "2024-01-01T11:59:00Z" } } as Pod;
    const fresh = { type: "Ready", status: "True" as const, lastTransitionTime: "2024-01-01T11:59:50Z" };
    const pods = [{ ...starting, status: { ...starting.status, conditions: [fresh] } }, ...facts.pods.slice(1)];
    // One of two counts, and the other as idle: 90 percent become 45.
    expect(replicasByUtilization({ ...facts, pods }, 50)).toMatchObject({ replicas: 2, utilization: 90 });
  });
});

describe("replicas by the average of a pod", () => {
  it.each<{ name: string; of: Case; target: number; want: number }>([
    { name: "more", of: { used: [300, 500, 700] }, target: 300, want: 5 },
    { name: "fewer", of: { used: [100, 100, 100] }, target: 300, want: 1 },
    { name: "as many", of: { used: [310, 290] }, target: 300, want: 2 },
    { name: "missing ones are on target when fewer would do", of: { used: [100, 100, undefined] }, target: 300, want: 2 },
  ])("$name", ({ of, target, want }) => {
    expect(replicasByAverage(observed(of), target).replicas).toBe(want);
  });
});
