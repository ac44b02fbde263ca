import type { KubeObject, LabelSelector } from "#api/kubernetes/meta";
import {
  dns1035LabelErrors,
  dns1123SubdomainErrors,
  duplicate,
  type FieldError,
  invalid,
  labelSelectorErrors,
  required,
} from "#kube/apimachinery";
import { oneOf } from "../checks.ts";
import { AGE, age, integer, NAME } from "../columns.ts";
import { defineKind } from "../define.ts";
import type { Kind } from "../kind.ts";
import { LABEL_SELECTOR, METADATA } from "../pod-template/shape.ts";
import { alwaysOf, listOf, objectOf } from "../shape.ts";
import { CLIENT_CONFIG, type ClientConfigSpec, clientConfigErrors, defaultClientConfig } from "./client-config.ts";
import { MATCH_CONDITIONS, matchConditionErrors, type MatchConditionSpec } from "./match-conditions.ts";
import { defaultRules, ruleErrors, RULES, type RuleSpec } from "./match-rules.ts";

interface Webhook {
  name: string;
  clientConfig: ClientConfigSpec;
  rules?: RuleSpec[];
  failurePolicy?: string;
  matchPolicy?: string;
  namespaceSelector?: LabelSelector;
  objectSelector?: LabelSelector;
  timeoutSeconds?: number;
  sideEffects?: string;
  reinvocationPolicy?: string;
  admissionReviewVersions?: string[];
  matchConditions?: MatchConditionSpec[];
}

interface WebhookConfiguration extends KubeObject {
  webhooks?: Webhook[];
}

const TIMEOUT_SECONDS = 10;
const MAX_TIMEOUT_SECONDS = 30;
const REVIEW_VERSIONS = ["v1", "v1beta1"];

/** Source: pkg/apis/admissionregistration/v1/defaults.go. */
function defaultWebhook(webhook: Webhook, mutating: boolean): void {
  webhook.failurePolicy ??= "Fail";
  webhook.matchPolicy ??= "Equivalent";
  webhook.namespaceSelector ??= {};
  webhook.objectSelector ??= {};
  webhook.timeoutSeconds ??= TIMEOUT_SECONDS;
  if (mutating) webhook.reinvocationPolicy ??= "Never";
  defaultRules(webhook.rules);
  defaultClientConfig(webhook.clientConfig);
}

/** Source: pkg/apis/admissionregistration/validation/validation.go, validateValidatingWebhookConfiguration. */
function validate({ webhooks = [] }: WebhookConfiguration): FieldError[] {
  const names = new Set<string>();
  return webhooks.flatMap((webhook, index) => {
    const field = `webhooks[${index}]`;
    const errors = [...webhookErrors(webhook, field), ...reviewVersionErrors(webhook.admissionReviewVersions ?? [], field)];
    if (webhook.name !== "" && names.has(webhook.name)) errors.push(duplicate(`${field}.name`, webhook.name));
    names.add(webhook.name);
    return errors;
  });
}

function webhookErrors(webhook: Webhook, field: string): FieldError[] {
  const { name, rules = [], failurePolicy, matchPolicy, sideEffects, timeoutSeconds, reinvocationPolicy } = webhook;
  const sideEffectErrors =
    sideEffects === undefined
      ? [required(`${field}.sideEffects`, "must specify one of None, NoneOnDryRun")]
      : oneOf(`${field}.sideEffects`, sideEffects, ["None", "NoneOnDryRun"]);
  const isTimely = timeoutSeconds === undefined || (timeoutSeconds >= 1 && timeoutSeconds <= MAX_TIMEOUT_SECONDS);
  return [
    ...nameErrors(name, `${field}.name`),
    ...rules.flatMap((rule, index) => ruleErrors(rule, `${field}.rules[${index}]`)),
    ...oneOf(`${field}.failurePolicy`, failurePolicy, ["Fail", "Ignore"]),
    ...oneOf(`${field}.matchPolicy`, matchPolicy, ["Equivalent", "Exact"]),
    ...sideEffectErrors,
    ...(isTimely ? [] : [invalid(`${field}.timeoutSeconds`, timeoutSeconds, "the timeout value must be between 1 and 30 seconds")]),
    ...labelSelectorErrors(webhook.namespaceSelector, `${field}.namespaceSelector`),
    ...labelSelectorErrors(webhook.objectSelector, `${field}.objectSelector`),
    ...oneOf(`${field}.reinvocationPolicy`, reinvocationPolicy, ["IfNeeded", "Never"]),
    ...clientConfigErrors(webhook.clientConfig, `${field}.clientConfig`),
    ...matchConditionErrors(webhook.matchConditions ?? [], `${field}.matchConditions`),
  ];
}

