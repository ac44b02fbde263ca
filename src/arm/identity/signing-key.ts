import type { JWK } from "jose";
import type { Clock } from "#lib";
import type { Store } from "#store";

/** The algorithm of every token, as Microsoft Entra ID uses it. */
export const ALGORITHM = "RS256";
const MODULUS_BITS = 2048;
/** Key of the signing keys in the store. */
export const SIGNING_KEY = "/arm/identity/signing-key";
/** How long a key signs. Unverified: Microsoft Entra ID rolls its keys at times that it does not tell. */
export const SIGNING_MS = 30 * 86_400_000;
/** How long a key is published after it has stopped signing: its last tokens, and the clocks of who checks them. */
export const PUBLISHED_AFTER_MS = 2 * 86_400_000;
/** Writers that may come between at a rotation. */
const MAX_ATTEMPTS = 5;

/** A key as it is stored: private and public JSON Web Key, both with the key id. */
export interface SigningKey {
  readonly kid: string;
  readonly privateJwk: JWK;
  readonly publicJwk: JWK;
  /** When it began to sign. */
  readonly sinceMs?: number;
}

/** Keys that tokens are signed with. */
export interface SigningKeys {
  /** The key that signs now, made on first use and replaced when its time is over. Only who needs it waits for it. */
  current(): Promise<SigningKey>;
  /** Every key whose tokens may still be good, the current one first. */
  published(): Promise<readonly SigningKey[]>;
}

interface Ring {
  readonly keys: readonly SigningKey[];
}

/** Opens the keys of a store: tokens stay good over a restart. Replicas that start together agree on the key that was stored first. */
export function openSigningKeys(store: Store, clock: Clock): SigningKeys {
  let ring: Promise<Ring> | undefined;
  const isDue = ({ keys }: Ring): boolean => clock.now() - (keys[0]?.sinceMs ?? clock.now()) >= SIGNING_MS;
  async function load(): Promise<Ring> {
    const known = await (ring ??= rotate(store, clock, isDue));
    if (!isDue(known)) return known;
    ring = rotate(store, clock, isDue);
    return await ring;
  }
  return {
    async current() {
      const [key] = (await load()).keys;
      if (key === undefined) throw new Error("a ring of keys has one");
      return key;
    },
    published: async () => fresh((await load()).keys, clock.now()),
  };
}

/** A key is published until the tokens that it signed last have ended. */
function fresh(keys: readonly SigningKey[], nowMs: number): readonly SigningKey[] {
  return keys.filter((_, index) => index === 0 || nowMs - (keys[index - 1]?.sinceMs ?? nowMs) < PUBLISHED_AFTER_MS);
}

async function rotate(store: Store, clock: Clock, isDue: (ring: Ring) => boolean): Promise<Ring> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const pair = await store.get(SIGNING_KEY);
    const stored = pair === undefined ? { keys: [] } : ringOf(JSON.parse(Buffer.from(pair.value).toString()) as Ring | SigningKey);
    if (stored.keys.length > 0 && !isDue(stored)) return stored;
    const nowMs = clock.now();
    const next: Ring = { keys: [{ ...(await makeKey()), sinceMs: nowMs }, ...fresh(stored.keys, nowMs)] };
    const op = { kind: "put", key: SIGNING_KEY, value: Buffer.from(JSON.stringify(next)) } as const;
    const { succeeded } = await store.transact([{ key: SIGNING_KEY, modRevision: pair?.modRevision ?? 0 }], [op]);
    if (succeeded) return next;
  }
  throw new Error(`the signing keys were changed by others at each of ${MAX_ATTEMPTS} attempts`);
}

/** Stores of version 0.1 hold one key without a ring. */
function ringOf(stored: Ring | SigningKey): Ring {
  return "keys" in stored ? stored : { keys: [stored] };
}

async function makeKey(): Promise<SigningKey> {
  const { calculateJwkThumbprint, exportJWK, generateKeyPair } = await import("jose");
  const pair = await generateKeyPair(ALGORITHM, { modulusLength: MODULUS_BITS, extractable: true });
  const publicJwk = await exportJWK(pair.publicKey);
  const kid = await calculateJwkThumbprint(publicJwk);
  const marks = { kid, alg: ALGORITHM, use: "sig" };
  return { kid, privateJwk: { ...(await exportJWK(pair.privateKey)), ...marks }, publicJwk: { ...publicJwk, ...marks, x5t: kid } };
}
