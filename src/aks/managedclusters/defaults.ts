import { createHash } from "node:crypto";
import type { ManagedClusterIdentity, ManagedClusterProperties, ManagedClusterSku } from "#api/containerservice/model";
import type { DecodedManagedCluster } from "#api/containerservice/managed-cluster";
import { isOfTime } from "#api/containerservice/times";
import type { Principal } from "#arm";
import { settledProfile } from "../autoupgrade/rules.ts";
import { minorOf } from "../catalog/index.ts";
import type { AksContext } from "../context.ts";
import type { ClusterName, StoredCluster } from "../documents.ts";
import { type GenerationName, hasResourceUid, maxAgentPools, withManagedClusterDefaults } from "../generations/index.ts";
import { asOfRequest } from "../moment.ts";
import { networkDefaults } from "./network.ts";

/** What a new cluster is made from. */
export interface Birth {
  readonly name: ClusterName;
  readonly sent: DecodedManagedCluster;
  readonly apiVersion: string;
  readonly principal: Principal;
  readonly location: string;
  readonly generation: GenerationName;
  /** Full version of the control plane. */
  readonly version: string;
  /** Whether the first pool is a scale set. */
  readonly scaleSets: boolean;
  readonly fqdn: string;
  readonly multiplePools: boolean;
}

/** A cluster as it is stored before its pools: what was sent, else the service's defaults. */
export function newCluster(context: AksContext, birth: Birth): StoredCluster {
  const { name, sent, location, generation, version, multiplePools } = birth;
  const servicePrincipal = sent.properties.servicePrincipalProfile?.clientId;
  const managed = servicePrincipal === undefined || servicePrincipal === "msi";
  const identity = managed ? identityOf(context, birth) : undefined;
  const defaults = withManagedClusterDefaults(withoutSecrets(sent.properties), birth.apiVersion);
  const properties: ManagedClusterProperties = {
    ...defaultProperties(context, birth),
    ...defaults,
    ...(defaults["autoUpgradeProfile"] !== undefined && {
      autoUpgradeProfile: settledProfile(defaults["autoUpgradeProfile"], sent.properties["autoUpgradeProfile"]),
    }),
    provisioningState: "Creating",
    fqdn: birth.fqdn,
    dnsPrefix: dnsPrefixOf(sent),
    servicePrincipalProfile: { clientId: servicePrincipal ?? "msi" },
    networkProfile: networkDefaults(sent.properties.networkProfile ?? {}, generation, birth.apiVersion),
    ...(identity?.principalId !== undefined && { identityProfile: kubeletIdentity(context, birth) }),
  };
  return {
    uid: context.random.hex(24),
    ...name,
    location,
    ...(sent.tags !== undefined && { tags: sent.tags }),
    ...(generation === "current" && { kind: sent.kind ?? "Base" }),
    ...(identity !== undefined && { identity }),
    sku: skuOf(sent),
    eTag: context.random.uuid(),
    version,
    properties,
    generation,
    multiplePools,
    createdMs: context.clock.now(),
    asOf: asOfRequest(context, birth.apiVersion),
    nextPool: 0,
  };
}

/** What every cluster has, whatever api-version it is made through. */
function defaultProperties(
  context: AksContext,
  { name, location, generation, version, scaleSets, fqdn, apiVersion }: Birth,
): Partial<ManagedClusterProperties> & { readonly kubernetesVersion: string; readonly nodeResourceGroup: string } {
  return {
    powerState: { code: "Running" },
    kubernetesVersion: shownDefault(version, { generation, apiVersion }),
    currentKubernetesVersion: version,
    azurePortalFQDN: fqdn.replace(".hcp.", ".portal.hcp."),
    nodeResourceGroup: nodeGroupOf(name, location),
    enableRBAC: true,
    maxAgentPools: scaleSets ? maxAgentPools(generation, apiVersion) : 1,
    ...(hasResourceUid(apiVersion) && { resourceUID: context.random.hex(24) }),
  };
}

