import type { Call, Handler } from "../door/call.ts";
import { armErrors } from "../errors.ts";
import { sameName } from "../ids.ts";
import type { ArmRequest, ArmResponse, Principal } from "../provider.ts";
import { type Access, accessOf, ownAccessOf } from "./access.ts";
import type { Assignments } from "./assignments.ts";
import type { Permission } from "./built-in-roles.data.ts";
import { authorizationErrors } from "./errors.ts";
import { allows, holds } from "./permissions.ts";
import type { Roles } from "./roles.ts";

/** Decides what callers may do. */
export interface Enforcement {
  /** @throws {ArmError} AuthorizationFailed for a request to a provider that the caller's roles do not allow. */
  check(request: Pick<ArmRequest, "method" | "path" | "principal">): void;
  /** Runs a handler of Azure Resource Manager's own; of a list, leaves what the caller may read. @throws {ArmError} AuthorizationFailed. */
  around(call: Call, handler: Handler): Promise<ArmResponse>;
  /** What the caller's roles allow at a scope. */
  permissions(principal: Principal, scope: string): readonly Permission[];
}

const EVERYTHING: Permission = { actions: ["*"], notActions: [], dataActions: ["*"], notDataActions: [] };

/** Lets every caller do everything: how a server is that was not started with `--rbac`. */
export const unenforced: Enforcement = {
  check: () => undefined,
  around: (call, handler) => handler(call),
  permissions: () => [EVERYTHING],
};

/**
 * Lets callers do what their roles allow, those of the scope and of every scope above it.
 * Source: learn.microsoft.com/azure/role-based-access-control/overview, "How Azure RBAC determines if a user has access".
 */
export function createEnforcement({ roles, assignments }: { readonly roles: Roles; readonly assignments: Assignments }): Enforcement {
  const ofPrincipal = ({ objectId }: Principal) => assignments.list().filter(({ principalId }) => sameName(principalId, objectId));
  const permissions = (principal: Principal, scope: string): readonly Permission[] =>
    ofPrincipal(principal)
      .filter((assignment) => holds(assignment.scope, scope))
      .flatMap(({ role }) => roles.find(role)?.permissions ?? []);
  const may = (principal: Principal, { action, scope }: Access): boolean => allows(permissions(principal, scope), action);
  const isVisible = (principal: Principal, scope: string): boolean =>
    ofPrincipal(principal).some((assignment) => holds(assignment.scope, scope) || holds(scope, assignment.scope));

  function require(principal: Principal, access: Access): void {
    const { applicationId, name, objectId } = principal;
    if (!may(principal, access)) throw authorizationErrors.failed(name === "" ? (applicationId ?? objectId) : name, objectId, access);
  }

  function mayRead(principal: Principal, item: unknown): boolean {
    const { id, type } = item as { readonly id?: unknown; readonly type?: unknown };
    if (typeof id !== "string") return true;
    if (/^\/subscriptions\/[^/]+$/i.test(id)) return isVisible(principal, id);
    const kind = typeof type === "string" && !sameName(type, GROUP_TYPE) ? type : "Microsoft.Resources/subscriptions/resourceGroups";
    return may(principal, { action: `${kind}/read`, scope: id });
  }

  return {
    permissions,
    check({ method, path, principal }) {
      const access = accessOf({ method, path });
      if (access !== undefined) require(principal, access);
    },
    async around(call, handler) {
      const access = ownAccessOf(call.method, call.path);
      if (access.kind === "action") require(call.principal, access);
      if (access.kind === "visible" && !isVisible(call.principal, access.scope)) throw notVisible(call, access.scope);
      const response = await handler(call);
      if (access.kind !== "list") return response;
      return { ...response, body: readable(response.body, (item) => mayRead(call.principal, item)) };
    },
  };
}

const GROUP_TYPE = "Microsoft.Resources/resourceGroups";

/** Source: Azure Resource Manager answers so to those who have no role in a subscription. */
function notVisible({ path, params, principal: { name, objectId } }: Call, scope: string): Error {
  if (path.split("/").filter((part) => part !== "").length === 2) return armErrors.subscriptionNotFound(params.subscriptionId ?? "");
  return authorizationErrors.failed(name, objectId, { action: "Microsoft.Resources/subscriptions/read", scope });
}

/** A page of a list with the items that may be read, and the count of those when it tells one. */
function readable(body: unknown, mayRead: (item: unknown) => boolean): unknown {
  const { value, count, ...rest } = body as { readonly value?: unknown; readonly count?: unknown };
  if (!Array.isArray(value)) return body;
  const kept = value.filter(mayRead);
  return { value: kept, ...rest, ...(count === undefined ? {} : { count: { type: "Total", value: kept.length } }) };
}
