import { dns1035LabelErrors, type FieldError, invalid, notSupported, required } from "#kube/apimachinery";
import {
  addressErrors,
  caBundleErrors,
  CLIENT_CONFIG,
  type ClientConfigSpec,
  defaultClientConfig,
} from "../admissionregistration/client-config.ts";
import { listOf, objectOf } from "../shape.ts";

/** How objects of a custom kind get from one of its versions to another. */
export interface DefinitionConversion {
  strategy: string;
  webhook?: { clientConfig?: ClientConfigSpec; conversionReviewVersions?: string[] };
}

export const CONVERSION = objectOf("CustomResourceConversion", {
  strategy: "filled",
  webhook: objectOf("WebhookConversion", { clientConfig: CLIENT_CONFIG, conversionReviewVersions: listOf("text") }),
});

const STRATEGIES = ["None", "Webhook"];
/** Versions of ConversionReview that webhooks are asked in. */
export const REVIEW_VERSIONS: readonly string[] = ["v1", "v1beta1"];

/** Source: apiextensions-apiserver pkg/apis/apiextensions/v1/defaults.go; conversion.go, which drops an empty `webhook`. */
export function defaultConversion(conversion: DefinitionConversion): void {
  const { webhook } = conversion;
  if (webhook === undefined) return;
  if (webhook.clientConfig !== undefined) defaultClientConfig(webhook.clientConfig);
  else if ((webhook.conversionReviewVersions ?? []).length === 0) delete conversion.webhook;
}

/** What else there is to know of a definition when its conversion is checked. */
export interface ConversionPlace {
  readonly keepsUnknownFields: boolean;
  /** What it is now, of one that is there. */
  readonly previous?: DefinitionConversion | undefined;
  readonly isEstablished: boolean;
}

/**
 * Fields are named as in the internal version.
 * Source: apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go, validateCustomResourceConversion.
 */
export function conversionErrors(conversion: DefinitionConversion, place: ConversionPlace): FieldError[] {
  const field = "spec.conversion";
  const { strategy, webhook: { clientConfig, conversionReviewVersions = [] } = {} } = conversion;
  const errors: FieldError[] = [];
  if (strategy !== "None" && place.keepsUnknownFields)
    errors.push(invalid(`${field}.strategy`, strategy, "must be None if spec.preserveUnknownFields is true"));
  if (strategy === "") errors.push(required(`${field}.strategy`));
  else if (!STRATEGIES.includes(strategy)) errors.push(notSupported(`${field}.strategy`, strategy, STRATEGIES));
  if (strategy === "Webhook")
    return [
      ...errors,
      ...clientErrors(clientConfig, `${field}.webhookClientConfig`, place),
      ...reviewVersionErrors(conversionReviewVersions, `${field}.conversionReviewVersions`, place),
    ];
  const forbid = (name: string): void =>
    void errors.push({ type: "Forbidden", field: `${field}.${name}`, detail: "should not be set when strategy is not set to Webhook" });
  if (clientConfig !== undefined) forbid("webhookClientConfig");
  if (conversionReviewVersions.length > 0) forbid("conversionReviewVersions");
  return errors;
}

function clientErrors(config: ClientConfigSpec | undefined, field: string, { previous, isEstablished }: ConversionPlace): FieldError[] {
  if (config === undefined) return [required(field, "required when strategy is set to Webhook")];
  const { url, service, caBundle = "" } = config;
  const isOne = (url === undefined) !== (service === undefined);
  // One that waits for its bundle, or has a bad one already, may have any.
  const isFree = !isEstablished || !hasReadableBundle(previous);
  return [
    ...(isOne ? addressErrors(config, field) : [required(field, "exactly one of url or service is required")]),
    ...(isFree ? [] : caBundleErrors(caBundle, `${field}.caBundle`)),
  ];
}

/** Whether nothing is wrong with its authority, if it has any. */
export function hasReadableBundle(conversion: DefinitionConversion | undefined): boolean {
  return caBundleErrors(conversion?.webhook?.clientConfig?.caBundle ?? "", "").length === 0;
}

function reviewVersionErrors(versions: readonly string[], field: string, { previous }: ConversionPlace): FieldError[] {
  if (versions.length === 0) return [required(field)];
  const errors = versions.flatMap((version, index) =>
    versions.indexOf(version) < index
      ? [invalid(`${field}[${index}]`, version, "duplicate version")]
      : dns1035LabelErrors(version).map((detail) => invalid(`${field}[${index}]`, version, detail)),
  );
  const isKnown = (each: readonly string[]): boolean => each.some((version) => REVIEW_VERSIONS.includes(version));
  const before = previous?.webhook?.conversionReviewVersions ?? [];
  if (!isKnown(versions) && (before.length === 0 || isKnown(before)))
    errors.push(invalid(field, versions, `must include at least one of ${REVIEW_VERSIONS.join(", ")}`));
  return errors;
}
