import { describe, expect, it } from "vitest";
import { VirtualClock } from "#lib";
import { type Trial, tryOut } from "../testing/try-out.ts";
import { machineCommands } from "./machines.ts";
import { nodePoolCommands } from "./node-pools.ts";

const PATH = "managedClusters/c/agentPools/p/machines";
const MACHINE = {
  id: "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/c/agentPools/p/machines/m",
  name: "m",
  zones: ["1"],
  properties: {
    network: { ipAddresses: [{ ip: "10.0.0.4", family: "IPv4" }] },
    hardware: { vmSize: "Standard_D2s_v3" },
    kubernetes: { orchestratorVersion: "1.34.2", nodeTaints: ["a=b:NoSchedule"], nodeLabels: { a: "b" } },
    tags: { a: "b" },
  },
};

const run = (line: string): Promise<Trial> =>
  tryOut([...machineCommands, ...nodePoolCommands], line, {
    clock: new VirtualClock(),
    answer: (call) =>
      call === "GET managedClusters/c/agentPools" ? { value: [] } : call.endsWith("/machines") ? { value: [MACHINE] } : MACHINE,
  });
const put = async (line: string): Promise<unknown> => (await run(line)).made.find(({ call }) => call.startsWith("PUT"));
const named = "-g g --cluster-name c --nodepool-name p";

// Sources: azure-cli acs _format.py, 2.91; Azure/azure-cli-extensions src/aks-preview/azext_aks_preview/machine.py.
describe("az aks machine", () => {
  it.each([`list ${named}`, `show ${named} --machine-name m`])("%s has az's table", async (line) => {
    const { table, result } = await run(`aks machine ${line}`);
    expect(table).toEqual([{ Name: "m", Ip: "ip:10.0.0.4,family:IPv4;", Zones: "1" }]);
    expect([result].flat()).toMatchObject([{ resourceGroup: "g", zones: ["1"] }]);
  });

  it("add sends what the options say, and shows the machine", async () => {
    const line =
      `aks machine add ${named} --machine-name m --vm-size Standard_D2s_v3 --kubernetes-version 1.34.2 --os-type Linux --os-sku Ubuntu ` +
      "--enable-fips-image --priority Spot --zones 1 --tags a=b c --vnet-subnet-id /v --pod-subnet-id /p --enable-node-public-ip";
    expect(await put(line)).toEqual({
      call: `PUT ${PATH}/m`,
      apiVersion: "2025-10-02-preview",
      body: {
        zones: ["1"],
        properties: {
          network: { vnetSubnetID: "/v", podSubnetID: "/p", enableNodePublicIP: true },
          hardware: { vmSize: "Standard_D2s_v3" },
          operatingSystem: { osType: "Linux", osSKU: "Ubuntu", enableFIPS: true },
          kubernetes: { orchestratorVersion: "1.34.2" },
          priority: "Spot",
          tags: { a: "b", c: "" },
        },
      },
    });
    expect((await run(line)).result).toMatchObject({ name: "m", resourceGroup: "g" });
  });

  it.each([
    [
      "--node-taints x=y:NoExecute,z=:NoSchedule",
      { kubernetes: { nodeTaints: ["x=y:NoExecute", "z=:NoSchedule"], nodeLabels: { a: "b" } } },
    ],
    ["--node-taints=", { kubernetes: { nodeTaints: [], nodeLabels: { a: "b" } }, tags: { a: "b" } }],
    ["--labels x=y", { kubernetes: { nodeTaints: ["a=b:NoSchedule"], nodeLabels: { x: "y" } } }],
    ["--tags x=y", { kubernetes: { nodeLabels: { a: "b" } }, tags: { x: "y" }, hardware: { vmSize: "Standard_D2s_v3" } }],
    ["", { kubernetes: { nodeLabels: { a: "b" } }, tags: { a: "b" } }],
  ])("update %s", async (options, properties) => {
    expect(await put(`aks machine update ${named} --machine-name m ${options}`.trim())).toMatchObject({ body: { properties } });
  });

  it.each([
    [`add ${named} --vm-size a`, "Please specify --machine-name."],
    [`add ${named} --machine-name m`, "Please specify --vm-size."],
    [`update ${named}`, "the following arguments are required: --machine-name"],
    [`update ${named} --machine-name m --labels x`, "Invalid format 'x'. Expected format key=value."],
    [
      `add ${named} --machine-name m --vm-size a --priority Low`,
      "argument --priority: invalid choice: 'Low' (choose from 'Regular', 'Spot')",
    ],
  ])("%s is refused", async (line, told) => {
    await expect(run(`aks machine ${line}`)).rejects.toThrow(told);
  });

  it("adds to a pool that has neither number nor size", async () => {
    const made = await put("aks nodepool add -g g --cluster-name c -n p --mode Machines");
    expect(made).toMatchObject({ apiVersion: "2025-10-02-preview", body: { properties: { mode: "Machines", type: "VirtualMachines" } } });
    expect(JSON.stringify(made)).not.toMatch(/"count"|"vmSize"|"enableAutoScaling"/);
  });
});
