import { createHash, createPublicKey, X509Certificate } from "node:crypto";
import type { JWK } from "jose";
import { IdentitiesError } from "./decode.ts";
import type { Certificate } from "./model.ts";

/** Keys in one text at most. */
const MAX_KEYS = 20;
const BLOCK = /-----BEGIN (CERTIFICATE|PUBLIC KEY)-----[\s\S]+?-----END \1-----/g;

/** The first certificate of a PEM text. @throws {IdentitiesError} when there is none that can be read. */
export function readCertificate(pem: string, path: string): Certificate {
  const block = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/.exec(pem)?.[0];
  if (block === undefined) throw new IdentitiesError(`${path}: is not a certificate in PEM`);
  return reading(path, () => {
    const certificate = new X509Certificate(block);
    const digest = (algorithm: string): string => createHash(algorithm).update(certificate.raw).digest("base64url");
    return { key: certificate.publicKey, x5t: digest("sha1"), x5tS256: digest("sha256"), endsMs: Date.parse(certificate.validTo) };
  });
}

/** The public keys of a PEM text or of a JSON Web Key Set. @throws {IdentitiesError} */
export function readKeys(text: string, path: string): readonly JWK[] {
  const keys = text.trimStart().startsWith("{") ? reading(path, () => keysOfSet(text)) : reading(path, () => keysOfPem(text));
  if (keys.length === 0 || keys.length > MAX_KEYS)
    throw new IdentitiesError(`${path}: has ${keys.length} public keys; there may be 1 to ${MAX_KEYS}`);
  return keys;
}

function keysOfSet(text: string): readonly JWK[] {
  const set = JSON.parse(text) as { readonly keys?: unknown; readonly kty?: unknown };
  const keys = Array.isArray(set.keys) ? (set.keys as readonly JWK[]) : set.kty === undefined ? [] : [set as JWK];
  // A key that is kept too secret to be here is taken for its public half only.
  return keys.map((jwk) => ({ ...publicHalf(jwk), ...(typeof jwk.kid === "string" ? { kid: jwk.kid } : {}) }));
}

function publicHalf(jwk: JWK): JWK {
  return createPublicKey({ key: jwk as import("node:crypto").JsonWebKey, format: "jwk" }).export({ format: "jwk" });
}

function keysOfPem(text: string): readonly JWK[] {
  return [...text.matchAll(BLOCK)].map(([block]) => createPublicKey(block).export({ format: "jwk" }));
}

function reading<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new IdentitiesError(`${path}: cannot be read: ${(error as Error).message}`);
  }
}
