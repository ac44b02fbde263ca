import { describe, expect, it } from "vitest";
import { begunWork } from "../testing/observed.ts";
import { planAgentPool } from "./plan.ts";
import { inOrderOfStaying } from "./size-plan.ts";
import type { Machine, ObservedNode, ObservedPool, Step } from "./step.ts";

const node: ObservedNode = { ready: true, version: "1.33.1", unschedulable: false, conforms: true, podsLeft: 0 };

/** `D2 D2 D4`: machines with the ids 0, 1, 2 of these sizes, all Ready. */
function machines(sizes: string): Machine[] {
  return sizes.split(" ").map((size, id) => ({ id, name: `n${id}`, size, state: "Running", version: "1.33.1", node }));
}

function change(list: readonly Machine[], id: number, members: Partial<Machine>): Machine[] {
  return list.map((machine) => (machine.id === id ? { ...machine, ...members } : machine));
}

/** `2 D2, 1 D4` */
function wanted(text: string): Pick<ObservedPool, "sizes" | "count"> {
  const sizes = text.split(", ").map((part) => ({ size: part.slice(part.indexOf(" ") + 1), count: Number.parseInt(part, 10) }));
  return { sizes, count: sizes.reduce((sum, { count }) => sum + count, 0) };
}

const pool: ObservedPool = {
  ...begunWork,
  kind: "Updating",
  ...wanted("2 D2, 1 D4"),
  version: "1.33.1",
  machines: machines("D2 D2 D4"),
};

interface Row {
  readonly name: string;
  readonly pool: Partial<ObservedPool>;
  readonly step: Partial<Step>;
}

const notReady: ObservedNode = { ...node, ready: false };
const outdated = { version: "1.32.1", node: { ...node, version: "1.32.1" } };

const rows: Row[] = [
  { name: "is done with as many of each size as are wanted", pool: {}, step: { kind: "finish" } },
  {
    name: "makes a size at a time",
    pool: { machines: machines("D2") },
    step: { kind: "createInstances", size: "D2", count: 1, surge: false },
  },
  {
    name: "makes what one size lacks, though another has too many",
    pool: { machines: machines("D2 D2 D2") },
    step: { kind: "createInstances", size: "D4", count: 1, surge: false },
  },
  {
    name: "waits for the new size before the old one goes",
    pool: { ...wanted("1 D4"), machines: change(machines("D2 D4"), 1, { node: notReady }) },
    step: { kind: "wait", reason: "nodes" },
  },
  {
    name: "empties the old size when the new one is Ready",
    pool: { ...wanted("1 D4"), machines: machines("D2 D4") },
    step: { kind: "startDrain", nodes: ["n0"] },
  },
  {
    name: "lets the highest id of a size go",
    pool: { ...wanted("1 D2, 2 D4"), machines: machines("D2 D2 D4 D4") },
    step: { kind: "startDrain", nodes: ["n1"] },
  },
  {
    name: "starts a machine that is kept only for its own size",
    pool: { keepsMachines: true, machines: change(change(machines("D2 D4 D2"), 0, { state: "Deallocated" }), 1, { state: "Deallocated" }) },
    step: { kind: "startInstances", ids: [0], nodes: ["n0"] },
  },
  {
    name: "upgrades with an extra machine of the size that is first",
    pool: { kind: "Upgrading", machines: machines("D2 D2 D4").map((machine) => ({ ...machine, ...outdated })) },
    step: { kind: "createInstances", size: "D2", count: 1, surge: true },
  },
  {
    name: "wants nothing of any size when it stops",
    pool: { kind: "Stopping", ...wanted("0 D2, 0 D4"), machines: machines("D2 D4"), drainFor: "stop" },
    step: { kind: "startDrain", nodes: ["n0", "n1"] },
  },
];

describe("a plan for several sizes", () => {
  it.each(rows)("$name", ({ pool: members, step }) => {
    expect(planAgentPool({ ...pool, ...members })).toMatchObject(step);
  });

  it("keeps the order of ids among those that stay and those that go", () => {
    const order = inOrderOfStaying(wanted("2 D2, 1 D4"), machines("D2 D2 D2 D4 D4"));
    expect(order.map(({ id }) => id)).toEqual([0, 1, 3, 2, 4]);
  });
});
