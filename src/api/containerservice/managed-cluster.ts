import { decodePoolProperties, encodePoolProperties } from "./agent-pool.ts";
import { type DecodeFailure, Decoder, isObject, type JsonObject, member } from "./decode.ts";
import { encodeObject } from "./encode.ts";
import { type Field, isKnown, isWritable, object, string, stringMap, words } from "./field.ts";
import { agentPoolProfilesName, managedClusterFields } from "./managed-cluster-fields.ts";
import type { AgentPoolProperties, ManagedCluster, ManagedClusterIdentity, ManagedClusterProperties, ManagedClusterSku } from "./model.ts";

/** The type of a managed cluster, in the letter case of answers. */
export const managedClusterType = "Microsoft.ContainerService/ManagedClusters";

export interface DecodedAgentPoolProfile {
  /** Empty when the caller named none. */
  readonly name: string;
  readonly properties: Partial<AgentPoolProperties>;
}

export interface DecodedManagedCluster {
  readonly location?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly identity?: Partial<ManagedClusterIdentity>;
  readonly sku?: Partial<ManagedClusterSku>;
  readonly kind?: string;
  /** What the caller set; see `DecodedAgentPool.properties`. Never holds the pools. */
  readonly properties: Partial<ManagedClusterProperties>;
  /** Absent when the caller sent none. */
  readonly agentPoolProfiles?: readonly DecodedAgentPoolProfile[];
  /** Empty when the body could be read. */
  readonly errors: readonly DecodeFailure[];
}

const identityType = object("ManagedClusterIdentity", [
  { name: "type", type: words("SystemAssigned", "UserAssigned", "None"), since: "2019-10-01" },
  { name: "principalId", type: string, since: "2019-10-01", readOnly: true },
  { name: "tenantId", type: string, since: "2019-10-01", readOnly: true },
  { name: "userAssignedIdentities", type: { kind: "map", of: object("UserAssignedIdentity") }, since: "2020-01-01" },
]);

const skuType = object("ManagedClusterSKU", [
  { name: "name", type: words("Basic", "Base", "Automatic"), since: "2020-02-01" },
  { name: "tier", type: words("Free", "Paid", "Standard", "Premium"), since: "2020-02-01" },
]);

/** Members around the properties, in the order of answers. Source: recorded answers of 2017 to 2026. */
const envelopeFields = {
  location: { name: "location", type: string, since: "2017-08-31" },
  tags: { name: "tags", type: stringMap, since: "2017-08-31" },
  kind: { name: "kind", type: string, since: "2025-01-01", preview: "2024-05-02-preview" },
  identity: { name: "identity", type: identityType, since: "2019-10-01" },
  sku: { name: "sku", type: skuType, since: "2020-02-01" },
  eTag: { name: "eTag", type: string, since: "2024-10-01", preview: "2024-05-02-preview", readOnly: true },
} as const satisfies Record<string, Field>;

/** Reads the body of a PUT or a PATCH of a managed cluster. */
export function decodeManagedCluster(body: unknown, apiVersion: string): DecodedManagedCluster {
  const decoder = new Decoder(apiVersion);
  const root = decoder.root(body, "ManagedCluster");
  const envelope: Record<string, unknown> = {};
  for (const field of Object.values(envelopeFields) as readonly Field[]) {
    if (!isWritable(field, apiVersion)) continue;
    const value = decoder.value(member(root, field.name), field.type, { goType: "ManagedCluster", path: [field.name] });
    if (value !== undefined && value !== "") envelope[field.name] = value;
  }
  const sent = decoder.value(member(root, "properties"), object("ManagedClusterProperties"), {
    goType: "ManagedCluster",
    path: ["properties"],
  });
  const { [agentPoolProfilesName]: pools, ...properties } = isObject(sent)
    ? decoder.object(sent, managedClusterFields, { goType: "ManagedClusterProperties", path: ["properties"] })
    : {};
  const profiles = Array.isArray(pools) ? { agentPoolProfiles: decodeProfiles(decoder, pools) } : {};
  return { ...envelope, properties, ...profiles, errors: decoder.failures };
}

