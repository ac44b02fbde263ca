import { describe, expect, it } from "vitest";
import { begunWork } from "../testing/observed.ts";
import { planAgentPool } from "./plan.ts";
import type { Machine, ObservedNode, ObservedPool, Step } from "./step.ts";

const node: ObservedNode = { ready: true, version: "1.12.6", unschedulable: false, conforms: true, podsLeft: 0 };

function machine(id: number, change: Partial<Machine> = {}): Machine {
  return { id, name: `n${id}`, state: "Running", version: "1.12.6", node, ...change };
}

function machines(count: number): Machine[] {
  return Array.from({ length: count }, (_, id) => machine(id));
}

const pool: ObservedPool = {
  ...begunWork,
  kind: "Scaling",
  count: 3,
  version: "1.12.6",
  machines: machines(3),
};

const drain = { sinceMs: 900 };
const told = { ...drain, upgradedMs: 950 };
const next = "1.12.7";
const upgraded = (id: number): Machine => machine(id, { version: next, node: { ...node, version: next } });
const withoutNode = (id: number, change: Partial<Machine>): Machine => {
  const { node: _, ...rest } = machine(id, change);
  return rest;
};

interface Row {
  readonly name: string;
  readonly pool: Partial<ObservedPool>;
  readonly step: Partial<Step>;
}

const creating: Row[] = [
  { name: "waits for the cluster's operation", pool: { turn: false, scaleSet: false }, step: { kind: "wait", reason: "the cluster" } },
  { name: "notes when its turn came", pool: { begun: false, nowMs: 200_000, machines: [] }, step: { kind: "begin" } },
  { name: "begins with the scale set", pool: { scaleSet: false, machines: [] }, step: { kind: "ensureScaleSet" } },
  { name: "makes all missing machines at once", pool: { machines: [] }, step: { kind: "createInstances", count: 3, surge: false } },
  {
    name: "makes only what is missing",
    pool: { machines: machines(1) },
    step: { kind: "createInstances", count: 2, surge: false },
  },
  {
    name: "does not count a machine that is going away",
    pool: { machines: [machine(0, { state: "Deleting" }), machine(1), machine(2)] },
    step: { kind: "createInstances", count: 1, surge: false },
  },
  {
    name: "removes a machine that failed to start",
    pool: { machines: [machine(0, { state: "Failed" }), machine(1), machine(2)] },
    step: { kind: "deleteInstances", ids: [0] },
  },
  {
    name: "waits for a machine to boot",
    pool: { machines: [machine(0), machine(1), withoutNode(2, { state: "Creating" })] },
    step: { kind: "wait", reason: "nodes" },
  },
  {
    name: "waits for a node to be Ready",
    pool: { machines: [machine(0), machine(1), machine(2, { node: { ...node, ready: false } })] },
    step: { kind: "wait", reason: "nodes" },
  },
  { name: "finishes when every node is Ready", pool: {}, step: { kind: "finish" } },
  { name: "finishes an empty pool", pool: { count: 0, machines: [] }, step: { kind: "finish" } },
  { name: "takes as long as AKS at least", pool: { earliestEndMs: 1500 }, step: { kind: "wait", reason: "pace", untilMs: 1500 } },
  { name: "removes a node without a machine", pool: { orphans: ["n9"] }, step: { kind: "deleteNodes", nodes: ["n9"] } },
  {
    name: "brings labels and taints of nodes in line",
    pool: { machines: [machine(0), machine(1, { node: { ...node, conforms: false } }), machine(2)] },
    step: { kind: "conform", nodes: ["n1"] },
  },
  {
    name: "fails when nodes are not Ready in time",
    pool: { nowMs: 100_000, machines: [machine(0), machine(1), withoutNode(2, {})] },
    step: { kind: "fail", failure: { code: "NodesNotReady", message: "Not all nodes reached Ready state. Expected: 3, Actual: 2" } },
  },
  { name: "finishes late work that is done", pool: { nowMs: 100_000 }, step: { kind: "finish" } },
];

