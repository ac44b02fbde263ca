import type { FlowCondition, FlowPathRule, FlowResourceRule, FlowRules, FlowSubject } from "#api/kubernetes/flowcontrol";
import {
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  duplicate,
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  required,
} from "#kube/apimachinery";

const VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch"];
const SUBJECT_KINDS = ["Group", "ServiceAccount", "User"];
const ALL = "*";

/** Complaints about a schema's rules. Source: pkg/apis/flowcontrol/validation/validation.go, as for everything here. */
export function rulesErrors(rules: readonly FlowRules[] | undefined): FieldError[] {
  return (rules ?? []).flatMap(({ subjects = [], resourceRules = [], nonResourceRules = [] }, index) => {
    const field = `spec.rules[${index}]`;
    const errors =
      subjects.length > 0
        ? subjects.flatMap((subject, at) => subjectErrors(subject, `${field}.subjects[${at}]`))
        : [required(`${field}.subjects`, "subjects must contain at least one value")];
    if (resourceRules.length === 0 && nonResourceRules.length === 0)
      errors.push(required(field, "at least one of resourceRules and nonResourceRules has to be non-empty"));
    return [
      ...errors,
      ...resourceRules.flatMap((rule, at) => resourceRuleErrors(rule, `${field}.resourceRules[${at}]`)),
      ...nonResourceRules.flatMap((rule, at) => pathRuleErrors(rule, `${field}.nonResourceRules[${at}]`)),
    ];
  });
}

const SUBJECTS = [
  ["ServiceAccount", "serviceAccount"],
  ["User", "user"],
  ["Group", "group"],
] as const;

function subjectErrors(subject: FlowSubject, field: string): FieldError[] {
  const { kind = "" } = subject;
  const own = SUBJECTS.find(([each]) => each === kind);
  if (own === undefined) return [notSupported(`${field}.kind`, kind, SUBJECT_KINDS)];
  const [, member] = own;
  // The order in which Kubernetes looks at the members that belong to another kind of subject.
  const others = (["serviceAccount", "user", "group"] as const).filter((each) => each !== member && subject[each] !== undefined);
  const foreign = others.map((each) => {
    const [owner = ""] = SUBJECTS.find(([, name]) => name === each) ?? [];
    return forbidden(`${field}.${each}`, `${each} is forbidden when subject kind is not '${owner}'`);
  });
  return [...ownSubjectErrors(subject, member, { field: `${field}.${member}`, kind }), ...foreign];
}

function ownSubjectErrors(
  subject: FlowSubject,
  member: "serviceAccount" | "user" | "group",
  { field, kind }: { field: string; kind: string },
): FieldError[] {
  const value = subject[member];
  if (value === undefined) return [required(field, `${member} is required when subject kind is '${kind}'`)];
  const { name = "" } = value;
  const errors = name === "" ? [required(`${field}.name`)] : [];
  if (member !== "serviceAccount") return errors;
  if (name !== "" && name !== ALL) errors.push(...dns1123SubdomainErrors(name).map((detail) => invalid(`${field}.name`, name, detail)));
  const { namespace = "" } = subject.serviceAccount ?? {};
  if (namespace === "") return [...errors, required(`${field}.namespace`, "must specify namespace for service account")];
  return [...errors, ...dns1123LabelErrors(namespace).map((detail) => invalid(`${field}.namespace`, namespace, detail))];
}

function verbErrors(verbs: readonly string[], field: string): FieldError[] {
  if (verbs.length === 0) return [required(`${field}.verbs`, "verbs must contain at least one value")];
  if (verbs.includes(ALL))
    return verbs.length > 1 ? [invalid(`${field}.verbs`, verbs, "if '*' is present, must not specify other verbs")] : [];
  return verbs.every((verb) => VERBS.includes(verb)) ? [] : [notSupported(`${field}.verbs`, verbs, VERBS)];
}

/** A list that names something, and `*` only alone. */
function listErrors(values: readonly string[], field: string, { none, several }: { none: string; several: string }): FieldError[] {
  if (values.length === 0) return [required(field, none)];
  return values.length > 1 && values.includes(ALL) ? [invalid(field, values, `if '*' is present, must not specify other ${several}`)] : [];
}

function resourceRuleErrors(rule: FlowResourceRule, field: string): FieldError[] {
  const { verbs = [], apiGroups = [], resources = [], namespaces, clusterScope = false } = rule;
  return [
    ...verbErrors(verbs, field),
    ...listErrors(apiGroups, `${field}.apiGroups`, { none: "resource rules must supply at least one api group", several: "api groups" }),
    ...listErrors(resources, `${field}.resources`, { none: "resource rules must supply at least one resource", several: "resources" }),
    ...namespaceErrors(namespaces ?? [], `${field}.namespaces`, clusterScope),
  ];
}

function namespaceErrors(namespaces: readonly string[], field: string, clusterScope: boolean): FieldError[] {
  if (namespaces.length === 0 && !clusterScope)
    return [required(field, "resource rules that are not cluster scoped must supply at least one namespace")];
  if (namespaces.includes(ALL))
    return namespaces.length > 1 ? [invalid(field, namespaces, "if '*' is present, must not specify other namespaces")] : [];
  return namespaces.flatMap((namespace, index) =>
    dns1123LabelErrors(namespace).map((detail) =>
      invalid(`${field}[${index}]`, namespace, `each member of this list must be '*' or a DNS-1123 label; ${detail}`),
    ),
  );
}

function pathRuleErrors({ verbs = [], nonResourceURLs = [] }: FlowPathRule, field: string): FieldError[] {
  const at = `${field}.nonResourceURLs`;
  const texts = { none: "nonResourceURLs must contain at least one value", several: "non-resource URLs" };
  return [
    ...verbErrors(verbs, field),
    ...listErrors(nonResourceURLs, at, texts),
    ...(nonResourceURLs.includes(ALL) ? [] : nonResourceURLs.flatMap((path, index) => pathErrors(path, `${at}[${index}]`))),
  ];
}

function pathErrors(path: string, field: string): FieldError[] {
  const wildcards = path.split(ALL).length - 1;
  const detail =
    path === ""
      ? "must not be empty"
      : !path.startsWith("/")
        ? "must start with slash"
        : path.includes(" ")
          ? "must not contain white-space"
          : path.includes("//")
            ? "must not contain double slash"
            : wildcards > 1 || (wildcards === 1 && !path.endsWith("/*"))
              ? "wildcard can only do suffix matching"
              : undefined;
  return detail === undefined ? [] : [invalid(field, path, detail)];
}

/** Conditions have a type, and no two the same. */
export function conditionErrors(conditions: readonly FlowCondition[] | undefined): FieldError[] {
  const known = new Set<string>();
  return (conditions ?? []).flatMap(({ type }, index) => {
    const field = `status.conditions[${index}].type`;
    const errors = [...(known.has(type) ? [duplicate(field, type)] : []), ...(type === "" ? [required(field)] : [])];
    known.add(type);
    return errors;
  });
}
