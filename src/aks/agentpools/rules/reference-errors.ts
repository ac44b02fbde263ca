import type { ProviderError } from "#arm";
import { invalidParameter, refusal } from "../../errors.ts";

/**
 * Refusals of what a pool points at: subnets, groups, addresses. Codes are the service's own
 * (Azure/aks-deployer:pkg/apierror/types.go). Texts are AKS's where a source is named; the others are Unverified.
 */
export const referenceRefusals = {
  /** An id that is none of its kind. */
  malformed: (code: string, member: string, id: string) =>
    refusal(400, code, `The resource ID '${short(id)}' of agentPoolProfile.${member} is invalid.`, {
      target: `agentPoolProfile.${member}`,
    }),
  /** Source: MicrosoftDocs/azure-aks-docs articles/aks/use-azure-dedicated-hosts.md, "Using ADH across subscriptions" is not supported. */
  otherSubscription: (code: string, member: string, id: string) =>
    refusal(400, code, `The resource '${short(id)}' of agentPoolProfile.${member} must be in the subscription of the managed cluster.`, {
      target: `agentPoolProfile.${member}`,
    }),
  conflict: (code: string, text: string, member: string) => refusal(400, code, text, { target: `agentPoolProfile.${member}` }),

  prefixWithoutPublicIps: () =>
    refusal(
      400,
      "NodePublicIPCanNotBeFalseWithIPPrefixSet",
      "Node public IP can not be disabled for an agent pool with a node public IP prefix.",
      { target: "agentPoolProfile.enableNodePublicIP" },
    ),
  publicIpsNeedScaleSets: () =>
    refusal(400, "NodePublicIPRequiresVMSS", "Node public IP requires an agent pool of type VirtualMachineScaleSets.", {
      target: "agentPoolProfile.enableNodePublicIP",
    }),
  publicIpsWithRouting: () =>
    refusal(400, "UDRWithNodePublicIPNotAllowed", "Node public IP is not allowed with the outbound type userDefinedRouting.", {
      target: "agentPoolProfile.enableNodePublicIP",
    }),

  zonesNeedScaleSets: () =>
    refusal(400, "VMSSRequiredForAvailabilityZone", "Virtual Machine Scale Set is required for availability zone.", {
      target: "agentPoolProfile.type",
    }),
  /** Source: answer quoted in hashicorp/terraform-provider-azurerm#5157. */
  zonesNeedStandardLoadBalancer: () =>
    refusal(400, "SLBRequiredForAvailabilityZone", "Standard Load Balancer is required for availability zone.", {
      target: "networkProfile.loadBalancerSku",
    }),
  /** Source: answer quoted in Azure/AKS#1907 for the text. */
  poolsNeedStandardLoadBalancer: () =>
    refusal(
      400,
      "SLBRequiredForMultipleAgentPools",
      "Basic load balancers are not supported with multiple node pools. Create a cluster with standard load balancer selected to use " +
        "multiple node pools, learn more at aka.ms/aks/nodepools.",
    ),

  /** The rule is that of MicrosoftDocs/azure-aks-docs articles/aks/node-pool-unique-subnet.md. */
  otherVirtualNetwork: () => invalidParameter("agentPoolProfile.vnetSubnetID", "All agent pools must be in the same virtual network"),
  networkProfile: (member: string, problem: string): ProviderError =>
    invalidParameter(`agentPoolProfile.networkProfile.${member}`, problem),
} as const;

/** Longer than any id is. */
const LONGEST = 1000;

function short(id: string): string {
  return id.length > LONGEST ? `${id.slice(0, LONGEST)}…` : id;
}
