import { describe, expect, it } from "vitest";
import { VirtualClock } from "#lib";
import { tryOut } from "../testing/try-out.ts";
import { waitCommands } from "./wait.ts";

const POOL = "aks nodepool wait -g g --cluster-name c -n p";
const SUCCEEDED = { id: "/p", properties: { provisioningState: "Succeeded", count: 3 } };
const CREATING = { id: "/p", properties: { provisioningState: "Creating", count: 0 } };

/** Waits while the answers come one after the other, the last for ever; how long it took, in seconds. */
async function waits(options: string, ...answers: readonly unknown[]): Promise<readonly [result: unknown, seconds: number]> {
  const clock = new VirtualClock();
  const startMs = clock.now();
  const left = [...answers];
  const trial = tryOut(waitCommands, `${POOL} ${options}`, { clock, answer: () => (left.length > 1 ? left.shift() : left[0]) });
  let isOver = false;
  const over = trial.finally(() => (isOver = true));
  over.catch(() => undefined);
  await clock.advanceUntil(() => isOver);
  return [(await over).result, (clock.now() - startMs) / 1000];
}

// Source: azure-cli core/commands/command_operation.py, WaitCommandOperation; az 2.91 for what it prints.
describe("az aks nodepool wait", () => {
  it.each([
    ["--created", [undefined, CREATING, SUCCEEDED], 60],
    ["--updated --interval 5", [CREATING, CREATING, SUCCEEDED], 10],
    ["--exists", [undefined, CREATING], 30],
    ["--deleted", [SUCCEEDED, undefined], 30],
    ["--custom count==`3` --interval 1", [CREATING, SUCCEEDED], 1],
  ])("%s waits until it is so", async (options, answers, seconds) => {
    expect(await waits(options, ...answers)).toEqual([undefined, seconds]);
  });

  it("gives up without an error when the time is over, and prints an empty object", async () => {
    expect(await waits("--created --interval 10 --timeout 60", CREATING)).toEqual([{}, 60]);
  });

  it.each([
    ["", CREATING, /^incorrect usage: --created \| --updated/],
    ["--created", { properties: { provisioningState: "Failed" } }, /^The operation failed$/],
    ["--updated", undefined, /it is not there/],
    ["--exists --interval 0", SUCCEEDED, /must not be zero/],
  ])("%s fails", async (options, answer, message) => {
    await expect(waits(options, answer)).rejects.toThrow(message);
  });

  it("asks for clusters and snapshots, too", async () => {
    const clock = new VirtualClock();
    const called = async (line: string): Promise<unknown> =>
      (await tryOut(waitCommands, `${line} -g g -n x --exists`, { clock, answer: () => SUCCEEDED })).made[0]?.call;
    expect(await called("aks wait")).toBe("GET managedClusters/x");
    expect(await called("aks nodepool snapshot wait")).toBe("GET snapshots/x");
  });
});
