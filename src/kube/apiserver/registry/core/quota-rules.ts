import type { ResourceQuota } from "#api/kubernetes/limits";
import { type FieldError, invalid, parseQuantity, qualifiedNameErrors } from "#kube/apimachinery";

/** Counted in whole objects. Source: pkg/apis/core/helper/helpers.go, IsIntegerResourceName. */
const WHOLE: ReadonlySet<string> = new Set([
  "pods",
  "resourcequotas",
  "services",
  "replicationcontrollers",
  "secrets",
  "configmaps",
  "persistentvolumeclaims",
  "services.nodeports",
  "services.loadbalancers",
]);
const MEASURED = ["cpu", "memory", "ephemeral-storage"];
/** Source: pkg/apis/core/helper/helpers.go, standardQuotaResources. */
const STANDARD: ReadonlySet<string> = new Set([
  ...WHOLE,
  ...MEASURED,
  ...MEASURED.flatMap((name) => [`requests.${name}`, `limits.${name}`]),
  "requests.storage",
]);
const SCOPES = [
  "Terminating",
  "NotTerminating",
  "BestEffort",
  "NotBestEffort",
  "PriorityClass",
  "CrossNamespacePodAffinity",
  "VolumeAttributesClass",
];

function nameErrors(resource: string, field: string): FieldError[] {
  const errors = qualifiedNameErrors(resource).map((detail) => invalid(field, resource, detail));
  const isStandard = STANDARD.has(resource) || /^(?:requests\.)?hugepages-/.test(resource);
  if (errors.length > 0 || resource.includes("/") || isStandard) return errors;
  const isResource = resource === "storage";
  return [
    ...(isResource ? [] : [invalid(field, resource, "must be a standard resource type or fully qualified")]),
    invalid(field, resource, "must be a standard resource for quota"),
  ];
}

function amountErrors(resource: string, amount: string, field: string): FieldError[] {
  const { nanos } = parseQuantity(amount);
  const errors = nanos < 0n ? [invalid(field, amount, "must be greater than or equal to 0")] : [];
  const isWhole = WHOLE.has(resource) && nanos % 1_000_000_000n !== 0n;
  return isWhole ? [...errors, invalid(field, amount, "must be an integer")] : errors;
}

/** What is wrong with a quota. Source: pkg/apis/core/validation/validation.go, ValidateResourceQuotaSpec: names, amounts, scopes. */
export function quotaErrors(spec: ResourceQuota["spec"]): FieldError[] {
  const hard = Object.entries(spec?.hard ?? {}).flatMap(([resource, amount]) => {
    const field = `spec.hard[${resource}]`;
    return [...nameErrors(resource, field), ...amountErrors(resource, amount, field)];
  });
  const scopes = spec?.scopes ?? [];
  const unknown = scopes.filter((scope) => !SCOPES.includes(scope));
  return [...hard, ...unknown.map(() => invalid("spec.scopes", scopes, "unsupported scope"))];
}
