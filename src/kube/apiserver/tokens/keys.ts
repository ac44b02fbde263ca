import { createHash, createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import type { signToken } from "./sign.ts";

/** What tokens of service accounts are signed with. */
export interface SigningKeys {
  /** Who signs: `https://{fqdn}`. It is the audience of this API, too. */
  readonly issuer: string;
  /** Private RSA keys (PEM, PKCS#8): the first signs, tokens that another one signed are good as well. Never none. */
  keys(): Promise<readonly string[]>;
  /** How; as JSON Web Tokens when absent, which takes time off the event loop. */
  readonly sign?: typeof signToken;
}

/** A key, read. */
export interface SigningKey {
  readonly id: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** Keys that are kept read: more than are ever good at a time. */
const MAX_KNOWN = 8;
const known = new Map<string, SigningKey>();

/** Source: kubernetes pkg/serviceaccount/jwt.go, keyIDFromPublicKey. */
export function readKey(pem: string): SigningKey {
  const found = known.get(pem);
  if (found !== undefined) return found;
  const privateKey = createPrivateKey(pem);
  const publicKey = createPublicKey(privateKey);
  const id = createHash("sha256")
    .update(publicKey.export({ type: "spki", format: "der" }))
    .digest("base64url");
  const key = { id, privateKey, publicKey };
  const [oldest] = known.keys();
  if (known.size >= MAX_KNOWN && oldest !== undefined) known.delete(oldest);
  known.set(pem, key);
  return key;
}

export const JWKS_PATH = "/openid/v1/jwks";
export const CONFIGURATION_PATH = "/.well-known/openid-configuration";

/** The document by which others find the keys. Source: kubernetes pkg/serviceaccount/openidmetadata.go. */
export function openIdConfiguration(issuer: string): object {
  return {
    issuer,
    jwks_uri: `${issuer}${JWKS_PATH}`,
    response_types_supported: ["id_token"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
  };
}

/** The public keys, as a JSON Web Key Set. Source: as above. */
export function keySet(pems: readonly string[]): object {
  const keys = pems.map((pem) => {
    const { id, publicKey } = readKey(pem);
    const { n, e } = publicKey.export({ format: "jwk" });
    return { use: "sig", kty: "RSA", kid: id, alg: "RS256", n, e };
  });
  return { keys };
}
