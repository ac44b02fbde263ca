import type { CryptoKey, JWTPayload } from "jose";
import type { Clock } from "#lib";
import { ALGORITHM, type SigningKey, type SigningKeys } from "./signing-key.ts";

/** How long an access token is good, in seconds. Source: expires_in of client credentials with continuous access evaluation. */
export const LIFETIME_SECONDS = 86_399;
/** Characters of a token at most; longer ones are not looked at. */
export const MAX_TOKEN_LENGTH = 16_384;
/** Keys whose imported form is remembered at most. */
const MAX_KEYS = 16;

export interface Signer {
  /** A token that is good from now on, for {@link LIFETIME_SECONDS}. */
  sign(claims: JWTPayload): Promise<string>;
  /** The claims of a token with a good signature, expired or not; undefined for any other text. */
  open(token: string): Promise<JWTPayload | undefined>;
}

interface ImportedKey {
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

/** Signs with the current key, and opens what any published key has signed. */
export function createSigner({ clock, keys }: { readonly clock: Clock; readonly keys: SigningKeys }): Signer {
  const imported = new Map<string, Promise<ImportedKey>>();
  function use(key: SigningKey): Promise<ImportedKey> {
    const known = imported.get(key.kid) ?? importKey(key);
    if (imported.size >= MAX_KEYS) imported.clear();
    imported.set(key.kid, known);
    return known;
  }
  return {
    async sign(claims) {
      const { SignJWT } = await import("jose");
      const key = await keys.current();
      const { privateKey } = await use(key);
      const now = Math.floor(clock.now() / 1000);
      const times = { iat: now, nbf: now, exp: now + LIFETIME_SECONDS };
      const header = { typ: "JWT", alg: ALGORITHM, x5t: key.kid, kid: key.kid };
      return await new SignJWT({ ...claims, ...times }).setProtectedHeader(header).sign(privateKey);
    },
    async open(token) {
      if (token.length > MAX_TOKEN_LENGTH) return undefined;
      const { compactVerify, decodeProtectedHeader } = await import("jose");
      try {
        const { kid } = decodeProtectedHeader(token);
        const key = (await keys.published()).find((candidate) => candidate.kid === kid);
        if (key === undefined) return undefined;
        const { payload } = await compactVerify(token, (await use(key)).publicKey, { algorithms: [ALGORITHM] });
        const claims: unknown = JSON.parse(new TextDecoder().decode(payload));
        return typeof claims === "object" && claims !== null ? (claims as JWTPayload) : undefined;
      } catch {
        return undefined;
      }
    },
  };
}

async function importKey({ privateJwk, publicJwk }: SigningKey): Promise<ImportedKey> {
  const { importJWK } = await import("jose");
  const [privateKey, publicKey] = await Promise.all([importJWK(privateJwk, ALGORITHM), importJWK(publicJwk, ALGORITHM)]);
  return { privateKey: privateKey as CryptoKey, publicKey: publicKey as CryptoKey };
}
