import type { Lease } from "#api/kubernetes/core";
import { nonNegative, positive } from "../checks.ts";
import { AGE, age, NAME, text } from "../columns.ts";
import { defineKind } from "../define.ts";
import { METADATA } from "../pod-template/shape.ts";
import { objectOf } from "../shape.ts";

/** coordination.k8s.io/v1 leases. Source: pkg/apis/coordination/validation/validation.go, ValidateLeaseSpec. */
export const leases = defineKind<Lease>({
  apiVersion: "coordination.k8s.io/v1",
  kind: "Lease",
  resource: "leases",
  shape: objectOf("Lease", {
    metadata: METADATA,
    spec: objectOf("LeaseSpec", {
      holderIdentity: "text",
      leaseDurationSeconds: "int32",
      acquireTime: "time",
      renewTime: "time",
      leaseTransitions: "int32",
    }),
  }),
  strategy: {
    applyDefaults(lease) {
      lease.spec ??= {};
    },
    validate: ({ spec }) => [
      ...positive("spec.leaseDurationSeconds", spec.leaseDurationSeconds),
      ...nonNegative("spec.leaseTransitions", spec.leaseTransitions),
    ],
  },
  table: {
    columns: [NAME, text("Holder", "Who holds the lease."), AGE],
    cells: (lease, context) => [lease.metadata.name, lease.spec?.holderIdentity ?? "", age(lease, context)],
  },
});
