import type { KubeObject } from "#api/kubernetes/meta";
import { type FieldError, required } from "#kube/apimachinery";
import { AGE, age, integer, NAME } from "../columns.ts";
import { defineKind } from "../define.ts";
import type { Kind } from "../kind.ts";
import { LABEL_SELECTOR, METADATA } from "../pod-template/shape.ts";
import { listOf, objectOf } from "../shape.ts";

interface Webhook {
  name: string;
  failurePolicy?: string;
  matchPolicy?: string;
  namespaceSelector?: object;
  objectSelector?: object;
  timeoutSeconds?: number;
  sideEffects?: string;
  reinvocationPolicy?: string;
  admissionReviewVersions?: string[];
}

interface WebhookConfiguration extends KubeObject {
  webhooks?: Webhook[];
}

const TIMEOUT_SECONDS = 10;

/** Source: pkg/apis/admissionregistration/v1/defaults.go. */
function defaultWebhook(webhook: Webhook, mutating: boolean): void {
  webhook.failurePolicy ??= "Fail";
  webhook.matchPolicy ??= "Equivalent";
  webhook.namespaceSelector ??= {};
  webhook.objectSelector ??= {};
  webhook.timeoutSeconds ??= TIMEOUT_SECONDS;
  if (mutating) webhook.reinvocationPolicy ??= "Never";
}

function validate({ webhooks }: WebhookConfiguration): FieldError[] {
  return (webhooks ?? []).flatMap(({ name, sideEffects, admissionReviewVersions }, index) => {
    const path = `webhooks[${index}]`;
    const errors = name === "" ? [required(`${path}.name`)] : [];
    if (sideEffects === undefined) errors.push(required(`${path}.sideEffects`, "must specify one of None, NoneOnDryRun"));
    if ((admissionReviewVersions ?? []).length === 0)
      errors.push(required(`${path}.admissionReviewVersions`, "must specify one of v1, v1beta1"));
    return errors;
  });
}

/** Differs from AKS: webhooks are kept but never called. */
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
          failurePolicy: "text",
          matchPolicy: "text",
          namespaceSelector: LABEL_SELECTOR,
          objectSelector: LABEL_SELECTOR,
          timeoutSeconds: "int32",
          sideEffects: "text",
          reinvocationPolicy: "text",
          admissionReviewVersions: listOf("text"),
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
