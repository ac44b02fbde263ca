import type { KubeObject } from "#api/kubernetes/meta";
import { StatusError, type StatusReason } from "#api/kubernetes/status";
import { selectorFromObject } from "#kube/apimachinery";
import { conditionsHold, withVariables } from "../../cel/admission.ts";
import { bounded, CostError, isExpression } from "../../cel/expression.ts";
import { dynamicValue } from "../../cel/values.ts";
import { groupVersion, type Resource, type ResourceTable, shown } from "../../resources.ts";
import { forbidden } from "../../status.ts";
import { callValues } from "./expression-values.ts";
import type { Binding, CompiledValidation, Match, Policy } from "./policy-index.ts";
import type { ReviewedCall } from "./review.ts";
import { coveredAs } from "./rules.ts";
import type { Conversions } from "../../conversion/conversions.ts";
import { objectsOf } from "../../storage/resource-cache.ts";
import { selectsNamespace, selectsObject } from "./selectors.ts";

/** Why a policy says no. */
interface Denial {
  readonly policy: Policy;
  readonly binding: Binding | undefined;
  readonly message: string;
  readonly reason: StatusReason;
}

/** Source: apiserver pkg/admission/plugin/policy/matching/matching.go, Matches. */
function matchedAs(
  resources: ResourceTable,
  { spec, namespaces, objects }: Match,
  call: ReviewedCall,
  object: KubeObject | undefined,
): Resource | undefined {
  const { resourceRules = [], excludeResourceRules = [], matchPolicy = "Equivalent" } = spec;
  if (!selectsNamespace(resources, namespaces, call, object) || !selectsObject(objects, object, call.previous)) return undefined;
  if (excludeResourceRules.length > 0 && coveredAs(resources, { rules: excludeResourceRules, matchPolicy }, call) !== undefined)
    return undefined;
  return resourceRules.length === 0 ? call.resource : coveredAs(resources, { rules: resourceRules, matchPolicy }, call);
}

/** Whether a policy may have something to say of such calls. */
export function concerns(resources: ResourceTable, { match }: Policy, call: ReviewedCall): boolean {
  const { resourceRules = [], matchPolicy = "Equivalent" } = match.spec;
  return coveredAs(resources, { rules: resourceRules, matchPolicy }, call) !== undefined;
}

/** Has ready what policies look at, where it is of other versions. @throws {StatusError} when it cannot be converted. */
export async function readyForPolicies(
  { resources, conversions }: { readonly resources: ResourceTable; readonly conversions: Conversions },
  policies: readonly Policy[],
  call: ReviewedCall,
  object: KubeObject | undefined,
): Promise<void> {
  for (const { match, spec } of policies) {
    const { resourceRules = [], matchPolicy = "Equivalent" } = match.spec;
    const of = coveredAs(resources, { rules: resourceRules, matchPolicy }, call);
    if (of?.converted !== undefined) await conversions.ready(of, [object, call.previous]);
    const params = paramResource(resources, spec);
    if (params?.converted !== undefined) await conversions.ready(params, objectsOf(params.cache.values()));
  }
}

function paramResource({ all }: ResourceTable, { paramKind }: Policy["spec"]): Resource | undefined {
  if (paramKind === undefined) return undefined;
  return all.find(({ group, version, kind }) => groupVersion(group, version) === paramKind.apiVersion && kind.kind === paramKind.kind);
}

/**
 * Asks policies. @throws {StatusError} the first that says no.
 * Source: apiserver pkg/admission/plugin/policy/validating/dispatcher.go.
 */
export function validateByPolicies(
  resources: ResourceTable,
  policies: readonly Policy[],
  call: ReviewedCall,
  object: KubeObject | undefined,
): void {
  const denials = policies.flatMap((policy) => denialsBy(resources, policy, call, object));
  const [first] = denials;
  if (first !== undefined) throw refusal(call, object, first);
}

function denialsBy(resources: ResourceTable, policy: Policy, call: ReviewedCall, object: KubeObject | undefined): Denial[] {
  const of = matchedAs(resources, policy.match, call, object);
  if (of === undefined) return [];
  return policy.bindings.flatMap((binding) => {
    if (binding.match !== undefined && matchedAs(resources, binding.match, call, object) === undefined) return [];
    const params = paramsOf(resources, policy, binding, call);
    const isFatal = policy.spec.failurePolicy !== "Ignore";
    if (typeof params === "string")
      return isFatal ? [{ policy, binding, message: `failed to configure binding: ${params}`, reason: "Invalid" as const }] : [];
    const values = callValues(resources, call, { of, object, withNamespace: true });
    const found = params.flatMap((param) => failures(policy, { ...values, params: param }));
    const actions = binding.spec.validationActions ?? [];
    if (actions.includes("Warn"))
      for (const { message } of found)
        call.author.warn?.(`Validation failed for ValidatingAdmissionPolicy '${policy.name}' with binding '${binding.name}': ${message}`);
    return actions.includes("Deny") ? found.map((each) => ({ policy, binding, ...each })) : [];
  });
}

