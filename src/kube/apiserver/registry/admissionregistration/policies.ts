import type { KubeObject, LabelSelector } from "#api/kubernetes/meta";
import {
  dns1123SubdomainErrors,
  duplicate,
  type FieldError,
  forbidden,
  invalid,
  labelSelectorErrors,
  notSupported,
  qualifiedNameErrors,
  required,
} from "#kube/apimachinery";
import { compileCondition, compileText, compileVariables, type Scope, type Variable } from "../../cel/admission.ts";
import { compile } from "../../cel/expression.ts";
import { oneOf } from "../checks.ts";
import { AGE, age, integer, NAME, text } from "../columns.ts";
import { defineKind } from "../define.ts";
import { CONDITIONS, LABEL_SELECTOR, METADATA } from "../pod-template/shape.ts";
import { alwaysOf, listOf, objectOf } from "../shape.ts";
import { expressionErrors } from "./expressions.ts";
import { MATCH_CONDITIONS, matchConditionErrors, type MatchConditionSpec } from "./match-conditions.ts";
import { defaultRules, RULE, ruleErrors, type RuleSpec } from "./match-rules.ts";

/** Which calls a policy or binding is about. */
export interface MatchResources {
  namespaceSelector?: LabelSelector;
  objectSelector?: LabelSelector;
  resourceRules?: RuleSpec[];
  excludeResourceRules?: RuleSpec[];
  matchPolicy?: string;
}

export interface Validation {
  expression: string;
  message?: string;
  messageExpression?: string;
  reason?: string;
}

/** admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy. */
export interface ValidatingAdmissionPolicy extends KubeObject {
  spec: {
    failurePolicy?: string;
    paramKind?: { apiVersion: string; kind: string };
    matchConstraints?: MatchResources;
    matchConditions?: MatchConditionSpec[];
    variables?: Variable[];
    validations?: Validation[];
    auditAnnotations?: { key: string; valueExpression: string }[];
  };
}

/** admissionregistration.k8s.io/v1 ValidatingAdmissionPolicyBinding. */
export interface ValidatingAdmissionPolicyBinding extends KubeObject {
  spec: {
    policyName: string;
    paramRef?: { name?: string; namespace?: string; selector?: LabelSelector; parameterNotFoundAction?: string };
    matchResources?: MatchResources;
    validationActions?: string[];
  };
}

const NAMED_RULES = listOf(objectOf("NamedRuleWithOperations", { ...RULE, resourceNames: listOf("text") }));
const MATCH_RESOURCES = objectOf("MatchResources", {
  namespaceSelector: LABEL_SELECTOR,
  objectSelector: LABEL_SELECTOR,
  resourceRules: NAMED_RULES,
  excludeResourceRules: NAMED_RULES,
  matchPolicy: "text",
});

/** Source: pkg/apis/admissionregistration/v1/defaults.go, SetDefaults_MatchResources. */
function defaultMatch(match: MatchResources | undefined): void {
  if (match === undefined) return;
  match.matchPolicy ??= "Equivalent";
  match.namespaceSelector ??= {};
  match.objectSelector ??= {};
  defaultRules(match.resourceRules);
  defaultRules(match.excludeResourceRules);
}

/** Source: pkg/apis/admissionregistration/validation/validation.go, validateMatchResources. */
function matchErrors(match: MatchResources | undefined, field: string): FieldError[] {
  if (match === undefined) return [];
  const { matchPolicy, namespaceSelector, objectSelector, resourceRules = [], excludeResourceRules = [] } = match;
  return [
    ...oneOf(`${field}.matchPolicy`, matchPolicy, ["Equivalent", "Exact"]),
    ...labelSelectorErrors(namespaceSelector, `${field}.namespaceSelector`),
    ...labelSelectorErrors(objectSelector, `${field}.objectSelector`),
    ...resourceRules.flatMap((rule, index) => ruleErrors(rule, `${field}.resourceRules[${index}]`)),
    ...excludeResourceRules.flatMap((rule, index) => ruleErrors(rule, `${field}.excludeResourceRules[${index}]`)),
  ];
}

const IDENTIFIER = /^[A-Za-z_][A-Za-z\d_]*$/;
const NEW_LINE = /[\n\r]/;
const REASONS = ["Forbidden", "Invalid", "RequestEntityTooLarge"];
const MAX_ANNOTATIONS = 20;

