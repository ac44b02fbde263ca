import type { IntOrString, PodDisruptionBudget } from "#api/kubernetes/workloads";
import { type FieldError, invalid, labelSelectorErrors } from "#kube/apimachinery";
import { countOrShareErrors } from "../apps/rolling-update.ts";
import { oneOf } from "../checks.ts";
import { AGE, age, integer, NAME, text } from "../columns.ts";
import { defineKind } from "../define.ts";
import { CONDITIONS, LABEL_SELECTOR, METADATA } from "../pod-template/shape.ts";
import { mapOf, objectOf } from "../shape.ts";

/** Source: pkg/apis/policy/validation/validation.go, ValidatePodDisruptionBudgetSpec. */
function validate({ spec }: PodDisruptionBudget): FieldError[] {
  const { minAvailable, maxUnavailable, selector } = spec;
  const errors: FieldError[] = [];
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    errors.push(invalid("spec", inGo(spec), "minAvailable and maxUnavailable cannot be both set"));
  }
  if (minAvailable !== undefined) errors.push(...countOrShareErrors("spec.minAvailable", minAvailable, 100));
  if (maxUnavailable !== undefined) errors.push(...countOrShareErrors("spec.maxUnavailable", maxUnavailable, 100));
  return [
    ...errors,
    ...labelSelectorErrors(selector, "spec.selector"),
    ...oneOf("spec.unhealthyPodEvictionPolicy", spec.unhealthyPodEvictionPolicy, ["AlwaysAllow", "IfHealthyBudget"]),
  ];
}

/** As Kubernetes prints its own value: Go's names, and null for what is not set. */
function inGo({ minAvailable, selector, maxUnavailable, unhealthyPodEvictionPolicy }: PodDisruptionBudget["spec"]): unknown {
  return {
    MinAvailable: minAvailable ?? null,
    Selector: selector ?? null,
    MaxUnavailable: maxUnavailable ?? null,
    UnhealthyPodEvictionPolicy: unhealthyPodEvictionPolicy ?? null,
  };
}

function limitCell(limit: IntOrString | undefined): string {
  return limit === undefined ? "N/A" : String(limit);
}

/** policy/v1 poddisruptionbudgets; as v1beta1 before 1.25. */
export const podDisruptionBudgets = defineKind<PodDisruptionBudget>({
  apiVersion: "policy/v1",
  kind: "PodDisruptionBudget",
  resource: "poddisruptionbudgets",
  shortNames: ["pdb"],
  hasStatus: true,
  aliases: [{ version: "v1beta1", until: "1.25" }],
  shape: objectOf("PodDisruptionBudget", {
    metadata: METADATA,
    spec: objectOf("PodDisruptionBudgetSpec", {
      minAvailable: "intOrString",
      maxUnavailable: "intOrString",
      selector: LABEL_SELECTOR,
      unhealthyPodEvictionPolicy: "text",
    }),
    status: objectOf("PodDisruptionBudgetStatus", {
      observedGeneration: "int64",
      disruptedPods: mapOf("time"),
      disruptionsAllowed: "int32",
      currentHealthy: "int32",
      desiredHealthy: "int32",
      expectedPods: "int32",
      conditions: CONDITIONS,
    }),
  }),
  strategy: {
    applyDefaults(budget) {
      budget.spec ??= {};
    },
    prepareForCreate(budget) {
      budget.status = { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 };
    },
    validate,
  },
  table: {
    columns: [
      NAME,
      text("Min Available", "The minimum number of pods that must be available."),
      text("Max Unavailable", "The maximum number of pods that may be unavailable."),
      integer("Allowed Disruptions", "Calculated number of pods that may be disrupted at this time."),
      AGE,
    ],
    cells: (budget, context) => [
      budget.metadata.name,
      limitCell(budget.spec.minAvailable),
      limitCell(budget.spec.maxUnavailable),
      budget.status?.disruptionsAllowed ?? 0,
      age(budget, context),
    ],
  },
});
