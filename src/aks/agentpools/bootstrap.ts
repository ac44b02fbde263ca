import type { NodeBootstrap } from "#api/kubelet";
import { type Instance, vmSize } from "#compute";
import { assert } from "#lib";
import type { StoredCluster, StoredPool } from "../documents.ts";
import { buildBootstrap } from "../nodes/index.ts";
import { machineSettings } from "./machine-settings.ts";
import { scaleSetKey } from "./scale-set.ts";

/** What a machine of the pool boots with, now that the pool is as it is. */
export function bootstrapOf(
  cluster: StoredCluster,
  pool: StoredPool,
  {
    id,
    computerName,
    privateIp,
    publicIp,
    zone,
    vmSize: size,
  }: Pick<Instance, "id" | "computerName" | "privateIp" | "publicIp" | "zone" | "vmSize">,
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
  const settings = machineSettings(pool.properties);
  return {
    ...bootstrap,
    ...(settings !== undefined && { settings }),
    ...(nodeImageVersion !== undefined && { nodeImageVersion }),
    ...(cluster.certificateRotation !== undefined && { certificateRotation: cluster.certificateRotation }),
  };
}