/** Source: as above, validateValidatingAdmissionPolicySpec. */
function policyErrors({ metadata, spec }: ValidatingAdmissionPolicy): FieldError[] {
  const { paramKind, matchConstraints, matchConditions = [], variables = [], validations = [], auditAnnotations = [] } = spec;
  const hasParams = paramKind !== undefined;
  const { compiled, scope } = compileVariables(variables, hasParams);
  const both = "validations or auditAnnotations must contain at least one item";
  return [
    ...oneOf("spec.failurePolicy", spec.failurePolicy, ["Fail", "Ignore"]),
    ...(paramKind === undefined ? [] : paramKindErrors(paramKind)),
    ...(matchConstraints === undefined ? [required("spec.matchConstraints")] : matchErrors(matchConstraints, "spec.matchConstraints")),
    ...(matchConstraints !== undefined && (matchConstraints.resourceRules ?? []).length === 0
      ? [required("spec.matchConstraints.resourceRules")]
      : []),
    ...matchConditionErrors(matchConditions, "spec.matchConditions", hasParams),
    ...variables.flatMap(({ name, expression }, index) => {
      const at = `spec.variables[${index}]`;
      const named = name.trim() === "" ? [required(`${at}.name`, "name is not specified")] : [];
      const malformed = named.length === 0 && !IDENTIFIER.test(name) ? [invalid(`${at}.name`, name, "must be a valid CEL identifier")] : [];
      if (expression.trim() === "") return [...named, ...malformed, required(`${at}.expression`, "expression is not specified")];
      const result = compiled[index]?.expression;
      return [...named, ...malformed, ...(result === undefined ? [] : expressionErrors(result, `${at}.expression`, expression))];
    }),
    ...(validations.length + auditAnnotations.length === 0
      ? [required("spec.validations", both), required("spec.auditAnnotations", both)]
      : []),
    ...validations.flatMap((validation, index) => validationErrors(validation, `spec.validations[${index}]`, scope)),
    ...annotationErrors(metadata.name, auditAnnotations, scope),
  ];
}

function paramKindErrors({ apiVersion, kind }: { apiVersion: string; kind: string }): FieldError[] {
  return [...(apiVersion === "" ? [required("spec.paramKind.apiVersion")] : []), ...(kind === "" ? [required("spec.paramKind.kind")] : [])];
}

/** Source: as above, validateValidation. */
function validationErrors({ expression, message, messageExpression, reason }: Validation, field: string, scope: Scope): FieldError[] {
  const errors: FieldError[] = [];
  if (expression.trim() === "") errors.push(required(`${field}.expression`, "expression is not specified"));
  else errors.push(...expressionErrors(compileCondition(expression, scope), `${field}.expression`, expression));
  if (messageExpression !== undefined && messageExpression !== "") {
    if (messageExpression.trim() === "")
      errors.push(invalid(`${field}.messageExpression`, messageExpression, "must be non-empty if specified"));
    else errors.push(...expressionErrors(compileText(messageExpression, scope), `${field}.messageExpression`, messageExpression));
  }
  if (message !== undefined && message !== "" && message.trim() === "")
    errors.push(invalid(`${field}.message`, message, "must be non-empty if specified"));
  else if (NEW_LINE.test(message?.trim() ?? "")) errors.push(invalid(`${field}.message`, message, "must not contain line breaks"));
  return [...errors, ...oneOf(`${field}.reason`, reason, REASONS)];
}

function annotationErrors(policy: string, annotations: readonly { key: string; valueExpression: string }[], scope: Scope): FieldError[] {
  const field = "spec.auditAnnotations";
  const tooMany =
    annotations.length > MAX_ANNOTATIONS
      ? [invalid(field, annotations, `must not have more than ${MAX_ANNOTATIONS} auditAnnotations`)]
      : [];
  return [
    ...tooMany,
    ...annotations.flatMap(({ key, valueExpression }, index) => [
      ...qualifiedNameErrors(`${policy}/${key}`).map((detail) => invalid(`${field}[${index}].key`, `${policy}/${key}`, detail)),
      ...(valueExpression.trim() === ""
        ? [required(`${field}[${index}].valueExpression`, "valueExpression is not specified")]
        : expressionErrors(
            compile(valueExpression.trim(), { ...scope, type: "any" }),
            `${field}[${index}].valueExpression`,
            valueExpression,
          )),
      ...(annotations.findIndex((each) => each.key === key) < index ? [duplicate(`${field}[${index}].key`, key)] : []),
    ]),
  ];
}

const ACTIONS = ["Audit", "Deny", "Warn"];

/** Source: as above, validateValidatingAdmissionPolicyBindingSpec. */
function bindingErrors({ spec }: ValidatingAdmissionPolicyBinding): FieldError[] {
  const { policyName, paramRef, matchResources, validationActions: actions = [] } = spec;
  const field = "spec.validationActions";
  return [
    ...(policyName === ""
      ? [required("spec.policyName")]
      : dns1123SubdomainErrors(policyName).map((detail) => invalid("spec.policyName", policyName, detail))),
    ...(paramRef === undefined ? [] : paramRefErrors(paramRef)),
    ...matchErrors(matchResources, "spec.matchResources"),
    ...actions.flatMap((action, index) => [
      ...(ACTIONS.includes(action) ? [] : [notSupported(`${field}[${index}]`, action, ACTIONS)]),
      ...(actions.indexOf(action) < index ? [duplicate(`${field}[${index}]`, action)] : []),
    ]),
    ...(actions.includes("Deny") && actions.includes("Warn") ? [invalid(field, actions, DENY_AND_WARN)] : []),
    ...(actions.length === 0 ? [required(field, "at least one validation action is required")] : []),
  ];
}

