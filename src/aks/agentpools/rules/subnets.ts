import type { AgentPoolProperties } from "#api/containerservice/model";
import { addressesForPods, isFlat, nodeSubnet } from "../../managedclusters/network.ts";
import { extraNodes } from "../upgrade/batch.ts";
import { allWithNodes, type Candidate, type Rule } from "./candidate.ts";
import { placementRefusals } from "./errors.ts";
import { mostNodes as mostMachines } from "../virtual-machines.ts";

/** Addresses of a subnet that Azure keeps to itself. Source: learn.microsoft.com/azure/virtual-network/virtual-networks-faq. */
const RESERVED_ADDRESSES = 5;

/**
 * A subnet of one's own is there. Sources: answers quoted in sassoftware/viya4-iac-azure#163 and Azure/AKS-Construction#584.
 * Differs from AKS: where the whole network is not there, an id of one is taken as it comes; AKS refuses it.
 */
const subnetsThere: Rule = ({ wanted, stored, findSubnet }) => {
  for (const member of MEMBERS) {
    const id = wanted[member];
    const found = id === undefined || id === stored?.[member] ? undefined : findSubnet?.(id);
    if (found !== undefined && found.subnet === undefined) return placementRefusals.subnetNotFound(found);
  }
  return undefined;
};

/** The network is of the cluster's region. Source: rancher/rancher#33517, a network of another one. */
const sameRegion: Rule = ({ name, wanted, stored, cluster, findSubnet }) => {
  for (const member of MEMBERS) {
    const id = wanted[member];
    const found = id === undefined || id === stored?.[member] ? undefined : findSubnet?.(id);
    const location = found?.subnet?.location;
    if (found !== undefined && location !== undefined && location !== cluster.location)
      return placementRefusals.otherRegion(name, { name: found.network, location }, cluster.location);
  }
  return undefined;
};

const MEMBERS = ["vnetSubnetID", "podSubnetID"] as const;

/**
 * A subnet has room for all that the cluster's pools may come to have of it: every node, where pods have addresses of the nodes'
 * subnet also theirs, and the extra nodes of an upgrade that is asked for.
 * Sources: azure-docs articles/aks/concepts-network-ip-address-planning.md and azure-cni-overlay.md for the addresses; answers quoted
 * in Azure/AKS#456 and #1795, rancher/rancher#20784 and cloud-barista/cb-tumblebug#1409, none of which counts extra nodes of pools that
 * are made or scaled; Azure/AKS-Construction#701, "If Autoscaler is enabled, the max-count from each nodepool is counted".
 * Unverified: that extra nodes of other pools are not counted. Addresses of what else is in the subnet are not.
 */
const nodeSubnets: Rule = (candidate) => {
  const { wanted, cluster, generation } = candidate;
  const subnet = nodeSubnetOf(wanted, candidate);
  if (subnet === undefined) return undefined;
  const { name } = generation;
  const perNode = (pool: AgentPoolProperties): number => 1 + addressesForPods({ ...cluster, generation: name }, pool);
  const inSame = (pool: AgentPoolProperties): boolean => pool.vnetSubnetID?.toLowerCase() === wanted.vnetSubnetID?.toLowerCase();
  return shortageOf(candidate, { ...subnet, perNode, inSame, target: "agentPoolProfile.vnetSubnetID" });
};

/** The subnet that a pool's nodes are in; undefined for one that nothing is known of. */
function nodeSubnetOf({ vnetSubnetID }: AgentPoolProperties, { cluster, generation, findSubnet }: Candidate): Subnet | undefined {
  if (vnetSubnetID !== undefined) return findSubnet?.(vnetSubnetID)?.subnet;
  return isFlat(cluster.properties) ? nodeSubnet(generation.name) : undefined;
}

/**
 * A subnet for pods has sixteen addresses for every node that the pools may come to have, however many it will take.
 * Sources: azure-docs articles/aks/configure-azure-cni-dynamic-ip-allocation.md, "Plan IP addressing"; MicrosoftDocs/azure-docs#97370,
 * "if customer use a /24 subnet as pod subnet … the maximum number of node in the node pool is 15". Static blocks are larger, and AKS
 * refuses ten nodes of them for 160 addresses. Unverified: that it says nothing of nodes whose blocks will not be there.
 */
