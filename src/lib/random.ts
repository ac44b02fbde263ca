import { randomFillSync, randomInt, randomUUID } from "node:crypto";
import { assert } from "./assert.ts";

/** Where chance comes from, so that a run can be repeated from its seed. */
export interface Random {
  /** A number of [0, 1). */
  next(): number;
  /** A whole number of [0, max), each as likely as the other; `max` from 1 to 2^48 - 1. */
  int(max: number): number;
  /** A version 4 UUID in lower case. */
  uuid(): string;
  /** Text of `length` hexadecimal digits in lower case. */
  hex(length: number): string;
  /** Text of `length` characters of the alphabet, each as likely as the other. */
  text(length: number, alphabet: string): string;
}

const HEX_DIGITS = "0123456789abcdef";
const BITS_32 = 2 ** 32;
/** Bits of a double's fraction, and so of a number of [0, 1). */
const FRACTION_BITS = 53;

/** Random bytes of which none is used twice. */
const pool = Buffer.alloc(4096);
let unused = 0;

/** To ask the system for a few bytes costs as much as for many. */
function randomHex(length: number): string {
  const bytes = Math.ceil(length / 2);
  assert(bytes <= pool.length, `hexadecimal text has at most ${pool.length * 2} digits`);
  if (unused < bytes) {
    randomFillSync(pool);
    unused = pool.length;
  }
  unused -= bytes;
  return pool.toString("hex", unused, unused + bytes).slice(0, length);
}

/** Chance fit for secrets. */
export const systemRandom: Random = {
  next: () => (randomInt(2 ** 26) * 2 ** 27 + randomInt(2 ** 27)) / 2 ** FRACTION_BITS,
  int: (max) => randomInt(max),
  uuid: () => randomUUID(),
  hex: randomHex,
  text: (length, alphabet) => pick(length, alphabet, (max) => randomInt(max)),
};

/**
 * The same sequence for the same seed, on every machine; never for secrets.
 * The generator is mulberry32: a 32-bit counter whose value is mixed.
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const word = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const next = (): number => ((word() >>> 5) * 2 ** 26 + (word() >>> 6)) / 2 ** FRACTION_BITS;
  const int = (max: number): number => {
    assert(Number.isInteger(max) && max >= 1, "a whole number is drawn from at least one");
    return max <= BITS_32 ? Math.floor((word() / BITS_32) * max) : Math.floor(next() * max);
  };
  const hex = (length: number): string => pick(length, HEX_DIGITS, int);
  const uuid = (): string => `${hex(8)}-${hex(4)}-4${hex(3)}-${pick(1, "89ab", int)}${hex(3)}-${hex(12)}`;
  return { next, int, uuid, hex, text: (length, alphabet) => pick(length, alphabet, int) };
}

/** Joined at once: a text that grows by appending keeps all that it has been. */
function pick(length: number, alphabet: string, int: (max: number) => number): string {
  return Array.from({ length }, () => alphabet.charAt(int(alphabet.length))).join("");
}
