import type { Condition } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";
import { duplicate, type FieldError, findCondition, formatTime, humanDuration, invalid, notSupported, required } from "#kube/apimachinery";
import { subjectOfRequest } from "#lib";
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

/** Source: pkg/apis/certificates/types.go, KeyUsage. */
const USAGES = [
  "any",
  "cert sign",
  "client auth",
  "code signing",
  "content commitment",
  "crl sign",
  "data encipherment",
  "decipher only",
  "digital signature",
  "email protection",
  "encipher only",
  "ipsec end system",
  "ipsec tunnel",
  "ipsec user",
  "key agreement",
  "key encipherment",
  "microsoft sgc",
  "netscape sgc",
  "ocsp signing",
  "s/mime",
  "server auth",
  "signing",
  "timestamping",
];
const MIN_SECONDS = 600;

/**
 * Source: pkg/apis/certificates/validation/validation.go, validateCertificateSigningRequest.
 * Differs from AKS: a request whose signature is wrong is taken, and marked as failed once it is approved.
 */
function specErrors({ spec = {} }: SigningRequest): FieldError[] {
  const { request = "", usages = [], signerName = "", expirationSeconds } = spec;
  const errors: FieldError[] = [];
  if (subjectOfRequest(Buffer.from(request, "base64").toString("utf8")) === undefined)
    errors.push(invalid("spec.request", request, "PEM block type must be CERTIFICATE REQUEST"));
  if (usages.length === 0) errors.push(required("spec.usages"));
  usages.forEach((usage, index) => {
    if (!USAGES.includes(usage)) errors.push(notSupported(`spec.usages[${index}]`, usage, USAGES));
  });
  usages.forEach((usage, index) => {
    if (usages.indexOf(usage) < index) errors.push(duplicate(`spec.usages[${index}]`, usage));
  });
  if (signerName === "") errors.push(required("spec.signerName"));
  else if (signerName === LEGACY_SIGNER)
    errors.push(invalid("spec.signerName", signerName, "the legacy signerName is not allowed via this API version"));
  else if (signerName.split("/").length !== 2)
    errors.push(invalid("spec.signerName", signerName, "must be a fully qualified domain and path of the form 'example.com/signer-name'"));
  if (expirationSeconds !== undefined && expirationSeconds < MIN_SECONDS)
    errors.push(invalid("spec.expirationSeconds", expirationSeconds, "may not specify a duration less than 600 seconds (10 minutes)"));
  return errors;
}

const LEGACY_SIGNER = "kubernetes.io/legacy-unknown";

/** certificates.k8s.io/v1 certificatesigningrequests. */
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
    validateCreate: specErrors,
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