/** Source: apimachinery pkg/util/validation/validation.go, IsFullyQualifiedName. */
function nameErrors(name: string, field: string): FieldError[] {
  if (name === "") return [required(field)];
  const malformed = dns1123SubdomainErrors(name);
  if (malformed.length > 0) return [invalid(field, name, malformed.join(","))];
  if (name.split(".").length >= 3) return [];
  return [invalid(field, name, "should be a domain with at least three segments separated by dots")];
}

/** Source: as above, validateAdmissionReviewVersions. */
function reviewVersionErrors(versions: readonly string[], webhook: string): FieldError[] {
  const field = `${webhook}.admissionReviewVersions`;
  if (versions.length === 0) return [required(field, `must specify one of ${REVIEW_VERSIONS.join(", ")}`)];
  const errors = versions.flatMap((version, index) =>
    versions.indexOf(version) < index
      ? [invalid(`${field}[${index}]`, version, "duplicate version")]
      : dns1035LabelErrors(version).map((detail) => invalid(`${field}[${index}]`, version, detail)),
  );
  if (!versions.some((version) => REVIEW_VERSIONS.includes(version)))
    errors.push(invalid(field, versions, `must include at least one of ${REVIEW_VERSIONS.join(", ")}`));
  return errors;
}

function webhookKind(kind: string, mutating: boolean): Kind<WebhookConfiguration> {
  return defineKind<WebhookConfiguration>({
    apiVersion: "admissionregistration.k8s.io/v1",
    kind,
    resource: `${kind.toLowerCase()}s`,
    categories: ["api-extensions"],
    clusterScoped: true,
    shape: objectOf(kind, {
      metadata: METADATA,
      webhooks: listOf(
        objectOf(mutating ? "MutatingWebhook" : "ValidatingWebhook", {
          name: "filled",
          clientConfig: alwaysOf(CLIENT_CONFIG),
          rules: RULES,
          failurePolicy: "text",
          matchPolicy: "text",
          namespaceSelector: LABEL_SELECTOR,
          objectSelector: LABEL_SELECTOR,
          timeoutSeconds: "int32",
          sideEffects: "text",
          reinvocationPolicy: "text",
          admissionReviewVersions: listOf("text"),
          matchConditions: MATCH_CONDITIONS,
        }),
      ),
    }),
    strategy: {
      applyDefaults({ webhooks }) {
        for (const webhook of webhooks ?? []) defaultWebhook(webhook, mutating);
      },
      validate,
    },
    table: {
      columns: [NAME, integer("Webhooks", "Number of webhooks."), AGE],
      cells: (configuration, context) => [configuration.metadata.name, configuration.webhooks?.length ?? 0, age(configuration, context)],
    },
  });
}

/** admissionregistration.k8s.io/v1 mutatingwebhookconfigurations. */
export const mutatingWebhooks = webhookKind("MutatingWebhookConfiguration", true);
/** admissionregistration.k8s.io/v1 validatingwebhookconfigurations. */
export const validatingWebhooks = webhookKind("ValidatingWebhookConfiguration", false);