const podSubnets: Rule = (candidate) => {
  const { findSubnet } = candidate;
  const id = candidate.wanted.podSubnetID;
  const subnet = id === undefined ? undefined : findSubnet?.(id)?.subnet;
  if (id === undefined || subnet === undefined) return undefined;
  const inSame = (pool: AgentPoolProperties): boolean => pool.podSubnetID?.toLowerCase() === id.toLowerCase();
  return shortageOf(candidate, { ...subnet, perNode: () => POD_BLOCK, inSame, target: "agentPoolProfile.podSubnetID" });
};

/** Addresses that a node takes of a subnet for pods at a time. Source: as {@link podSubnets}. */
const POD_BLOCK = 16;

interface Subnet {
  readonly name: string;
  readonly cidr: string;
}

interface Demand extends Subnet {
  readonly perNode: (pool: AgentPoolProperties) => number;
  readonly inSame: (pool: AgentPoolProperties) => boolean;
  readonly target: string;
}

function shortageOf(candidate: Candidate, { cidr, name, perNode, inSame, target }: Demand): Error | undefined {
  const { wanted, stored, generation, apiVersion } = candidate;
  const pools = allWithNodes(candidate).filter(inSame);
  const extra = upgrades(candidate) ? extraNodes({ ...wanted, count: mostNodes(wanted) }, generation.name) : 0;
  const needed = pools.reduce((sum, pool) => sum + mostNodes(pool) * perNode(pool), extra * perNode(wanted));
  const available = sizeOf(cidr) - RESERVED_ADDRESSES;
  const grows = stored === undefined || extra > 0 || mostNodes(wanted) * perNode(wanted) > mostNodes(stored) * perNode(stored);
  if (!grows || needed <= available) return undefined;
  const isAutoscaled = pools.some(({ enableAutoScaling }) => enableAutoScaling === true);
  return placementRefusals.insufficientSubnet(needed, { available, cidr, name, target, isAutoscaled, apiVersion });
}

function upgrades({ wanted, stored }: Candidate): boolean {
  return stored !== undefined && stored.orchestratorVersion !== wanted.orchestratorVersion;
}

/** Addresses of the block that each node has of the range for pods. Source: azure-docs articles/aks/azure-cni-overlay.md, "IP address planning": /24. */
const BLOCK = 256;

/**
 * The range for pods has a block for every node that the pools may come to have. Sources: answers quoted in Azure/AKS-Construction#701
 * (overlay) and #357 (kubenet, 2022-09); Azure/AKS CHANGELOG of 2023, "In cases where an Azure CNI Overlay cluster's podCIDR becomes
 * exhausted"; Azure/AKS#3686, which counts no extra nodes of upgrades. Unverified: that kubenet's range was not looked at in 2019.
 */
const blocks: Rule = (candidate) => {
  const { wanted, stored, cluster, generation, apiVersion } = candidate;
  const { networkPlugin: plugin, networkPluginMode: mode, podCidr: cidr } = cluster.properties.networkProfile;
  const isOverlay = plugin === "azure" && mode === "overlay";
  if (typeof cidr !== "string" || (!isOverlay && (plugin !== "kubenet" || generation.name === "2019-preview"))) return undefined;
  const needed = allWithNodes(candidate).reduce((sum, pool) => sum + mostNodes(pool) * BLOCK, 0);
  const available = sizeOf(cidr);
  const grows = stored === undefined || mostNodes(wanted) > mostNodes(stored);
  if (!grows || needed <= available) return undefined;
  return isOverlay
    ? placementRefusals.insufficientOverlay(needed, { available, cidr, apiVersion })
    : placementRefusals.insufficientPodCidr(needed, { available, cidr });
};

function mostNodes(pool: AgentPoolProperties): number {
  return Math.max(mostMachines(pool), pool.enableAutoScaling === true ? (pool.maxCount ?? 0) : 0);
}

function sizeOf(cidr: string): number {
  return 2 ** (32 - Number(cidr.split("/")[1]));
}

/** Rules about the addresses that nodes and pods take. */
export const subnetRules: readonly Rule[] = [subnetsThere, sameRegion, nodeSubnets, podSubnets, blocks];
