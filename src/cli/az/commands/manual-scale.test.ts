import { describe, expect, it } from "vitest";
import { systemClock } from "#lib";
import type { AzContext } from "../client.ts";
import { parseOptions } from "../grammar.ts";
import { clusterCommands } from "./clusters.ts";
import { autoScaleCommands } from "./auto-scale.ts";
import { manualScaleCommands } from "./manual-scale.ts";
import { nodePoolCommands } from "./node-pools.ts";
import { updateCommands } from "./updates.ts";

const commands = [...autoScaleCommands, ...updateCommands, ...manualScaleCommands, ...nodePoolCommands, ...clusterCommands];
const D2 = { size: "Standard_D2s_v3", count: 2 };
const D4 = { size: "Standard_D4s_v3", count: 3 };
const pool = (...manual: object[]): object => ({
  id: "/x",
  name: "p",
  properties: { type: "VirtualMachines", mode: "User", virtualMachinesProfile: { scale: { manual } } },
});
const of = (...manual: object[]): object => ({ virtualMachinesProfile: { scale: { manual } } });
const A2 = { size: D2.size, minCount: 1, maxCount: 3 };
const A4 = { size: D4.size, minCount: 2, maxCount: 5 };
const autoscaled = (...autoscale: object[]): object => ({
  id: "/x",
  name: "p",
  properties: { type: "VirtualMachines", mode: "User", virtualMachinesProfile: { scale: { autoscale } } },
});
const ofAutoscaled = (...autoscale: object[]): object => ({ virtualMachinesProfile: { scale: { autoscale } } });

interface Put {
  readonly apiVersion: string;
  readonly properties: object;
}

/** Runs a command line on what there is, and tells what it PUTs. */
async function run(line: string, present: object): Promise<Put | undefined> {
  let put: Put | undefined;
  const terminal = { canAsk: false, ask: async () => "", progress: () => undefined, clearProgress: () => undefined, say: () => undefined };
  const context: AzContext = {
    subscriptionId: "s",
    clock: systemClock,
    terminal,
    async call(method, path, apiVersion, body) {
      if (method === "PUT") put = { apiVersion, properties: (body as Put).properties };
      const isList = path.endsWith("/agentPools");
      return { status: 200, headers: {}, text: "", body: isList ? { value: [] } : present };
    },
    listSubscriptions: async () => [],
    wait: async () => undefined,
  };
  const command = commands.find(({ words }) => line.startsWith(`${words} `));
  if (command === undefined) throw new Error(`no command: ${line}`);
  await command.run(context, parseOptions(line.slice(command.words.length + 1).split(" "), command.options));
  return put;
}

const named = "-g g --cluster-name c -n p";

