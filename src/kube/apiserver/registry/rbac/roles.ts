import type { KubeObject } from "#api/kubernetes/meta";
import type { ClusterRole, PolicyRule, Role } from "#api/kubernetes/rbac";
import { type FieldError, invalid, labelSelectorErrors, required } from "#kube/apimachinery";
import { date, NAME } from "../columns.ts";
import { defineKind } from "../define.ts";
import type { TablePrinter } from "../kind.ts";
import { LABEL_SELECTOR, METADATA } from "../pod-template/shape.ts";
import { listOf, nullOr, objectOf } from "../shape.ts";

const API_VERSION = "rbac.authorization.k8s.io/v1";

const RULES = listOf(
  objectOf("PolicyRule", {
    verbs: listOf("text"),
    apiGroups: listOf("text"),
    resources: listOf("text"),
    resourceNames: listOf("text"),
    nonResourceURLs: listOf("text"),
  }),
);

const AGGREGATION_RULE = objectOf("AggregationRule", { clusterRoleSelectors: listOf(LABEL_SELECTOR) });

const roleTable: TablePrinter<KubeObject> = {
  columns: [NAME, date("Created At", "When this object was created.")],
  cells: ({ metadata }) => [metadata.name, metadata.creationTimestamp ?? ""],
};

const isEmpty = (list: readonly string[] | undefined): boolean => list === undefined || list.length === 0;

/** Source: pkg/apis/rbac/validation/validation.go, ValidatePolicyRule. */
function ruleErrors(rule: PolicyRule, field: string, isNamespaced: boolean): FieldError[] {
  const { verbs, apiGroups, resources, resourceNames, nonResourceURLs } = rule;
  const errors = isEmpty(verbs) ? [required(`${field}.verbs`, "verbs must contain at least one value")] : [];
  if (!isEmpty(nonResourceURLs)) {
    const refuse = (detail: string): FieldError => invalid(`${field}.nonResourceURLs`, nonResourceURLs, detail);
    if (isNamespaced) errors.push(refuse("namespaced rules cannot apply to non-resource URLs"));
    if (!isEmpty(apiGroups) || !isEmpty(resources) || !isEmpty(resourceNames))
      errors.push(refuse("rules cannot apply to both regular resources and non-resource URLs"));
    return errors;
  }
  if (isEmpty(apiGroups)) errors.push(required(`${field}.apiGroups`, "resource rules must supply at least one api group"));
  if (isEmpty(resources)) errors.push(required(`${field}.resources`, "resource rules must supply at least one resource"));
  return errors;
}

function rulesErrors({ rules }: Role, isNamespaced: boolean): FieldError[] {
  return (rules ?? []).flatMap((rule, index) => ruleErrors(rule, `rules[${index}]`, isNamespaced));
}

/** Source: pkg/apis/rbac/validation/validation.go, ValidateClusterRole. */
function aggregationErrors({ aggregationRule }: ClusterRole): FieldError[] {
  if (aggregationRule === undefined) return [];
  const field = "aggregationRule.clusterRoleSelectors";
  const selectors = aggregationRule.clusterRoleSelectors ?? [];
  if (selectors.length === 0) return [required(field, "at least one clusterRoleSelector required if aggregationRule is non-nil")];
  return selectors.flatMap((selector, index) => labelSelectorErrors(selector, `${field}[${index}]`));
}

/** rbac.authorization.k8s.io/v1 roles. */
export const roles = defineKind<Role>({
  apiVersion: API_VERSION,
  kind: "Role",
  resource: "roles",
  shape: objectOf("Role", { metadata: METADATA, rules: nullOr(RULES) }),
  strategy: { validate: (role) => rulesErrors(role, true) },
  table: roleTable,
});

/** rbac.authorization.k8s.io/v1 clusterroles. */
export const clusterRoles = defineKind<ClusterRole>({
  apiVersion: API_VERSION,
  kind: "ClusterRole",
  resource: "clusterroles",
  clusterScoped: true,
  shape: objectOf("ClusterRole", { metadata: METADATA, rules: nullOr(RULES), aggregationRule: AGGREGATION_RULE }),
  strategy: { validate: (role) => [...rulesErrors(role, false), ...aggregationErrors(role)] },
  table: roleTable,
});
