import { isAtLeast } from "#api/containerservice/versions";
import type { AksContext } from "../context.ts";
import type { ClusterName, StoredCluster } from "../documents.ts";
import type { GenerationName } from "../generations/index.ts";

type NetworkProfile = Readonly<Record<string, unknown>>;

/** From this api-version on a cluster whose caller says nothing gets azure overlay. Source: recorded answers of 2025 and 2026. */
const OVERLAY_SINCE = "2024-09-01";
/** From this api-version on answers name what there is none of. Source: recorded answers of 2024-02 to 2026-01. */
const FILLED_IN_SINCE = "2024-10-01";

/**
 * The network of a new cluster: what was sent, else the defaults of its time.
 * Source: recorded answers of 2018 to 2026; azure-docs articles/aks/configure-kubenet.md for the ranges.
 */
export function networkDefaults(sent: NetworkProfile, generation: GenerationName, apiVersion: string): NetworkProfile {
  const overlay = generation === "current" && sent["networkPlugin"] === undefined && isAtLeast(apiVersion, OVERLAY_SINCE);
  const plugin = sent["networkPlugin"] ?? (overlay ? "azure" : "kubenet");
  const mode = sent["networkPluginMode"] ?? (overlay ? "overlay" : undefined);
  const podRange = plugin === "kubenet" || mode === "overlay";
  const podCidr = sent["podCidr"] ?? "10.244.0.0/16";
  const serviceCidr = sent["serviceCidr"] ?? "10.0.0.0/16";
  const standard = (sent["loadBalancerSku"] ?? (isAtLeast(apiVersion, "2020-01-01") ? "standard" : "basic")) !== "basic";
  const filledIn = generation === "current" && (overlay || isAtLeast(apiVersion, FILLED_IN_SINCE));
  return {
    ...(standard && {
      loadBalancerProfile: { managedOutboundIPs: { count: 1 }, ...(filledIn && { backendPoolType: "nodeIPConfiguration" }) },
    }),
    ...(filledIn && { networkPolicy: "none", podLinkLocalAccess: "IMDS", ...(plugin === "azure" && { networkDataplane: "azure" }) }),
    outboundType: "loadBalancer",
    dockerBridgeCidr: "172.17.0.1/16",
    dnsServiceIP: "10.0.0.10",
    ...(generation === "current" && { serviceCidrs: [serviceCidr], ipFamilies: ["IPv4"], ...(podRange && { podCidrs: [podCidr] }) }),
    ...sent,
    networkPlugin: plugin,
    ...(mode !== undefined && { networkPluginMode: mode }),
    ...(podRange && { podCidr }),
    serviceCidr,
    loadBalancerSku: standard ? "standard" : "basic",
  };
}

/** Whether nodes get blocks of the cluster's range for pods. Source: azure-docs articles/aks/concepts-network-ip-address-planning.md. */
export function hasPodRange({ networkProfile: { networkPlugin: plugin, networkPluginMode: mode } }: Network): boolean {
  return plugin === "kubenet" || (plugin === "azure" && mode === "overlay");
}

type Network = Pick<StoredCluster["properties"], "networkProfile">;

/** Whether pods have addresses of a virtual network's subnets. Source: azure-docs articles/aks/concepts-network-legacy-cni.md, "Azure CNI Node Subnet". */
export function isFlat({ networkProfile }: Network): boolean {
  return networkProfile["networkPlugin"] === "azure" && networkProfile["networkPluginMode"] !== "overlay";
}

/** Pods of the service's own that every node runs, and that have the node's address. */
const PODS_OF_THE_NODE = 2;

/**
 * Addresses of its subnet that a machine has for its pods, beside its own: none where they have others; since 2022 fewer than pods by
 * those that need none. Sources: Azure/AKS CHANGELOG 2022-01-07, "won't reserve VNet IP addresses for daemonset pods using hostNetwork";
 * refusals before, of 31 and 111 addresses a node (Azure/AKS#456, rancher/rancher#20784), and since, of 29 and 109
 * (a5c-ai/hub, run 17154619452; cloud-barista/cb-tumblebug#1409).
 */
export function addressesForPods(
  { generation, properties }: Pick<StoredCluster, "generation" | "properties">,
  { maxPods, podSubnetID }: { readonly maxPods: number; readonly podSubnetID?: string },
): number {
  if (!isFlat(properties) || podSubnetID !== undefined) return 0;
  return generation === "2019-preview" ? maxPods : Math.max(maxPods - PODS_OF_THE_NODE, 0);
}

/** Addresses of machines in the network that the service makes. Source: azure-docs articles/aks/configure-kubenet.md; 2019: /16 of 10.240. */
export function nodeNetwork(cluster: StoredCluster): { readonly id: string; readonly cidr: string } {
  const cidr = cluster.generation === "2019-preview" ? "10.240.0.0/16" : "10.224.0.0/12";
  return {
    id: `${managedGroupId(cluster, cluster.properties.nodeResourceGroup)}/providers/Microsoft.Network/virtualNetworks/aks-vnet`,
    cidr,
  };
}

/** The subnet for nodes in that network. Source: azure-docs articles/aks/configure-kubenet.md for its name; 2019: all of the network. */
export function nodeSubnet(generation: GenerationName): { readonly name: string; readonly cidr: string } {
  return { name: "aks-subnet", cidr: generation === "2019-preview" ? "10.240.0.0/16" : "10.224.0.0/16" };
}

/** A created cluster has an address for what its pods send out. Source: recorded answers: absent until the first Succeeded. */
export function withOutboundAddress({ random }: Pick<AksContext, "random">, cluster: StoredCluster): StoredCluster {
  const { networkProfile, nodeResourceGroup } = cluster.properties;
  const profile = networkProfile["loadBalancerProfile"] as NetworkProfile | undefined;
  if (profile === undefined || profile["effectiveOutboundIPs"] !== undefined) return cluster;
  const id = `${managedGroupId(cluster, nodeResourceGroup)}/providers/Microsoft.Network/publicIPAddresses/${random.uuid()}`;
  const loadBalancerProfile = { ...profile, effectiveOutboundIPs: [{ id }] };
  return { ...cluster, properties: { ...cluster.properties, networkProfile: { ...networkProfile, loadBalancerProfile } } };
}

function managedGroupId({ subscriptionId }: Pick<ClusterName, "subscriptionId">, group: string): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${group}`;
}
