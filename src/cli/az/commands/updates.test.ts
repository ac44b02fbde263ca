import { describe, expect, it } from "vitest";
import { systemClock } from "#lib";
import type { AzContext } from "../client.ts";
import { parseOptions } from "../grammar.ts";
import { updateCommands } from "./updates.ts";

const POOL = { id: "/x", name: "p", properties: { count: 2, enableAutoScaling: false, orchestratorVersion: "1.34.2" } };
const SCALED = { ...POOL, properties: { ...POOL.properties, enableAutoScaling: true, minCount: 1, maxCount: 3 } };
const cluster = (...pools: object[]) => ({
  id: "/c",
  location: "eastus",
  properties: { kubernetesVersion: "1.34.2", agentPoolProfiles: pools },
});

/** Runs a command line on what there is, and tells what it PUTs, through which api-version, and what it says. */
async function run(line: string, present: object): Promise<{ put: unknown; through: string | undefined; said: readonly string[] }> {
  let put: unknown;
  let through: string | undefined;
  const said: string[] = [];
  const terminal = { canAsk: false, ask: async () => "", progress: () => undefined, clearProgress: () => undefined };
  const context: AzContext = {
    subscriptionId: "s",
    clock: systemClock,
    terminal: { ...terminal, say: (text) => void said.push(text) },
    async call(method, _path, apiVersion, body) {
      if (method === "PUT") [put, through] = [(body as { readonly properties: object }).properties, apiVersion];
      return { status: 200, headers: {}, text: "", body: present };
    },
    listSubscriptions: async () => [],
    wait: async () => undefined,
  };
  const command = updateCommands.find(({ words }) => line.startsWith(`${words} `));
  if (command === undefined) throw new Error(`no command: ${line}`);
  const argv = line.slice(command.words.length + 1).split(" ");
  await command.run(context, parseOptions(argv, command.options));
  return { put, through, said };
}

const pool = "aks nodepool update -g g --cluster-name c -n p";

// Source: azure-cli acs agentpool_decorator.py and managed_cluster_decorator.py, 2.45.
describe("az aks nodepool update", () => {
  it.each([
    ["-e --min-count 1 --max-count 3", POOL, { ...POOL.properties, enableAutoScaling: true, minCount: 1, maxCount: 3 }],
    ["-u --min-count 2 --max-count 5", SCALED, { ...SCALED.properties, minCount: 2, maxCount: 5 }],
    ["-d", SCALED, POOL.properties],
    ["--max-surge 2 --labels a=b", POOL, { ...POOL.properties, nodeLabels: { a: "b" }, upgradeSettings: { maxSurge: "2" } }],
  ])("%s", async (options, present, put) => {
    expect((await run(`${pool} ${options}`, present)).put).toEqual({ ...put });
  });

  // Source: aks-preview agentpool_decorator.py.
  it("replaces all nodes at once, through an api-version that can", async () => {
    const options =
      "--upgrade-strategy bluegreen --drain-batch-size 50% --drain-timeout-bg 5 --batch-soak-duration 0 --final-soak-duration 180";
    expect(await run(`${pool} ${options}`, POOL)).toMatchObject({
      through: "2026-07-02-preview",
      put: {
        ...POOL.properties,
        upgradeStrategy: "bluegreen",
        upgradeSettingsBlueGreen: {
          drainBatchSize: "50%",
          drainTimeoutInMinutes: 5,
          batchSoakDurationInMinutes: 0,
          finalSoakDurationInMinutes: 180,
        },
      },
    });
    expect(await run(`${pool} --max-surge 2`, POOL)).toMatchObject({ through: "2022-11-01" });
  });

  it.each([
    ["-e --min-count 1 --max-count 3", SCALED, /already enabled for this node pool/],
    ["-d", POOL, /already disabled for this node pool/],
  ])("%s changes nothing where nothing is to be done", async (options, present, told) => {
    const { put, said } = await run(`${pool} ${options}`, present);
    expect(put).toBeUndefined();
    expect(said.join()).toMatch(told);
  });

  it.each([
    ["-u --min-count 1 --max-count 3", /not enabled for this node pool/],
    ["-e --min-count 1", /both min-count and max-count/],
    ["-e --min-count 4 --max-count 3", /less than or equal/],
    ["--min-count 4 --max-count 5", /please use the flag/],
    ["-e -d --min-count 1 --max-count 3", /only specify one of/],
    ["--no-wait", /Please specify/],
  ])("%s is refused", async (options, told) => {
    await expect(run(`${pool} ${options}`, POOL)).rejects.toThrow(told);
  });
});

describe("az aks update", () => {
  it("gives the one pool to the autoscaler, and no other", async () => {
    const enable = "aks update -g g -n c --enable-cluster-autoscaler --min-count 1 --max-count 3";
    const { put } = await run(enable, cluster({ name: "p", count: 1 }));
    expect(put).toMatchObject({ agentPoolProfiles: [{ name: "p", count: 1, enableAutoScaling: true, minCount: 1, maxCount: 3 }] });
    await expect(run(enable, cluster({ name: "p" }, { name: "q" }))).rejects.toThrow(/more than one node pool/);
  });

  it("sets the autoscaler's profile", async () => {
    const line = "aks update -g g -n c --cluster-autoscaler-profile scan-interval=30s expander=least-waste";
    expect((await run(line, cluster({ name: "p" }))).put).toMatchObject({
      autoScalerProfile: { "scan-interval": "30s", expander: "least-waste" },
    });
  });
});

// Source: aks-preview managed_cluster_decorator.py; Azure docs configure-aks-scheduler.
describe("the scheduler's configuration", () => {
  const mode = (schedulerConfigMode: string): object => ({
    schedulerProfile: { schedulerInstanceProfiles: { upstream: { schedulerConfigMode } } },
  });

  it.each([
    ["--enable-upstream-kubescheduler-user-configuration", "ManagedByCRD"],
    ["--disable-upstream-kubescheduler-user-configuration", "Default"],
  ])("%s", async (option, want) => {
    const { put, through } = await run(`aks update -g g -n c ${option}`, cluster(POOL.properties));
    expect([put, through]).toEqual([expect.objectContaining(mode(want)), "2026-07-02-preview"]);
  });

  it("is not given to both at once", async () => {
    const both = "--enable-upstream-kubescheduler-user-configuration --disable-upstream-kubescheduler-user-configuration";
    await expect(run(`aks update -g g -n c ${both}`, cluster(POOL.properties))).rejects.toThrow("at the same time");
  });
});
