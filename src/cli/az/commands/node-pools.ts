import type { AzContext } from "../client.ts";
import {
  type AzCommand,
  confirm,
  flag,
  flattened,
  keyValues,
  NO_WAIT,
  number,
  required,
  RESOURCE_GROUP,
  text,
  words,
  YES,
  optional,
} from "../command.ts";
import { type AzArgs, AzError } from "../grammar.ts";
import { CONTAINER_SERVICE } from "./api-versions.ts";
import { blueGreenMembers } from "./blue-green.ts";
import { clusterPath, DEFAULT_COUNT, DEFAULT_SIZE, putAndShow } from "./clusters.ts";
import { upgradeNodeImage } from "./node-images.ts";
import { rarerMembers, RARER_OPTIONS, snapshotOf, UPGRADE_OPTIONS, upgradeSettings, versionFor } from "./pool-options.ts";
import { MACHINE_OPTIONS, machinesWish, rescaled, VIRTUAL_MACHINES, withSizes } from "./virtual-machines.ts";

export const CLUSTER = required("--cluster-name");
export const NAME = required("--name", "-n", "--nodepool-name");
const NAME_LENGTH = 12;

export interface AgentPool {
  readonly name: string;
  readonly properties: {
    readonly count: number;
    readonly enableAutoScaling?: boolean;
    readonly orchestratorVersion: string;
    readonly [member: string]: unknown;
  };
}

/** `az aks nodepool …`. Source: azure-cli acs module, 2.45; the table is that of aks-preview in May 2019. */
export const nodePoolCommands: readonly AzCommand[] = [
  {
    words: "aks nodepool add",
    summary: "Add a node pool to the managed Kubernetes cluster.",
    options: [
      RESOURCE_GROUP,
      CLUSTER,
      NAME,
      number("--node-count", "-c"),
      text("--node-vm-size", "-s"),
      ...MACHINE_OPTIONS,
      number("--node-osdisk-size"),
      text("--kubernetes-version", "-k"),
      text("--mode"),
      text("--os-type"),
      text("--os-sku"),
      number("--max-pods", "-m"),
      text("--node-taints"),
      text("--vnet-subnet-id"),
      text("--priority"),
      text("--eviction-policy"),
      text("--snapshot-id"),
      flag("--enable-cluster-autoscaler", "-e"),
      number("--min-count"),
      number("--max-count"),
      flag("--enable-node-public-ip"),
      words("--labels"),
      words("--tags"),
      words("--zones", "-z"),
      ...UPGRADE_OPTIONS,
      ...RARER_OPTIONS,
      NO_WAIT,
    ],
    run: addPool,
    table: (pool) => [poolRow(pool)],
  },
  {
    words: "aks nodepool list",
    summary: "List node pools in the managed Kubernetes cluster.",
    options: [RESOURCE_GROUP, CLUSTER],
    run: async (context, args) => {
      const pools = await listPools(context, args);
      const path = `${clusterPath(args, "cluster-name")}/agentPools`;
      return await Promise.all(pools.map(async (pool) => flattened(await withSizes(context, `${path}/${pool.name}`, pool))));
    },
    table: (pools) => (pools as unknown[]).map(poolRow),
  },
  {
    words: "aks nodepool show",
    summary: "Show the details for a node pool in the managed Kubernetes cluster.",
    options: [RESOURCE_GROUP, CLUSTER, NAME],
    run: async (context, args) => flattened(await withSizes(context, poolPath(args), await getPool(context, args))),
    table: (pool) => [poolRow(pool)],
  },
  {
    words: "aks nodepool scale",
    summary: "Scale the node pool in a managed Kubernetes cluster.",
    options: [RESOURCE_GROUP, CLUSTER, NAME, number("--node-count", "-c"), NO_WAIT],
    run: scalePool,
    table: (pool) => [poolRow(pool)],
  },
  {
    words: "aks nodepool upgrade",
    summary: "Upgrade the node pool in a managed Kubernetes cluster.",
    options: [
      RESOURCE_GROUP,
      CLUSTER,
      NAME,
      text("--kubernetes-version", "-k"),
      ...UPGRADE_OPTIONS,
      text("--snapshot-id"),
      flag("--node-image-only"),
      YES,
      NO_WAIT,
    ],
    run: upgradePool,
    table: (pool) => [poolRow(pool)],
  },
  {
    words: "aks nodepool get-upgrades",
    summary: "Get the available upgrade versions for an agent pool of the managed Kubernetes cluster.",
    options: [RESOURCE_GROUP, CLUSTER, { ...NAME, names: ["--nodepool-name", "--name", "-n"] }],
    async run({ call }, args) {
      const path = `${clusterPath(args, "cluster-name")}/agentPools/${args.required("nodepool-name")}/upgradeProfiles/default`;
      return flattened((await call("GET", path, CONTAINER_SERVICE)).body);
    },
  },
  {
    words: "aks nodepool delete",
    summary: "Delete the agent pool in the managed Kubernetes cluster.",
    options: [RESOURCE_GROUP, CLUSTER, NAME, flag("--ignore-pdb", "-i"), NO_WAIT],
    async run(context, args) {
      await requirePool(context, args);
      const query = args.flag("ignore-pdb") ? "?ignore-pod-disruption-budget=true" : "";
      const answer = await context.call("DELETE", `${poolPath(args)}${query}`, CONTAINER_SERVICE);
      if (!args.flag("no-wait")) await context.wait(answer);
    },
  },
];

