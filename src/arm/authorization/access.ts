import { idOf, scopeOf } from "../door/resource-id.ts";
import { sameName } from "../ids.ts";
import type { ArmPath, Method } from "../provider.ts";

/** What a request does, and to what. */
export interface Access {
  /** `Microsoft.ContainerService/managedClusters/agentPools/write`. */
  readonly action: string;
  /** Full id, or the scope that holds a collection. */
  readonly scope: string;
}

const VERBS: Readonly<Record<Method, string>> = {
  GET: "read",
  HEAD: "read",
  PUT: "write",
  PATCH: "write",
  DELETE: "delete",
  POST: "action",
};

/**
 * The action of a request to a provider; undefined when whoever has signed in may make it: to ask how an operation is
 * going, and what one is allowed to do.
 * Source: learn.microsoft.com/azure/role-based-access-control/resource-provider-operations, "{Company}.{Provider}/{type}/{action}".
 */
export function accessOf({ method, path }: { readonly method: Method; readonly path: ArmPath }): Access | undefined {
  const { namespace, segments, subscriptionId } = path;
  if (namespace === undefined) return { action: `Microsoft.Resources/subscriptions/resourceGroups/${VERBS[method]}`, scope: scopeOf(path) };
  const types = segments.filter((_, index) => index % 2 === 0);
  const [first = "", third = ""] = types;
  if (subscriptionId === "" && method === "GET") return undefined;
  if (sameName(first, "locations") && /^operation(?:s|results)$/i.test(third)) return undefined;
  if (sameName(`${namespace}/${first}`, "Microsoft.Authorization/permissions")) return undefined;
  const isCollection = segments.length % 2 === 1;
  const own = isCollection ? segments.slice(0, -1) : segments;
  return {
    action: [namespace, ...types, VERBS[method]].join("/"),
    scope: own.length === 0 ? below(path, namespace) : idOf({ ...path, segments: own }),
  };
}

/** Source: refusals quoted in public issues: a collection's scope ends with its namespace. */
function below(path: ArmPath, namespace: string): string {
  return `${scopeOf(path)}/providers/${namespace}`;
}

/** What a path of Azure Resource Manager itself asks for. */
export type OwnAccess =
  | { readonly kind: "anyone" }
  /** Whoever has any role in the subscription or below. */
  | { readonly kind: "visible"; readonly scope: string }
  /** A list, of which everyone sees what they may read. */
  | { readonly kind: "list" }
  | ({ readonly kind: "action" } & Access);

/**
 * The action of a path that is no provider's.
 * Unverified: that a role in any group is enough to see the subscription's locations and providers.
 */
export function ownAccessOf(method: Method, path: string): OwnAccess {
  const parts = path.split("/").filter((part) => part !== "");
  const [root = "", subscriptionId, kind = "", name, ...rest] = parts;
  if (!sameName(root, "subscriptions") || parts.length === 1) return { kind: sameName(root, "subscriptions") ? "list" : "anyone" };
  const subscription = `/subscriptions/${subscriptionId}`;
  const isRead = method === "GET" || method === "HEAD";
  if (isRead && ["", "locations", "providers"].includes(kind.toLowerCase())) return { kind: "visible", scope: subscription };
  if (isRead && ["resources", "resourcegroups"].includes(kind.toLowerCase()) && name === undefined) return { kind: "list" };
  if (sameName(kind, "operationresults")) return { kind: "anyone" };
  if (sameName(kind, "providers")) return { kind: "action", action: `${name}/${rest[0] ?? ""}/action`, scope: subscription };
  if (!sameName(kind, "resourcegroups")) {
    const types = [kind, ...rest.filter((_, index) => index % 2 === 0)];
    return { kind: "action", action: ["Microsoft.Resources/subscriptions", ...types, VERBS[method]].join("/"), scope: subscription };
  }
  if (isRead && sameName(rest[0] ?? "", "resources")) return { kind: "list" };
  const types = rest.filter((_, index) => index % 2 === 0);
  const action = ["Microsoft.Resources/subscriptions/resourceGroups", ...types, VERBS[method]].join("/");
  return { kind: "action", action, scope: `${subscription}/resourceGroups/${name}` };
}
