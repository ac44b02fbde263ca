import { createHash } from "node:crypto";

const MASK = 0xffff_ffff;
const FIRST = 0x239b_961b;
const SECOND = 0xab0e_9789;
const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
const LENGTH = 13;
const BLOCK_BYTES = 8;

/**
 * The 13 characters of the template function `uniqueString`: Azure's own 64-bit variant of MurmurHash3 of the UTF-8 text,
 * in base 32 from the top bit down.
 * Source: public reimplementations in Go, C#, bash and Python, which agree with each other and with the NuGet package
 * Azure.Deployments.Expression.
 */
export function uniqueStringOf(text: string): string {
  let hash = murmurHash64(Buffer.from(text, "utf8"));
  let result = "";
  for (let index = 0; index < LENGTH; index++) {
    result += ALPHABET.charAt(Number(hash >> 59n));
    hash = BigInt.asUintN(64, hash << 5n);
  }
  return result;
}

function murmurHash64(data: Buffer): bigint {
  let [h1, h2] = [0, 0];
  const blocks = data.length - (data.length % BLOCK_BYTES);
  for (let at = 0; at < blocks; at += BLOCK_BYTES) {
    h1 ^= mixFirst(data.readUInt32LE(at));
    h1 = (multiply((rotate(h1, 19) + h2) & MASK, 5) + 0x561c_cd1b) & MASK;
    h2 ^= mixSecond(data.readUInt32LE(at + 4));
    h2 = (multiply((rotate(h2, 13) + h1) & MASK, 5) + 0x0bca_a747) & MASK;
  }
  const rest = data.length - blocks;
  if (rest > 0) h1 ^= mixFirst(data.readUIntLE(blocks, Math.min(rest, 4)));
  if (rest > 4) h2 ^= mixSecond(data.readUIntLE(blocks + 4, rest - 4));
  h1 ^= data.length;
  h2 ^= data.length;
  [h1, h2] = cross(h1, h2);
  [h1, h2] = cross(finish(h1), finish(h2));
  return (BigInt(h2 >>> 0) << 32n) | BigInt(h1 >>> 0);
}

function cross(h1: number, h2: number): [number, number] {
  const first = (h1 + h2) & MASK;
  return [first, (h2 + first) & MASK];
}

function mixFirst(block: number): number {
  return multiply(rotate(multiply(block, FIRST), 15), SECOND);
}

function mixSecond(block: number): number {
  return multiply(rotate(multiply(block, SECOND), 17), FIRST);
}

function finish(hash: number): number {
  let mixed = multiply(hash ^ (hash >>> 16), 0x85eb_ca6b);
  mixed = multiply(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
  return mixed ^ (mixed >>> 16);
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function multiply(a: number, b: number): number {
  return Math.imul(a, b);
}

/** The namespace of {@link templateGuid}. Source: learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-functions-string#guid. */
const GUID_NAMESPACE = Buffer.from("11fb06fb712d4ddd98c7e71bbd588830", "hex");

/** What the template function `guid` makes of its arguments, joined: a UUID of version 5 (RFC 9562, 5.5). */
export function templateGuid(text: string): string {
  const bytes = createHash("sha1").update(GUID_NAMESPACE).update(text, "utf8").digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
