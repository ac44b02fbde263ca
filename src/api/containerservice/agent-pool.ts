import { agentPoolFields } from "./agent-pool-fields.ts";
import { type DecodeFailure, Decoder, isObject, member } from "./decode.ts";
import { encodeObject } from "./encode.ts";
import type { AgentPoolProperties } from "./model.ts";

/** The type of an agent pool, in the letter case of answers. */
export const agentPoolType = "Microsoft.ContainerService/managedClusters/agentPools";

export interface DecodedAgentPool {
  /** What the caller set. Absent: left out, null, empty text, read-only or unknown at this api-version. `osDiskSizeGB` 0 is absent. */
  readonly properties: Partial<AgentPoolProperties>;
  /** Empty when the body could be read. The service answers with the first. */
  readonly errors: readonly DecodeFailure[];
}

/** Reads the body of a PUT of an agent pool. Source: Azure/AKS issue 1402 for the form of the errors. */
export function decodeAgentPool(body: unknown, apiVersion: string): DecodedAgentPool {
  const decoder = new Decoder(apiVersion);
  const root = decoder.root(body, "AgentPool");
  const sent = member(root, "properties");
  const properties = decoder.value(sent, { kind: "object", goType: "AgentPoolProperties" }, { goType: "AgentPool", path: ["properties"] });
  const decoded = isObject(properties)
    ? decodePoolProperties(decoder, properties, { goType: "AgentPoolProperties", path: ["properties"] })
    : {};
  return { properties: decoded, errors: decoder.failures };
}

/** The settable members of a pool's properties; a disk size of 0 asks for the default, as absence does. */
export function decodePoolProperties(
  decoder: Decoder,
  sent: Readonly<Record<string, unknown>>,
  place: { readonly goType: string; readonly path: readonly string[] },
): Partial<AgentPoolProperties> {
  const decoded = decoder.object(sent, agentPoolFields, place);
  if (decoded["osDiskSizeGB"] === 0) delete decoded["osDiskSizeGB"];
  return decoded;
}

/** A pool as answers show it: `{id, name, type, properties}`. */
export function encodeAgentPool(
  pool: AgentPoolProperties,
  resource: { readonly id: string; readonly name: string },
  apiVersion: string,
): Record<string, unknown> {
  const properties = encodePoolProperties(pool, { apiVersion, creating: pool.provisioningState === "Creating" });
  return { id: resource.id, name: resource.name, type: agentPoolType, properties };
}

/** The members of a pool's properties that answers show, in order. */
export function encodePoolProperties(
  pool: AgentPoolProperties,
  context: { readonly apiVersion: string; readonly creating: boolean; readonly inCluster?: boolean },
): Record<string, unknown> {
  return encodeObject(pool, agentPoolFields, context);
}
