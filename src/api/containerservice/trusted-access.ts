import { type DecodeFailure, Decoder, isObject, member } from "./decode.ts";
import { encodeObject } from "./encode.ts";
import { type Field, object, string, strings } from "./field.ts";

/** What a caller may set of a binding. */
export interface TrustedAccessRoleBinding {
  /** The Azure resource whose identity may act in the cluster. */
  readonly sourceResourceId?: string;
  /** `Microsoft.MachineLearningServices/workspaces/mlworkload`. */
  readonly roles?: readonly string[];
  readonly [member: string]: unknown;
}

/** First api-versions with bindings. Source: Azure/azure-rest-api-specs …/aks/stable/2023-09-01 and …/preview/2022-04-02-preview. */
export const TRUSTED_ACCESS = { since: "2023-09-01", preview: "2022-04-02-preview" } as const;

/** In the order of answers. Sources: swagger 2024-09-01; recorded answers of 2026-01. */
const fields: readonly Field[] = [
  { name: "provisioningState", type: string, ...TRUSTED_ACCESS, readOnly: true },
  { name: "sourceResourceId", type: string, ...TRUSTED_ACCESS },
  { name: "roles", type: strings, ...TRUSTED_ACCESS },
];

/** Reads the body of a PUT. */
export function decodeRoleBinding(
  body: unknown,
  apiVersion: string,
): { readonly properties: TrustedAccessRoleBinding; readonly errors: readonly DecodeFailure[] } {
  const decoder = new Decoder(apiVersion);
  const root = decoder.root(body, "TrustedAccessRoleBinding");
  const place = { goType: "TrustedAccessRoleBinding", path: ["properties"] };
  const sent = decoder.value(member(root, "properties"), object("TrustedAccessRoleBindingProperties"), place);
  const inner = { goType: "TrustedAccessRoleBindingProperties", path: ["properties"] };
  return { properties: isObject(sent) ? decoder.object(sent, fields, inner) : {}, errors: decoder.failures };
}

/** A binding as answers show it. Source: recorded answers of 2026-01. */
export function encodeRoleBinding(
  resource: { readonly id: string; readonly name: string },
  properties: TrustedAccessRoleBinding & { readonly provisioningState: string },
  apiVersion: string,
): Record<string, unknown> {
  return {
    id: resource.id,
    name: resource.name,
    type: "Microsoft.ContainerService/managedClusters/trustedAccessRoleBindings",
    properties: encodeObject(properties, fields, { apiVersion, creating: false }),
  };
}
