import type { ProviderError } from "#arm";
import { invalidParameter, refusal } from "../../errors.ts";

const PAGE = "https://learn.microsoft.com/en-us/azure/aks/configure-static-egress-gateway";

/**
 * Refusals of gateway pools. Rules: MicrosoftDocs/azure-aks-docs articles/aks/configure-static-egress-gateway.md.
 * Unverified: codes and texts of refusals of gateways that name no source.
 */
export const gatewayRefusals = {
  /** Source: answer quoted in Azure/AKS#4599. */
  nodeCount: (
    pool: string,
    { count, most, prefixSize }: { readonly count: number; readonly most: number; readonly prefixSize: number },
  ): ProviderError =>
    refusal(
      400,
      "StaticEgressGatewayInvalidGatewayNodeCount",
      `Gateway agentpool ${pool} is configured with invalid node count ${count}, exceeding max node count ${most} ` +
        `according to public IPPrefix size /${prefixSize} or fewer than 2.`,
    ),

  /** Source: answer quoted in Azure/kube-egress-gateway#1244, of a time when virtual machines were refused, too. */
  type: (pool: string, type: string): ProviderError =>
    refusal(
      400,
      "StaticEgressGatewayOnlySupportVMSSNodepool",
      `Node pool type ${type} is not supported for gateway node pool ${pool}. Only types VMSS and VirtualMachines are supported. ` +
        `See documentation ${PAGE}`,
    ),

  notEnabled: (): ProviderError =>
    invalidParameter("agentPoolProfile.mode", `a gateway node pool needs networkProfile.staticEgressGatewayProfile.enabled. See ${PAGE}`),

  windows: (): ProviderError => invalidParameter("agentPoolProfile.osType", `gateway node pools must run Linux. See ${PAGE}`),

  autoscaler: (): ProviderError =>
    invalidParameter(
      "agentPoolProfile.enableAutoScaling",
      `the cluster autoscaler is not supported for gateway node pools, scale them manually. See ${PAGE}`,
    ),

  podSubnet: (): ProviderError =>
    invalidParameter("agentPoolProfile.mode", `static egress gateway is not supported in clusters with Azure CNI Pod Subnet. See ${PAGE}`),

  dualStack: (): ProviderError =>
    invalidParameter("agentPoolProfile.mode", `static egress gateway is not supported in dual-stack clusters. See ${PAGE}`),

  profileWithoutGateway: (): ProviderError =>
    invalidParameter("agentPoolProfile.gatewayProfile", "it is for agent pools of mode Gateway only"),

  /** Of a cluster that is to do without the feature while pools serve it. */
  inUse: (pools: readonly string[]): ProviderError =>
    invalidParameter(
      "networkProfile.staticEgressGatewayProfile.enabled",
      `delete the gateway node pools first: ${pools.join(", ")}. See ${PAGE}`,
    ),
} as const;
