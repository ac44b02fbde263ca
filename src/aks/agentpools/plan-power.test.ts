import { describe, expect, it } from "vitest";
import { begunWork } from "../testing/observed.ts";
import { planAgentPool } from "./plan.ts";
import type { Machine, ObservedNode, ObservedPool, Step } from "./step.ts";

const node: ObservedNode = { ready: true, version: "1.34.2", unschedulable: false, conforms: true, podsLeft: 0 };

function machine(id: number, change: Partial<Machine> = {}): Machine {
  return { id, name: `n${id}`, state: "Running", version: "1.34.2", node, ...change };
}

const asleep = (id: number, change: Partial<Machine> = {}): Machine =>
  machine(id, { state: "Deallocated", node: { ...node, ready: false, unschedulable: true }, ...change });
const full = (id: number): Machine => machine(id, { node: { ...node, unschedulable: true, podsLeft: 1, podNames: ["web-1"] } });

const pool: ObservedPool = {
  ...begunWork,
  kind: "Scaling",
  count: 2,
  version: "1.34.2",
  machines: [machine(0), machine(1)],
  drainFor: "upgrade",
};
const drain = { sinceMs: 900 };
const late = { sinceMs: 400 };

interface Row {
  readonly name: string;
  readonly pool: Partial<ObservedPool>;
  readonly step: Partial<Step>;
}

const stopping = { kind: "Stopping", count: 0, drainFor: "stop" } as const;