/** Since late 2023 a cluster whose caller names no version shows the minor one. Source: recorded answers of 2023-09 and 2024-02. */
const MINOR_SHOWN_SINCE = "2023-11-01";

function shownDefault(
  version: string,
  { generation, apiVersion }: { readonly generation: GenerationName; readonly apiVersion: string },
): string {
  return generation === "current" && isOfTime(apiVersion, MINOR_SHOWN_SINCE) ? minorOf(version) : version;
}

/** The group of the cluster's machines when the caller names none. Source: azure-docs articles/aks/faq.md. */
function nodeGroupOf({ resourceGroup, name }: ClusterName, location: string): string {
  return `MC_${resourceGroup}_${name}_${location}`;
}

/** Members that must never be stored: nothing here needs a password, and no answer shows one. */
export function withoutSecrets(sent: DecodedManagedCluster["properties"]): DecodedManagedCluster["properties"] {
  const { windowsProfile, aadProfile, ...rest } = sent as typeof sent & { readonly aadProfile?: unknown };
  const without = (profile: unknown, member: string): object => {
    const { [member]: _secret, ...shown } = profile as Record<string, unknown>;
    return shown;
  };
  return {
    ...rest,
    ...(windowsProfile !== undefined && { windowsProfile: without(windowsProfile, "adminPassword") }),
    ...(aadProfile !== undefined && { aadProfile: without(aadProfile, "serverAppSecret") }),
  };
}

function identityOf({ random }: AksContext, { sent, principal }: Birth): ManagedClusterIdentity {
  const type = sent.identity?.type ?? "SystemAssigned";
  const { userAssignedIdentities } = sent.identity ?? {};
  return {
    type,
    ...(type === "SystemAssigned" && { principalId: random.uuid(), tenantId: principal.tenantId }),
    ...(userAssignedIdentities !== undefined && { userAssignedIdentities }),
  };
}

/** The identity that nodes pull images with. Source: recorded answers since 2020. */
function kubeletIdentity({ random }: AksContext, { name, location }: Birth): object {
  const resourceId =
    `/subscriptions/${name.subscriptionId}/resourcegroups/${nodeGroupOf(name, location)}` +
    `/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name.name}-agentpool`;
  return { kubeletidentity: { resourceId, clientId: random.uuid(), objectId: random.uuid() } };
}

function skuOf({ sku }: DecodedManagedCluster): ManagedClusterSku {
  return { name: sku?.name ?? "Base", tier: sku?.tier ?? "Free" };
}

/** The prefix of the cluster's name in the DNS, as it was sent. */
export function dnsPrefixOf({ properties }: DecodedManagedCluster): string {
  const subdomain = properties["fqdnSubdomain"];
  return properties.dnsPrefix ?? (typeof subdomain === "string" ? subdomain : "");
}

/**
 * The cluster's name in the DNS: until 2023 eight hexadecimal digits follow the prefix, since then letters and digits.
 * They come from the subscription, and from the cluster too when another one has the name already.
 * Unverified: the service's way of deriving them. Source of the form: recorded answers of 2018 to 2026.
 */
export function fqdnOf(
  cluster: ClusterName & { readonly dnsPrefix: string; readonly location: string; readonly generation: GenerationName },
  isTaken: (fqdn: string) => boolean,
): string {
  const { dnsPrefix, location, generation, subscriptionId, resourceGroup, name } = cluster;
  const fqdn = (text: string): string => `${dnsPrefix}-${digest(text, generation)}.hcp.${location}.azmk8s.io`.toLowerCase();
  const first = fqdn(subscriptionId);
  return isTaken(first) ? fqdn(`${subscriptionId}/${resourceGroup}/${name}`) : first;
}

function digest(text: string, generation: GenerationName): string {
  const hex = createHash("sha256").update(text.toLowerCase()).digest("hex");
  if (generation === "2019-preview") return hex.slice(0, 8);
  return BigInt(`0x${hex.slice(0, 16)}`)
    .toString(36)
    .padStart(8, "0")
    .slice(0, 8);
}
