import type { JsonGeneralName, Pkcs10CertificateRequest } from "@peculiar/x509";
import type { RequestedSubject } from "./certificate-requests.ts";
import { ALGORITHM, type KeyedCertificate, loadX509, randomSerial, readKey, type X509 } from "./certificates.ts";

/** What a PKCS #10 request asks for. */
export interface CertificateRequest extends RequestedSubject {
  /** Names beside the subject, by their kind. */
  readonly alternativeNames: readonly { readonly type: "dns" | "ip" | "email" | "url" | "other"; readonly value: string }[];
}

/** Bits of a key's usage. Source: RFC 5280, KeyUsage. */
export type KeyUsageName =
  | "digitalSignature"
  | "nonRepudiation"
  | "keyEncipherment"
  | "dataEncipherment"
  | "keyAgreement"
  | "keyCertSign"
  | "cRLSign"
  | "encipherOnly"
  | "decipherOnly";

export interface SigningOptions {
  readonly keyUsages: readonly KeyUsageName[];
  /** Object identifiers of extended key usages. */
  readonly purposes: readonly string[];
  readonly fromMs: number;
  /** It ends with its authority at the latest. */
  readonly untilMs: number;
}

const NAME_TYPES: ReadonlySet<string> = new Set(["dns", "ip", "email", "url"]);

/** Source: RFC 5280, id-ce-subjectAltName. */
const ALTERNATIVE_NAMES = "2.5.29.17";

function alternativeNamesOf(x509: X509, request: Pkcs10CertificateRequest): JsonGeneralName[] {
  const extension = request.getExtension(ALTERNATIVE_NAMES);
  return extension === null ? [] : new x509.SubjectAlternativeNameExtension(extension.rawData).names.toJSON();
}

/** Reads a request in PEM; undefined for what is none, or is not signed with the key that it is for. */
export async function readCertificateRequest(pem: string): Promise<CertificateRequest | undefined> {
  const x509 = await loadX509();
  try {
    const request = new x509.Pkcs10CertificateRequest(pem);
    if (!(await request.verify())) return undefined;
    const names = alternativeNamesOf(x509, request);
    return {
      commonName: request.subjectName.getField("CN").at(-1) ?? "",
      organizations: request.subjectName.getField("O"),
      alternativeNames: names.map(({ type, value }) => ({ type: NAME_TYPES.has(type) ? (type as "dns") : "other", value })),
    };
  } catch {
    return undefined;
  }
}

/**
 * Signs a request that was read: a certificate of its subject, its alternative names and its key, and of nothing else that it asks for.
 * Answers PEM. @throws {Error} for what is no request.
 */
export async function signCertificateRequest(
  authority: KeyedCertificate,
  pem: string,
  { keyUsages, purposes, fromMs, untilMs }: SigningOptions,
): Promise<string> {
  const x509 = await loadX509();
  const request = new x509.Pkcs10CertificateRequest(pem);
  const issuer = new x509.X509Certificate(authority.certPem);
  const names: JsonGeneralName[] = alternativeNamesOf(x509, request);
  const flags = keyUsages.reduce((all, name) => all | x509.KeyUsageFlags[name], 0);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: randomSerial(),
    subject: request.subjectName.toJSON(),
    issuer: issuer.subject,
    notBefore: new Date(fromMs),
    notAfter: new Date(Math.min(untilMs, issuer.notAfter.getTime())),
    publicKey: request.publicKey,
    signingKey: await readKey(authority.keyPem),
    signingAlgorithm: ALGORITHM,
    extensions: [
      ...(flags === 0 ? [] : [new x509.KeyUsagesExtension(flags, true)]),
      ...(purposes.length === 0 ? [] : [new x509.ExtendedKeyUsageExtension([...purposes])]),
      new x509.BasicConstraintsExtension(false, undefined, true),
      await x509.AuthorityKeyIdentifierExtension.create(await issuer.publicKey.export()),
      ...(names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names)]),
    ],
  });
  return `${certificate.toString("pem").trimEnd()}\n`;
}
