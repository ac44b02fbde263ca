import { describe, expect, it } from "vitest";
import { begunWork } from "../../../testing/observed.ts";
import { planAgentPool } from "../../plan.ts";
import { givenBack, type Machine, type ObservedBlueGreen, type ObservedNode, type ObservedPool, type Step } from "../../step.ts";

const node: ObservedNode = { ready: true, version: "1.34.1", unschedulable: false, conforms: true, podsLeft: 0 };
const next = "1.34.2";

function blue(id: number, change: Partial<ObservedNode> = {}): Machine {
  return { id, name: `n${id}`, state: "Running", version: "1.34.1", node: { ...node, unschedulable: true, ...change } };
}
function green(id: number, change: Partial<Machine> = {}): Machine {
  return { id, name: `n${id}`, state: "Running", version: next, node: { ...node, version: next }, ...change };
}

const upgrade: ObservedBlueGreen = { retired: ["n0", "n1", "n2"], batch: 2, rushed: false, batchSoakMs: 100, finalSoakMs: 1000 };
const blues = [blue(0), blue(1), blue(2)];
const greens = [green(3), green(4), green(5)];
const emptied = { sinceMs: 800, emptyMs: 950 };
const draining = { sinceMs: 900 };

const pool: ObservedPool = {
  ...begunWork,
  kind: "Upgrading",
  count: 3,
  version: next,
  drainFor: "upgrade",
  machines: [...blues, ...greens],
  tolerated: 0,
  blueGreen: upgrade,
};

interface Row {
  readonly name: string;
  readonly pool: Partial<ObservedPool>;
  readonly step: Partial<Step>;
}

const takeover: Row[] = [
  {
    name: "notes first which nodes are to go",
    pool: { blueGreen: { ...upgrade, retired: [] }, machines: [blue(0, { unschedulable: false }), blue(1), blue(2)] },
    step: { kind: "retire", nodes: ["n0", "n1", "n2"] },
  },
  {
    name: "cordons them",
    pool: { machines: [blue(0, { unschedulable: false }), blue(1), blue(2)] },
    step: { kind: "cordon", nodes: ["n0"] },
  },
  {
    name: "makes as many again, and gives the old ones back where it cannot",
    pool: { machines: blues },
    step: { kind: "createInstances", count: 3, surge: false, instead: ["n0", "n1", "n2"] },
  },
  { name: "makes only those that are missing", pool: { machines: [...blues, green(3)] }, step: { kind: "createInstances", count: 2 } },
  {
    name: "makes another for one that failed to start, once that has gone",
    pool: { machines: [...blues, green(3), green(4), green(5, { state: "Failed" })] },
    step: { kind: "deleteInstances", ids: [5] },
  },
  {
    name: "waits until all of them are Ready",
    pool: { machines: [...blues, green(3), green(4), green(5, { state: "Creating" })] },
    step: { kind: "wait", reason: "nodes", untilMs: 100_000 },
  },
  {
    name: "gives the old nodes back when the new ones are not Ready in time",
    pool: { nowMs: 100_000, machines: [...blues, green(3), green(4), green(5, { state: "Creating" })] },
    step: { kind: "fail", uncordon: ["n0", "n1", "n2"] },
  },
];

const migration: Row[] = [
  { name: "empties a first batch", pool: {}, step: { kind: "startDrain", nodes: ["n0", "n1"] } },
  {
    name: "evicts the pods of the batch",
    pool: { drains: { n0: draining, n1: draining }, machines: [blue(0, { podsLeft: 2 }), blue(1, { podsLeft: 1 }), blue(2), ...greens] },
    step: { kind: "evict", nodes: ["n0", "n1"] },
  },
  {
    name: "notes which are empty while another still drains",
    pool: { drains: { n0: draining, n1: draining }, machines: [blue(0), blue(1, { podsLeft: 1 }), blue(2), ...greens] },
    step: { kind: "drained", nodes: ["n0"], soak: "batch" },
  },
  {
    name: "waits for the rest of the batch, whatever has soaked",
    pool: {
      drains: { n0: { sinceMs: 500, emptyMs: 500 }, n1: draining },
      machines: [blue(0), blue(1, { podsLeft: 1 }), blue(2), ...greens],
    },
    step: { kind: "evict", nodes: ["n1"] },
  },
  {
    name: "soaks after a batch, from when the last of it was empty",
    pool: { drains: { n0: { ...emptied, emptyMs: 910 }, n1: emptied } },
    step: { kind: "wait", reason: "soak", untilMs: 1050 },
  },
  {
    name: "goes on with the next batch",
    pool: { nowMs: 1050, drains: { n0: emptied, n1: emptied } },
    step: { kind: "startDrain", nodes: ["n2"] },
  },
  {
    name: "notes the last ones for the last soak",
    pool: { drains: { n0: emptied, n1: emptied, n2: draining } },
    step: { kind: "drained", nodes: ["n2"], soak: "final" },
  },
  {
    name: "soaks longer at the end",
    pool: { nowMs: 1100, drains: { n0: emptied, n1: emptied, n2: { sinceMs: 1050, emptyMs: 1090 } } },
    step: { kind: "wait", reason: "soak", untilMs: 2090 },
  },
  {
    name: "deletes the old nodes then",
    pool: { nowMs: 2090, drains: { n0: emptied, n1: emptied, n2: { sinceMs: 1050, emptyMs: 1090 } } },
    step: { kind: "deleteInstances", ids: [0, 1, 2] },
  },
  {
    name: "asks pods to go that were bound to an empty node by hand",
    pool: {
      nowMs: 5000,
      drains: { n0: emptied, n1: emptied, n2: emptied },
      machines: [blue(0), blue(1, { podsLeft: 1 }), blue(2), ...greens],
    },
    step: { kind: "evict", nodes: ["n1"] },
  },
  {
    name: "does not soak once somebody wants it done",
    pool: { blueGreen: { ...upgrade, rushed: true, batchSoakMs: 0, finalSoakMs: 0 }, drains: { n0: emptied, n1: emptied, n2: emptied } },
    step: { kind: "deleteInstances", ids: [0, 1, 2] },
  },
  {
    name: "waits for the old machines to go",
    pool: { machines: [...blues.map((each) => ({ ...each, state: "Deleting" as const })), ...greens] },
    step: { kind: "wait", reason: "machines" },
  },
  { name: "removes their nodes", pool: { orphans: ["n0"], machines: greens }, step: { kind: "deleteNodes", nodes: ["n0"] } },
  { name: "keeps the new ones, whatever their ids", pool: { machines: greens }, step: { kind: "finish" } },
  {
    name: "fails when a node is not empty in time, and leaves the old nodes cordoned",
    pool: { nowMs: 1400, drains: { n0: draining }, machines: [blue(0, { podsLeft: 1 }), blue(1), blue(2), ...greens] },
    step: { kind: "fail", uncordon: [] },
  },
  {
    name: "begins the drains anew when it goes on",
    pool: { drains: {}, machines: [blue(0, { podsLeft: 1 }), blue(1), blue(2), ...greens] },
    step: { kind: "startDrain", nodes: ["n0", "n1"] },
  },
];

