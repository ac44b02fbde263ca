import type { KubeObject } from "#api/kubernetes/meta";
import { equalJson, type FieldError, invalid, required } from "#kube/apimachinery";
import { AGE, age, NAME, text, wideText } from "../columns.ts";
import { defineKind } from "../define.ts";
import type { Kind, Strategy, TablePrinter } from "../kind.ts";
import { METADATA } from "../pod-template/shape.ts";
import { listOf, objectOf } from "../shape.ts";

const GROUP = "rbac.authorization.k8s.io";

interface Subject {
  kind?: string;
  apiGroup?: string;
  name?: string;
  namespace?: string;
}

interface RoleBinding extends KubeObject {
  subjects?: Subject[];
  roleRef?: { apiGroup?: string; kind?: string; name?: string };
}

const RULES = listOf(
  objectOf("PolicyRule", {
    verbs: listOf("text"),
    apiGroups: listOf("text"),
    resources: listOf("text"),
    resourceNames: listOf("text"),
    nonResourceURLs: listOf("text"),
  }),
);

const roleTable: TablePrinter<KubeObject> = {
  columns: [NAME, text("Created At", "When this object was created.")],
  cells: ({ metadata }) => [metadata.name, metadata.creationTimestamp ?? ""],
};

/** rbac.authorization.k8s.io/v1 roles. */
export const roles: Kind = defineKind({
  apiVersion: `${GROUP}/v1`,
  kind: "Role",
  resource: "roles",
  shape: objectOf("Role", { metadata: METADATA, rules: RULES }),
  table: roleTable,
});

/** rbac.authorization.k8s.io/v1 clusterroles. */
export const clusterRoles: Kind = defineKind({
  apiVersion: `${GROUP}/v1`,
  kind: "ClusterRole",
  resource: "clusterroles",
  clusterScoped: true,
  shape: objectOf("ClusterRole", { metadata: METADATA, rules: RULES }),
  table: roleTable,
});

/** Source: pkg/apis/rbac/v1/defaults.go, pkg/apis/rbac/validation/validation.go. */
const bindingStrategy: Strategy<RoleBinding> = {
  applyDefaults(binding) {
    binding.roleRef ??= {};
    binding.roleRef.apiGroup ||= GROUP;
    for (const subject of binding.subjects ?? []) {
      if (subject.apiGroup === undefined && subject.kind !== "ServiceAccount") subject.apiGroup = GROUP;
    }
  },
  validate: ({ roleRef, subjects }): FieldError[] => [
    ...(roleRef?.name ? [] : [required("roleRef.name")]),
    ...(subjects ?? []).flatMap(({ name }, index) => (name ? [] : [required(`subjects[${index}].name`)])),
  ],
  validateUpdate: ({ roleRef }, previous) =>
    equalJson(roleRef, previous.roleRef) ? [] : [invalid("roleRef", roleRef, "cannot change roleRef")],
};

function names(subjects: readonly Subject[] | undefined, kind: string): string {
  return (subjects ?? [])
    .filter((subject) => subject.kind === kind)
    .map(({ name = "", namespace }) => (kind === "ServiceAccount" ? `${namespace ?? ""}/${name}` : name))
    .join(", ");
}

const bindingTable: TablePrinter<RoleBinding> = {
  columns: [
    NAME,
    text("Role", "The role that is given."),
    AGE,
    wideText("Users", "Users that have the role."),
    wideText("Groups", "Groups that have the role."),
    wideText("ServiceAccounts", "Service accounts that have the role."),
  ],
  cells(binding, context) {
    const { metadata, roleRef, subjects } = binding;
    const subjectCells = ["User", "Group", "ServiceAccount"].map((kind) => names(subjects, kind));
    return [metadata.name, `${roleRef?.kind ?? ""}/${roleRef?.name ?? ""}`, age(binding, context), ...subjectCells];
  },
};

const BINDING = {
  metadata: METADATA,
  subjects: listOf(objectOf("Subject", { kind: "text", apiGroup: "text", name: "text", namespace: "text" })),
  roleRef: objectOf("RoleRef", { apiGroup: "text", kind: "text", name: "text" }),
};

/** rbac.authorization.k8s.io/v1 rolebindings. */
export const roleBindings = defineKind<RoleBinding>({
  apiVersion: `${GROUP}/v1`,
  kind: "RoleBinding",
  resource: "rolebindings",
  shape: objectOf("RoleBinding", BINDING),
  strategy: bindingStrategy,
  table: bindingTable,
});

/** rbac.authorization.k8s.io/v1 clusterrolebindings. */
export const clusterRoleBindings = defineKind<RoleBinding>({
  apiVersion: `${GROUP}/v1`,
  kind: "ClusterRoleBinding",
  resource: "clusterrolebindings",
  clusterScoped: true,
  shape: objectOf("ClusterRoleBinding", BINDING),
  strategy: bindingStrategy,
  table: bindingTable,
});
