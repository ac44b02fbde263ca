import { type FieldError, invalid, notSupported, required } from "#kube/apimachinery";
import { listOf, objectOf, type Shape } from "../shape.ts";

/** Which calls a webhook or policy has a say in, as its object says it. */
export interface RuleSpec {
  operations?: string[];
  apiGroups?: string[];
  apiVersions?: string[];
  resources?: string[];
  resourceNames?: string[];
  scope?: string;
}

export const RULE: Readonly<Record<string, Shape>> = {
  operations: listOf("text"),
  apiGroups: listOf("text"),
  apiVersions: listOf("text"),
  resources: listOf("text"),
  scope: "text",
};

export const RULES: Shape = listOf(objectOf("RuleWithOperations", RULE));

const OPERATIONS = ["*", "CONNECT", "CREATE", "DELETE", "UPDATE"];
const SCOPES = ["*", "Cluster", "Namespaced"];

/** Source: pkg/apis/admissionregistration/v1/defaults.go, SetDefaults_Rule. */
export function defaultRules(rules: readonly RuleSpec[] | undefined): void {
  for (const rule of rules ?? []) rule.scope ??= "*";
}

/** Source: pkg/apis/admissionregistration/validation/validation.go, validateRuleWithOperations and validateRule. */
export function ruleErrors(
  { operations = [], apiGroups = [], apiVersions = [], resources = [], scope }: RuleSpec,
  field: string,
): FieldError[] {
  return [
    ...(operations.length === 0 ? [required(`${field}.operations`)] : []),
    ...wildcardErrors(operations, `${field}.operations`, "operations"),
    ...operations.flatMap((each, index) =>
      OPERATIONS.includes(each) ? [] : [notSupported(`${field}.operations[${index}]`, each, OPERATIONS)],
    ),
    ...(apiGroups.length === 0 ? [required(`${field}.apiGroups`)] : []),
    ...wildcardErrors(apiGroups, `${field}.apiGroups`, "API groups"),
    ...(apiVersions.length === 0 ? [required(`${field}.apiVersions`)] : []),
    ...wildcardErrors(apiVersions, `${field}.apiVersions`, "API versions"),
    ...apiVersions.flatMap((each, index) => (each === "" ? [required(`${field}.apiVersions[${index}]`)] : [])),
    ...resourcesErrors(resources, `${field}.resources`),
    ...(scope === undefined || SCOPES.includes(scope) ? [] : [notSupported(`${field}.scope`, scope, SCOPES)]),
  ];
}

function wildcardErrors(list: readonly string[], field: string, what: string): FieldError[] {
  return list.length > 1 && list.includes("*") ? [invalid(field, list, `if '*' is present, must not specify other ${what}`)] : [];
}

/** Source: as above, validateResources. */
function resourcesErrors(resources: readonly string[], field: string): FieldError[] {
  if (resources.length === 0) return [required(field)];
  const errors: FieldError[] = [];
  const [whole, every] = [new Set<string>(), new Set<string>()];
  for (const [index, each] of resources.entries()) {
    const at = `${field}[${index}]`;
    if (each === "") errors.push(required(at));
    const slash = each.indexOf("/");
    if (slash === -1) continue;
    const [resource, subresource] = [each.slice(0, slash), each.slice(slash + 1)];
    if (whole.has(resource)) errors.push(invalid(at, each, `if '${resource}/*' is present, must not specify ${each}`));
    if (every.has(subresource)) errors.push(invalid(at, each, `if '*/${subresource}' is present, must not specify ${each}`));
    if (subresource === "*") whole.add(resource);
    if (resource === "*") every.add(subresource);
  }
  if (resources.length > 1 && resources.includes("*/*"))
    errors.push(invalid(field, resources, "if '*/*' is present, must not specify other resources"));
  if (resources.includes("*") && resources.some((each) => each !== "*" && each !== "" && !each.includes("/")))
    errors.push(invalid(field, resources, "if '*' is present, must not specify other resources without subresources"));
  return errors;
}