const aborted: Row[] = [
  {
    name: "leaves the old nodes cordoned where new ones serve",
    pool: { canceledAtMs: 1000, drains: { n0: draining } },
    step: { kind: "cancel", uncordon: [] },
  },
  {
    name: "gives the old nodes back where they do not yet",
    pool: { canceledAtMs: 1000, machines: [...blues, green(3)] },
    step: { kind: "cancel", uncordon: ["n0", "n1", "n2"] },
  },
];

/** The version of before is wanted again. */
const back: Partial<ObservedPool> = {
  version: "1.34.1",
  blueGreen: { ...upgrade, rushed: true, batchSoakMs: 0, finalSoakMs: 0 },
};
const served = [blue(0, { unschedulable: false }), blue(1, { unschedulable: false }), blue(2, { unschedulable: false })];
const all = ["n0", "n1", "n2", "n3", "n4", "n5"];
const cordonedGreens = [3, 4, 5].map((id) => green(id, { node: { ...node, version: next, unschedulable: true } }));
const rollback: Row[] = [
  { name: "has the old nodes take pods again first", pool: {}, step: { kind: "uncordon", nodes: ["n0", "n1", "n2"] } },
  { name: "notes the new ones", pool: { machines: [...served, ...greens] }, step: { kind: "retire", nodes: ["n3", "n4", "n5"] } },
  {
    name: "cordons them",
    pool: { blueGreen: { ...upgrade, retired: all, rushed: true }, machines: [...served, ...greens] },
    step: { kind: "cordon", nodes: ["n3", "n4", "n5"] },
  },
  {
    name: "empties them in batches",
    pool: { blueGreen: { ...upgrade, retired: all, rushed: true }, machines: [...served, ...cordonedGreens] },
    step: { kind: "startDrain", nodes: ["n3", "n4"] },
  },
  {
    name: "deletes them",
    pool: {
      blueGreen: { ...upgrade, retired: all, rushed: true, batchSoakMs: 0, finalSoakMs: 0 },
      drains: { n3: emptied, n4: emptied, n5: emptied },
      machines: [...served, ...cordonedGreens],
    },
    step: { kind: "deleteInstances", ids: [3, 4, 5] },
  },
  {
    name: "makes an old one anew that has gone meanwhile",
    pool: { blueGreen: { ...upgrade, retired: all, rushed: true }, machines: [...served.slice(1), ...cordonedGreens] },
    step: { kind: "createInstances", count: 1 },
  },
  { name: "is over with the old nodes", pool: { machines: served }, step: { kind: "finish" } },
];

describe("a blue-green upgrade", () => {
  it.each(takeover)("$name", ({ pool: change, step }) => expect(planAgentPool({ ...pool, ...change })).toMatchObject(step));
  it.each(migration)("$name", ({ pool: change, step }) => expect(planAgentPool({ ...pool, ...change })).toMatchObject(step));
  it.each(aborted)("aborted: $name", ({ pool: change, step }) => expect(planAgentPool({ ...pool, ...change })).toMatchObject(step));
  it.each(rollback)("rolled back: $name", ({ pool: change, step }) =>
    expect(planAgentPool({ ...pool, ...back, ...change })).toMatchObject(step),
  );

  it("is left to itself in a pool that is to have no nodes: all of them go", () => {
    expect(planAgentPool({ ...pool, kind: "Stopping", drainFor: "stop", count: 0 })).toMatchObject({
      kind: "startDrain",
      nodes: all,
    });
  });

  it("gives new nodes back that a deletion was to empty", () => {
    expect(givenBack({ ...pool, drains: Object.fromEntries(all.map((name) => [name, draining])) })).toEqual(["n3", "n4", "n5"]);
  });
});
