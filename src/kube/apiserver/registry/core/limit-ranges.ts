import type { LimitRange, LimitRangeItem } from "#api/kubernetes/limits";
import { compareQuantities, type FieldError, invalid, parseQuantity } from "#kube/apimachinery";
import { date, NAME } from "../columns.ts";
import { defineKind } from "../define.ts";
import { METADATA, RESOURCE_LIST } from "../pod-template/shape.ts";
import { listOf, objectOf } from "../shape.ts";

/** Source: pkg/apis/core/validation/validation.go, ValidateLimitRange. */
function itemErrors({ min = {}, max = {}, default: limits = {}, defaultRequest = {} }: LimitRangeItem, field: string): FieldError[] {
  const resources = [...new Set([min, max, limits, defaultRequest].flatMap((list) => Object.keys(list)))].sort();
  return resources.flatMap((resource) => {
    const [least, most, limit, request] = [min[resource], max[resource], limits[resource], defaultRequest[resource]];
    const above = (name: string, words: string, value: string | undefined, told = value): FieldError[] =>
      value !== undefined && most !== undefined && compareQuantities(parseQuantity(value), parseQuantity(most)) > 0
        ? [invalid(`${field}.${name}[${resource}]`, told, words)]
        : [];
    return [
      ...above("min", `min value ${least} is greater than max value ${most}`, least),
      ...above("defaultRequest", `default request value ${request} is greater than max value ${most}`, request),
      // Kubernetes names the bound here.
      ...above("default", `default value ${limit} is greater than max value ${most}`, limit, most),
    ];
  });
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
