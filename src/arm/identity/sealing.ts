import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Store } from "#store";

/** Key of the sealing secret in the store. */
const SEALING_KEY = "/arm/identity/sealing-key";
const [KEY_BYTES, NONCE_BYTES, TAG_BYTES] = [32, 12, 16];
const CIPHER = "aes-256-gcm";
/** Characters of a sealed text at most: what a browser is sent away with, all members at their longest. */
const MAX_LENGTH = 32_768;

/** Makes texts that only this installation can read or have made. */
export interface Sealing {
  /** An opaque text of a JSON value. */
  seal(value: unknown): string;
  /** The value of a text that {@link seal} made; undefined for any other. */
  open(text: string): unknown;
  /** A mark that belongs to a text. */
  mark(text: string): string;
  isMark(mark: string, text: string): boolean;
}

/** Opens the secret of a store, making it on first use: what was sealed is still good after a restart. */
export async function openSealing(store: Store): Promise<Sealing> {
  const key = await loadOrMake(store);
  const mark = (text: string): string => createHmac("sha256", key).update(text).digest("base64url");
  return {
    seal(value) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, key, nonce);
      const body = Buffer.concat([cipher.update(JSON.stringify(value), "utf8"), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64url");
    },
    open(text) {
      if (text.length > MAX_LENGTH) return undefined;
      const bytes = Buffer.from(text, "base64url");
      try {
        const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
        decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
        return JSON.parse(Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString("utf8"));
      } catch {
        return undefined;
      }
    },
    mark,
    isMark(sent, text) {
      const [left, right] = [Buffer.from(sent), Buffer.from(mark(text))];
      return left.length === right.length && timingSafeEqual(left, right);
    },
  };
}

async function loadOrMake(store: Store): Promise<Buffer> {
  const stored = await store.get(SEALING_KEY);
  if (stored !== undefined) return Buffer.from(stored.value);
  const value = randomBytes(KEY_BYTES);
  const { succeeded } = await store.transact([{ key: SEALING_KEY, modRevision: 0 }], [{ kind: "put", key: SEALING_KEY, value }]);
  return succeeded ? value : await loadOrMake(store);
}
