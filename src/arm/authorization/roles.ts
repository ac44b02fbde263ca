import { type Documents, openDocuments, type Store } from "#store";
import { sameName } from "../ids.ts";
import { BUILT_IN_ROLES, type Permission } from "./built-in-roles.data.ts";
import { authorizationErrors } from "./errors.ts";
import { holds } from "./permissions.ts";

/** A role, built in or of the tenant's own. */
export interface Role {
  /** GUID. */
  readonly name: string;
  readonly roleName: string;
  readonly description: string;
  readonly isCustom: boolean;
  readonly permissions: readonly Permission[];
  readonly assignableScopes: readonly string[];
  readonly createdMs?: number;
  readonly updatedMs?: number;
  readonly createdBy?: string;
  readonly updatedBy?: string;
}

/** Custom roles of a tenant at most. Source: azure-subscription-service-limits, "Azure RBAC limits". */
const MAX_CUSTOM_ROLES = 5_000;

/** Every role of the tenant. */
export interface Roles {
  /** By GUID. */
  find(name: string): Role | undefined;
  /** Roles that can be given at the scope, built-in ones first. */
  list(scope: string): readonly Role[];
  /** Keeps a custom role. @throws {ArmError} RoleDefinitionWithSameNameExists, RoleDefinitionLimitExceeded. */
  put(role: Role): Promise<void>;
  remove(name: string): Promise<void>;
  close(): void;
}

const builtIn: readonly Role[] = BUILT_IN_ROLES.map(({ name, roleName, description, permission }) => ({
  name,
  roleName,
  description,
  isCustom: false,
  permissions: [permission],
  assignableScopes: ["/"],
}));

/** Opens the custom roles that the store holds. */
export async function openRoles({ store }: { readonly store: Store }): Promise<Roles> {
  const documents: Documents<Role> = await openDocuments(store, "/arm/authorization/roles/");
  const custom = (): readonly Role[] => documents.list().map(({ value }) => value);
  return {
    find: (name) => builtIn.find((role) => sameName(role.name, name)) ?? documents.get(name.toLowerCase())?.value,
    list: (scope) => [...builtIn, ...custom().filter((role) => isAssignable(role, scope))],
    async put(role) {
      const id = role.name.toLowerCase();
      const others = custom().filter(({ name }) => !sameName(name, id));
      if (others.length >= MAX_CUSTOM_ROLES) throw authorizationErrors.tooManyDefinitions();
      const isTaken = [...builtIn, ...others].some(({ roleName }) => sameName(roleName, role.roleName));
      if (isTaken) throw authorizationErrors.definitionExists(role.roleName);
      await store.transact([], [documents.put(id, role)]);
    },
    async remove(name) {
      await store.transact([], [documents.remove(name.toLowerCase())]);
    },
    close: () => documents.close(),
  };
}

/** Whether a role may be given at a scope, or below it, which is where lists show it. */
export function isAssignable({ assignableScopes }: Role, scope: string): boolean {
  return assignableScopes.some((assignable) => holds(assignable, scope) || holds(scope, assignable));
}
