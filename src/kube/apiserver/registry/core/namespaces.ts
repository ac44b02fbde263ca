import type { Namespace } from "#api/kubernetes/core";
import { isReleaseAtLeast } from "#kube/apimachinery";
import { AGE, age, NAME, text } from "../columns.ts";
import { defineKind } from "../define.ts";
import { CONDITIONS, METADATA } from "../pod-template/shape.ts";
import { listOf, objectOf } from "../shape.ts";

/** Keeps a namespace until the namespace controller has emptied it. */
const FINALIZER = "kubernetes";
const NAME_LABEL = "kubernetes.io/metadata.name";

/** core/v1 namespaces. Source: pkg/registry/core/namespace/strategy.go. */
export const namespaces = defineKind<Namespace>({
  apiVersion: "v1",
  kind: "Namespace",
  resource: "namespaces",
  shortNames: ["ns"],
  clusterScoped: true,
  verbs: ["create", "delete", "get", "list", "patch", "update", "watch"],
  hasStatus: true,
  shape: objectOf("Namespace", {
    metadata: METADATA,
    spec: objectOf("NamespaceSpec", { finalizers: listOf("text") }),
    status: objectOf("NamespaceStatus", { phase: "text", conditions: CONDITIONS }),
  }),
  strategy: {
    applyDefaults({ metadata }, { version }) {
      if (isReleaseAtLeast(version, "1.21") && metadata.name !== "") metadata.labels = { ...metadata.labels, [NAME_LABEL]: metadata.name };
    },
    prepareForCreate(namespace) {
      const finalizers = namespace.spec?.finalizers ?? [];
      namespace.spec = { ...namespace.spec, finalizers: finalizers.includes(FINALIZER) ? finalizers : [...finalizers, FINALIZER] };
      namespace.status = { phase: "Active" };
    },
    // Only the `finalize` subresource changes these.
    prepareForUpdate(namespace, previous) {
      namespace.spec = { ...namespace.spec, ...(previous.spec?.finalizers === undefined ? {} : { finalizers: previous.spec.finalizers }) };
    },
  },
  table: {
    columns: [NAME, text("Status", "The status of the namespace"), AGE],
    cells: (namespace, context) => [namespace.metadata.name, namespace.status?.phase ?? "", age(namespace, context)],
  },
  selectableFields: ({ metadata, status }) => ({ name: metadata.name, "status.phase": status?.phase ?? "" }),
});