/** Path of the pool that the options name. */
export function poolPath(args: AzArgs): string {
  return `${clusterPath(args, "cluster-name")}/agentPools/${args.required("name")}`;
}

/** Whether the pool is in the list: az looks through it before it asks for the pool. */
export async function hasPool(context: AzContext, args: AzArgs): Promise<boolean> {
  return (await listPools(context, args)).some((pool) => sameName(pool, args));
}

/** @throws {AzError} 1 when the pool is not in the list. */
export async function requirePool(context: AzContext, args: AzArgs): Promise<void> {
  if (await hasPool(context, args)) return;
  throw new AzError(`Node pool ${args.required("name")} doesnt exist, use 'aks nodepool list' to get current node pool list`);
}

function sameName(pool: AgentPool, args: AzArgs): boolean {
  return pool.name.toLowerCase() === args.required("name").toLowerCase();
}

/** Sorted by name, as the lists of 2019 are. */
async function listPools({ call }: AzContext, args: AzArgs): Promise<AgentPool[]> {
  const { value } = (await call("GET", `${clusterPath(args, "cluster-name")}/agentPools`, CONTAINER_SERVICE)).body as {
    value: AgentPool[];
  };
  return value.sort((a, b) => (a.name < b.name ? -1 : 1));
}

export async function getPool({ call }: AzContext, args: AzArgs, apiVersion = CONTAINER_SERVICE): Promise<AgentPool> {
  return (await call("GET", poolPath(args), apiVersion)).body as AgentPool;
}

async function addPool(context: AzContext, args: AzArgs): Promise<unknown> {
  checkName(args.required("name"));
  if ((await listPools(context, args)).some((pool) => sameName(pool, args))) {
    throw new AzError(
      `Node pool ${args.required("name")} already exists, please try a different name, use 'aks nodepool list' to get current list of node pool`,
    );
  }
  const taints = args.text("node-taints");
  const snapshotId = snapshotOf(args);
  const machines = machinesWish(args, { size: DEFAULT_SIZE, count: DEFAULT_COUNT });
  const properties = {
    count: args.number("node-count") ?? DEFAULT_COUNT,
    // A snapshot brings size and system along.
    vmSize: args.text("node-vm-size") ?? (snapshotId === undefined ? DEFAULT_SIZE : ""),
    osDiskSizeGB: args.number("node-osdisk-size") ?? 0,
    osType: args.text("os-type") ?? (snapshotId === undefined ? "Linux" : ""),
    type: "VirtualMachineScaleSets",
    mode: args.text("mode") ?? "User",
    enableAutoScaling: args.flag("enable-cluster-autoscaler"),
    enableNodePublicIP: args.flag("enable-node-public-ip"),
    upgradeSettings: upgradeSettings(args),
    nodeTaints: taints === undefined || taints === "" ? [] : taints.split(",").map((taint) => taint.trim()),
    ...optional({
      orchestratorVersion: args.text("kubernetes-version"),
      osSKU: args.text("os-sku"),
      maxPods: args.number("max-pods"),
      minCount: args.number("min-count"),
      maxCount: args.number("max-count"),
      vnetSubnetID: args.text("vnet-subnet-id"),
      scaleSetPriority: args.text("priority"),
      scaleSetEvictionPolicy: args.text("eviction-policy"),
      nodeLabels: keyValues(args.words("labels")),
      tags: keyValues(args.words("tags")),
      availabilityZones: args.words("zones"),
      creationData: snapshotId === undefined ? undefined : { sourceResourceId: snapshotId },
    }),
    ...rarerMembers(args),
    ...blueGreenMembers(args),
    ...machines.members,
  };
  return await putAndShow(context, args, {
    path: poolPath(args),
    body: { properties: optional(properties) },
    apiVersion: machines.apiVersion ?? versionFor(args),
  });
}

