import type { Extension, JsonGeneralName, JsonName } from "@peculiar/x509";
import type { webcrypto } from "node:crypto";
import type { Clock } from "./clock.ts";
import { installMetadata } from "./reflect.ts";

/** A certificate and its private key (PKCS #8), both as PEM: what is stored is what is used. */
export interface KeyedCertificate {
  readonly certPem: string;
  readonly keyPem: string;
}

export interface AuthorityOptions {
  readonly commonName: string;
  readonly clock: Clock;
  /** Days from now until it ends; 1 or more. */
  readonly validDays: number;
}

export interface CertificateOptions extends AuthorityOptions {
  /** The subject's O fields: a Kubernetes user's groups. */
  readonly organizations?: readonly string[];
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
  readonly usage: "server" | "client";
}

export type X509 = typeof import("@peculiar/x509");

/** Of every key made here. */
export const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY_MS = 86_400_000;
/** Certificates begin a little before now, for readers whose clocks are behind. */
const BACKDATE_MS = 5 * 60_000;
/** RFC 5280 allows 20 bytes at most and no negative number. */
const SERIAL_BYTES = 16;

/** Makes an authority that may issue certificates for servers and clients, but no further authorities. */
export async function createCertificateAuthority({ commonName, clock, validDays }: AuthorityOptions): Promise<KeyedCertificate> {
  const x509 = await loadX509();
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: randomSerial(),
    name: [{ CN: [commonName] }],
    ...validity(clock, validDays),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign | x509.KeyUsageFlags.digitalSignature, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return toPem(certificate.toString("pem"), keys.privateKey);
}

/**
 * Makes a key and a certificate for it, signed by the authority. It ends with its authority at the latest.
 * @throws {Error} when the authority's PEM cannot be read.
 */
export async function issueCertificate(authority: KeyedCertificate, options: CertificateOptions): Promise<KeyedCertificate> {
  const x509 = await loadX509();
  const issuer = new x509.X509Certificate(authority.certPem);
  const keys = await generateKeys();
  const { notBefore, notAfter } = validity(options.clock, options.validDays);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: randomSerial(),
    subject: subjectOf(options),
    issuer: issuer.subject,
    notBefore,
    notAfter: new Date(Math.min(notAfter.getTime(), issuer.notAfter.getTime())),
    publicKey: keys.publicKey,
    signingKey: await readKey(authority.keyPem),
    signingAlgorithm: ALGORITHM,
    extensions: [
      ...leafExtensions(x509, options),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(await issuer.publicKey.export()),
    ],
  });
  return toPem(certificate.toString("pem"), keys.privateKey);
}

function leafExtensions(x509: X509, { usage, dnsNames = [], ipAddresses = [] }: CertificateOptions): Extension[] {
  const purpose = usage === "server" ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth;
  const names: JsonGeneralName[] = [
    ...dnsNames.map((value) => ({ type: "dns" as const, value })),
    ...ipAddresses.map((value) => ({ type: "ip" as const, value })),
  ];
  return [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([purpose]),
    ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
  ];
}

function subjectOf({ commonName, organizations = [] }: CertificateOptions): JsonName {
  return [...organizations.map((organization) => ({ O: [organization] })), { CN: [commonName] }];
}

/** The library takes longer to load than the rest of the program, and only a first start or a new cluster needs it. */
export async function loadX509(): Promise<X509> {
  installMetadata();
  return await import("@peculiar/x509");
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
}

function validity(clock: Clock, validDays: number): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(clock.now() - BACKDATE_MS), notAfter: new Date(clock.now() + validDays * DAY_MS) };
}

/** In hexadecimal. */
export function randomSerial(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(SERIAL_BYTES));
  // A first byte of 0x40 to 0x7f is positive and needs no padding.
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return Buffer.from(bytes).toString("hex");
}

const KEY_HEAD = "-----BEGIN PRIVATE KEY-----";
const KEY_FOOT = "-----END PRIVATE KEY-----";
const PEM_LINE = /.{1,64}/g;

async function toPem(certPem: string, key: webcrypto.CryptoKey): Promise<KeyedCertificate> {
  const text = Buffer.from(await crypto.subtle.exportKey("pkcs8", key)).toString("base64");
  return { certPem: `${certPem.trimEnd()}\n`, keyPem: [KEY_HEAD, ...(text.match(PEM_LINE) ?? []), KEY_FOOT, ""].join("\n") };
}

/** The private key of a {@link KeyedCertificate}. */
export function readKey(pem: string): Promise<webcrypto.CryptoKey> {
  const text = pem.replace(KEY_HEAD, "").replace(KEY_FOOT, "");
  return crypto.subtle.importKey("pkcs8", Buffer.from(text, "base64"), ALGORITHM, false, ["sign"]);
}
