import type { PolicyRule } from "#api/kubernetes/rbac";
import type { User } from "../request.ts";
import { accessForbidden } from "../status.ts";
import type { RuleResolver } from "./resolver.ts";
import { type Attributes, ruleAllows } from "./rules.ts";

/** Whether something is allowed, and why or why not as far as there is something to say. */
export interface Decision {
  readonly allowed: boolean;
  /** `RBAC: allowed by ClusterRoleBinding "x" of …`; empty when nothing speaks for it. */
  readonly reason: string;
}

/** Who may do what in one cluster. */
export interface Authorizer {
  decide(attributes: Attributes): Decision;
  /** @throws {StatusError} Forbidden. */
  require(attributes: Attributes): void;
  /** Every rule that holds for the user in a namespace, with what could not be found out. */
  rulesFor(user: User, namespace: string): ResolvedRules;
}

export interface ResolvedRules {
  readonly rules: readonly PolicyRule[];
  readonly errors: readonly string[];
  /** There may be more that is allowed. */
  readonly isIncomplete?: true;
}

/** Its members may do everything, whatever the roles say. Source: apiserver pkg/authentication/user, SystemPrivilegedGroup. */
const MASTERS = "system:masters";

export function isMaster({ groups }: User): boolean {
  return groups.includes(MASTERS);
}

const EVERYTHING: readonly PolicyRule[] = [
  { verbs: ["*"], apiGroups: ["*"], resources: ["*"] },
  { verbs: ["*"], nonResourceURLs: ["*"] },
];

/** Refuses what is not allowed. */
export function guard(decide: Authorizer["decide"]): Authorizer["require"] {
  return (attributes) => {
    const { allowed, reason } = decide(attributes);
    if (!allowed) throw accessForbidden(attributes, reason);
  };
}

/** Source: apiserver pkg/authorization/authorizerfactory/builtin.go, NewAlwaysAllowAuthorizer: clusters without roles. */
export function createAlwaysAllow(): Authorizer {
  const decide = (): Decision => ({ allowed: true, reason: "" });
  return { decide, require: guard(decide), rulesFor: () => ({ rules: EVERYTHING, errors: [] }) };
}

/** What one of several allows is allowed; else all that they have to say. Source: apiserver pkg/authorization/union/union.go. */
export function createUnion(authorizers: readonly Authorizer[]): Authorizer {
  function decide(attributes: Attributes): Decision {
    const reasons: string[] = [];
    for (const each of authorizers) {
      const decision = each.decide(attributes);
      if (decision.allowed) return decision;
      if (decision.reason !== "") reasons.push(decision.reason);
    }
    return { allowed: false, reason: reasons.join("\n") };
  }

  return {
    decide,
    require: guard(decide),
    rulesFor(user, namespace) {
      const all = authorizers.map((each) => each.rulesFor(user, namespace));
      return {
        rules: all.flatMap(({ rules }) => rules),
        errors: all.flatMap(({ errors }) => errors),
        ...(all.some(({ isIncomplete }) => isIncomplete === true) && { isIncomplete: true }),
      };
    },
  };
}

/** Role-based access control. Source: kubernetes plugin/pkg/auth/authorizer/rbac/rbac.go. */
export function createRoleAuthorizer(resolver: RuleResolver): Authorizer {
  function decide(attributes: Attributes): Decision {
    if (isMaster(attributes.user)) return { allowed: true, reason: "" };
    const errors: string[] = [];
    for (const grant of resolver.grants(attributes.user, "path" in attributes ? "" : attributes.namespace)) {
      if (grant.kind === "error") errors.push(grant.message);
      else if (grant.rules.some((rule) => ruleAllows(rule, attributes)))
        return { allowed: true, reason: `RBAC: allowed by ${grant.source()}` };
    }
    return { allowed: false, reason: errors.length === 0 ? "" : `RBAC: ${aggregate(errors)}` };
  }

  return {
    decide,
    require: guard(decide),
    rulesFor(user, namespace) {
      const rules: PolicyRule[] = isMaster(user) ? [...EVERYTHING] : [];
      const errors: string[] = [];
      for (const grant of resolver.grants(user, namespace)) {
        if (grant.kind === "error") errors.push(grant.message);
        else rules.push(...grant.rules);
      }
      return { rules, errors };
    },
  };
}

/** Source: apimachinery pkg/util/errors/errors.go, aggregate.Error. */
export function aggregate(messages: readonly string[]): string {
  const different = [...new Set(messages)];
  return different.length === 1 ? (different[0] ?? "") : `[${different.join(", ")}]`;
}
