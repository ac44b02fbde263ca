import type { Toleration } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";
import { dns1123LabelErrors, invalid, required } from "#kube/apimachinery";
import { immutable } from "../checks.ts";
import { AGE, age, NAME, text } from "../columns.ts";
import { defineKind } from "../define.ts";
import { METADATA, RESOURCE_LIST, TOLERATION } from "../pod-template/shape.ts";
import { listOf, mapOf, objectOf } from "../shape.ts";

export interface RuntimeClass extends KubeObject {
  handler?: string;
  overhead?: { podFixed?: Record<string, string> };
  scheduling?: { nodeSelector?: Record<string, string>; tolerations?: Toleration[] };
}

/** node.k8s.io/v1 runtimeclasses. Source: pkg/apis/node/validation/validation.go. */
export const runtimeClasses = defineKind<RuntimeClass>({
  apiVersion: "node.k8s.io/v1",
  kind: "RuntimeClass",
  resource: "runtimeclasses",
  clusterScoped: true,
  shape: objectOf("RuntimeClass", {
    metadata: METADATA,
    handler: "text",
    overhead: objectOf("Overhead", { podFixed: RESOURCE_LIST }),
    scheduling: objectOf("Scheduling", { nodeSelector: mapOf("text"), tolerations: listOf(TOLERATION) }),
  }),
  strategy: {
    validate: ({ handler }) =>
      handler ? dns1123LabelErrors(handler).map((detail) => invalid("handler", handler, detail)) : [required("handler")],
    validateUpdate: (next, previous) => immutable("handler", next.handler, previous.handler),
  },
  table: {
    columns: [NAME, text("Handler", "Configuration of the container runtime."), AGE],
    cells: (runtimeClass, context) => [runtimeClass.metadata.name, runtimeClass.handler ?? "", age(runtimeClass, context)],
  },
});
