import { isKnown, string } from "#api/containerservice/field";
import { compareVersions } from "../../catalog/index.ts";
import { refusals } from "../../errors.ts";
import { gatewayCapacity, gatewayPrefixes, hasGateways } from "../gateway.ts";
import type { Candidate, Rule } from "./candidate.ts";
import { gatewayRefusals } from "./gateway-errors.ts";
import { autoscaledGroups } from "../virtual-machines.ts";

/** Since then a pool may be a gateway. Source: Azure/azure-rest-api-specs, AgentPoolMode and AgentPoolGatewayProfile. */
const KNOWN = { name: "mode", type: string, since: "2025-05-01", preview: "2024-06-02-preview" } as const;
/**
 * Source: MicrosoftDocs/azure-aks-docs articles/aks/configure-static-egress-gateway.md, of private addresses, which these machines are
 * for. Unverified: that gateways of virtual machines are refused before.
 */
const VIRTUAL_MACHINES_SINCE = "1.34.0";

type GatewayRule = (candidate: Candidate, prefixSize: number) => Error | undefined;

const isOffered: GatewayRule = ({ stored, apiVersion }) =>
  stored === undefined && !isKnown(KNOWN, apiVersion) ? refusals.invalidParameter("agentPoolProfile.mode") : undefined;

/** Unverified: how a gateway is refused in a cluster that has not enabled the feature, which the manual has come first. */
const isEnabled: GatewayRule = ({ stored, cluster }) =>
  stored !== undefined || hasGateways(cluster.properties) ? undefined : gatewayRefusals.notEnabled();

const type: GatewayRule = ({ name, wanted }) => {
  const isMachines = wanted.type === "VirtualMachines" && compareVersions(wanted.orchestratorVersion, VIRTUAL_MACHINES_SINCE) >= 0;
  return wanted.type === "VirtualMachineScaleSets" || isMachines ? undefined : gatewayRefusals.type(name, wanted.type);
};

const isManual: GatewayRule = ({ wanted }) =>
  wanted.enableAutoScaling === true || autoscaledGroups(wanted).length > 0 ? gatewayRefusals.autoscaler() : undefined;

const isLinux: GatewayRule = ({ wanted }) => (wanted.osType === "Windows" ? gatewayRefusals.windows() : undefined);

const network: GatewayRule = ({ wanted, others, cluster }) => {
  if ([wanted, ...others.map(({ properties }) => properties)].some(({ podSubnetID }) => podSubnetID !== undefined)) {
    return gatewayRefusals.podSubnet();
  }
  const families = cluster.properties.networkProfile["ipFamilies"];
  return Array.isArray(families) && families.includes("IPv6") ? gatewayRefusals.dualStack() : undefined;
};

const prefix: GatewayRule = (_candidate, size) =>
  Number.isInteger(size) && size >= gatewayPrefixes.widest && size <= gatewayPrefixes.narrowest
    ? undefined
    : refusals.invalidParameter("agentPoolProfile.gatewayProfile.publicIPPrefixSize");

const nodes: GatewayRule = ({ name, wanted }, size) => {
  if (wanted.powerState?.code === "Stopped") return undefined;
  const most = gatewayCapacity(size);
  return wanted.count >= gatewayPrefixes.fewestNodes && wanted.count <= most
    ? undefined
    : gatewayRefusals.nodeCount(name, { count: wanted.count, most, prefixSize: size });
};

const gatewayRules: readonly GatewayRule[] = [isOffered, isEnabled, type, isLinux, isManual, network, prefix, nodes];

/**
 * A pool that is a gateway stays one, with its addresses; only a gateway has a profile of one.
 * Source: MicrosoftDocs/azure-aks-docs articles/aks/configure-static-egress-gateway.md. Unverified: that the mode and the prefix of a gateway may not change.
 */
export const gateway: Rule = (candidate) => {
  const { wanted, stored, sent } = candidate;
  const isGateway = wanted.mode === "Gateway";
  if (stored !== undefined && (stored.mode === "Gateway") !== isGateway) return refusals.propertyChange("properties.mode");
  if (!isGateway) return sent.gatewayProfile === undefined ? undefined : gatewayRefusals.profileWithoutGateway();
  const size = wanted.gatewayProfile?.publicIPPrefixSize ?? gatewayPrefixes.narrowest;
  if (stored !== undefined && stored.gatewayProfile?.publicIPPrefixSize !== size) {
    return refusals.propertyChange("properties.gatewayProfile.publicIPPrefixSize");
  }
  for (const rule of gatewayRules) {
    const refusal = rule(candidate, size);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
};
