import type { NodeBootstrap, PodSubnet } from "#api/kubelet";
import { type NewMachine, vmSize } from "#compute";
import { assert } from "#lib";
import type { Networks } from "#network";
import type { StoredCluster, StoredPool } from "../documents.ts";
import { hasPodRange, isFlat } from "../managedclusters/network.ts";
import { buildBootstrap } from "../nodes/index.ts";
import { machineSettings } from "./machine-settings.ts";
import { scaleSetKey } from "./scale-set.ts";

/** What a machine of the pool boots with, now that the pool is as it is. */
export function bootstrapOf(
  cluster: StoredCluster,
  pool: StoredPool,
  { id, computerName, privateIp, publicIp, podAddresses, zone, vmSize: size }: NewMachine,
  networks?: Networks,
): NodeBootstrap {
  const { uid: controlPlaneId, subscriptionId, location, generation } = cluster;
  const machine = vmSize(size ?? pool.properties.vmSize);
  assert(machine !== undefined, "validation lets no unknown VM size into a pool");
  const { nodeImageVersion } = pool.properties;
  const bootstrap = buildBootstrap({
    cluster: { controlPlaneId, subscriptionId, location, generation, nodeResourceGroup: cluster.properties.nodeResourceGroup },
    poolName: pool.name,
    pool: pool.properties,
    kubernetesVersion: pool.properties.orchestratorVersion,
    vmss: scaleSetKey(cluster, pool).name,
    instance: { id, computerName, privateIp, publicIp, zone },
    machine,
  });
  const podSubnet = podSubnetOf(cluster, pool, networks);
  const settings = machineSettings(pool.properties);
  return {
    ...bootstrap,
    ...(podSubnet !== undefined && { podSubnet }),
    ...(podSubnet === undefined && podAddresses !== undefined && { podAddresses: podAddresses.ranges }),
    ...(hasPodRange(cluster.properties) && { needsPodCidr: true as const }),
    ...(settings !== undefined && { settings }),
    ...(nodeImageVersion !== undefined && { nodeImageVersion }),
    ...(cluster.certificateRotation !== undefined && { certificateRotation: cluster.certificateRotation }),
  };
}

/** Addresses of a subnet of a network that is not there. Source: as the examples of azure-aks-docs configure-azure-cni-dynamic-ip-allocation.md. */
const UNKNOWN_SUBNET = "10.241.0.0/16";

/** The subnet that the pool's pods have addresses of, where it is another than their nodes'. */
function podSubnetOf({ properties }: StoredCluster, { properties: pool }: StoredPool, networks?: Networks): PodSubnet | undefined {
  const { podSubnetID: id, podIPAllocationMode = "DynamicIndividual" } = pool;
  if (id === undefined || !isFlat(properties)) return undefined;
  const mode = podIPAllocationMode === "StaticBlock" ? "StaticBlock" : "DynamicIndividual";
  return { id: id.toLowerCase(), cidr: networks?.find(id)?.subnet?.cidr ?? UNKNOWN_SUBNET, mode };
}
