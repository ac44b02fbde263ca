import { describe, expect, it } from "vitest";
import { begunWork } from "../../testing/observed.ts";
import { planAgentPool } from "../plan.ts";
import type { Machine, ObservedNode, ObservedPool, Step } from "../step.ts";

const node: ObservedNode = { ready: true, version: "1.34.1", unschedulable: false, conforms: true, podsLeft: 0 };
const next = "1.34.2";
const blockade = { namespace: "default", pod: "web-0", budget: "web (MinAvailable: 1) with 0 unready pods." };
const since = { sinceMs: 900 };
const overdue = { sinceMs: 400 };

function old(id: number, change: Partial<Machine> = {}): Machine {
  return { id, name: `n${id}`, state: "Running", version: "1.34.1", node, ...change };
}
function upgraded(id: number, change: Partial<Machine> = {}): Machine {
  return old(id, { version: next, node: { ...node, version: next }, ...change });
}
function surge(id: number, change: Partial<Machine> = {}): Machine {
  return upgraded(id, { surge: true, ...change });
}
/** Cordoned, with a pod that does not go. */
function full(id: number, change: Partial<Machine> = {}): Machine {
  return old(id, { node: { ...node, unschedulable: true, podsLeft: 1, blockade }, ...change });
}
const held = (id: number): Machine => full(id, { blocked: "held" });
const released = (id: number): Machine => full(id, { blocked: "released" });

const pool: ObservedPool = {
  ...begunWork,
  kind: "Upgrading",
  count: 2,
  version: next,
  drainFor: "upgrade",
  machines: [old(0), old(1)],
  tolerated: 0,
};
const givenUp = { code: "UpgradeFailed", message: "why", state: "Failed", atMs: 900 } as const;

interface Row {
  readonly name: string;
  readonly pool: Partial<ObservedPool>;
  readonly step: Partial<Step>;
}

const sizes: Row[] = [
  { name: "adds one where one is all it can have", pool: { surge: 1, batch: 1 }, step: { kind: "createInstances", count: 1, surge: true } },
  {
    name: "takes nodes out where it can have none",
    pool: { surge: 0, batch: 2 },
    step: { kind: "startDrain", nodes: ["n0", "n1"] },
  },
  {
    name: "takes out no more than are left",
    pool: { surge: 0, batch: 2, machines: [upgraded(0), old(1)] },
    step: { kind: "startDrain", nodes: ["n1"] },
  },
  {
    name: "does not do again what was done before it failed",
    pool: { machines: [upgraded(0), old(1), surge(2)] },
    step: { kind: "startDrain", nodes: ["n1"] },
  },
];

const late = { drains: { n0: overdue }, machines: [full(0), old(1), surge(2)] };
const scheduled: Row[] = [
  { name: "gives up when a node is not empty in time", pool: late, step: { kind: "giveUp", state: "Failed" } },
  {
    name: "names the pod and its budget",
    pool: { ...late, machines: [full(0), old(1)], surge: 0 },
    step: {
      kind: "fail",
      uncordon: ["n0"],
      failure: {
        code: "UpgradeFailed",
        message:
          "Drain node n0 failed when evicting pod web-0 failed with Too Many Requests error. This is often caused by a restrictive Pod " +
          "Disruption Budget (PDB) policy. See http://aka.ms/aks/debugdrainfailures. Original error: Cannot evict pod as it would violate " +
          "the pod's disruption budget.. PDB debug info: default/web-0 blocked by pdb web (MinAvailable: 1) with 0 unready pods.",
      },
    },
  },
  { name: "gives its nodes back", pool: { ...late, givenUp }, step: { kind: "uncordon", nodes: ["n0"] } },
  {
    name: "empties the extra node",
    pool: { givenUp, drains: { n0: overdue }, machines: [old(0), old(1), surge(2)] },
    step: { kind: "startDrain", nodes: ["n2"] },
  },
  {
    name: "deletes the extra node",
    pool: {
      givenUp,
      drains: { n0: overdue, n2: since },
      machines: [old(0), old(1), surge(2, { node: { ...node, unschedulable: true } })],
    },
    step: { kind: "deleteInstances", ids: [2] },
  },
  {
    name: "waits until the extra node has gone",
    pool: { givenUp, machines: [old(0), old(1), surge(2, { state: "Deleting" })] },
    step: { kind: "wait", reason: "machines" },
  },
  {
    name: "gives an extra node back that cannot be emptied either",
    pool: { givenUp, drains: { n2: overdue }, machines: [old(0), old(1), full(2, { surge: true })] },
    step: { kind: "uncordon", nodes: ["n2"] },
  },
  {
    name: "ends with what was in the way",
    pool: { givenUp, drains: { n0: overdue }, machines: [old(0), old(1)] },
    step: { kind: "fail", failure: { code: "UpgradeFailed", message: "why" }, state: "Failed" },
  },
  {
    name: "ends at its deadline whatever is left",
    pool: { givenUp, nowMs: 100_000, drains: { n2: since }, machines: [old(0), old(1), surge(2)] },
    step: { kind: "fail", failure: givenUp, uncordon: ["n2"] },
  },
];