/** Source: azure-cli acs _validators.py, validate_nodepool_name. */
function checkName(name: string): void {
  if (name.length > NAME_LENGTH) throw new AzError("--nodepool-name can contain at most 12 characters", 1);
  if (!/^[A-Za-z0-9]+$/.test(name)) throw new AzError("--nodepool-name should contain only alphanumeric characters", 1);
}

async function scalePool(context: AzContext, args: AzArgs): Promise<unknown> {
  const pool = await withSizes(context, poolPath(args), await getPool(context, args));
  const count = args.number("node-count") ?? DEFAULT_COUNT;
  if (pool.properties.enableAutoScaling) throw new AzError("Cannot scale cluster autoscaler enabled node pool.");
  if (pool.properties["type"] === "VirtualMachines") {
    const body = { properties: rescaled(pool.properties, count) };
    return await putAndShow(context, args, { path: poolPath(args), body, apiVersion: VIRTUAL_MACHINES });
  }
  if (count === pool.properties.count) throw new AzError("The new node count is the same as the current node count.");
  return await putAndShow(context, args, { path: poolPath(args), body: { properties: { ...pool.properties, count } } });
}

async function upgradePool(context: AzContext, args: AzArgs): Promise<unknown> {
  if (args.flag("node-image-only")) return await upgradeNodeImage(context, args, poolPath(args));
  const apiVersion = versionFor(args);
  const pool = await getPool(context, args, apiVersion);
  const snapshotId = snapshotOf(args);
  const version = args.text("kubernetes-version") ?? (await versionOfSnapshot(context, snapshotId));
  const settings = upgradeSettings(args);
  if (version !== undefined && version === pool.properties.orchestratorVersion) {
    const question = "The new kubernetes version is the same as the current kubernetes version. Do you want to continue?";
    await confirm(context, args, question);
  }
  const properties = {
    ...pool.properties,
    orchestratorVersion: version ?? "",
    upgradeSettings: { ...(pool.properties["upgradeSettings"] as object | undefined), ...settings },
    ...(snapshotId !== undefined && { creationData: { sourceResourceId: snapshotId } }),
    ...blueGreenMembers(args),
  };
  return await putAndShow(context, args, { path: poolPath(args), body: { properties }, apiVersion });
}

/** A snapshot brings its version along. Source: azure-cli acs custom.py, aks_agentpool_upgrade. */
async function versionOfSnapshot({ call }: AzContext, id: string | undefined): Promise<string | undefined> {
  const path = /^\/subscriptions\/[^/]+(\/resourcegroups\/.+)$/i.exec(id ?? "")?.[1];
  if (path === undefined) return undefined;
  return ((await call("GET", path, CONTAINER_SERVICE)).body as { properties: { kubernetesVersion: string } }).properties.kubernetesVersion;
}

/** The columns that the article shows. */
export function poolRow(pool: unknown): Record<string, unknown> {
  const row = pool as Record<string, unknown>;
  return {
    AgentPoolType: row["typePropertiesType"],
    Count: row["count"],
    MaxPods: row["maxPods"],
    Name: row["name"],
    OrchestratorVersion: row["orchestratorVersion"],
    OsDiskSizeGb: row["osDiskSizeGB"],
    OsType: row["osType"],
    ProvisioningState: row["provisioningState"],
    ResourceGroup: row["resourceGroup"],
    VmSize: row["vmSize"],
  };
}
