import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import { signToken } from "#kube/apiserver";
import type { Clock } from "#lib";
import { openDocuments, type Store } from "#store";

/** The keys with which clusters sign the tokens of their service accounts, kept in the store. */
export interface ServiceAccountKeys {
  /** The cluster's that are good now, the signing one first; made when it has none. Private RSA keys (PEM, PKCS#8). */
  of(id: string): Promise<readonly string[]>;
  /**
   * Signs with a new key from now on, once for each number. Tokens of the key before are good for a day more, those of older ones no longer.
   * @param rotation counts from 1; a number that has been done already changes nothing.
   */
  rotate(id: string, rotation: number): Promise<void>;
  forget(id: string): Promise<void>;
  close(): void;
}

interface Key {
  readonly pem: string;
  /** Absent for the one that signs. */
  readonly goodUntilMs?: number;
}

interface Stored {
  readonly keys: readonly Key[];
  /** How often they have been replaced; absent for never. */
  readonly rotation?: number;
}

const PREFIX = "/control-planes-keys/";
const MODULUS_BITS = 2048;
/** Source: azure-aks-docs use-oidc-issuer.md, "Both old and new keys remain valid for 24 hours after rotation". */
const GOOD_AFTER_MS = 24 * 3_600_000;

const generate = promisify(generateKeyPair);

/** How keys are made and tokens signed. Both take real time, off the event loop. */
export interface TokenSigning {
  /** A new private RSA key (PEM, PKCS#8). */
  makeKey(): Promise<string>;
  readonly sign: typeof signToken;
}

export const tokenSigning: TokenSigning = { makeKey, sign: signToken };

async function makeKey(): Promise<string> {
  const { privateKey } = await generate("rsa", {
    modulusLength: MODULUS_BITS,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  return privateKey;
}

/** Opens the keys that the store holds. */
export async function openServiceAccountKeys({
  store,
  clock,
  signing = tokenSigning,
}: {
  readonly store: Store;
  readonly clock: Clock;
  readonly signing?: TokenSigning;
}): Promise<ServiceAccountKeys> {
  const documents = await openDocuments<Stored>(store, PREFIX);
  const making = new Map<string, Promise<void>>();

  /** Who comes first wins; the others take what it has stored. */
  async function make(id: string): Promise<void> {
    const key = { pem: await signing.makeKey() };
    if (documents.get(id) === undefined) await store.transact([documents.unchanged(id, undefined)], [documents.put(id, { keys: [key] })]);
  }

  async function ensure(id: string): Promise<Stored> {
    const known = documents.get(id);
    if (known !== undefined) return known.value;
    const running = making.get(id) ?? make(id).finally(() => making.delete(id));
    making.set(id, running);
    await running;
    return documents.get(id)?.value ?? { keys: [] };
  }

  return {
    async of(id) {
      const { keys } = await ensure(id);
      return keys.filter(({ goodUntilMs }) => goodUntilMs === undefined || clock.now() < goodUntilMs).map(({ pem }) => pem);
    },
    async rotate(id, rotation) {
      await ensure(id);
      const stored = documents.get(id);
      if (stored === undefined || (stored.value.rotation ?? 0) >= rotation) return;
      const [last] = stored.value.keys;
      const retired = last === undefined ? [] : [{ pem: last.pem, goodUntilMs: clock.now() + GOOD_AFTER_MS }];
      const next = { keys: [{ pem: await signing.makeKey() }, ...retired], rotation };
      await store.transact([documents.unchanged(id, stored)], [documents.put(id, next)]);
    },
    async forget(id) {
      await store.transact([], [documents.remove(id)]);
    },
    close: () => documents.close(),
  };
}
