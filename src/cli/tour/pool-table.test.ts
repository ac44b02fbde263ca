import { describe, expect, it } from "vitest";
import { nodePoolCommands } from "../az/commands/node-pools.ts";
import { flattened } from "../az/command.ts";
import { formatResult } from "../az/output.ts";
import { splitWords } from "./guide.ts";
import { poolTable } from "./pool-table.ts";

/** The first table of the article, with the group that its commands name. */
const ARTICLE = [
  "AgentPoolType            Count    MaxPods    Name        OrchestratorVersion    OsDiskSizeGb    OsType    ProvisioningState    ResourceGroup    VmSize",
  "-----------------------  -------  ---------  ----------  ---------------------  --------------  --------  -------------------  ---------------  ---------------",
  "VirtualMachineScaleSets  3        110        mynodepool  1.12.6                 100             Linux     Succeeded            myResourceGroup  Standard_DS2_v2",
  "VirtualMachineScaleSets  1        110        nodepool1   1.12.6                 100             Linux     Succeeded            myResourceGroup  Standard_DS2_v2",
].join("\n");

const ID = "/subscriptions/s/resourcegroups/myResourceGroup/providers/Microsoft.ContainerService/managedClusters/c/agentPools/";

function pool(name: string, count: number): Record<string, unknown> {
  const properties = {
    count,
    vmSize: "Standard_DS2_v2",
    osDiskSizeGB: 100,
    maxPods: 110,
    type: "VirtualMachineScaleSets",
    provisioningState: "Succeeded",
    orchestratorVersion: "1.12.6",
    osType: "Linux",
  };
  return { id: `${ID}${name}`, name, type: "Microsoft.ContainerService/managedClusters/agentPools", properties };
}

describe("the article's table", () => {
  it("is what the tour expects", () => {
    const row = { name: "mynodepool", count: 3, version: "1.12.6", state: "Succeeded", size: "Standard_DS2_v2" };
    expect(poolTable([row, { ...row, name: "nodepool1", count: 1 }], "myResourceGroup")).toBe(ARTICLE);
  });

  it("is what the list of pools prints", () => {
    const list = nodePoolCommands.find(({ words }) => words === "aks nodepool list");
    const result = [pool("mynodepool", 3), pool("nodepool1", 1)].map((each) => flattened(each));
    expect(formatResult(result, { format: "table", query: undefined, table: list?.table?.bind(list), isTerminal: false }).trimEnd()).toBe(
      ARTICLE,
    );
  });
});

describe("splitWords", () => {
  it.each([
    { command: "az group list", want: ["az", "group", "list"] },
    {
      command: `az feature list --query "[?contains(name, 'a b')].{N:name}" -o table`,
      want: ["az", "feature", "list", "--query", "[?contains(name, 'a b')].{N:name}", "-o", "table"],
    },
    { command: "kubectl get pods -o jsonpath='{.items[*].x}'", want: ["kubectl", "get", "pods", "-o", "jsonpath={.items[*].x}"] },
  ])("splits $command", ({ command, want }) => {
    expect(splitWords(command)).toEqual(want);
  });
});
