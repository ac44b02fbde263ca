import { isAtLeast, isPreviewVersion } from "./versions.ts";

/** What a member may hold on the wire. An object without `fields` is kept as it was sent. */
export type WireType =
  | { readonly kind: "string"; readonly values?: readonly string[] }
  | { readonly kind: "int" | "float" | "bool" }
  | { readonly kind: "list"; readonly of: WireType }
  | { readonly kind: "map"; readonly of: WireType }
  | { readonly kind: "object"; readonly goType: string; readonly fields?: readonly Field[] };

/** What a rule of echo may look at. */
export interface EchoContext {
  readonly apiVersion: string;
  /** All members of the object that the member belongs to, as stored. */
  readonly siblings: Readonly<Record<string, unknown>>;
  /** True while the resource is being created: the answer to the PUT that made it, and reads until it is there. */
  readonly creating: boolean;
  /** True for a pool among its cluster's profiles. */
  readonly inCluster?: boolean;
}

/** One member of a resource: its place in the list is its place in answers. */
export interface Field {
  readonly name: string;
  readonly type: WireType;
  /** First stable api-version with it. */
  readonly since: string;
  /** First preview api-version with it, when it was in previews before. */
  readonly preview?: string;
  /** Only previews have it. */
  readonly previewOnly?: boolean;
  /** First api-version without it. */
  readonly until?: string;
  /** Ignored in requests: always, or before this api-version. */
  readonly readOnly?: boolean | string;
  /** Whether the stored value appears in answers; every value that is set does when absent. */
  readonly echo?: (value: unknown, context: EchoContext) => boolean;
  /** The form of the value in answers when it is not the stored one. */
  readonly shape?: (value: unknown, context: EchoContext) => unknown;
}

export const string: WireType = { kind: "string" };
export const int: WireType = { kind: "int" };
export const float: WireType = { kind: "float" };
export const bool: WireType = { kind: "bool" };
export const strings: WireType = { kind: "list", of: string };
export const stringMap: WireType = { kind: "map", of: string };

/** Words whose letter case the service corrects: `localuser` is stored as `LocalUser`. */
export function words(...values: readonly string[]): WireType {
  return { kind: "string", values };
}

/** @param goType name of the service's type, as its decoding errors print it. */
export function object(goType: string, fields?: readonly Field[]): WireType {
  return fields === undefined ? { kind: "object", goType } : { kind: "object", goType, fields };
}

/** Whether the member exists at this api-version. */
export function isKnown(field: Field, apiVersion: string): boolean {
  const preview = isPreviewVersion(apiVersion);
  if (field.until !== undefined && isAtLeast(apiVersion, field.until)) return false;
  if (field.previewOnly === true && !preview) return false;
  if (preview && field.preview !== undefined) return isAtLeast(apiVersion, field.preview);
  return isAtLeast(apiVersion, field.since);
}

/** Whether a request at this api-version may set the member. */
export function isWritable(field: Field, apiVersion: string): boolean {
  if (!isKnown(field, apiVersion)) return false;
  return typeof field.readOnly === "string" ? isAtLeast(apiVersion, field.readOnly) : field.readOnly !== true;
}

const errorDetail = object("ErrorDetail", [
  { name: "code", type: string, since: "2025-06-01", preview: "2025-02-02-preview" },
  { name: "message", type: string, since: "2025-06-01", preview: "2025-02-02-preview" },
]);

/**
 * Why the last work on a pool or cluster failed. "Preserves the detailed info of failure. If there was no error, this field is omitted."
 * Source: Azure/azure-rest-api-specs managedClusters.json, AgentPoolStatus and ManagedClusterStatus. Unverified: that it is gone
 * as soon as new work begins; `target` and `details` are never there.
 */
export function statusField(goType: string, since: string, preview: string): Field {
  const type = object(goType, [{ name: "provisioningError", type: errorDetail, since, preview }]);
  return {
    name: "status",
    type,
    since,
    preview,
    readOnly: true,
    echo: (_value, { siblings }) => siblings["provisioningState"] === "Failed",
  };
}
