import type { KubeObject } from "#api/kubernetes/meta";
import { NAME, text } from "../columns.ts";
import { defineKind } from "../define.ts";
import { METADATA } from "../pod-template/shape.ts";
import { objectOf } from "../shape.ts";

/** A part of the control plane. */
export interface ComponentStatus extends KubeObject {
  readonly conditions?: readonly { readonly type: string; readonly status: "True" | "False"; readonly message?: string }[];
}

/** Source: pkg/printers/internalversion/printers.go, printComponentStatus. */
function cellsOf({ metadata, conditions }: ComponentStatus): readonly string[] {
  const healthy = conditions?.[0];
  const state = healthy === undefined ? "Unknown" : healthy.status === "True" ? "Healthy" : "Unhealthy";
  return [metadata.name, state, healthy?.message ?? "", ""];
}

/** v1 componentstatuses. Asked when they are read, and stored nowhere. */
export const componentStatuses = defineKind<ComponentStatus>({
  apiVersion: "v1",
  kind: "ComponentStatus",
  resource: "componentstatuses",
  shortNames: ["cs"],
  clusterScoped: true,
  verbs: ["get", "list"],
  isStored: false,
  shape: objectOf("ComponentStatus", { metadata: METADATA }),
  table: {
    columns: [
      NAME,
      text("Status", "Whether the component answers that it is well."),
      text("Message", "What it answered."),
      text("Error", "What went wrong when it was asked."),
    ],
    cells: cellsOf,
  },
});

/** v1 bindings: an older way to write a pod's binding. Source: pkg/registry/core/pod/storage/storage.go, LegacyBindingREST. */
export const bindings = defineKind<KubeObject>({
  apiVersion: "v1",
  kind: "Binding",
  resource: "bindings",
  verbs: ["create"],
  isStored: false,
  shape: objectOf("Binding", { metadata: METADATA, target: objectOf("ObjectReference", { kind: "text", name: "text" }) }),
});
