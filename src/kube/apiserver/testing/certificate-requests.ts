import { readCertificateRequest } from "#lib";

export interface Asked {
  readonly commonName: string;
  readonly organizations?: readonly string[];
  readonly names?: readonly { readonly type: "dns" | "ip" | "email" | "url"; readonly value: string }[];
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** A request of a certificate for a new key, as PEM and in base64 as the API takes it. */
export async function requestOf({ commonName, organizations = [], names = [] }: Asked): Promise<{ pem: string; request: string }> {
  // The library needs what the room installs before it loads it.
  await readCertificateRequest("");
  const x509 = await import("@peculiar/x509");
  const made = await x509.Pkcs10CertificateRequestGenerator.create({
    name: [...organizations.map((organization) => ({ O: [organization] })), { CN: [commonName] }],
    keys: await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]),
    signingAlgorithm: ALGORITHM,
    extensions: names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension([...names])],
  });
  const pem = made.toString("pem");
  return { pem, request: Buffer.from(pem).toString("base64") };
}
