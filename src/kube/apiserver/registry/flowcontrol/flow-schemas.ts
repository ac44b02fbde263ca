import type { FlowSchema } from "#api/kubernetes/flowcontrol";
import { dns1123SubdomainErrors, equalJson, type FieldError, invalid, notSupported, required } from "#kube/apimachinery";
import { AGE, age, NAME, text } from "../columns.ts";
import { defineKind } from "../define.ts";
import { CONDITIONS, METADATA } from "../pod-template/shape.ts";
import { alwaysOf, listOf, nullOr, objectOf } from "../shape.ts";
import { mandatorySchema } from "./default-schemas.ts";
import { goFlowSchemaSpec } from "./go-forms.ts";
import { conditionErrors, rulesErrors } from "./rules.ts";

const DEFAULT_PRECEDENCE = 1000;
const MAX_PRECEDENCE = 10_000;
const EXEMPT = "exempt";

/** Source: pkg/apis/flowcontrol/validation/validation.go, ValidateFlowSchema. */
function validate(schema: FlowSchema): FieldError[] {
  const { metadata, spec, status } = schema;
  const fixed = mandatorySchema(metadata.name);
  const errors = specErrors(metadata.name, spec);
  if (fixed !== undefined && !equalJson(goFlowSchemaSpec(spec), goFlowSchemaSpec(fixed)))
    errors.push(invalid("spec", goFlowSchemaSpec(spec), `spec of '${metadata.name}' must equal the fixed value`));
  return [...errors, ...conditionErrors(status?.conditions)];
}

function specErrors(name: string, { matchingPrecedence = 0, distinguisherMethod, ...spec }: FlowSchema["spec"]): FieldError[] {
  const errors: FieldError[] = [];
  const refuse = (detail: string): void => void errors.push(invalid("spec.matchingPrecedence", matchingPrecedence, detail));
  if (matchingPrecedence <= 0) refuse("must be a positive value");
  if (matchingPrecedence > MAX_PRECEDENCE) refuse(`must not be greater than ${MAX_PRECEDENCE}`);
  if (matchingPrecedence === 1 && name !== EXEMPT) refuse("only the schema named 'exempt' may have matchingPrecedence 1");
  const { type = "" } = distinguisherMethod ?? {};
  if (distinguisherMethod !== undefined && type !== "ByNamespace" && type !== "ByUser")
    errors.push(notSupported("spec.distinguisherMethod.type", { Type: type }, ["ByNamespace", "ByUser"]));
  const { name: level = "" } = spec.priorityLevelConfiguration ?? {};
  if (level === "") errors.push(required("spec.priorityLevelConfiguration.name", "must reference a priority level"));
  else errors.push(...dns1123SubdomainErrors(level).map((detail) => invalid("spec.priorityLevelConfiguration.name", level, detail)));
  return [...errors, ...rulesErrors(spec.rules)];
}

const TEXTS = listOf("text");
const NAMED = (goName: string) => objectOf(goName, { name: "filled" });
const RULES = listOf(
  objectOf("PolicyRulesWithSubjects", {
    subjects: listOf(
      objectOf("Subject", {
        kind: "filled",
        user: NAMED("UserSubject"),
        group: NAMED("GroupSubject"),
        serviceAccount: objectOf("ServiceAccountSubject", { namespace: "filled", name: "filled" }),
      }),
    ),
    resourceRules: listOf(
      objectOf("ResourcePolicyRule", { verbs: TEXTS, apiGroups: TEXTS, resources: TEXTS, clusterScope: "bool", namespaces: nullOr(TEXTS) }),
    ),
    nonResourceRules: listOf(objectOf("NonResourcePolicyRule", { verbs: TEXTS, nonResourceURLs: TEXTS })),
  }),
);

const dangling = ({ status }: FlowSchema): string => status?.conditions?.find(({ type }) => type === "Dangling")?.status ?? "?";

const precedenceOf = ({ spec }: FlowSchema): number => spec.matchingPrecedence ?? 0;

/** The order in which schemas are asked. Source: apiserver pkg/util/apihelpers/helpers.go, FlowSchemaSequence. */
export function byPrecedence(left: FlowSchema, right: FlowSchema): number {
  return precedenceOf(left) - precedenceOf(right) || (left.metadata.name < right.metadata.name ? -1 : 1);
}

/**
 * flowcontrol.apiserver.k8s.io/v1 flowschemas. Source: pkg/apis/flowcontrol/v1/defaults.go; versions: release notes of 1.20, 1.23, 1.26,
 * 1.29 and 1.32, and the deprecation guide.
 */
export const flowSchemas = defineKind<FlowSchema>({
  apiVersion: "flowcontrol.apiserver.k8s.io/v1",
  kind: "FlowSchema",
  resource: "flowschemas",
  clusterScoped: true,
  hasStatus: true,
  since: "1.29",
  aliases: [
    { version: "v1beta3", since: "1.26", until: "1.32" },
    { version: "v1beta2", since: "1.23", until: "1.29" },
    { version: "v1beta1", since: "1.20", until: "1.26" },
  ],
  shape: objectOf("FlowSchema", {
    metadata: METADATA,
    spec: alwaysOf(
      objectOf("FlowSchemaSpec", {
        priorityLevelConfiguration: alwaysOf(NAMED("PriorityLevelConfigurationReference")),
        matchingPrecedence: "int32",
        distinguisherMethod: objectOf("FlowDistinguisherMethod", { type: "filled" }),
        rules: RULES,
      }),
    ),
    status: objectOf("FlowSchemaStatus", { conditions: CONDITIONS }),
  }),
  strategy: {
    applyDefaults({ spec }) {
      spec.matchingPrecedence ||= DEFAULT_PRECEDENCE;
    },
    prepareForCreate(schema) {
      schema.status = {};
    },
    validate,
  },
  table: {
    columns: [
      NAME,
      text("PriorityLevel", "The priority level of requests that match."),
      text("MatchingPrecedence", "Schemas with lower numbers are asked first."),
      text("DistinguisherMethod", "What tells the flows of the schema apart."),
      AGE,
      text("MissingPL", "references a broken or non-existent PriorityLevelConfiguration"),
    ],
    cells(schema, context) {
      const { priorityLevelConfiguration, matchingPrecedence = 0, distinguisherMethod } = schema.spec;
      const level = priorityLevelConfiguration?.name ?? "";
      const method = distinguisherMethod === undefined ? "<none>" : (distinguisherMethod.type ?? "");
      return [schema.metadata.name, level, matchingPrecedence, method, age(schema, context), dangling(schema)];
    },
    order: byPrecedence,
  },
});
