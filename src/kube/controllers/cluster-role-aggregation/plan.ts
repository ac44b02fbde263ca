import type { ClusterRole, PolicyRule } from "#api/kubernetes/rbac";
import { equalJson, matchesLabelSelector } from "#kube/apimachinery";

/**
 * The rules of a role that gathers those of others: of each selector's roles by name, each rule once. Undefined when it has
 * them already, or gathers none. Source: kubernetes pkg/controller/clusterroleaggregation, syncClusterRole.
 */
export function gatheredRules(role: ClusterRole, roles: readonly ClusterRole[]): PolicyRule[] | undefined {
  if (role.aggregationRule === undefined) return undefined;
  const byName = roles.toSorted((left, right) => (left.metadata.name < right.metadata.name ? -1 : 1));
  const rules: PolicyRule[] = [];
  const known = new Set<string>();
  for (const selector of role.aggregationRule.clusterRoleSelectors ?? [])
    for (const { metadata, rules: own } of byName) {
      if (metadata.name === role.metadata.name || !matchesLabelSelector(selector, metadata.labels)) continue;
      for (const rule of own ?? []) {
        const key = JSON.stringify(rule);
        if (!known.has(key)) rules.push(rule);
        known.add(key);
      }
    }
  return equalJson(rules, role.rules ?? []) ? undefined : rules;
}
