import type { AgentPoolProperties } from "#api/containerservice/model";
import { compareVersions } from "../../catalog/index.ts";
import { refusals } from "../../errors.ts";
import { isFlat } from "../../managedclusters/network.ts";
import type { Rule } from "./candidate.ts";

const SUBNET = "agentPoolProfile.podSubnetID";
const MODE = "agentPoolProfile.podIPAllocationMode";
/** Source: azure-aks-docs articles/aks/configure-azure-cni-static-block-allocation.md, "Limitations", for this and the next. */
const STATIC_SINCE = "1.28.0";
const LARGEST_PREFIX = 12;

/**
 * Subnets for pods are for Azure CNI without an overlay, in the network of the nodes, and for all pools or for none.
 * Source: azure-aks-docs articles/aks/configure-azure-cni-dynamic-ip-allocation.md, its questions. Unverified: codes and texts.
 */
const podSubnet: Rule = ({ wanted, stored, cluster, others }) => {
  const { podSubnetID: id, vnetSubnetID } = wanted;
  if (stored !== undefined) return undefined;
  if (id !== undefined && !isFlat(cluster.properties))
    return refusals.invalidParameter(SUBNET, "it needs the network plugin azure without an overlay");
  if (id === undefined && !isFlat(cluster.properties)) return undefined;
  if (others.some(({ properties }) => (properties.podSubnetID === undefined) !== (id === undefined)))
    return refusals.invalidParameter(SUBNET, "all agent pools of a cluster have a pod subnet, or none has");
  const isElsewhere = id !== undefined && vnetSubnetID !== undefined && networkOf(id) !== networkOf(vnetSubnetID);
  return isElsewhere ? refusals.invalidParameter(SUBNET, "it is not of the virtual network of vnetSubnetID") : undefined;
};

/** What static blocks ask for; a subnet is for one mode. Source: as {@link STATIC_SINCE}. Unverified: codes and texts. */
const allocationMode: Rule = ({ wanted, stored, others, findSubnet }) => {
  if (stored !== undefined || wanted.podIPAllocationMode === undefined) return undefined;
  const { podSubnetID: id, podIPAllocationMode: mode, orchestratorVersion: version } = wanted;
  if (id === undefined) return mode === "StaticBlock" ? refusals.invalidParameter(MODE, "it needs a podSubnetID") : undefined;
  const other = others.find(({ properties }) => properties.podSubnetID?.toLowerCase() === id.toLowerCase());
  if (other !== undefined && modeOf(other.properties) !== modeOf(wanted))
    return refusals.invalidParameter(MODE, `the subnet is used with ${modeOf(other.properties)} by agent pool ${other.name}`);
  if (mode !== "StaticBlock") return undefined;
  if (compareVersions(version, STATIC_SINCE) < 0) return refusals.invalidParameter(MODE, "it needs Kubernetes 1.28 or later");
  const prefix = Number(findSubnet?.(id)?.subnet?.cidr.split("/")[1] ?? LARGEST_PREFIX);
  return prefix < LARGEST_PREFIX
    ? refusals.invalidParameter(SUBNET, `a subnet larger than /${LARGEST_PREFIX} is not supported`)
    : undefined;
};

function modeOf({ podIPAllocationMode }: AgentPoolProperties): string {
  return podIPAllocationMode === "StaticBlock" ? "StaticBlock" : "DynamicIndividual";
}

function networkOf(subnetId: string): string {
  return subnetId.toLowerCase().split("/subnets/", 1)[0] ?? "";
}

/** Rules about subnets for pods. */
export const podSubnetRules: readonly Rule[] = [podSubnet, allocationMode];
