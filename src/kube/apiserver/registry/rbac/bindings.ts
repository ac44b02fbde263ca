import type { RoleBinding, Subject } from "#api/kubernetes/rbac";
import { dns1123SubdomainErrors, equalJson, type FieldError, invalid, notSupported, required } from "#kube/apimachinery";
import { AGE, age, NAME, text, wideText } from "../columns.ts";
import { defineKind } from "../define.ts";
import type { Strategy, TablePrinter } from "../kind.ts";
import { METADATA } from "../pod-template/shape.ts";
import { listOf, objectOf } from "../shape.ts";

const GROUP = "rbac.authorization.k8s.io";
const SUBJECT_KINDS = ["ServiceAccount", "User", "Group"] as const;

/** Source: pkg/apis/rbac/validation/validation.go, ValidateRoleBindingSubject. */
function subjectErrors(
  { kind = "", name = "", apiGroup = "", namespace = "" }: Subject,
  field: string,
  isNamespaced: boolean,
): FieldError[] {
  const errors = name === "" ? [required(`${field}.name`)] : [];
  if (kind === "User" || kind === "Group") {
    if (apiGroup !== GROUP) errors.push(notSupported(`${field}.apiGroup`, apiGroup, [GROUP]));
  } else if (kind === "ServiceAccount") {
    if (name !== "") errors.push(...dns1123SubdomainErrors(name).map((detail) => invalid(`${field}.name`, name, detail)));
    if (apiGroup !== "") errors.push(notSupported(`${field}.apiGroup`, apiGroup, [""]));
    if (!isNamespaced && namespace === "") errors.push(required(`${field}.namespace`));
  } else errors.push(notSupported(`${field}.kind`, kind, SUBJECT_KINDS));
  return errors;
}

/** Source: pkg/apis/rbac/validation/validation.go, ValidateRoleBinding and ValidateClusterRoleBinding. */
function bindingErrors({ roleRef = {}, subjects }: RoleBinding, isNamespaced: boolean): FieldError[] {
  const { apiGroup = "", kind = "", name = "" } = roleRef;
  const kinds = isNamespaced ? ["Role", "ClusterRole"] : ["ClusterRole"];
  return [
    ...(apiGroup === GROUP ? [] : [notSupported("roleRef.apiGroup", apiGroup, [GROUP])]),
    ...(kinds.includes(kind) ? [] : [notSupported("roleRef.kind", kind, kinds)]),
    ...(name === "" ? [required("roleRef.name")] : []),
    ...(subjects ?? []).flatMap((subject, index) => subjectErrors(subject, `subjects[${index}]`, isNamespaced)),
  ];
}

/** Source: pkg/apis/rbac/v1/defaults.go. */
function strategyOf(isNamespaced: boolean): Strategy<RoleBinding> {
  return {
    applyDefaults(binding) {
      binding.roleRef ??= {};
      binding.roleRef.apiGroup ||= GROUP;
      for (const subject of binding.subjects ?? []) {
        if (subject.apiGroup === undefined && subject.kind !== "ServiceAccount") subject.apiGroup = GROUP;
      }
    },
    validate: (binding) => bindingErrors(binding, isNamespaced),
    validateUpdate: ({ roleRef }, previous) =>
      equalJson(roleRef, previous.roleRef) ? [] : [invalid("roleRef", roleRef, "cannot change roleRef")],
  };
}

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
} as const;

/** rbac.authorization.k8s.io/v1 rolebindings. */
export const roleBindings = defineKind<RoleBinding>({
  apiVersion: `${GROUP}/v1`,
  kind: "RoleBinding",
  resource: "rolebindings",
  shape: objectOf("RoleBinding", BINDING),
  strategy: strategyOf(true),
  table: bindingTable,
});

/** rbac.authorization.k8s.io/v1 clusterrolebindings. */
export const clusterRoleBindings = defineKind<RoleBinding>({
  apiVersion: `${GROUP}/v1`,
  kind: "ClusterRoleBinding",
  resource: "clusterrolebindings",
  clusterScoped: true,
  shape: objectOf("ClusterRoleBinding", BINDING),
  strategy: strategyOf(false),
  table: bindingTable,
});
