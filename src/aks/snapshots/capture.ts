import type { SnapshotProperties, SnapshotType } from "#api/containerservice/snapshot";
import type { Compare } from "#store";
import { virtualMachinesRefusals } from "../agentpools/rules/virtual-machines-errors.ts";
import type { AksContext } from "../context.ts";
import { clusterKey, type ClusterName, poolKey } from "../documents.ts";
import { refusals } from "../errors.ts";
import { resourceRefusals } from "../resource-errors.ts";

const SOURCE = "properties.creationData.sourceResourceId";

/** What a snapshot holds, the region it is of, and the documents that it was read from. */
export interface Capture {
  readonly properties: SnapshotProperties;
  readonly location: string;
  readonly compares: readonly Compare[];
}

/**
 * The configuration of a pool, or of a cluster, as it is now.
 * @throws {ProviderError} 400 for a source that is no such resource, or that there is not.
 * Source: MicrosoftDocs/azure-aks-docs articles/aks/node-pool-snapshot.md; examples SnapshotsCreate and ManagedClusterSnapshotsCreate.
 */
export function capture(context: AksContext, kind: SnapshotType, sourceResourceId: string | undefined): Capture {
  if (sourceResourceId === undefined) throw refusals.missing(SOURCE);
  const source = parseSource(sourceResourceId);
  if (source === undefined || (source.pool === undefined) !== (kind === "ManagedCluster")) throw refusals.invalidParameter(SOURCE);
  return source.pool === undefined
    ? captureCluster(context, source, sourceResourceId)
    : capturePool(context, { ...source, pool: source.pool }, sourceResourceId);
}

const SOURCE_ID =
  /^\/subscriptions\/([^/]+)\/resourcegroups\/([^/]+)\/providers\/microsoft\.containerservice\/managedclusters\/([^/]+)(?:\/agentpools\/([^/]+))?$/i;

function parseSource(id: string): (ClusterName & { readonly pool: string | undefined }) | undefined {
  const [, subscriptionId = "", resourceGroup = "", name = "", pool] = SOURCE_ID.exec(id) ?? [];
  return name === "" ? undefined : { subscriptionId, resourceGroup, name, pool };
}

function capturePool(context: AksContext, source: ClusterName & { readonly pool: string }, sourceResourceId: string): Capture {
  const cluster = context.clusters.get(clusterKey(source))?.value;
  const key = poolKey(source, source.pool);
  const document = context.pools.get(key);
  if (cluster === undefined || document === undefined) throw resourceRefusals.sourceNotFound(SOURCE, sourceResourceId);
  const { properties: pool } = document.value;
  if (pool.type === "VirtualMachines") throw virtualMachinesRefusals.snapshot(SOURCE);
  return {
    location: cluster.location,
    compares: [context.pools.unchanged(key, document)],
    properties: {
      creationData: { sourceResourceId },
      snapshotType: "NodePool",
      kubernetesVersion: pool.currentOrchestratorVersion ?? pool.orchestratorVersion,
      ...(pool.nodeImageVersion !== undefined && { nodeImageVersion: pool.nodeImageVersion }),
      osType: pool.osType,
      osSku: pool.osSKU ?? (pool.osType === "Windows" ? "Windows2019" : "Ubuntu"),
      vmSize: pool.vmSize,
      enableFIPS: pool.enableFIPS === true,
    },
  };
}

/** Source: Azure/azure-rest-api-specs 2022-02-02-preview, ManagedClusterPropertiesForSnapshot. */
const NETWORK_MEMBERS = ["networkPlugin", "networkPluginMode", "networkPolicy", "networkMode", "loadBalancerSku"] as const;

function captureCluster(context: AksContext, source: ClusterName, sourceResourceId: string): Capture {
  const key = clusterKey(source);
  const document = context.clusters.get(key);
  if (document === undefined) throw resourceRefusals.sourceNotFound(SOURCE, sourceResourceId);
  const { location, version, sku, properties } = document.value;
  const network = NETWORK_MEMBERS.map((member) => [member, properties.networkProfile[member]] as const);
  return {
    location,
    compares: [context.clusters.unchanged(key, document)],
    properties: {
      creationData: { sourceResourceId },
      snapshotType: "ManagedCluster",
      managedClusterPropertiesReadOnly: {
        kubernetesVersion: version,
        ...(sku !== undefined && { sku }),
        enableRbac: properties.enableRBAC === true,
        networkProfile: Object.fromEntries(network.filter(([, value]) => value !== undefined)),
      },
    },
  };
}
