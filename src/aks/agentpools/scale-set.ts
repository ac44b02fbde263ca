import type { AgentPoolProperties } from "#api/containerservice/model";
import { type ScaleSetKey, type ScaleSetSpec, vmSize } from "#compute";
import type { Networks } from "#network";
import type { StoredCluster, StoredPool } from "../documents.ts";
import { addressesForPods, nodeNetwork } from "../managedclusters/network.ts";
import { imageReference, isTrusted, machineVmName, vmsName, vmssName } from "../nodes/index.ts";
import { gatewayTags } from "./gateway.ts";

/** The pool's scale set, or what stands for it where a pool has virtual machines of their own. */
export function scaleSetKey(cluster: StoredCluster, pool: StoredPool): ScaleSetKey {
  return { subscriptionId: cluster.subscriptionId, resourceGroup: cluster.properties.nodeResourceGroup, name: nameOf(pool) };
}

/** The key as text; names are compared without their letter case. */
export function textOf({ subscriptionId, resourceGroup, name }: ScaleSetKey): string {
  return `${subscriptionId}/${resourceGroup}/${name}`.toLowerCase();
}

function nameOf({ name: pool, suffix, machine, properties: { type, osType } }: StoredPool): string {
  if (machine !== undefined) return machineVmName({ pool, suffix, osType }, machine);
  return type === "VirtualMachines" ? vmsName({ pool, suffix }) : vmssName({ pool, suffix, osType });
}

/**
 * The pool's scale set as it is made.
 * Machines in a subnet of one's own have addresses of its range, and where pods have addresses of the nodes' subnet, one more for each
 * that may be. Source: azure-docs articles/aks/concepts-network-ip-address-planning.md.
 * Differs from AKS: a pool of type AvailabilitySet has machines named as those of a scale set.
 */
export function scaleSetSpec(cluster: StoredCluster, pool: StoredPool, networks?: Networks): ScaleSetSpec {
  const { vmSize: size, osType, osDiskSizeGB, availabilityZones = [], tags = {} } = pool.properties;
  const managed = nodeNetwork(cluster);
  const { vnetSubnetID = `${managed.id}/subnets/${SUBNET}` } = pool.properties;
  const own = networks?.find(vnetSubnetID)?.subnet;
  const moreAddresses = addressesForPods(cluster, pool.properties);
  return {
    ...scaleSetKey(cluster, pool),
    ...(pool.properties.type === "VirtualMachines" && { standalone: true }),
    ...(pool.machine !== undefined && { single: true }),
    location: cluster.location,
    vmSize: vmSize(size)?.name ?? size,
    osType,
    osDiskSizeGb: osDiskSizeGB,
    zones: availabilityZones,
    network: own === undefined ? managed : { id: own.id.toLowerCase(), cidr: own.cidr },
    tags: { ...cluster.tags, ...tags, "aks-managed-poolName": pool.name, ...gatewayTags(pool.properties) },
    ...imageOf(pool),
    subnetId: vnetSubnetID,
    ...(moreAddresses > 0 && { moreAddresses }),
    login: loginOf(cluster, osType),
    ...outsideOf(pool.properties),
    ...securityOf(pool.properties),
    ...(pool.properties.osDiskType === "Ephemeral" && { isOsDiskEphemeral: true }),
    ...(pool.properties.scaleSetPriority === "Spot" && { spot: spotOf(pool) }),
  };
}

/** The subnet that AKS makes in its own network. Source: azure-docs articles/aks/configure-kubenet.md. */
const SUBNET = "aks-subnet";
/** Source: azure-docs, `az aks create --admin-username`: its default, and what AKS takes when a cluster names none. */
const ADMIN = "azureuser";

function imageOf({ properties }: StoredPool): Pick<ScaleSetSpec, "image"> {
  const image = imageReference(properties.nodeImageVersion ?? "");
  return image === undefined ? {} : { image };
}

/** What the machines have of things outside of the cluster. */
function outsideOf(pool: AgentPoolProperties): Partial<ScaleSetSpec> {
  const { proximityPlacementGroupID, hostGroupID, capacityReservationGroupID, networkProfile = {} } = pool;
  const { applicationSecurityGroups = [] } = networkProfile;
  return {
    placement: {
      ...(proximityPlacementGroupID !== undefined && { proximityPlacementGroupId: proximityPlacementGroupID }),
      ...(hostGroupID !== undefined && { hostGroupId: hostGroupID }),
      ...(capacityReservationGroupID !== undefined && { capacityReservationGroupId: capacityReservationGroupID }),
    },
    ...(pool.enableNodePublicIP === true && { publicAddresses: publicAddressesOf(pool) }),
    ...(applicationSecurityGroups.length > 0 && { applicationSecurityGroups }),
    ...(pool.enableUltraSSD === true && { hasUltraDisks: true }),
  };
}

function publicAddressesOf({ nodePublicIPPrefixID, networkProfile }: AgentPoolProperties): NonNullable<ScaleSetSpec["publicAddresses"]> {
  const tags = (networkProfile?.nodePublicIPTags ?? []).map(({ ipTagType = "", tag = "" }) => ({ type: ipTagType, tag }));
  return {
    ...(nodePublicIPPrefixID !== undefined && { prefixId: nodePublicIPPrefixID }),
    ...(tags.length > 0 && { tags }),
  };
}

function securityOf(pool: AgentPoolProperties): Pick<ScaleSetSpec, "security"> {
  const { enableVTPM: vTpm = false, enableSecureBoot: secureBoot = false } = pool.securityProfile ?? {};
  if (!isTrusted(pool) && pool.enableEncryptionAtHost !== true) return {};
  return {
    security: {
      ...(pool.enableEncryptionAtHost === true && { encryptionAtHost: true }),
      ...(isTrusted(pool) && { trustedLaunch: { vTpm, secureBoot } }),
    },
  };
}

function spotOf({ properties }: StoredPool): NonNullable<ScaleSetSpec["spot"]> {
  return { evictionPolicy: properties.scaleSetEvictionPolicy ?? "Delete", maxPrice: properties.spotMaxPrice ?? -1 };
}

interface Profile {
  readonly adminUsername?: string;
  readonly ssh?: { readonly publicKeys?: readonly { readonly keyData?: string }[] };
}

function loginOf({ properties }: StoredCluster, osType: ScaleSetSpec["osType"]): NonNullable<ScaleSetSpec["login"]> {
  const profile = (osType === "Windows" ? properties.windowsProfile : properties.linuxProfile) as Profile | undefined;
  return {
    adminUsername: profile?.adminUsername ?? ADMIN,
    publicKeys: (profile?.ssh?.publicKeys ?? []).flatMap(({ keyData }) => keyData ?? []),
  };
}
