import type { Condition } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";
import { humanDuration, required } from "#kube/apimachinery";
import { unchanged } from "../checks.ts";
import { AGE, age, NAME, orElse, text } from "../columns.ts";
import { defineKind } from "../define.ts";
import { CONDITIONS, METADATA } from "../pod-template/shape.ts";
import { listOf, objectOf } from "../shape.ts";

interface SigningRequest extends KubeObject {
  spec?: { request?: string; signerName?: string; usages?: string[]; username?: string; expirationSeconds?: number };
  status?: { conditions?: Condition[]; certificate?: string };
}

/** Source: pkg/printers/internalversion/printers.go, extractCSRStatus. */
function conditionCell({ status }: SigningRequest): string {
  const holds = (type: string): boolean => status?.conditions?.some((condition) => condition.type === type) ?? false;
  const words = [holds("Denied") ? "Denied" : holds("Approved") ? "Approved" : "Pending"];
  if (holds("Failed")) words.push("Failed");
  if (status?.certificate !== undefined && status.certificate !== "") words.push("Issued");
  return words.join(",");
}

/** certificates.k8s.io/v1 certificatesigningrequests. Nobody signs them here. */
export const signingRequests = defineKind<SigningRequest>({
  apiVersion: "certificates.k8s.io/v1",
  kind: "CertificateSigningRequest",
  resource: "certificatesigningrequests",
  shortNames: ["csr"],
  clusterScoped: true,
  hasStatus: true,
  shape: objectOf("CertificateSigningRequest", {
    metadata: METADATA,
    spec: objectOf("CertificateSigningRequestSpec", {
      request: "text",
      signerName: "text",
      expirationSeconds: "int32",
      usages: listOf("text"),
      username: "text",
      groups: listOf("text"),
    }),
    status: objectOf("CertificateSigningRequestStatus", { conditions: CONDITIONS, certificate: "text" }),
  }),
  strategy: {
    prepareForCreate(request) {
      request.status = {};
    },
    validate: ({ spec }) => [
      ...(spec?.request ? [] : [required("spec.request")]),
      ...(spec?.signerName ? [] : [required("spec.signerName")]),
      ...((spec?.usages ?? []).length > 0 ? [] : [required("spec.usages", "usages must be provided")]),
    ],
    validateUpdate: (request, previous) => unchanged("spec", [request.spec, previous.spec], "updates to spec are forbidden."),
  },
  table: {
    columns: [
      NAME,
      AGE,
      text("SignerName", "Who is asked to sign."),
      text("Requestor", "Who asks."),
      text("RequestedDuration", "How long the certificate should hold."),
      text("Condition", "What has become of the request."),
    ],
    cells(request, context) {
      const { signerName, username = "", expirationSeconds } = request.spec ?? {};
      const duration = expirationSeconds === undefined ? "<none>" : humanDuration(expirationSeconds * 1000);
      return [request.metadata.name, age(request, context), orElse(signerName, "<none>"), username, duration, conditionCell(request)];
    },
  },
  selectableFields: ({ spec }) => ({ "spec.signerName": spec?.signerName ?? "" }),
});