const rows: Row[] = [
  { name: "a stop empties every node", pool: stopping, step: { kind: "startDrain", nodes: ["n0", "n1"] } },
  {
    name: "a stop asks pods to go",
    pool: { ...stopping, machines: [full(0)], drains: { n0: drain } },
    step: { kind: "evict", nodes: ["n0"] },
  },
  {
    name: "a stop goes on by force when pods stay",
    pool: { ...stopping, machines: [full(0)], drains: { n0: late } },
    step: { kind: "deleteInstances", ids: [0] },
  },
  {
    name: "a stop keeps the machines of a pool that deallocates",
    pool: { ...stopping, keepsMachines: true, machines: [full(0)], drains: { n0: late } },
    step: { kind: "deallocateInstances", ids: [0] },
  },
  { name: "a stop of an empty pool is over", pool: { ...stopping, machines: [] }, step: { kind: "finish" } },
  {
    name: "a stop waits until kept machines stand still",
    pool: { ...stopping, keepsMachines: true, machines: [asleep(0, { state: "Deallocating" })] },
    step: { kind: "wait", reason: "machines" },
  },
  {
    name: "a stopped pool with kept machines is done",
    pool: { ...stopping, keepsMachines: true, machines: [asleep(0)] },
    step: { kind: "finish" },
  },
  {
    name: "fewer nodes are deallocated where machines are kept, the highest first",
    pool: {
      count: 1,
      keepsMachines: true,
      machines: [machine(0), full(1)].map((each) => ({ ...each, node: { ...node, unschedulable: each.id === 1 } })),
      drains: { n1: drain },
    },
    step: { kind: "deallocateInstances", ids: [1] },
  },
  {
    name: "kept machines are started before new ones are made",
    pool: { count: 4, keepsMachines: true, machines: [machine(0), asleep(1), asleep(2)] },
    step: { kind: "startInstances", ids: [1, 2], nodes: ["n1", "n2"] },
  },
  {
    name: "what is still missing is made",
    pool: { count: 4, keepsMachines: true, machines: [machine(0), machine(1, { state: "Starting" }), machine(2, { state: "Starting" })] },
    step: { kind: "createInstances", count: 1, surge: false },
  },
  {
    name: "a machine that is about to stand still is waited for before it is started",
    pool: { keepsMachines: true, machines: [machine(0), asleep(1, { state: "Deallocating" })] },
    step: { kind: "wait", reason: "machines" },
  },
  {
    name: "a started node takes pods again",
    pool: { keepsMachines: true, machines: [machine(0), machine(1, { node: { ...node, unschedulable: true } })], drains: { n1: drain } },
    step: { kind: "uncordon", nodes: ["n1"] },
  },
  {
    name: "labels and taints reach nodes that do not run",
    pool: { count: 1, keepsMachines: true, machines: [machine(0), asleep(1, { node: { ...node, ready: false, conforms: false } })] },
    step: { kind: "conform", nodes: ["n1"] },
  },
  {
    name: "machines that are kept no more go",
    pool: { kind: "Updating", count: 1, machines: [machine(0), asleep(1)] },
    step: { kind: "deleteInstances", ids: [1] },
  },
  {
    name: "surge nodes of an upgrade go also where machines are kept",
    pool: {
      kind: "Upgrading",
      keepsMachines: true,
      machines: [machine(0), machine(1), machine(2, { surge: true, node: { ...node, unschedulable: true } })],
      drains: { n2: drain },
    },
    step: { kind: "deleteInstances", ids: [2] },
  },
  {
    name: "an upgrade leaves machines that do not run for their next start",
    pool: { kind: "Upgrading", count: 1, keepsMachines: true, machines: [machine(0), asleep(1, { version: "1.33.0" })] },
    step: { kind: "finish" },
  },
  {
    name: "another image is reason enough to reimage",
    pool: { kind: "UpgradingNodeImageVersion", machines: [machine(0), machine(1, { stale: true }), machine(2)] },
    step: { kind: "startDrain", nodes: ["n1"] },
  },
  {
    name: "an image upgrade has its surge",
    pool: { kind: "UpgradingNodeImageVersion", machines: [machine(0, { stale: true }), machine(1)] },
    step: { kind: "createInstances", count: 1, surge: true },
  },
  {
    name: "an image upgrade finds nothing to do",
    pool: { kind: "UpgradingNodeImageVersion" },
    step: { kind: "finish" },
  },
  {
    name: "new certificates make all nodes anew at once, drained or not",
    pool: {
      kind: "RotatingClusterCertificates",
      machines: [machine(0, { stale: true, node: { ...node, podsLeft: 3 } }), machine(1, { stale: true })],
    },
    step: { kind: "reimage", ids: [0, 1] },
  },
  {
    name: "exactly the machines that were named go, and without a drain",
    pool: { kind: "DeletingMachines", removals: ["n0"], count: 1, machines: [machine(0, { node: { ...node, podsLeft: 3 } }), machine(1)] },
    step: { kind: "deleteInstances", ids: [0] },
  },
  {
    name: "nothing else goes with them",
    pool: { kind: "DeletingMachines", removals: ["n0"], count: 1, machines: [machine(0, { state: "Deleting" }), machine(1)] },
    step: { kind: "wait", reason: "machines" },
  },
  {
    name: "a deletion drains where it may",
    pool: { kind: "Deleting", drainFor: "deletion", machines: [machine(0, { node: { ...node, podsLeft: 1 } })] },
    step: { kind: "startDrain", nodes: ["n0"] },
  },
  {
    name: "a deletion does not wait for the pods of a node that is down",
    pool: { kind: "Deleting", drainFor: "deletion", machines: [machine(0, { node: { ...node, ready: false, podsLeft: 1 } })] },
    step: { kind: "deleteScaleSet" },
  },
  {
    name: "a deletion whose pods stay fails in AKS's words",
    pool: { kind: "Deleting", drainFor: "deletion", machines: [full(0)], drains: { n0: late } },
    step: {
      kind: "fail",
      failure: {
        code: "DeleteVMSSAgentPoolFailed",
        message:
          'VMSSAgentPoolReconciler retry failed: {\n  "code": "PodDrainFailure",\n' +
          "  \"message\": \"Node 'n0' failed to be drained with error: 'Drain did not complete pods [web-1] within 10m0s'\"\n }",
      },
      uncordon: ["n0"],
    },
  },
  { name: "work that is to end waits a moment", pool: { canceledAtMs: 1500 }, step: { kind: "wait", untilMs: 1500 } },
  {
    name: "work that ended leaves no node cordoned that it had cordoned",
    pool: { canceledAtMs: 900, kind: "Upgrading", drains: { n0: drain, gone: drain } },
    step: { kind: "cancel", uncordon: ["n0"] },
  },
  { name: "work can be ended before its turn came", pool: { canceledAtMs: 900, turn: false, begun: false }, step: { kind: "cancel" } },
];

describe("planAgentPool, for power, single machines and abortion", () => {
  it.each(rows)("$name", ({ pool: change, step }) => {
    expect(planAgentPool({ ...pool, ...change })).toMatchObject(step);
  });
});