type Failure = Pick<Denial, "message" | "reason">;

/** Source: …/validating/validator.go, Validate. */
function failures({ conditions, variables, validations, spec }: Policy, values: Readonly<Record<string, unknown>>): Failure[] {
  const isFatal = spec.failurePolicy !== "Ignore";
  const failed = (message: string): Failure[] => (isFatal ? [{ message, reason: "Invalid" }] : []);
  try {
    return bounded(() => {
      // Conditions see neither variables nor the namespace.
      const holds = conditionsHold(conditions, { ...values, namespaceObject: null });
      if (holds instanceof Error) return failed(holds.message);
      if (!holds) return [];
      const all = withVariables(variables, values);
      return validations.flatMap((validation) => failuresOf(validation, all, failed));
    });
  } catch (error) {
    if (error instanceof CostError) return failed(error.message);
    throw error;
  }
}

function failuresOf(
  { validation, expression, message }: CompiledValidation,
  values: Readonly<Record<string, unknown>>,
  failed: (message: string) => Failure[],
): Failure[] {
  if (!isExpression(expression)) return failed(`compilation error: ${expression.detail}`);
  try {
    if (expression.evaluate(values) === true) return [];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return failed(`expression '${validation.expression}' resulted in error: ${why}`);
  }
  const own = validation.message?.trim() ?? "";
  const text = messageOf(message, values) ?? (own === "" ? `failed expression: ${validation.expression.trim()}` : own);
  return [{ message: text, reason: (validation.reason ?? "Invalid") as StatusReason }];
}

/** Source: apiserver pkg/apis/cel/config.go, MaxEvaluatedMessageExpressionSizeBytes. */
const MAX_MESSAGE = 5 * 1024;

function messageOf(message: CompiledValidation["message"], values: Readonly<Record<string, unknown>>): string | undefined {
  if (message === undefined || !isExpression(message)) return undefined;
  try {
    const text = message.evaluate(values);
    const trimmed = typeof text === "string" ? text.trim() : "";
    return trimmed === "" || trimmed.length > MAX_MESSAGE || trimmed.includes("\n") ? undefined : trimmed;
  } catch {
    return undefined;
  }
}

/** The objects that a binding gives its policy, `null` for none; or why it cannot. Source: …/policy/generic/policy_dispatcher.go, CollectParams. */
function paramsOf(resources: ResourceTable, { spec }: Policy, { spec: binding }: Binding, call: ReviewedCall): readonly unknown[] | string {
  const { paramKind } = spec;
  const { paramRef } = binding;
  if (paramKind === undefined || paramRef === undefined) return [null];
  const resource = paramResource(resources, spec);
  if (resource === undefined) return `paramKind kind \`${paramKind.apiVersion}, Kind=${paramKind.kind}\` not known`;
  const { name = "", namespace: asked = "", selector } = paramRef;
  const { namespaced } = resource.kind;
  if (!namespaced && asked !== "") return "paramRef.namespace must not be provided for a cluster-scoped `paramKind`";
  const namespace = asked === "" ? call.namespace : asked;
  if (namespaced && namespace === "") return "cannot use namespaced paramRef in policy binding that matches cluster-scoped resources";
  const chosen = selectorFromObject(selector);
  const inNamespace = resource.cache.list(namespaced ? { namespace } : {});
  const found = [...inNamespace].filter(({ object: { metadata } }) =>
    name === "" ? chosen.matches(metadata.labels) : metadata.name === name,
  );
  if (found.length > 0) return found.map(({ object }) => dynamicValue(shown(resource, object)));
  return paramRef.parameterNotFoundAction === "Allow" ? [] : NO_PARAMS;
}

const NO_PARAMS = "no params found for policy binding with `Deny` parameterNotFoundAction";

const CODES: Readonly<Record<string, number>> = { Forbidden: 403, Unauthorized: 401, RequestEntityTooLarge: 413 };

/** Source: …/validating/dispatcher.go, Dispatch; policy_decision.go, reasonToCode. */
function refusal(
  { resource, name }: ReviewedCall,
  object: KubeObject | undefined,
  { policy, binding, message, reason }: Denial,
): StatusError {
  const by = binding === undefined ? "" : ` with binding '${binding.name}'`;
  const why = `ValidatingAdmissionPolicy '${policy.name}'${by} denied request: ${message}`;
  const { status } = forbidden(resource.of, name === "" ? (object?.metadata?.name ?? "") : name, why, [{ message: why }]);
  return new StatusError({ ...status, reason, code: CODES[reason] ?? 422 });
}