const shrinking: Row[] = [
  { name: "marks surplus nodes, the highest ids", pool: { count: 1 }, step: { kind: "startDrain", nodes: ["n1", "n2"] } },
  { name: "cordons them", pool: { count: 2, drains: { n2: drain } }, step: { kind: "cordon", nodes: ["n2"] } },
  {
    name: "evicts their pods",
    pool: {
      count: 2,
      drains: { n2: drain },
      machines: [...machines(2), machine(2, { node: { ...node, unschedulable: true, podsLeft: 4 } })],
    },
    step: { kind: "evict", nodes: ["n2"] },
  },
  {
    name: "deletes them when empty",
    pool: { count: 2, drains: { n2: drain }, machines: [...machines(2), machine(2, { node: { ...node, unschedulable: true } })] },
    step: { kind: "deleteInstances", ids: [2] },
  },
  {
    name: "deletes the empty one while another still drains",
    pool: {
      count: 1,
      drains: { n1: drain, n2: drain },
      machines: [
        machine(0),
        machine(1, { node: { ...node, unschedulable: true, podsLeft: 1 } }),
        machine(2, { node: { ...node, unschedulable: true } }),
      ],
    },
    step: { kind: "deleteInstances", ids: [2] },
  },
  {
    name: "deletes a machine that never became a node",
    pool: { count: 2, drains: { n2: drain }, machines: [...machines(2), withoutNode(2, { state: "Creating" })] },
    step: { kind: "deleteInstances", ids: [2] },
  },
  {
    name: "waits until deleted machines are gone",
    pool: { count: 2, machines: [...machines(2), machine(2, { state: "Deleting" })] },
    step: { kind: "wait", reason: "machines" },
  },
  {
    name: "fails when a node cannot be emptied in time, and gives it back",
    pool: {
      count: 2,
      nowMs: 1400,
      drains: { n2: drain },
      machines: [...machines(2), machine(2, { node: { ...node, unschedulable: true, podsLeft: 1 } })],
    },
    step: { kind: "fail", uncordon: ["n2"] },
  },
];