const cordoned: Row[] = [
  { name: "leaves a node behind that is not empty in time", pool: { ...late, tolerated: 1 }, step: { kind: "quarantine", nodes: ["n0"] } },
  {
    name: "has the extra node take its place, and adds one for the next",
    pool: { tolerated: 1, drains: { n0: overdue }, machines: [held(0), old(1), surge(2)] },
    step: { kind: "createInstances", count: 1, surge: true },
  },
  {
    name: "goes on with the next node",
    pool: { tolerated: 1, drains: { n0: overdue }, machines: [held(0), old(1), surge(2), surge(3)] },
    step: { kind: "startDrain", nodes: ["n1"] },
  },
  {
    name: "has enough when as many are blocked as it puts up with",
    pool: { tolerated: 1, drains: { n0: overdue, n1: overdue }, machines: [held(0), full(1), surge(2), surge(3)] },
    step: {
      kind: "giveUp",
      state: "Canceled",
      failure: { code: "UpgradeFailed", message: expect.stringMatching(/^Cordoned nodes have used all surge nodes/) as string },
    },
  },
  {
    name: "gives up no place that an extra node has taken, and uncordons no blocked node",
    pool: {
      tolerated: 1,
      givenUp: { ...givenUp, state: "Canceled" },
      drains: { n0: overdue, n1: overdue },
      machines: [held(0), full(1), surge(2), surge(3)],
    },
    step: { kind: "uncordon", nodes: ["n1"] },
  },
  {
    name: "empties only the extra node that is left over",
    pool: {
      tolerated: 1,
      drains: { n0: overdue, n1: { ...since, upgradedMs: 950 } },
      machines: [held(0), upgraded(1), surge(2), surge(3)],
    },
    step: { kind: "startDrain", nodes: ["n3"] },
  },
  {
    name: "fails at the end for the node it could not upgrade",
    pool: { tolerated: 1, drains: { n0: overdue, n1: { ...since, upgradedMs: 950 } }, machines: [held(0), upgraded(1), upgraded(2)] },
    step: { kind: "fail", uncordon: [], failure: { code: "UpgradeFailed", message: expect.stringContaining("Drain node n0") as string } },
  },
  {
    name: "leaves a blocked node alone as long as it is marked",
    pool: { kind: "Updating", machines: [held(0), upgraded(1), upgraded(2)] },
    step: { kind: "fail", uncordon: [] },
  },
  {
    name: "empties it once its mark is gone",
    pool: { kind: "Updating", machines: [released(0), upgraded(1), upgraded(2)] },
    step: { kind: "startDrain", nodes: ["n0"] },
  },
  {
    name: "deletes it when it is empty, also where machines are kept",
    pool: {
      kind: "Updating",
      keepsMachines: true,
      drains: { n0: since },
      machines: [old(0, { blocked: "released", node: { ...node, unschedulable: true } }), upgraded(1), upgraded(2)],
    },
    step: { kind: "deleteInstances", ids: [0] },
  },
  {
    name: "empties it with all others when none is wanted",
    pool: { kind: "Stopping", drainFor: "stop", count: 0, machines: [held(0), upgraded(1)] },
    step: { kind: "startDrain", nodes: ["n0", "n1"] },
  },
];

describe("an upgrade", () => {
  it.each(sizes)("$name", ({ pool: change, step }) => expect(planAgentPool({ ...pool, ...change })).toMatchObject(step));
  it.each(scheduled)("Schedule: $name", ({ pool: change, step }) => expect(planAgentPool({ ...pool, ...change })).toMatchObject(step));
  it.each(cordoned)("Cordon: $name", ({ pool: change, step }) => expect(planAgentPool({ ...pool, ...change })).toMatchObject(step));
});
