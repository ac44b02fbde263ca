import { createHash, randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import type { Secret } from "./model.ts";

/** Characters of a secret or password at most. Source: the limit of passwords in Microsoft Entra ID. */
export const MAX_SECRET_LENGTH = 256;

/** Work of a new hash: 16 MiB and some 40 ms, so that a file that leaks does not give short passwords away. */
const COST = { N: 16_384, r: 8, p: 1 };
const [SALT_BYTES, KEY_BYTES] = [16, 32];
const FORM = /^scrypt:([A-Za-z0-9_-]{22}):([A-Za-z0-9_-]{43})$/;
/** Secrets that were right, remembered so that the next sign-in costs nothing; entries at most. */
const MAX_REMEMBERED = 256;
const remembered = new Set<string>();

/** What is kept instead of a secret: `scrypt:<salt>:<key>`, both base64url. */
export async function hashSecret(text: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  return `scrypt:${salt.toString("base64url")}:${(await derive(text, salt)).toString("base64url")}`;
}

/** Whether the text has the form of {@link hashSecret}. */
export function isSecretHash(text: string): boolean {
  return FORM.test(text);
}

/** Whether a text is this secret, in a time that does not depend on where they differ. */
export async function isSecret(text: string, { value, hash = "" }: Secret): Promise<boolean> {
  if (text === "" || text.length > MAX_SECRET_LENGTH) return false;
  if (value !== undefined) return isSameText(text, value);
  const [, salt = "", key = ""] = FORM.exec(hash) ?? [];
  if (key === "") return false;
  const mark = createHash("sha256").update(`${hash}\n${text}`).digest("base64url");
  if (remembered.has(mark)) return true;
  const isRight = timingSafeEqual(await derive(text, Buffer.from(salt, "base64url")), Buffer.from(key, "base64url"));
  if (isRight) remember(mark);
  return isRight;
}

function remember(mark: string): void {
  if (remembered.size >= MAX_REMEMBERED) remembered.delete(remembered.values().next().value ?? "");
  remembered.add(mark);
}

/** Whether two texts are the same, in a time that tells no more than their lengths' digest. */
export function isSameText(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

function derive(text: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(text, salt, KEY_BYTES, COST, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
}
