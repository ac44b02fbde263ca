import { describe, expect, it } from "vitest";
import { type ClusterStep, type ObservedCluster, planManagedCluster } from "./plan.ts";

const cluster: ObservedCluster = {
  kind: "Creating",
  group: true,
  wanted: "1.12.6",
  recorded: "1.12.6",
  up: true,
  busyPools: 0,
  pools: 1,
  poolFailure: undefined,
  nowMs: 1000,
  controlPlaneDueMs: 0,
  earliestEndMs: 0,
  deadlineMs: 100_000,
};
const failure = { code: "QuotaExceeded", message: "no cores left" };

interface Row {
  readonly name: string;
  readonly cluster: Partial<ObservedCluster>;
  readonly step: Partial<ClusterStep>;
}

const rows: Row[] = [
  { name: "rests when nothing is to be done", cluster: { kind: undefined }, step: { kind: "rest" } },
  { name: "brings its control plane up again after a restart", cluster: { kind: undefined, up: false }, step: { kind: "start" } },
  {
    name: "rests without a control plane when its creation failed",
    cluster: { kind: undefined, recorded: undefined, up: false },
    step: { kind: "rest" },
  },
  {
    name: "begins with the group of its machines",
    cluster: { group: false, recorded: undefined, up: false },
    step: { kind: "ensureGroup" },
  },
  {
    name: "takes the time a control plane takes",
    cluster: { recorded: undefined, up: false, controlPlaneDueMs: 2000 },
    step: { kind: "wait", untilMs: 2000 },
  },
  { name: "creates the control plane", cluster: { recorded: undefined, up: false }, step: { kind: "ensureControlPlane" } },
  { name: "upgrades the control plane", cluster: { kind: "Upgrading", wanted: "1.12.7" }, step: { kind: "ensureControlPlane" } },
  {
    name: "brings the old control plane up before it upgrades it",
    cluster: { kind: "Upgrading", wanted: "1.12.7", up: false },
    step: { kind: "start" },
  },
  { name: "waits for its pools", cluster: { busyPools: 1 }, step: { kind: "wait", reason: "agent pools" } },
  { name: "takes its time at least", cluster: { kind: "Updating", earliestEndMs: 1500 }, step: { kind: "wait", untilMs: 1500 } },
  { name: "finishes when its pools have", cluster: {}, step: { kind: "finish" } },
  { name: "fails when a pool has failed and all have ended", cluster: { poolFailure: failure }, step: { kind: "fail", failure } },
  { name: "lets other pools end first", cluster: { kind: "Scaling", poolFailure: failure, busyPools: 1 }, step: { kind: "wait" } },
  {
    name: "upgrades no further pool when one has failed",
    cluster: { kind: "Upgrading", poolFailure: failure, busyPools: 1 },
    step: { kind: "fail" },
  },
  {
    name: "fails when the control plane does not come up",
    cluster: { recorded: undefined, up: false, nowMs: 100_000 },
    step: { kind: "fail", failure: { code: "InternalOperationError", message: expect.any(String) as string } },
  },
  { name: "deletes its pools first", cluster: { kind: "Deleting" }, step: { kind: "wait", reason: "agent pools" } },
  {
    name: "takes the time a deletion takes",
    cluster: { kind: "Deleting", pools: 0, controlPlaneDueMs: 2000 },
    step: { kind: "wait", untilMs: 2000 },
  },
  { name: "removes what is left", cluster: { kind: "Deleting", pools: 0 }, step: { kind: "remove" } },
];

describe("planManagedCluster", () => {
  it.each(rows)("$name", ({ cluster: change, step }) => {
    expect(planManagedCluster({ ...cluster, ...change })).toMatchObject(step);
  });
});
