import type { CertificateRequest, KeyUsageName } from "#lib";

export const CLIENT = "kubernetes.io/kube-apiserver-client";
export const KUBELET_CLIENT = "kubernetes.io/kube-apiserver-client-kubelet";
export const KUBELET_SERVING = "kubernetes.io/kubelet-serving";

/** What a signer asks of a request. */
type SignerRule = (request: CertificateRequest, usages: ReadonlySet<string>) => string | undefined;

/** Signers that a cluster has of itself. Source: pkg/controller/certificates/signer/signer.go. */
const SIGNERS: ReadonlyMap<string, SignerRule> = new Map<string, SignerRule>([
  [CLIENT, refuseClient],
  [KUBELET_CLIENT, refuseKubeletClient],
  [KUBELET_SERVING, refuseKubeletServing],
]);

export function isSigner(name: string): boolean {
  return SIGNERS.has(name);
}

/** Why the signer does not sign a request; undefined when it does. */
export function refusalBy(signer: string, request: CertificateRequest, usages: readonly string[] = []): string | undefined {
  return SIGNERS.get(signer)?.(request, new Set(usages));
}

/** Source: signer.go, validAPIServerClientUsages. */
function refuseClient(_: CertificateRequest, usages: ReadonlySet<string>): string | undefined {
  const allowed = ["client auth", "digital signature", "key encipherment"];
  const other = [...usages].find((usage) => !allowed.includes(usage));
  if (other !== undefined) return `invalid usage for client certificate: ${other}`;
  return usages.has("client auth") ? undefined : "missing required usage for client certificate: client auth";
}

const hasNames = ({ alternativeNames }: CertificateRequest, type: CertificateRequest["alternativeNames"][number]["type"]): boolean =>
  alternativeNames.some((name) => name.type === type);

const isOfNodes = ({ organizations }: CertificateRequest): boolean => organizations.length === 1 && organizations[0] === "system:nodes";
const NOT_OF_NODES = "subject organization is not system:nodes";
const isNamedAsNode = ({ commonName }: CertificateRequest): boolean => commonName.startsWith("system:node:");
const NOT_NAMED_AS_NODE = "subject common name does not begin with system:node:";

/** Keys of elliptic curves encipher nothing. */
function refuseUsages(usages: ReadonlySet<string>, purpose: string): string | undefined {
  const [all, without] = [["digital signature", "key encipherment", purpose].sort(), ["digital signature", purpose]];
  const isOneOf = [all, without].some((wanted) => wanted.length === usages.size && wanted.every((usage) => usages.has(usage)));
  return isOneOf ? undefined : `usages did not match [${all.join(" ")}]`;
}

/** Source: pkg/apis/certificates/v1/helpers.go, ValidateKubeletClientCSR. */
function refuseKubeletClient(request: CertificateRequest, usages: ReadonlySet<string>): string | undefined {
  if (!isOfNodes(request)) return NOT_OF_NODES;
  if (hasNames(request, "dns")) return "DNS subjectAltNames are not allowed";
  if (hasNames(request, "email")) return "Email subjectAltNames are not allowed";
  if (hasNames(request, "ip")) return "IP subjectAltNames are not allowed";
  if (hasNames(request, "url")) return "URI subjectAltNames are not allowed";
  return isNamedAsNode(request) ? refuseUsages(usages, "client auth") : NOT_NAMED_AS_NODE;
}

/** Source: as above, ValidateKubeletServingCSR. */
function refuseKubeletServing(request: CertificateRequest, usages: ReadonlySet<string>): string | undefined {
  if (!isOfNodes(request)) return NOT_OF_NODES;
  if (!hasNames(request, "dns") && !hasNames(request, "ip")) return "DNS or IP subjectAltName is required";
  if (hasNames(request, "email")) return "Email subjectAltNames are not allowed";
  if (hasNames(request, "url")) return "URI subjectAltNames are not allowed";
  return refuseUsages(usages, "server auth") ?? (isNamedAsNode(request) ? undefined : NOT_NAMED_AS_NODE);
}

const KEY_USAGES: Readonly<Record<string, KeyUsageName>> = {
  signing: "digitalSignature",
  "digital signature": "digitalSignature",
  "content commitment": "nonRepudiation",
  "key encipherment": "keyEncipherment",
  "key agreement": "keyAgreement",
  "data encipherment": "dataEncipherment",
};
/** Object identifiers. Source: RFC 5280, id-kp. */
const PURPOSES: Readonly<Record<string, string>> = { "client auth": "1.3.6.1.5.5.7.3.2", "server auth": "1.3.6.1.5.5.7.3.1" };

/** Usages of the API as certificates have them; the signers let no others through. Source: pkg/controller/certificates/authority/policies.go. */
export function usagesOf(usages: readonly string[] = []): { keyUsages: readonly KeyUsageName[]; purposes: readonly string[] } {
  const found = <T>(table: Readonly<Record<string, T>>): T[] => usages.flatMap((usage) => table[usage] ?? []);
  return { keyUsages: [...new Set(found(KEY_USAGES))], purposes: [...new Set(found(PURPOSES))] };
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Source: --cluster-signing-duration. Unverified: that AKS leaves it so. */
const MOST_MS = 365 * 24 * HOUR_MS;
const LEAST_MS = 10 * MINUTE_MS;
const BACKDATE_MS = 5 * MINUTE_MS;
/** Certificates for less time end when they were asked to. */
const SHORT_MS = 8 * HOUR_MS;

/** From when until when a certificate is good. Source: signer.go, duration; policies.go, PermissiveSigningPolicy. */
export function validity(nowMs: number, expirationSeconds: number | undefined): { fromMs: number; untilMs: number } {
  const asked = expirationSeconds === undefined ? MOST_MS : expirationSeconds * 1000;
  const ms = Math.min(Math.max(asked, LEAST_MS), MOST_MS);
  return { fromMs: nowMs - BACKDATE_MS, untilMs: nowMs + (ms < SHORT_MS ? ms : ms - BACKDATE_MS) };
}
