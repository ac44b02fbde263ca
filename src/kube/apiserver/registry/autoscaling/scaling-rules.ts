import type { HorizontalPodAutoscaler, MetricSpec, ScalingPolicy, ScalingRules } from "#api/kubernetes/autoscaling";
import { type FieldError, forbidden, invalid, notSupported, required } from "#kube/apimachinery";

/** Source: pkg/apis/autoscaling/validation/validation.go. */
const MAX_WINDOW_SECONDS = 3600;
const MAX_PERIOD_SECONDS = 1800;

const UP: ScalingRules = {
  stabilizationWindowSeconds: 0,
  selectPolicy: "Max",
  policies: [
    { type: "Pods", value: 4, periodSeconds: 15 },
    { type: "Percent", value: 100, periodSeconds: 15 },
  ],
};
const DOWN: ScalingRules = { selectPolicy: "Max", policies: [{ type: "Percent", value: 100, periodSeconds: 15 }] };

/** Completes the rules of an autoscaler that has any. Source: pkg/apis/autoscaling/v2/defaults.go, SetDefaults_HorizontalPodAutoscalerBehavior. */
export function defaultBehavior({ spec }: HorizontalPodAutoscaler): void {
  if (spec.behavior === undefined) return;
  spec.behavior.scaleUp = { ...structuredClone(UP), ...spec.behavior.scaleUp };
  spec.behavior.scaleDown = { ...structuredClone(DOWN), ...spec.behavior.scaleDown };
}

/** Source: validation.go, validateBehavior. */
export function behaviorErrors({ spec: { behavior } }: HorizontalPodAutoscaler): FieldError[] {
  return (["scaleUp", "scaleDown"] as const).flatMap((direction) => {
    const rules = behavior?.[direction];
    return rules === undefined ? [] : rulesErrors(rules, `spec.behavior.${direction}`);
  });
}

function rulesErrors({ stabilizationWindowSeconds: seconds, selectPolicy, policies = [] }: ScalingRules, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const window = `${at}.stabilizationWindowSeconds`;
  if (seconds !== undefined && seconds < 0) errors.push(invalid(window, seconds, "must be greater than or equal to zero"));
  if (seconds !== undefined && seconds > MAX_WINDOW_SECONDS)
    errors.push(invalid(window, seconds, `must be less than or equal to ${MAX_WINDOW_SECONDS}`));
  if (selectPolicy !== undefined && !SELECT_POLICIES.includes(selectPolicy))
    errors.push(notSupported(`${at}.selectPolicy`, selectPolicy, SELECT_POLICIES));
  if (policies.length === 0) errors.push(required(`${at}.policies`, "must specify at least one Policy"));
  return [...errors, ...policies.flatMap((policy, index) => policyErrors(policy, `${at}.policies[${index}]`))];
}

const SELECT_POLICIES: readonly string[] = ["Disabled", "Max", "Min"];
const POLICY_TYPES: readonly string[] = ["Percent", "Pods"];

function policyErrors({ type, value = 0, periodSeconds = 0 }: Partial<ScalingPolicy>, at: string): FieldError[] {
  const errors: FieldError[] = [];
  if (type === undefined || !POLICY_TYPES.includes(type)) errors.push(notSupported(`${at}.type`, type ?? "", POLICY_TYPES));
  if (value <= 0) errors.push(invalid(`${at}.value`, value, "must be greater than zero"));
  if (periodSeconds <= 0) errors.push(invalid(`${at}.periodSeconds`, periodSeconds, "must be greater than zero"));
  if (periodSeconds > MAX_PERIOD_SECONDS)
    errors.push(invalid(`${at}.periodSeconds`, periodSeconds, `must be less than or equal to ${MAX_PERIOD_SECONDS}`));
  return errors;
}

/** Which member a type of metric has. */
const SOURCES: Readonly<Record<string, keyof MetricSpec>> = {
  ContainerResource: "containerResource",
  External: "external",
  Object: "object",
  Pods: "pods",
  Resource: "resource",
};

/** Source: validation.go, validateMetricSpec. */
export function metricErrors({ spec }: HorizontalPodAutoscaler): FieldError[] {
  return (spec.metrics ?? []).flatMap((metric, index) => {
    const at = `spec.metrics[${index}]`;
    if (!metric.type) return [required(`${at}.type`, "must specify a metric source type")];
    const member = Object.hasOwn(SOURCES, metric.type) ? SOURCES[metric.type] : undefined;
    if (member === undefined) return [notSupported(`${at}.type`, metric.type, Object.keys(SOURCES))];
    const errors = Object.values(SOURCES)
      .filter((other) => other !== member && metric[other] !== undefined)
      .map((other) => forbidden(`${at}.${other}`, "must populate the given metric source only"));
    if (metric[member] === undefined) errors.push(required(`${at}.${member}`, "must populate information for the given metric source"));
    return [...errors, ...resourceErrors(metric, at)];
  });
}

function resourceErrors({ resource, containerResource }: MetricSpec, at: string): FieldError[] {
  const source = resource ?? containerResource;
  if (source === undefined) return [];
  const path = `${at}.${resource === undefined ? "containerResource" : "resource"}`;
  const { name, target } = source;
  const errors: FieldError[] = [];
  if (!name) errors.push(required(`${path}.name`, "must specify a resource name"));
  if (resource === undefined && !containerResource?.container) errors.push(required(`${path}.container`, "must specify a container"));
  if (!target?.type) errors.push(required(`${path}.target.type`, "must specify a metric target type"));
  const { averageUtilization: percent, averageValue } = target ?? {};
  if (percent !== undefined && percent < 1) errors.push(invalid(`${path}.target.averageUtilization`, percent, "must be greater than 0"));
  if (percent !== undefined && averageValue !== undefined)
    errors.push(forbidden(`${path}.target.averageValue`, "may not set both a target raw value and a target utilization"));
  if (percent === undefined && averageValue === undefined)
    errors.push(required(`${path}.target.averageUtilization`, "must set either a target raw value or a target utilization"));
  return errors;
}
