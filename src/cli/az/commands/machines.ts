import type { AzContext } from "../client.ts";
import { type AzCommand, flag, keyValues, NO_WAIT, optional, required, RESOURCE_GROUP, text, withGroup, words } from "../command.ts";
import { type AzArgs, AzError } from "../grammar.ts";
import type { Row } from "../table.ts";
import { clusterPath } from "./clusters.ts";
import { MACHINES, VIRTUAL_MACHINES } from "./virtual-machines.ts";

const CLUSTER = required("--cluster-name");
const POOL = required("--nodepool-name");
const MACHINE = required("--machine-name");

/** `az aks machine …`. Source: azure-cli acs module, 2.91; for `add` and `update` Azure/azure-cli-extensions src/aks-preview, machine.py. */
export const machineCommands: readonly AzCommand[] = [
  {
    words: "aks machine list",
    summary: "Get information about IP Addresses, Hostname for all machines in an agentpool.",
    options: [RESOURCE_GROUP, CLUSTER, POOL],
    async run({ call }, args) {
      const { value } = (await call("GET", machinesPath(args), VIRTUAL_MACHINES)).body as { value: unknown[] };
      return value.map(shown);
    },
    table: (machines) => (machines as unknown[]).map(machineRow),
  },
  {
    words: "aks machine show",
    summary: "Show IP Addresses, Hostname for a specific machine in an agentpool for a managedcluster.",
    options: [RESOURCE_GROUP, CLUSTER, POOL, MACHINE],
    run: async ({ call }, args) => shown((await call("GET", machinePath(args), VIRTUAL_MACHINES)).body),
    table: (machine) => [machineRow(machine)],
  },
  {
    words: "aks machine add",
    summary: "Add a machine to the specified node pool.",
    options: [
      RESOURCE_GROUP,
      CLUSTER,
      POOL,
      text("--machine-name"),
      text("--vm-size"),
      text("--kubernetes-version"),
      text("--os-type"),
      text("--os-sku"),
      flag("--enable-fips-image"),
      flag("--disable-fips-image"),
      { ...text("--priority"), choices: ["Regular", "Spot"] },
      words("--zones", "-z"),
      words("--tags"),
      text("--vnet-subnet-id"),
      text("--pod-subnet-id"),
      flag("--enable-node-public-ip"),
      text("--node-public-ip-prefix-id"),
      NO_WAIT,
    ],
    run: addMachine,
  },
  {
    words: "aks machine update",
    summary: "Update the specified machine in an agentpool.",
    options: [RESOURCE_GROUP, CLUSTER, POOL, MACHINE, words("--tags"), text("--node-taints"), words("--labels"), NO_WAIT],
    run: updateMachine,
  },
];

function machinesPath(args: AzArgs): string {
  return `${clusterPath(args, "cluster-name")}/agentPools/${args.required("nodepool-name")}/machines`;
}

function machinePath(args: AzArgs): string {
  return `${machinesPath(args)}/${args.required("machine-name")}`;
}

/** @throws {AzError} without a name and a size, which the extension asks for itself. */
async function addMachine(context: AzContext, args: AzArgs): Promise<unknown> {
  if (args.text("machine-name") === undefined) throw new AzError("Please specify --machine-name.");
  const vmSize = args.text("vm-size");
  if (vmSize === undefined) throw new AzError("Please specify --vm-size.");
  const properties = {
    network: optional({
      vnetSubnetID: args.text("vnet-subnet-id"),
      podSubnetID: args.text("pod-subnet-id"),
      enableNodePublicIP: args.flag("enable-node-public-ip") || undefined,
      nodePublicIPPrefixID: args.text("node-public-ip-prefix-id"),
    }),
    hardware: { vmSize },
    operatingSystem: {
      ...optional({ osType: args.text("os-type"), osSKU: args.text("os-sku") }),
      enableFIPS: args.flag("enable-fips-image") && !args.flag("disable-fips-image"),
    },
    kubernetes: optional({ orchestratorVersion: args.text("kubernetes-version") }),
    ...optional({ priority: args.text("priority"), tags: keyValues(args.words("tags")) }),
  };
  return await put(context, args, { ...optional({ zones: args.words("zones") }), properties });
}

interface Present {
  readonly properties: Readonly<Record<string, unknown>> & { readonly kubernetes?: Readonly<Record<string, unknown>> };
}

/** The machine as it is with what the options name: an empty list of taints takes them all, empty labels and tags change nothing. */
async function updateMachine(context: AzContext, args: AzArgs): Promise<unknown> {
  const present = (await context.call("GET", machinePath(args), MACHINES)).body as Present;
  const [tags, labels] = [some(keyValues(args.words("tags"))), some(labelsOf(args.words("labels")))];
  const taints = args.text("node-taints");
  const nodeTaints = taints === undefined ? undefined : taints === "" ? [] : taints.split(",").map((taint) => taint.trim());
  const kubernetes = { ...present.properties.kubernetes, ...optional({ nodeTaints, nodeLabels: labels }) };
  return await put(context, args, { ...present, properties: { ...present.properties, kubernetes, ...optional({ tags }) } });
}

function some<T extends object>(members: T | undefined): T | undefined {
  return members !== undefined && Object.keys(members).length > 0 ? members : undefined;
}

/** @throws {AzError} for a label without a value, which the extension does not take. */
function labelsOf(pairs: readonly string[] | undefined): Readonly<Record<string, string>> | undefined {
  const bad = pairs?.find((pair) => !pair.includes("="));
  if (bad !== undefined) throw new AzError(`Invalid format '${bad}'. Expected format key=value.`);
  return keyValues(pairs);
}

async function put(context: AzContext, args: AzArgs, body: unknown): Promise<unknown> {
  const answer = await context.call("PUT", machinePath(args), MACHINES, body);
  if (args.flag("no-wait")) return undefined;
  await context.wait(answer);
  return shown((await context.call("GET", machinePath(args), MACHINES)).body);
}

function shown(machine: unknown): Record<string, unknown> {
  return { systemData: null, zones: null, ...withGroup(machine) };
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
