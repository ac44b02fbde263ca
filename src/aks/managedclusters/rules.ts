import { sameName } from "#arm";
import type { DecodedManagedCluster } from "#api/containerservice/managed-cluster";
import { gatewayRefusals } from "../agentpools/rules/gateway-errors.ts";
import { hasGateways } from "../agentpools/gateway.ts";
import { skewRefusal } from "../agentpools/rules/change.ts";
import { compareVersions, type Moment, parseVersion, upgradesOf } from "../catalog/index.ts";
import type { AksContext } from "../context.ts";
import type { StoredCluster, StoredPool } from "../documents.ts";
import { refusals } from "../errors.ts";
import { generations } from "../generations/index.ts";
import { resourceRefusals } from "../resource-errors.ts";
import { checkAutoScalerProfile } from "./autoscaler-profile.ts";
import { dnsPrefixOf } from "./defaults.ts";

/** Source: Azure/azure-rest-api-specs managedClusters.json, resourceName; Azure support docs for the reserved word. */
const NAME = /^[a-zA-Z0-9](?:[-_a-zA-Z0-9]{0,61}[a-zA-Z0-9])?$/;
const RESERVED_NAMES: ReadonlySet<string> = new Set(["azure"]);
/** Source: azure-docs, naming rules of DNS prefixes: letters, digits and hyphens, 1 to 54 characters. */
const DNS_PREFIX = /^[a-zA-Z0-9](?:[-a-zA-Z0-9]{0,52}[a-zA-Z0-9])?$/;
const MAX_TAGS = 50;

/** @throws {ProviderError} 400 for names that a new cluster may not have. */
export function checkNames(name: string, sent: DecodedManagedCluster): void {
  if (RESERVED_NAMES.has(name.toLowerCase())) {
    throw refusals.invalidParameter("name", `"${name}" managed cluster name is invalid because it is reserved.`);
  }
  if (!NAME.test(name)) throw refusals.invalidParameter("name");
  const prefix = dnsPrefixOf(sent);
  if (prefix === "") throw refusals.missing("properties.dnsPrefix");
  if (!DNS_PREFIX.test(prefix)) throw refusals.invalidParameter("properties.dnsPrefix");
  if (sent.agentPoolProfiles === undefined || sent.agentPoolProfiles.length === 0) throw refusals.missing("agentPoolProfiles");
}

/** Source: the refusal's own text. */
const MAX_NODE_GROUP = 80;
const GROUP_NAME = /^[-\w.()]*[-\w()]$/;

/**
 * The group of a new cluster's machines is made for it alone, and goes with it.
 * @throws {ProviderError} 400 for a name that no group can have, the cluster's own group, and one that is there.
 */
export function checkNodeGroup({ arm, clusters }: Pick<AksContext, "arm" | "clusters">, cluster: StoredCluster): void {
  const { subscriptionId, resourceGroup, properties } = cluster;
  const { nodeResourceGroup: group } = properties;
  if (group.length > MAX_NODE_GROUP) throw resourceRefusals.nodeGroupTooLong(MAX_NODE_GROUP, group.length);
  if (!GROUP_NAME.test(group)) throw refusals.invalidParameter("properties.nodeResourceGroup");
  if (sameName(group, resourceGroup)) throw resourceRefusals.nodeGroupIsOwn(group, resourceGroup);
  const isTaken = clusters
    .list(`${subscriptionId}/`.toLowerCase())
    .some(({ value }) => sameName(value.properties.nodeResourceGroup, group));
  if (isTaken || arm.group(subscriptionId, group) !== undefined) throw resourceRefusals.nodeGroupExists(group, subscriptionId);
}

/** @throws {ProviderError} 400 for the same pool named twice, or for none at all. */
export function checkPoolNames(sent: DecodedManagedCluster): void {
  const seen = new Set<string>();
  for (const { name } of sent.agentPoolProfiles ?? []) {
    if (name === "") throw refusals.missing("agentPoolProfile.name");
    if (seen.has(name.toLowerCase())) throw refusals.twice("agentPoolProfile.name", name);
    seen.add(name.toLowerCase());
  }
}

