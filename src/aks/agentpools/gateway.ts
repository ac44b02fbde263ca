import type { AgentPoolProperties, ManagedClusterProperties } from "#api/containerservice/model";

/** The taint that keeps other pods away, as pools write taints. Source: recorded answers of 2024-05 to a caller that sent none. */
export const gatewayTaint = "kubernetes.azure.com/mode=gateway:NoSchedule";

/**
 * The prefixes of addresses that gateways may have, by the length of their mask, and the nodes that a gateway has at least.
 * Source: MicrosoftDocs/azure-aks-docs articles/aks/configure-static-egress-gateway.md; the default is the definition's.
 */
export const gatewayPrefixes = { widest: 28, narrowest: 31, fewestNodes: 2 } as const;

/** Nodes that have an address of a prefix: 4 of a `/30`. */
export function gatewayCapacity(prefixSize: number): number {
  return 2 ** (32 - prefixSize);
}

/** A gateway with what the service gives it: its taint, and the smallest prefix when its caller names none. */
export function withGateway(pool: AgentPoolProperties): AgentPoolProperties {
  if (pool.mode !== "Gateway") return pool;
  const nodeTaints = pool.nodeTaints ?? [];
  return {
    ...pool,
    gatewayProfile: { publicIPPrefixSize: gatewayPrefixes.narrowest, ...pool.gatewayProfile },
    nodeTaints: nodeTaints.includes(gatewayTaint) ? nodeTaints : [...nodeTaints, gatewayTaint],
  };
}

/** Tags of a gateway's machines, by which the gateway's controller finds them. Source: Azure/kube-egress-gateway pkg/consts. */
export function gatewayTags({ mode, gatewayProfile }: AgentPoolProperties): Readonly<Record<string, string>> {
  if (mode !== "Gateway" || gatewayProfile?.publicIPPrefixSize === undefined) return {};
  return { "aks-managed-gatewayIPPrefixSize": String(gatewayProfile.publicIPPrefixSize) };
}

/** Whether pools of the cluster may be gateways. */
export function hasGateways({ networkProfile }: Pick<ManagedClusterProperties, "networkProfile">): boolean {
  return (networkProfile["staticEgressGatewayProfile"] as { readonly enabled?: unknown } | undefined)?.enabled === true;
}
