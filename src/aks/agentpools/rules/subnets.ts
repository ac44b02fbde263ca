import type { AgentPoolProperties } from "#api/containerservice/model";
import { isOfTime } from "#api/containerservice/times";
import type { GenerationName } from "../../generations/index.ts";
import { nodeSubnet } from "../../managedclusters/network.ts";
import { extraNodes } from "../upgrade/batch.ts";
import type { Candidate, Rule } from "./candidate.ts";
import { placementRefusals } from "./errors.ts";

/** Addresses of a subnet that Azure keeps to itself. Source: learn.microsoft.com/azure/virtual-network/virtual-networks-faq. */
const RESERVED_ADDRESSES = 5;

/**
 * Where pods have addresses of the nodes' subnet, the subnet has room for every node and every pod that the pools may come to
 * have, the extra nodes of an upgrade included. Only the subnet that the service makes is known.
 * Sources: azure-docs articles/aks/concepts-network-ip-address-planning.md for the addresses; answers quoted in Azure/AKS#1795 and
 * in Azure/AKS-Construction#701, "If Autoscaler is enabled, the max-count from each nodepool is counted".
 * Differs from AKS: the size of a subnet of one's own is not looked at.
 */
const nodesAndPods: Rule = ({ wanted, stored, cluster, generation, others, apiVersion }) => {
  if (!takesSubnetAddresses(wanted, cluster)) return undefined;
  const pools = [wanted, ...others.map(({ properties }) => properties).filter((pool) => takesSubnetAddresses(pool, cluster))];
  const needed = pools.reduce((sum, pool) => sum + addressesOf(pool, generation.name), 0);
  const { cidr, name } = nodeSubnet(generation.name);
  const available = sizeOf(cidr) - RESERVED_ADDRESSES;
  const grows = stored === undefined || addressesOf(wanted, generation.name) > addressesOf(stored, generation.name);
  if (!grows || needed <= available) return undefined;
  return placementRefusals.insufficientSubnet(needed, {
    available,
    cidr,
    name,
    target: "agentPoolProfile.count",
    isOfNow: isOfNow(apiVersion),
  });
};

function takesSubnetAddresses(pool: AgentPoolProperties, { properties: { networkProfile } }: Candidate["cluster"]): boolean {
  const direct = networkProfile["networkPlugin"] === "azure" && networkProfile["networkPluginMode"] !== "overlay";
  return direct && pool.vnetSubnetID === undefined && pool.podSubnetID === undefined;
}

function addressesOf(pool: AgentPoolProperties, generation: GenerationName): number {
  const count = mostNodes(pool);
  return (count + extraNodes({ ...pool, count }, generation)) * (pool.maxPods + 1);
}

/** Addresses of the block that each node has of the range for pods. Source: azure-docs articles/aks/azure-cni-overlay.md, "IP address planning": /24. */
const BLOCK = 256;

/**
 * In an overlay the range for pods has a block for every node that the pools may come to have.
 * Sources: answer quoted in Azure/AKS-Construction#701; Azure/AKS CHANGELOG of 2023, "In cases where an Azure CNI Overlay cluster's
 * podCIDR becomes exhausted". Unverified: that extra nodes of upgrades are not counted; Azure/AKS#3686 counts none.
 */
const blocks: Rule = ({ wanted, stored, cluster, others, apiVersion }) => {
  const { networkPlugin, networkPluginMode, podCidr } = cluster.properties.networkProfile;
  if (networkPlugin !== "azure" || networkPluginMode !== "overlay" || typeof podCidr !== "string") return undefined;
  const needed = [wanted, ...others.map(({ properties }) => properties)].reduce((sum, pool) => sum + mostNodes(pool) * BLOCK, 0);
  const available = sizeOf(podCidr);
  const grows = stored === undefined || mostNodes(wanted) > mostNodes(stored);
  if (!grows || needed <= available) return undefined;
  const [name, target] = ["networkProfile.podCIDR", "networkProfile.podCIDR"];
  return placementRefusals.insufficientSubnet(needed, { available, cidr: podCidr, name, target, isOfNow: isOfNow(apiVersion) });
};

function mostNodes(pool: AgentPoolProperties): number {
  return Math.max(pool.count, pool.enableAutoScaling === true ? (pool.maxCount ?? 0) : 0);
}

function sizeOf(cidr: string): number {
  return 2 ** (32 - Number(cidr.split("/")[1]));
}

/** Since then the refusal says that the autoscaler's bounds are counted: not yet in Azure/AKS#3653 and #3686, of 2023-05. Unverified: the day. */
const EXPLAINED_SINCE = "2023-09-01";

function isOfNow(apiVersion: string): boolean {
  return isOfTime(apiVersion, EXPLAINED_SINCE);
}

/** Rules about the addresses that nodes and pods take. */
export const subnetRules: readonly Rule[] = [nodesAndPods, blocks];