function decodeProfiles(decoder: Decoder, pools: readonly unknown[]): DecodedAgentPoolProfile[] {
  const place = { goType: "AgentPoolProfile", path: ["properties", agentPoolProfilesName] };
  return pools.filter(isObject).map((pool) => {
    const name = decoder.value(member(pool, "name"), string, { ...place, path: [...place.path, "name"] });
    return { name: typeof name === "string" ? name : "", properties: decodePoolProperties(decoder, pool, place) };
  });
}

/**
 * A cluster as answers show it. The pools stand in its properties, with their names first.
 * The id's `resourceGroups` is written in lower case, as the service does.
 */
export function encodeManagedCluster(
  cluster: ManagedCluster,
  pools: readonly { readonly name: string; readonly properties: AgentPoolProperties }[],
  apiVersion: string,
): Record<string, unknown> {
  const context = { apiVersion, creating: cluster.properties.provisioningState === "Creating" };
  const profiles = pools.map((pool) => ({ name: pool.name, ...encodeProfile(pool.properties, context) }));
  const stored: JsonObject = { ...cluster.properties, [agentPoolProfilesName]: profiles };
  const envelope = encodeObject(envelopeOf(cluster, context), Object.values(envelopeFields), context);
  const { location, tags, ...others } = envelope;
  const { kind, ...last } = others;
  return {
    id: lowerCaseGroups(cluster.id),
    location,
    name: cluster.name,
    ...(tags === undefined ? {} : { tags }),
    type: managedClusterType,
    ...(kind === undefined ? {} : { kind }),
    properties: encodeObject(stored, managedClusterFields, context),
    ...last,
    ...(cluster.systemData === undefined ? {} : { systemData: cluster.systemData }),
  };
}

/** `…/resourcegroups/…`: the form of ids in the service's answers. Source: recorded answers of 2017 to 2026. */
export function lowerCaseGroups(id: string): string {
  return id.replace(/\/resourcegroups\//i, "/resourcegroups/");
}

/** Answers while a cluster is being created have no tags of versions yet. Source: recorded answers of 2025-08. */
function encodeProfile(
  pool: AgentPoolProperties,
  context: { readonly apiVersion: string; readonly creating: boolean },
): Record<string, unknown> {
  const { eTag, ...properties } = encodePoolProperties(pool, { ...context, inCluster: true });
  return context.creating || eTag === undefined ? properties : { ...properties, eTag };
}

function envelopeOf(cluster: ManagedCluster, context: { readonly apiVersion: string; readonly creating: boolean }): JsonObject {
  const { location, tags, kind, identity, sku, eTag } = cluster;
  return {
    location,
    tags: tags !== undefined && Object.keys(tags).length > 0 ? tags : undefined,
    kind,
    identity,
    sku: sku === undefined ? undefined : skuOf(sku, context.apiVersion),
    eTag: context.creating ? undefined : eTag,
  };
}

/**
 * The sku by the words of the api-version's time: `Basic` with `Free` or `Paid` until 2023-01, `Base` with `Free`, `Standard`
 * or `Premium` since. Source: recorded answers of 2020 to 2026; swagger 2023-02-01, ManagedClusterSKU.
 */
function skuOf(sku: ManagedClusterSku, apiVersion: string): ManagedClusterSku {
  const isRenamed = isKnown({ name: "sku", type: skuType, since: "2023-02-01", preview: "2023-01-02-preview" }, apiVersion);
  if (isRenamed) return { name: sku.name === "Basic" ? "Base" : sku.name, tier: sku.tier === "Paid" ? "Standard" : sku.tier };
  return { name: "Basic", tier: sku.tier === "Free" ? "Free" : "Paid" };
}
