import { describe, expect, it } from "vitest";
import type { Answer } from "../testing/world.ts";
import { API, CLUSTER, Machines, POOL, spec } from "../testing/own-machines.ts";

/** What may be under way; `a` is a machine that is there before. */
const SITUATIONS: Readonly<Record<string, (machines: Machines) => Promise<Answer>>> = {
  "a is upgraded": (machines) => machines.put("a"),
  "a goes": (machines) => machines.remove("a"),
  "pool goes": ({ scene }) => scene.call("DELETE", POOL, undefined, API),
  "cluster stops": ({ scene }) => scene.call("POST", `${CLUSTER}/stop`, undefined, API),
};

const ACTIONS: Readonly<Record<string, (machines: Machines) => Promise<Answer>>> = {
  "put a": (machines) => machines.put("a", spec({ kubernetes: { nodeLabels: { other: "label" } } })),
  "put b": (machines) => machines.put("b"),
  "delete a": (machines) => machines.remove("a"),
  "put pool": ({ scene }) => scene.call("PUT", POOL, { properties: { mode: "Machines", nodeLabels: { a: "b" } } }, API),
  "delete pool": ({ scene }) => scene.call("DELETE", POOL, undefined, API),
  "abort pool": ({ scene }) => scene.call("POST", `${POOL}/abort`, undefined, API),
  "put cluster": async ({ scene }) => {
    const { body } = await scene.call("GET", CLUSTER, undefined, API);
    return scene.call("PUT", CLUSTER, { ...body, tags: { a: "b" } }, API);
  },
  "stop cluster": ({ scene }) => scene.call("POST", `${CLUSTER}/stop`, undefined, API),
};

/** Columns are the situations in their order; `-` goes on, the rest are refusals with 409. */
const MATRIX: readonly (readonly [string, string])[] = [
  //               made goes pool cluster
  ["put a", "       M    M    P    C"],
  ["put b", "       -    -    P    C"],
  ["delete a", "    -    -    P    C"],
  ["put pool", "    -    -    P    C"],
  ["delete pool", " -    -    -    E"],
  ["abort pool", "  N    N    D    C"],
  ["put cluster", " -    -    P    C"],
  ["stop cluster", "-    -    P    C"],
];

const REFUSALS: Readonly<Record<string, RegExp>> = {
  M: /^Operation is not allowed: Another machine operation \(a - (Upgrading|Deleting)\)/,
  P: /^Operation is not allowed: Another agentpool operation \(mpool - Deleting\)/,
  C: /^Operation is not allowed: Another operation \(Stopping\)/,
  E: /^Failed to save managed cluster c /,
  N: /the latest operation of agent pool mpool has already completed/,
  D: /deletion of agent pool mpool/i,
};

const cells = MATRIX.flatMap(([action, row]) => {
  const letters = row.trim().split(/\s+/);
  return Object.keys(SITUATIONS).map((situation, index) => ({ action, situation, letter: letters[index] ?? "" }));
});

// Unverified as {@link putMachine} and {@link removeMachines} are. The service has no abortion of a machine: its pool's is of the pool's own work.
describe("beside what machines and their owners do", () => {
  it.each(cells)("$situation: $action is $letter", async ({ situation, action, letter }) => {
    const machines = await Machines.open();
    await machines.scene.succeed(await machines.put("a", spec({ kubernetes: { orchestratorVersion: "1.33.5" } })));
    const before = await SITUATIONS[situation]?.(machines);
    expect(before?.status).toBeLessThan(300);
    const answer = await ACTIONS[action]?.(machines);
    if (letter === "-") expect(answer?.status).toBeLessThan(300);
    else expect(answer).toMatchObject({ status: 409, body: { message: expect.stringMatching(REFUSALS[letter] ?? "") } });
    await machines.stop();
  });
});

describe("abortion of what a cluster does", () => {
  const abort = ({ scene }: Machines): Promise<Answer> => scene.call("POST", `${CLUSTER}/abort`, undefined, API);

  it("ends the part of its machines, and leaves them running where it was a stop", async () => {
    const machines = await Machines.open();
    await machines.make("a", "b");
    const stopping = await machines.scene.call("POST", `${CLUSTER}/stop`, undefined, API);
    await machines.scene.succeed(abort(machines));
    expect(await machines.scene.world.ended(stopping)).toMatchObject({ status: "Canceled" });
    expect((await machines.get("a")).body.properties).toMatchObject({ provisioningState: "Canceled" });
    await machines.scene.succeed(machines.scene.call("POST", `${CLUSTER}/start`, undefined, API));
    expect(machines.nodes()).toEqual(["a", "b"]);
    expect(machines.virtualMachines()).toEqual(["0 Running", "0 Running"]);
    await machines.stop();
  });

  it("ends a start, which another one completes, also after a restart", async () => {
    const machines = await Machines.open();
    await machines.make("a", "b");
    await machines.scene.succeed(machines.scene.call("POST", `${CLUSTER}/stop`, undefined, API));
    await machines.scene.call("POST", `${CLUSTER}/start`, undefined, API);
    await machines.scene.world.clock.advance(100_000);
    const aborting = await abort(machines);
    await machines.scene.world.restart();
    await machines.scene.succeed(aborting);
    await machines.scene.succeed(machines.scene.call("POST", `${CLUSTER}/start`, undefined, API));
    expect(machines.nodes()).toEqual(["a", "b"]);
    expect((await machines.get("b")).body.properties).toMatchObject({ provisioningState: "Succeeded", status: { vmState: "Running" } });
    await machines.stop();
  });

  it("does not wait for what a machine does by itself", async () => {
    const machines = await Machines.open();
    const made = await machines.put("a");
    await machines.scene.call("POST", `${CLUSTER}/rotateClusterCertificates`, undefined, API);
    await machines.scene.succeed(abort(machines));
    await machines.scene.succeed(made);
    expect(machines.nodes()).toEqual(["a"]);
    await machines.stop();
  });
});
