import type { LimitRange, LimitRangeItem } from "#api/kubernetes/limits";
import { compareQuantities, type FieldError, invalid, parseQuantity } from "#kube/apimachinery";
import { date, NAME } from "../columns.ts";
import { defineKind } from "../define.ts";
import { METADATA, RESOURCE_LIST } from "../pod-template/shape.ts";
import { listOf, objectOf } from "../shape.ts";

/** Source: pkg/apis/core/validation/validation.go, ValidateLimitRange. */
function itemErrors(item: LimitRangeItem, field: string): FieldError[] {
  const { min = {}, max = {}, default: limits = {}, defaultRequest = {}, maxLimitRequestRatio: ratios = {} } = item;
  const resources = [...new Set([min, max, limits, defaultRequest, ratios].flatMap((list) => Object.keys(list)))].sort();
  return resources.flatMap((resource) => {
    const least = { words: "min value", amount: min[resource] };
    const most = { words: "max value", amount: max[resource] };
    const limit = { words: "default value", amount: limits[resource] };
    const request = { words: "default request value", amount: defaultRequest[resource] };
    const above = (member: string, low: Bound, high: Bound, told: Bound): FieldError[] =>
      isAbove(low.amount, high.amount)
        ? [
            invalid(
              `${field}.${member}[${resource}]`,
              told.amount,
              `${low.words} ${low.amount} is greater than ${high.words} ${high.amount}`,
            ),
          ]
        : [];
    const ratio = ratios[resource];
    return [
      ...above("min", least, most, least),
      ...above("defaultRequest", least, request, request),
      ...above("defaultRequest", request, most, request),
      ...above("defaultRequest", request, { ...limit, words: "default limit value" }, request),
      // Kubernetes names the bound here.
      ...above("default", least, limit, least),
      ...above("default", limit, most, most),
      ...(isAbove("1", ratio) ? [invalid(`${field}.maxLimitRequestRatio[${resource}]`, ratio, `ratio ${ratio} is less than 1`)] : []),
    ];
  });
}

interface Bound {
  readonly words: string;
  readonly amount: string | undefined;
}

function isAbove(left: string | undefined, right: string | undefined): boolean {
  return left !== undefined && right !== undefined && compareQuantities(parseQuantity(left), parseQuantity(right)) > 0;
}

/** core/v1 limitranges. Source: pkg/apis/core/v1/defaults.go, SetDefaults_LimitRangeItem. */
export const limitRanges = defineKind<LimitRange>({
  apiVersion: "v1",
  kind: "LimitRange",
  resource: "limitranges",
  shortNames: ["limits"],
  shape: objectOf("LimitRange", {
    metadata: METADATA,
    spec: objectOf("LimitRangeSpec", {
      limits: listOf(
        objectOf("LimitRangeItem", {
          type: "filled",
          max: RESOURCE_LIST,
          min: RESOURCE_LIST,
          default: RESOURCE_LIST,
          defaultRequest: RESOURCE_LIST,
          maxLimitRequestRatio: RESOURCE_LIST,
        }),
      ),
    }),
  }),
  strategy: {
    applyDefaults({ spec }) {
      for (const item of spec?.limits ?? []) {
        if (item.type !== "Container") continue;
        item.default = { ...item.max, ...item.default };
        item.defaultRequest = { ...item.min, ...item.default, ...item.defaultRequest };
      }
    },
    validate: ({ spec }) => (spec?.limits ?? []).flatMap((item, index) => itemErrors(item, `spec.limits[${index}]`)),
  },
  table: {
    columns: [NAME, date("Created At", "When this object was created.")],
    cells: ({ metadata }) => [metadata.name, metadata.creationTimestamp ?? ""],
  },
});
