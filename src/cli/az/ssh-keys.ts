import { createPublicKey, generateKeyPair } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { AzError } from "./grammar.ts";

const KEY_BITS = 2048;

/**
 * The public key for a new cluster's nodes, as az finds it: a text, a file, or `~/.ssh/id_rsa.pub`.
 * @param generates make a pair when there is none.
 * @throws {AzError} 1, in az's words, when there is no key. Source: azure-cli acs _validators.py, validate_ssh_key.
 */
export async function sshPublicKey(value: string | undefined, generates: boolean): Promise<string> {
  const file = value ?? join(homedir(), ".ssh", "id_rsa.pub");
  const content = existsSync(file) ? readFileSync(file, "utf8") : file;
  if (content.startsWith("ssh-rsa ")) return content;
  if (!generates) {
    throw new AzError(
      "An RSA key file or key value must be supplied to SSH Key Value. You can use --generate-ssh-keys to let CLI generate one for you",
    );
  }
  return await generate(file);
}

/** Makes a pair in the files where ssh looks for it; never over a key that is there. */
async function generate(publicFile: string): Promise<string> {
  const privateFile = publicFile.replace(/\.pub$/, "");
  if (existsSync(privateFile))
    throw new AzError(`A private key exists at '${privateFile}' without its public key. Move it, or name another with --ssh-key-value.`);
  const { publicKey, privateKey } = await promisify(generateKeyPair)("rsa", {
    modulusLength: KEY_BITS,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  });
  const line = openSshLine(createPublicKey(publicKey).export({ format: "jwk" }) as { n: string; e: string });
  mkdirSync(join(privateFile, ".."), { recursive: true, mode: 0o700 });
  writeFileSync(privateFile, privateKey, { mode: 0o600 });
  writeFileSync(publicFile, line, { mode: 0o644 });
  return line;
}

/** `ssh-rsa AAAA…`. Source: RFC 4253 §6.6. */
function openSshLine({ n, e }: { n: string; e: string }): string {
  const parts = [Buffer.from("ssh-rsa"), positive(Buffer.from(e, "base64url")), positive(Buffer.from(n, "base64url"))];
  const blob = Buffer.concat(parts.flatMap((part) => [lengthOf(part), part]));
  return `ssh-rsa ${blob.toString("base64")}\n`;
}

/** A big-endian number whose first bit is not taken for a sign. */
function positive(bytes: Buffer): Buffer {
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
}

function lengthOf(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return length;
}
