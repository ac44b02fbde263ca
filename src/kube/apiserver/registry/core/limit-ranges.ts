import type { LimitRange } from "#api/kubernetes/limits";
import { text, NAME } from "../columns.ts";
import { defineKind } from "../define.ts";
import { METADATA, RESOURCE_LIST } from "../pod-template/shape.ts";
import { listOf, objectOf } from "../shape.ts";

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
  },
  table: {
    columns: [NAME, text("Created At", "When this object was created.")],
    cells: ({ metadata }) => [metadata.name, metadata.creationTimestamp ?? ""],
  },
});
