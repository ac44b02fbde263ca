import { KeyObject } from "node:crypto";
import { readCertificateRequest } from "#lib";

export interface Asked {
  readonly commonName: string;
  readonly organizations?: readonly string[];
  readonly names?: readonly { readonly type: "dns" | "ip" | "email" | "url"; readonly value: string }[];
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

export interface MadeRequest {
  readonly pem: string;
  /** In base64, as the API takes it. */
  readonly request: string;
  readonly keyPem: string;
}

/** A request of a certificate for a new key. */
export async function requestOf({ commonName, organizations = [], names = [] }: Asked): Promise<MadeRequest> {
  // The library needs what the room installs before it loads it.
  await readCertificateRequest("");
  const x509 = await import("@peculiar/x509");
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const made = await x509.Pkcs10CertificateRequestGenerator.create({
    name: [...organizations.map((organization) => ({ O: [organization] })), { CN: [commonName] }],
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension([...names])],
  });
  const pem = made.toString("pem");
  const keyPem = KeyObject.from(keys.privateKey).export({ type: "pkcs8", format: "pem" }).toString();
  return { pem, request: Buffer.from(pem).toString("base64"), keyPem };
}
