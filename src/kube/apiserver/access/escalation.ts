import type { KubeObject } from "#api/kubernetes/meta";
import type { ClusterRole, PolicyRule, RoleBinding } from "#api/kubernetes/rbac";
import { equalJson } from "#kube/apimachinery";
import type { User } from "../request.ts";
import type { Resource } from "../resources.ts";
import { forbidden } from "../status.ts";
import { aggregate, type Authorizer, isMaster } from "./authorizer.ts";
import type { RuleResolver } from "./resolver.ts";
import { describeRules, goList, uncoveredRules } from "./rules.ts";

const GROUP = "rbac.authorization.k8s.io";
const ROLES: ReadonlySet<string> = new Set(["roles", "clusterroles"]);
const BINDINGS: ReadonlySet<string> = new Set(["rolebindings", "clusterrolebindings"]);

const FULL_AUTHORITY: readonly PolicyRule[] = [
  { verbs: ["*"], apiGroups: ["*"], resources: ["*"] },
  { verbs: ["*"], nonResourceURLs: ["*"] },
];

/** A role or binding as somebody wants it. */
export interface Grantee {
  readonly user: User;
  readonly resource: Resource;
  readonly object: KubeObject;
  /** As it is; absent for a new one. */
  readonly previous?: KubeObject | undefined;
}

/** Keeps callers from giving what they have not got themselves. */
export interface EscalationCheck {
  /** @throws {StatusError} Forbidden for a role or binding that gives more than its writer has. */
  (grantee: Grantee): void;
}

/**
 * Source: pkg/registry/rbac/escalation_check.go and the policybased storages of pkg/registry/rbac.
 * @param access decides by all that authorizes, and knows the rules that roles give.
 */
export function createEscalationCheck(access: Pick<Authorizer, "decide" | "rulesFor">, resolver: RuleResolver): EscalationCheck {
  function refuseUnheld({ user, resource, object }: Grantee, wanted: readonly PolicyRule[], why?: string): void {
    const { name, namespace = "" } = object.metadata;
    const { rules, errors } = access.rulesFor(user, namespace);
    const missing = uncoveredRules(rules, wanted);
    if (missing.length === 0) return;
    const who = `user ${JSON.stringify(user.name)} (groups=${goList(user.groups)})`;
    const unresolved = errors.length === 0 ? "" : `; resolution errors: [${aggregate(errors)}]`;
    const text = `${who} is attempting to grant RBAC permissions not currently held:\n${describeRules(missing).join("\n")}${unresolved}`;
    throw forbidden(resource.of, name, why ?? text);
  }

  function mayEscalate({ user, resource, object: { metadata } }: Grantee): boolean {
    const { name, namespace = "" } = metadata;
    return access.decide({ user, verb: "escalate", group: GROUP, resource: resource.of.resource, subresource: "", name, namespace })
      .allowed;
  }

  function mayBind({ user, object }: Grantee): boolean {
    const { kind, name = "" } = (object as RoleBinding).roleRef ?? {};
    const resource = kind === "Role" ? "roles" : "clusterroles";
    const { namespace = "" } = object.metadata;
    return access.decide({ user, verb: "bind", group: GROUP, resource, subresource: "", name, namespace }).allowed;
  }

  return (grantee) => {
    const { user, resource, object, previous } = grantee;
    const name = resource.of.resource;
    if (resource.group !== GROUP || isMaster(user) || (previous !== undefined && isOnlyForCollection(object, previous))) return;
    if (ROLES.has(name) && !mayEscalate(grantee)) {
      refuseUnheld(grantee, (object as ClusterRole).rules ?? []);
      if (gathers(object) || gathers(previous))
        refuseUnheld(grantee, FULL_AUTHORITY, "must have cluster-admin privileges to use the aggregationRule");
    }
    if (BINDINGS.has(name) && !mayBind(grantee))
      refuseUnheld(grantee, resolver.rulesOf((object as RoleBinding).roleRef ?? {}, object.metadata.namespace ?? ""));
  };
}

function gathers(role: ClusterRole | undefined): boolean {
  return role?.aggregationRule !== undefined;
}

/** Owners and finalizers may be changed by everybody. Source: pkg/registry/rbac/helpers.go, IsOnlyMutatingGCFields. */
function isOnlyForCollection(object: KubeObject, previous: KubeObject): boolean {
  const rest = ({ metadata, ...members }: KubeObject): unknown => {
    const { ownerReferences: _, finalizers: __, managedFields: ___, resourceVersion: ____, ...kept } = metadata;
    return { ...members, metadata: kept };
  };
  return equalJson(rest(object), rest(previous));
}
