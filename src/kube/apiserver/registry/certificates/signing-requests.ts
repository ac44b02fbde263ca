import type { Condition } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";
import { findCondition, formatTime, humanDuration, required } from "#kube/apimachinery";
import { unchanged } from "../checks.ts";
import { AGE, age, NAME, orElse, text } from "../columns.ts";
import { defineKind } from "../define.ts";
import type { StrategyContext } from "../kind.ts";
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

/** Source: pkg/registry/certificates/certificates/strategy.go, populateConditionTimestamps. */
function stampConditions({ status }: SigningRequest, previous: SigningRequest, { nowMs }: StrategyContext): void {
  for (const condition of (status?.conditions ?? []) as StampedCondition[]) {
    condition.lastUpdateTime ??= formatTime(nowMs);
    if (condition.lastTransitionTime) continue;
    const before = findCondition(previous.status?.conditions, condition.type);
    const since = before?.status === condition.status ? before.lastTransitionTime : undefined;
    condition.lastTransitionTime = since ?? formatTime(nowMs);
  }
}

type StampedCondition = { -readonly [Member in keyof Condition]: Condition[Member] } & { lastUpdateTime?: string };

/**
 * certificates.k8s.io/v1 certificatesigningrequests. Nobody signs them here.
 * Differs from AKS: who may update `approval` may approve for every signer.
 */
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
    prepareForStatusUpdate: stampConditions,
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
