import type { KubeObject } from "#api/kubernetes/meta";
import { type FieldError, forbidden, isReleaseAtLeast, notSupported, SYSTEM_PRIORITIES } from "#kube/apimachinery";
import { AGE, age, boolean, integer, NAME, text } from "../columns.ts";
import { defineKind } from "../define.ts";
import { METADATA } from "../pod-template/shape.ts";
import { objectOf } from "../shape.ts";

interface PriorityClass extends KubeObject {
  value?: number;
  globalDefault?: boolean;
  description?: string;
  preemptionPolicy?: string;
}

/** Values above belong to the system. Source: pkg/apis/scheduling/types.go. */
const HIGHEST_USER_PRIORITY = 1_000_000_000;
const SYSTEM_PREFIX = "system-";
const PREEMPTION_POLICIES = ["PreemptLowerPriority", "Never"];

/** Source: pkg/apis/scheduling/validation/validation.go, ValidatePriorityClass. */
function validate({ metadata, value = 0, globalDefault = false, preemptionPolicy }: PriorityClass): FieldError[] {
  const errors: FieldError[] = [];
  const isSystem = metadata.name.startsWith(SYSTEM_PREFIX);
  const fault = isSystem ? systemFault(metadata.name, value, globalDefault) : undefined;
  if (fault !== undefined) {
    const detail = `priority class names with '${SYSTEM_PREFIX}' prefix are reserved for system use only. error: ${fault}`;
    errors.push(forbidden("metadata.name", detail));
  } else if (!isSystem && value > HIGHEST_USER_PRIORITY) {
    errors.push(forbidden("value", `maximum allowed value of a user defined priority is ${HIGHEST_USER_PRIORITY}`));
  }
  if (preemptionPolicy !== undefined && !PREEMPTION_POLICIES.includes(preemptionPolicy)) {
    errors.push(notSupported("preemptionPolicy", preemptionPolicy, PREEMPTION_POLICIES));
  }
  return errors;
}

/** How a class differs from the one of the system that its name claims. Source: pkg/apis/scheduling/v1/helpers.go, IsKnownSystemPriorityClass. */
function systemFault(name: string, value: number, globalDefault: boolean): string | undefined {
  const known = Object.hasOwn(SYSTEM_PRIORITIES, name) ? SYSTEM_PRIORITIES[name] : undefined;
  if (known === undefined) return `${name} is not a known system priority class`;
  if (value !== known) return `value of ${name} PriorityClass must be ${known}`;
  return globalDefault ? `globalDefault of ${name} PriorityClass must be false` : undefined;
}

/** scheduling.k8s.io/v1 priorityclasses. */
export const priorityClasses = defineKind<PriorityClass>({
  apiVersion: "scheduling.k8s.io/v1",
  kind: "PriorityClass",
  resource: "priorityclasses",
  shortNames: ["pc"],
  clusterScoped: true,
  shape: objectOf("PriorityClass", {
    metadata: METADATA,
    value: "int32",
    globalDefault: "bool",
    description: "text",
    preemptionPolicy: "text",
  }),
  strategy: {
    applyDefaults(priorityClass, { version }) {
      priorityClass.value ??= 0;
      if (isReleaseAtLeast(version, "1.19")) priorityClass.preemptionPolicy ??= "PreemptLowerPriority";
    },
    validate,
    validateUpdate: (next, previous) => [
      ...(next.value === previous.value ? [] : [forbidden("value", "may not be changed in an update.")]),
      ...(next.preemptionPolicy === previous.preemptionPolicy
        ? []
        : [{ type: "Invalid" as const, field: "preemptionPolicy", value: next.preemptionPolicy, detail: "field is immutable" }]),
    ],
  },
  table: {
    columns: [
      NAME,
      integer("Value", "Priority of pods of the class; higher is more important."),
      boolean("Global-Default", "Whether pods without a class get this one."),
      AGE,
      text("PreemptionPolicy", "Whether pods of the class may take the place of others."),
    ],
    cells: (each, context) => [
      each.metadata.name,
      each.value ?? 0,
      each.globalDefault ?? false,
      age(each, context),
      each.preemptionPolicy ?? "",
    ],
  },
});