const DENY_AND_WARN =
  "must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)";

/** Source: as above, validateParamRef. */
function paramRefErrors({
  name = "",
  selector,
  parameterNotFoundAction = "",
}: NonNullable<ValidatingAdmissionPolicyBinding["spec"]["paramRef"]>) {
  const field = "spec.paramRef";
  const exclusive = "name and selector are mutually exclusive";
  return [
    ...(name !== "" && selector !== undefined ? [forbidden(`${field}.name`, exclusive)] : []),
    ...labelSelectorErrors(selector, `${field}.selector`),
    ...(name !== "" && selector !== undefined ? [forbidden(`${field}.selector`, exclusive)] : []),
    ...(name === "" && selector === undefined ? [required(field, "one of name or selector must be specified")] : []),
    ...(parameterNotFoundAction === ""
      ? [required(`${field}.parameterNotFoundAction`)]
      : oneOf(`${field}.parameterNotFoundAction`, parameterNotFoundAction, ["Deny", "Allow"])),
  ];
}

/** admissionregistration.k8s.io/v1 validatingadmissionpolicies. Differs from AKS: nothing checks the types of a policy's resources; the status says nothing of it. */
export const validatingAdmissionPolicies = defineKind<ValidatingAdmissionPolicy>({
  apiVersion: "admissionregistration.k8s.io/v1",
  kind: "ValidatingAdmissionPolicy",
  resource: "validatingadmissionpolicies",
  since: "1.30",
  categories: ["api-extensions"],
  clusterScoped: true,
  hasStatus: true,
  shape: objectOf("ValidatingAdmissionPolicy", {
    metadata: METADATA,
    spec: alwaysOf(
      objectOf("ValidatingAdmissionPolicySpec", {
        failurePolicy: "text",
        paramKind: objectOf("ParamKind", { apiVersion: "filled", kind: "filled" }),
        matchConstraints: MATCH_RESOURCES,
        matchConditions: MATCH_CONDITIONS,
        variables: listOf(objectOf("Variable", { name: "filled", expression: "filled" })),
        validations: listOf(objectOf("Validation", { expression: "filled", message: "text", messageExpression: "text", reason: "text" })),
        auditAnnotations: listOf(objectOf("AuditAnnotation", { key: "filled", valueExpression: "filled" })),
      }),
    ),
    status: objectOf("ValidatingAdmissionPolicyStatus", { conditions: CONDITIONS }),
  }),
  strategy: {
    applyDefaults({ spec }) {
      spec.failurePolicy ??= "Fail";
      defaultMatch(spec.matchConstraints);
    },
    validate: policyErrors,
  },
  table: {
    columns: [
      NAME,
      integer("Validations", "Validations indicates the number of validation rules defined in this configuration"),
      text("ParamKind", "ParamKind specifies the kind of resources used to parameterize this policy"),
      AGE,
    ],
    cells: (policy, context) => {
      const { validations = [], paramKind } = policy.spec;
      const shown = paramKind === undefined ? "<unset>" : `${paramKind.apiVersion}/${paramKind.kind}`;
      return [policy.metadata.name, validations.length, shown, age(policy, context)];
    },
  },
});

/** admissionregistration.k8s.io/v1 validatingadmissionpolicybindings. */
export const validatingAdmissionPolicyBindings = defineKind<ValidatingAdmissionPolicyBinding>({
  apiVersion: "admissionregistration.k8s.io/v1",
  kind: "ValidatingAdmissionPolicyBinding",
  resource: "validatingadmissionpolicybindings",
  since: "1.30",
  categories: ["api-extensions"],
  clusterScoped: true,
  shape: objectOf("ValidatingAdmissionPolicyBinding", {
    metadata: METADATA,
    spec: alwaysOf(
      objectOf("ValidatingAdmissionPolicyBindingSpec", {
        policyName: "filled",
        paramRef: objectOf("ParamRef", { name: "text", namespace: "text", selector: LABEL_SELECTOR, parameterNotFoundAction: "text" }),
        matchResources: MATCH_RESOURCES,
        validationActions: listOf("text"),
      }),
    ),
  }),
  strategy: {
    applyDefaults: ({ spec }) => defaultMatch(spec.matchResources),
    validate: bindingErrors,
  },
  table: {
    columns: [
      NAME,
      text("PolicyName", "PolicyName indicates the policy definition which the policy binding binded to"),
      text("ParamRef", "ParamRef indicates the param resource which sets the configuration param"),
      AGE,
    ],
    cells: (binding, context) => {
      const { policyName, paramRef } = binding.spec;
      const shown =
        paramRef === undefined ? "<unset>" : paramRef.name === undefined ? "*" : `${paramRef.namespace ?? "*"}/${paramRef.name}`;
      return [binding.metadata.name, policyName, shown, age(binding, context)];
    },
  },
});
