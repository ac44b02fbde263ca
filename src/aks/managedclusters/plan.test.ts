import { describe, expect, it } from "vitest";
import { type ClusterStep, type ObservedCluster, planManagedCluster } from "./plan.ts";

const cluster: ObservedCluster = {
  kind: "Creating",
  group: true,
  wanted: "1.12.6",
  recorded: "1.12.6",
  up: true,
  powered: true,
  rotates: false,
  rotatesSigningKeys: false,
  reconfiguresScheduler: false,
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

const stopping = { kind: "Stopping", powered: false } as const;

const rows: Row[] = [
  { name: "rests while it is stopped", cluster: { kind: undefined, powered: false, up: false }, step: { kind: "rest" } },
  { name: "stops what runs though the cluster is stopped", cluster: { kind: undefined, powered: false }, step: { kind: "halt" } },
  { name: "stops its pools first", cluster: { ...stopping, busyPools: 1 }, step: { kind: "wait", reason: "agent pools" } },
  {
    name: "comes up again to go on stopping its pools after a restart",
    cluster: { ...stopping, busyPools: 1, up: false },
    step: { kind: "start" },
  },
  {
    name: "takes the time that a control plane takes to stop",
    cluster: { ...stopping, controlPlaneDueMs: 2000 },
    step: { kind: "wait", untilMs: 2000 },
  },
  { name: "stops the control plane after its pools", cluster: stopping, step: { kind: "halt" } },
  { name: "has stopped when nothing runs any more", cluster: { ...stopping, up: false }, step: { kind: "finish" } },
  { name: "fails to stop with its pool", cluster: { ...stopping, poolFailure: failure }, step: { kind: "fail", failure } },
  {
    name: "takes the time that a control plane takes to start",
    cluster: { kind: "Starting", up: false, controlPlaneDueMs: 2000 },
    step: { kind: "wait", untilMs: 2000 },
  },
  { name: "starts the control plane before the pools", cluster: { kind: "Starting", up: false, busyPools: 1 }, step: { kind: "start" } },
  {
    name: "replaces certificates before the nodes",
    cluster: { kind: "RotatingClusterCertificates", rotates: true, busyPools: 1 },
    step: { kind: "rotate" },
  },
  {
    name: "comes up with the new certificates",
    cluster: { kind: "RotatingClusterCertificates", up: false, busyPools: 1 },
    step: { kind: "start" },
  },
  {
    name: "replaces signing keys while it runs",
    cluster: { kind: "Updating", rotatesSigningKeys: true },
    step: { kind: "rotateSigningKeys" },
  },
  {
    name: "changes who configures the scheduler before the pools",
    cluster: { kind: "Updating", reconfiguresScheduler: true, busyPools: 1 },
    step: { kind: "configureScheduler" },
  },
  {
    name: "comes up before its scheduler is configured by others",
    cluster: { kind: "Updating", reconfiguresScheduler: true, up: false },
    step: { kind: "start" },
  },
  {
    name: "is canceled after its pools",
    cluster: { canceledAtMs: 500, busyPools: 1 },
    step: { kind: "wait", reason: "agent pools" },
  },
  { name: "takes its time to be canceled", cluster: { canceledAtMs: 1500 }, step: { kind: "wait", untilMs: 1500 } },
  {
    name: "is canceled before its control plane is there",
    cluster: { canceledAtMs: 500, recorded: undefined, up: false, group: false },
    step: { kind: "cancel" },
  },
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
