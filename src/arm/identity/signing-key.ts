import type { JWK } from "jose";
import type { Store } from "#store";

/** The algorithm of every token, as Microsoft Entra ID uses it. */
export const ALGORITHM = "RS256";
const MODULUS_BITS = 2048;
/** Key of the signing key in the store. */
export const SIGNING_KEY = "/arm/identity/signing-key";

/** A key as it is stored: private and public JSON Web Key, both with the key id. */
export interface SigningKey {
  readonly kid: string;
  readonly privateJwk: JWK;
  readonly publicJwk: JWK;
}

/** Gives the key, making it on first use: tokens stay good over a restart, and only who needs the key waits for it. */
export type SigningKeySource = () => Promise<SigningKey>;

/** Replicas that start together agree on the first key that was stored. */
export function signingKeySource(store: Store): SigningKeySource {
  let key: Promise<SigningKey> | undefined;
  return () => (key ??= loadOrMake(store));
}

async function loadOrMake(store: Store): Promise<SigningKey> {
  const stored = await load(store);
  if (stored !== undefined) return stored;
  const made = await makeKey();
  const value = Buffer.from(JSON.stringify(made));
  const { succeeded } = await store.transact([{ key: SIGNING_KEY, modRevision: 0 }], [{ kind: "put", key: SIGNING_KEY, value }]);
  return succeeded ? made : ((await load(store)) ?? made);
}

async function load(store: Store): Promise<SigningKey | undefined> {
  const pair = await store.get(SIGNING_KEY);
  return pair === undefined ? undefined : (JSON.parse(Buffer.from(pair.value).toString()) as SigningKey);
}

async function makeKey(): Promise<SigningKey> {
  const { calculateJwkThumbprint, exportJWK, generateKeyPair } = await import("jose");
  const pair = await generateKeyPair(ALGORITHM, { modulusLength: MODULUS_BITS, extractable: true });
  const publicJwk = await exportJWK(pair.publicKey);
  const kid = await calculateJwkThumbprint(publicJwk);
  const marks = { kid, alg: ALGORITHM, use: "sig" };
  return { kid, privateJwk: { ...(await exportJWK(pair.privateKey)), ...marks }, publicJwk: { ...publicJwk, ...marks } };
}