// Source: azure-cli acs custom.py and agentpool_decorator.py, 2.91.
describe("az aks for pools of virtual machines", () => {
  it.each([
    [`aks nodepool add ${named} --vm-set-type virtualmachines --vm-sizes ${D4.size} -c 3`, pool(), of(D4)],
    [`aks nodepool manual-scale add ${named} --vm-sizes ${D2.size} --node-count 2`, pool(D4), of(D4, D2)],
    [
      `aks nodepool manual-scale update ${named} --current-vm-sizes standard_d4s_v3 --node-count 1`,
      pool(D4, D2),
      of({ ...D4, count: 1 }, D2),
    ],
    [
      `aks nodepool manual-scale update ${named} --current-vm-sizes ${D4.size} --vm-sizes ${D2.size}`,
      pool(D4),
      of({ ...D4, size: D2.size }),
    ],
    [`aks nodepool manual-scale delete ${named} --current-vm-sizes ${D4.size} --yes`, pool(D4, D2), of(D2)],
    [`aks nodepool scale ${named} -c 5`, pool(D4), of({ ...D4, count: 5 })],
    [
      `aks nodepool add ${named} --vm-set-type VirtualMachines --node-vm-size ${D4.size} -e --min-count 2 --max-count 5`,
      pool(),
      { enableAutoScaling: false, ...ofAutoscaled(A4) },
    ],
    [`aks nodepool auto-scale add ${named} --node-vm-size ${D2.size} --min-count 1 --max-count 3`, autoscaled(A4), ofAutoscaled(A4, A2)],
    [
      `aks nodepool auto-scale update ${named} --current-node-vm-size ${D4.size} --max-count 7`,
      autoscaled(A4, A2),
      ofAutoscaled({ ...A4, maxCount: 7 }, A2),
    ],
    [`aks nodepool auto-scale delete ${named} --current-node-vm-size ${D4.size} -y`, autoscaled(A4, A2), ofAutoscaled(A2)],
    [
      `aks nodepool update ${named} --enable-cluster-autoscaler --min-count 2 --max-count 5`,
      pool(D4, D2),
      ofAutoscaled(A4, { ...A4, size: D2.size }),
    ],
    [`aks nodepool update ${named} --disable-cluster-autoscaler`, autoscaled(A4, A2), of({ ...D4, count: 2 }, { ...D2, count: 1 })],
    [
      `aks nodepool manual-scale add ${named} --vm-sizes ${D2.size} -c 2`,
      autoscaled(A4),
      { virtualMachinesProfile: { scale: { autoscale: [A4], manual: [D2] } } },
    ],
  ])("%s", async (line, present, properties) => {
    const put = await run(line, present);
    expect(put).toMatchObject({ apiVersion: "2026-06-01", properties });
    expect(Object.keys(put?.properties ?? {})).not.toContain("count");
  });

  it("creates a cluster of them, and scales it", async () => {
    const created = await run("aks create -g g -n c -x -l eastus --vm-set-type VirtualMachines --vm-sizes Standard_D2s_v3 -c 2", {});
    expect(created?.properties).toMatchObject({ agentPoolProfiles: [{ type: "VirtualMachines", ...of(D2) }] });
    const cluster = { properties: { agentPoolProfiles: [{ name: "p", type: "VirtualMachines", ...of(D2) }] } };
    const scaled = await run("aks scale -g g -n c -c 4", cluster);
    expect(scaled?.properties).toMatchObject({ agentPoolProfiles: [{ name: "p", ...of({ ...D2, count: 4 }) }] });
  });

  it("says of which size a gateway's prefix is", async () => {
    const put = await run(`aks nodepool add ${named} --mode Gateway -c 2 --gateway-prefix-size 30`, pool());
    expect(put).toMatchObject({ apiVersion: "2026-06-01", properties: { mode: "Gateway", gatewayProfile: { publicIPPrefixSize: 30 } } });
  });

  it.each([
    [`aks nodepool add ${named} --vm-sizes ${D4.size}`, pool(), "--vm-sizes can only be used with"],
    [`aks nodepool add ${named} --vm-set-type VirtualMachines --vm-sizes a,b`, pool(), "only accept single sku size for scale profile"],
    [`aks nodepool manual-scale add ${named} --vm-sizes a,b -c 1`, pool(D4), "only accept single sku size for manual profile"],
    [`aks nodepool manual-scale update ${named} --current-vm-sizes ${D2.size} -c 1`, pool(D4), "doesn't exist in node pool p"],
    [`aks nodepool manual-scale update ${named} --current-vm-sizes ${D2.size}`, pool(D2), "specify --vm-sizes or --node-count"],
    [`aks nodepool manual-scale delete ${named} --current-vm-sizes ${D2.size} -y`, pool(D2), "Cannot delete the last manual profile"],
    [`aks nodepool manual-scale delete ${named} --current-vm-sizes ${D2.size}`, pool(D2), "Unable to prompt for confirmation"],
    [`aks nodepool scale ${named} -c 5`, pool(D2, D4), "more than one size"],
    [`aks nodepool update ${named} -u --min-count 1 --max-count 2`, autoscaled(A2), "--update-cluster-autoscaler is not supported"],
    [`aks nodepool auto-scale update ${named} --current-node-vm-size ${D2.size}`, autoscaled(A2), "specify --node-vm-size, --min-count"],
    [
      `aks nodepool auto-scale delete ${named} --current-node-vm-size ${D4.size} -y`,
      autoscaled(A2),
      `Autoscale profile with size ${D4.size} doesn't exist in node pool p.`,
    ],
    [
      `aks nodepool manual-scale add ${named} --vm-sizes a -c 1`,
      { properties: { type: "VirtualMachineScaleSets" } },
      "Cannot add manual to a non-virtualmachines node pool",
    ],
  ])("%s is refused", async (line, present, told) => {
    await expect(run(line, present)).rejects.toThrow(told);
  });
});
