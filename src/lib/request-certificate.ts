import { KeyObject } from "node:crypto";
import { ALGORITHM, loadX509 } from "./certificates.ts";

/** Whom and what a certificate is asked for. */
export interface Asked {
  readonly commonName: string;
  readonly organizations?: readonly string[];
  readonly names?: readonly { readonly type: "dns" | "ip" | "email" | "url"; readonly value: string }[];
}

/** A PKCS #10 request. */
export interface MadeRequest {
  readonly pem: string;
  /** The PEM in base64, as Kubernetes takes it. */
  readonly request: string;
  readonly keyPem: string;
}

/** Makes a new key and a request of a certificate for it. */
export async function requestOf({ commonName, organizations = [], names = [] }: Asked): Promise<MadeRequest> {
  const x509 = await loadX509();
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
