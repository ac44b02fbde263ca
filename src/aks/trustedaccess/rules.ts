import type { TrustedAccessRoleBinding } from "#api/containerservice/trusted-access";
import { refusals } from "../errors.ts";
import { resourceRefusals } from "../resource-errors.ts";
import { sourceTypeOf } from "./roles.ts";

/** Source: Azure/azure-rest-api-specs, TrustedAccessRoleBindingNameParameter. */
const NAME = /^[A-Za-z0-9-]{1,24}$/;
/** A resource of a group, or of a subscription, as pricings of Microsoft.Security are; nested types are one type. */
const RESOURCE_ID = /^\/subscriptions\/[^/]+(?:\/resourceGroups\/[^/]+)?\/providers\/([^/]+)((?:\/[^/]+\/[^/]+)+)$/i;
/** Unverified: a bound of what is kept; a source has fewer roles. */
const MAX_ROLES = 20;

/**
 * What a PUT asks for, when it may.
 * @throws {ProviderError} 400 for a name, a source or a role that there cannot be. Unverified: all texts but that of an absent role.
 */
export function checkedBinding(
  name: string,
  { sourceResourceId, roles = [] }: TrustedAccessRoleBinding,
): { readonly sourceResourceId: string; readonly roles: readonly string[] } {
  if (!NAME.test(name)) throw refusals.invalidParameter("trustedAccessRoleBindingName");
  if (sourceResourceId === undefined) throw refusals.missing("properties.sourceResourceId");
  const type = typeOf(sourceResourceId);
  if (type === undefined) throw refusals.invalidParameter("properties.sourceResourceId");
  if (roles.length === 0) throw refusals.missing("properties.roles");
  if (roles.length > MAX_ROLES) throw refusals.invalidParameter("properties.roles", `more than ${MAX_ROLES} roles`);
  for (const role of roles) {
    const wanted = sourceTypeOf(role);
    if (wanted === undefined) throw resourceRefusals.roleUnknown(role);
    if (wanted.toLowerCase() !== type.toLowerCase()) {
      throw refusals.invalidParameter("properties.roles", `role ${role} is not for a source of type ${type}`);
    }
  }
  return { sourceResourceId, roles };
}

function typeOf(id: string): string | undefined {
  const [, namespace, below = ""] = RESOURCE_ID.exec(id) ?? [];
  if (namespace === undefined) return undefined;
  return [namespace, ...below.split("/").filter((_, index) => index % 2 === 1)].join("/");
}
