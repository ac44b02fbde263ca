import { type AzCommand, required, RESOURCE_GROUP, withGroup } from "../command.ts";
import type { AzArgs } from "../grammar.ts";
import type { Row } from "../table.ts";
import { clusterPath } from "./clusters.ts";

const API_VERSION = "2024-09-01";
const CLUSTER = required("--cluster-name");
const POOL = required("--nodepool-name");

/** `az aks machine …`. Source: azure-cli acs module, 2.91. */
export const machineCommands: readonly AzCommand[] = [
  {
    words: "aks machine list",
    summary: "Get information about IP Addresses, Hostname for all machines in an agentpool.",
    options: [RESOURCE_GROUP, CLUSTER, POOL],
    async run({ call }, args) {
      const { value } = (await call("GET", machinesPath(args), API_VERSION)).body as { value: unknown[] };
      return value.map(shown);
    },
    table: (machines) => (machines as unknown[]).map(machineRow),
  },
  {
    words: "aks machine show",
    summary: "Show IP Addresses, Hostname for a specific machine in an agentpool for a managedcluster.",
    options: [RESOURCE_GROUP, CLUSTER, POOL, required("--machine-name")],
    run: async ({ call }, args) => shown((await call("GET", `${machinesPath(args)}/${args.required("machine-name")}`, API_VERSION)).body),
    table: (machine) => [machineRow(machine)],
  },
];

function machinesPath(args: AzArgs): string {
  return `${clusterPath(args, "cluster-name")}/agentPools/${args.required("nodepool-name")}/machines`;
}

function shown(machine: unknown): Record<string, unknown> {
  return { zones: null, ...withGroup(machine) };
}

/** Source: azure-cli acs _format.py, aks_machine_show_table_format. */
function machineRow(machine: unknown): Row {
  const { name, zones, properties } = machine as {
    name: string;
    zones: readonly string[] | null;
    properties: { network?: { ipAddresses?: readonly { ip: string; family: string }[] } };
  };
  const addresses = properties.network?.ipAddresses ?? [];
  return { Name: name, Ip: addresses.map(({ ip, family }) => `ip:${ip},family:${family};`).join(""), Zones: (zones ?? []).join(", ") };
}