const upgrading: Row[] = [
  { name: "adds the surge node first", pool: {}, step: { kind: "createInstances", count: 1, surge: true } },
  {
    name: "adds no more surge nodes than there are old ones",
    pool: { surge: 3, machines: [upgraded(0), upgraded(1), machine(2)] },
    step: { kind: "createInstances", count: 1, surge: true },
  },
  {
    name: "waits for the surge node before it takes one out",
    pool: { machines: [...machines(3), withoutNode(3, { version: next, state: "Creating" })] },
    step: { kind: "wait", reason: "nodes" },
  },
  { name: "marks the first old node", pool: { machines: [...machines(3), upgraded(3)] }, step: { kind: "startDrain", nodes: ["n0"] } },
  {
    name: "marks as many as its batch",
    pool: { surge: 2, batch: 2, machines: [...machines(3), upgraded(3), upgraded(4)] },
    step: { kind: "startDrain", nodes: ["n0", "n1"] },
  },
  {
    name: "cordons the marked node",
    pool: { drains: { n0: drain }, machines: [...machines(3), upgraded(3)] },
    step: { kind: "cordon", nodes: ["n0"] },
  },
  {
    name: "evicts from the cordoned node",
    pool: {
      drains: { n0: drain },
      machines: [machine(0, { node: { ...node, unschedulable: true, podsLeft: 2 } }), machine(1), machine(2), upgraded(3)],
    },
    step: { kind: "evict", nodes: ["n0"] },
  },
  {
    name: "reimages the empty node",
    pool: {
      drains: { n0: drain },
      machines: [machine(0, { node: { ...node, unschedulable: true } }), machine(1), machine(2), upgraded(3)],
    },
    step: { kind: "reimage", ids: [0] },
  },
  {
    name: "notes an empty node that is to soak",
    pool: {
      soakMs: 100,
      drains: { n0: drain },
      machines: [machine(0, { node: { ...node, unschedulable: true } }), machine(1), machine(2), upgraded(3)],
    },
    step: { kind: "drained", nodes: ["n0"] },
  },
  {
    name: "lets an empty node soak",
    pool: {
      soakMs: 100,
      drains: { n0: { sinceMs: 900, emptyMs: 950 } },
      machines: [machine(0, { node: { ...node, unschedulable: true } }), machine(1), machine(2), upgraded(3)],
    },
    step: { kind: "wait", reason: "soak", untilMs: 1050 },
  },
  {
    name: "waits for the reimaged node before it takes the next",
    pool: { drains: { n0: drain }, machines: [withoutNode(0, { version: next, state: "Updating" }), machine(1), machine(2), upgraded(3)] },
    step: { kind: "wait", reason: "nodes" },
  },
  {
    name: "does not take the old node object for the reimaged node",
    pool: {
      drains: { n0: drain },
      machines: [machine(0, { version: next, node: { ...node, unschedulable: true } }), machine(1), machine(2), upgraded(3)],
    },
    step: { kind: "wait", reason: "nodes" },
  },
  {
    name: "uncordons the reimaged node that came back cordoned",
    pool: {
      drains: { n0: drain },
      machines: [machine(0, { version: next, node: { ...node, version: next, unschedulable: true } }), machine(1), machine(2), upgraded(3)],
    },
    step: { kind: "uncordon", nodes: ["n0"] },
  },
  {
    name: "tells that a node is upgraded before it goes on",
    pool: { drains: { n0: drain }, machines: [upgraded(0), machine(1), machine(2), upgraded(3)] },
    step: { kind: "upgraded", nodes: ["n0"] },
  },
  {
    name: "goes on with the next old node",
    pool: { drains: { n0: told }, machines: [upgraded(0), machine(1), machine(2), upgraded(3)] },
    step: { kind: "startDrain", nodes: ["n1"] },
  },
  {
    name: "drains the surge node when all others are new",
    pool: { drains: { n0: told, n1: told, n2: told }, machines: [0, 1, 2, 3].map(upgraded) },
    step: { kind: "startDrain", nodes: ["n3"] },
  },
  {
    name: "keeps the surge node until the last reimaged one is Ready",
    pool: {
      drains: { n2: drain },
      machines: [upgraded(0), upgraded(1), withoutNode(2, { version: next, state: "Updating" }), upgraded(3)],
    },
    step: { kind: "wait", reason: "nodes" },
  },
  {
    name: "takes nodes out without an extra one when none is allowed",
    pool: { surge: 0, batch: 2 },
    step: { kind: "startDrain", nodes: ["n0", "n1"] },
  },
  { name: "finishes when every node has the version", pool: { machines: [0, 1, 2].map(upgraded) }, step: { kind: "finish" } },
];

const deleting: Row[] = [
  { name: "deletes the scale set with its machines, drains nothing", pool: {}, step: { kind: "deleteScaleSet" } },
  {
    name: "waits for the machines",
    pool: { machines: machines(3).map((each) => ({ ...each, state: "Deleting" })) },
    step: { kind: "wait", reason: "machines" },
  },
  {
    name: "deletes the nodes that are left",
    pool: { scaleSet: false, machines: [], orphans: ["n0"] },
    step: { kind: "deleteNodes", nodes: ["n0"] },
  },
  { name: "forgets the pool at the end", pool: { scaleSet: false, machines: [] }, step: { kind: "forget" } },
  { name: "has no deadline", pool: { nowMs: 200_000 }, step: { kind: "deleteScaleSet" } },
];

describe("planAgentPool", () => {
  it.each(creating)("creating and at rest: $name", ({ pool: change, step }) => {
    expect(planAgentPool({ ...pool, ...change })).toMatchObject(step);
  });
  it.each(shrinking)("scaling down: $name", ({ pool: change, step }) => {
    expect(planAgentPool({ ...pool, ...change })).toMatchObject(step);
  });
  it.each(upgrading)("upgrading: $name", ({ pool: change, step }) => {
    expect(planAgentPool({ ...pool, kind: "Upgrading", version: next, ...change })).toMatchObject(step);
  });
  it.each(deleting)("deleting: $name", ({ pool: change, step }) => {
    expect(planAgentPool({ ...pool, kind: "Deleting", ...change })).toMatchObject(step);
  });
});