/** @throws {ProviderError} 400 for too many tags, settings of the autoscaler that may not be, and for what only the real service does. */
export function checkSettings(cluster: Pick<StoredCluster, "generation" | "tags">, sent: DecodedManagedCluster, scaleSets: boolean): void {
  if (Object.keys(sent.tags ?? {}).length > MAX_TAGS) throw refusals.invalidParameter("tags");
  const rules = generations[cluster.generation];
  for (const [addon, { enabled }] of Object.entries(sent.properties.addonProfiles ?? {})) {
    if (enabled && scaleSets && rules.refusedAddons.includes(addon.toLowerCase())) throw refusals.httpApplicationRoutingNotAllowed();
  }
  checkAutoScalerProfile(sent.properties["autoScalerProfile"]);
  if (sent.sku?.name === "Automatic") throw refusals.notEmulated("A cluster of the sku Automatic");
  const provisioning = sent.properties["nodeProvisioningProfile"] as { readonly mode?: string } | undefined;
  if (provisioning?.mode === "Auto") throw refusals.notEmulated("Node auto-provisioning");
}

/**
 * @throws {ProviderError} 400 for a cluster that is to do without gateways while it has some.
 * Source: MicrosoftDocs/azure-aks-docs articles/aks/configure-static-egress-gateway.md, "Disable the Static Egress Gateway feature".
 */
export function checkGateways({ properties }: Pick<StoredCluster, "properties">, pools: readonly StoredPool[]): void {
  const gateways = pools.filter((pool) => pool.properties.mode === "Gateway").map(({ name }) => name);
  if (gateways.length > 0 && !hasGateways(properties)) throw gatewayRefusals.inUse(gateways);
}

/** Members of a cluster that keep the value they were created with. */
const IMMUTABLE = ["dnsPrefix", "nodeResourceGroup", "fqdnSubdomain", "enableRBAC"] as const;
const IMMUTABLE_NETWORK = ["networkPlugin", "serviceCidr", "dnsServiceIP", "dockerBridgeCidr", "loadBalancerSku"] as const;

/** @throws {ProviderError} 400 PropertyChangeNotAllowed. Source: Azure/azure-rest-api-specs, "x-ms-mutability". */
export function checkImmutables({ properties: stored }: StoredCluster, { properties: sent }: DecodedManagedCluster): void {
  const changed = IMMUTABLE.find((member) => sent[member] !== undefined && !isSame(sent[member], stored[member]));
  if (changed !== undefined) throw refusals.propertyChange(`properties.${changed}`);
  const network = sent.networkProfile ?? {};
  const part = IMMUTABLE_NETWORK.find((member) => network[member] !== undefined && !isSame(network[member], stored.networkProfile[member]));
  if (part !== undefined) throw refusals.propertyChange(`properties.networkProfile.${part}`);
}

/** Words are compared without letter case: answers show `Standard` for what is stored as `standard`. */
function isSame(a: unknown, b: unknown): boolean {
  return typeof a === "string" && typeof b === "string" ? a.toLowerCase() === b.toLowerCase() : JSON.stringify(a) === JSON.stringify(b);
}

/**
 * @param target full version that the control plane is to run.
 * @throws {ProviderError} 400 for a downgrade or a skipped minor version.
 * Source: azure-docs articles/aks/upgrade-aks-cluster.md; rancher/rancher#33561 for the refusals.
 */
export function checkUpgrade(cluster: StoredCluster, target: string, moment: Moment): void {
  const from = cluster.version;
  if (target === from) return;
  const available = upgradesOf(from, moment).map(({ version }) => version);
  if (compareVersions(target, from) < 0) throw refusals.clusterUpgradePath("Downgrading", from, target, available);
  if (parseVersion(target).minor > parseVersion(from).minor + 1) throw refusals.clusterUpgradePath("Upgrading", from, target, available);
}

/** @throws {ProviderError} 400 when a pool would be too far behind the control plane. */
export function checkPoolsFollow(cluster: StoredCluster, target: string, pools: readonly Pick<StoredPool, "properties">[]): void {
  for (const { properties } of pools) {
    const refusal = skewRefusal(properties.orchestratorVersion, target, generations[cluster.generation]);
    if (refusal !== undefined) throw refusal;
  }
}
