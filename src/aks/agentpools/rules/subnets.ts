import type { AgentPoolProperties } from "#api/containerservice/model";
import { isOfTime } from "#api/containerservice/times";
import type { GenerationName } from "../../generations/index.ts";
import { isFlat, nodeSubnet } from "../../managedclusters/network.ts";
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
 * subnet also every pod, the extra nodes of an upgrade included.
 * Sources: azure-docs articles/aks/concepts-network-ip-address-planning.md and azure-cni-overlay.md for the addresses; answers quoted
 * in Azure/AKS#1795 and in Azure/AKS-Construction#701, "If Autoscaler is enabled, the max-count from each nodepool is counted".
 * Unverified: that one address a node is counted like this where pods have others. Addresses of what else is in the subnet are not counted.
 */
const nodeSubnets: Rule = (candidate) => {
  const { wanted, stored, cluster, generation } = candidate;
  const subnet = nodeSubnetOf(wanted, candidate);
  if (subnet === undefined) return undefined;
  const addresses = (pool: AgentPoolProperties): number => addressesOf(pool, cluster, generation.name);
  const inSame = (pool: AgentPoolProperties): boolean => pool.vnetSubnetID?.toLowerCase() === wanted.vnetSubnetID?.toLowerCase();
  return shortageOf(candidate, { ...subnet, addresses, inSame, grows: stored === undefined || addresses(wanted) > addresses(stored) });
};

/** The subnet that a pool's nodes are in; undefined for one that nothing is known of. */
function nodeSubnetOf({ vnetSubnetID }: AgentPoolProperties, { cluster, generation, findSubnet }: Candidate): Subnet | undefined {
  if (vnetSubnetID !== undefined) return findSubnet?.(vnetSubnetID)?.subnet;
  return isFlat(cluster.properties) ? nodeSubnet(generation.name) : undefined;
}

/**
 * A subnet for pods has a block for every node that the pools may come to have.
 * Sources: azure-docs articles/aks/configure-azure-cni-dynamic-ip-allocation.md, "Plan IP addressing"; MicrosoftDocs/azure-docs#97370,
 * "if customer use a /24 subnet as pod subnet … the maximum number of node in the node pool is 15".
 * Unverified: that it is refused in these words, and that extra nodes of upgrades are counted.
 */
const podSubnets: Rule = (candidate) => {
  const { wanted, stored, generation, findSubnet } = candidate;
  const id = wanted.podSubnetID;
  const subnet = id === undefined ? undefined : findSubnet?.(id)?.subnet;
  if (id === undefined || subnet === undefined) return undefined;
  const addresses = (pool: AgentPoolProperties): number => nodesOf(pool, generation.name) * podAddressesOf(pool);
  const inSame = (pool: AgentPoolProperties): boolean => pool.podSubnetID?.toLowerCase() === id.toLowerCase();
  return shortageOf(candidate, { ...subnet, addresses, inSame, grows: stored === undefined || addresses(wanted) > addresses(stored) });
};

/** Addresses that a node takes of a subnet for pods at a time. Source: as {@link podSubnets}. */
const POD_BLOCK = 16;

/** What a node has at least: one batch, and all its blocks where they are static. Source: configure-azure-cni-static-block-allocation.md. */
function podAddressesOf({ podIPAllocationMode, maxPods }: AgentPoolProperties): number {
  return podIPAllocationMode === "StaticBlock" ? Math.ceil((maxPods + 1) / POD_BLOCK) * POD_BLOCK : POD_BLOCK;
}

interface Subnet {
  readonly name: string;
  readonly cidr: string;
}

interface Demand extends Subnet {
  readonly addresses: (pool: AgentPoolProperties) => number;
  readonly inSame: (pool: AgentPoolProperties) => boolean;
  /** Whether the pool wants more than it has. */
  readonly grows: boolean;
}

function shortageOf(candidate: Candidate, { cidr, name, addresses, inSame, grows }: Demand): Error | undefined {
  const needed = allWithNodes(candidate)
    .filter(inSame)
    .reduce((sum, pool) => sum + addresses(pool), 0);
  const available = sizeOf(cidr) - RESERVED_ADDRESSES;
  if (!grows || needed <= available) return undefined;
  return placementRefusals.insufficientSubnet(needed, {
    available,
    cidr,
    name,
    target: "agentPoolProfile.count",
    isOfNow: isOfNow(candidate.apiVersion),
  });
}

function addressesOf(pool: AgentPoolProperties, cluster: Candidate["cluster"], generation: GenerationName): number {
  const podsToo = isFlat(cluster.properties) && pool.podSubnetID === undefined;
  return nodesOf(pool, generation) * (podsToo ? pool.maxPods + 1 : 1);
}

function nodesOf(pool: AgentPoolProperties, generation: GenerationName): number {
  const count = mostNodes(pool);
  return count + extraNodes({ ...pool, count }, generation);
}

/** Addresses of the block that each node has of the range for pods. Source: azure-docs articles/aks/azure-cni-overlay.md, "IP address planning": /24. */
const BLOCK = 256;

/**
 * In an overlay the range for pods has a block for every node that the pools may come to have.
 * Sources: answer quoted in Azure/AKS-Construction#701; Azure/AKS CHANGELOG of 2023, "In cases where an Azure CNI Overlay cluster's
 * podCIDR becomes exhausted". Unverified: that extra nodes of upgrades are not counted; Azure/AKS#3686 counts none.
 */
const blocks: Rule = (candidate) => {
  const { wanted, stored, cluster, apiVersion } = candidate;
  const { networkPlugin, networkPluginMode, podCidr } = cluster.properties.networkProfile;
  if (networkPlugin !== "azure" || networkPluginMode !== "overlay" || typeof podCidr !== "string") return undefined;
  const needed = allWithNodes(candidate).reduce((sum, pool) => sum + mostNodes(pool) * BLOCK, 0);
  const available = sizeOf(podCidr);
  const grows = stored === undefined || mostNodes(wanted) > mostNodes(stored);
  if (!grows || needed <= available) return undefined;
  const [name, target] = ["networkProfile.podCIDR", "networkProfile.podCIDR"];
  return placementRefusals.insufficientSubnet(needed, { available, cidr: podCidr, name, target, isOfNow: isOfNow(apiVersion) });
};

function mostNodes(pool: AgentPoolProperties): number {
  return Math.max(mostMachines(pool), pool.enableAutoScaling === true ? (pool.maxCount ?? 0) : 0);
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
export const subnetRules: readonly Rule[] = [subnetsThere, sameRegion, nodeSubnets, podSubnets, blocks];
