import { isIPv4, isIPv6 } from "node:net";

/** A range of addresses of either family. */
export interface Range {
  readonly family: 4 | 6;
  /** Its first and last address, as numbers. */
  readonly first: bigint;
  readonly last: bigint;
  /** Whether the address before the slash is the first of the range. */
  readonly isAligned: boolean;
}

const BITS = { 4: 32, 6: 128 } as const;

/** A range in CIDR notation taken apart: `10.0.1.0/24`; undefined for any other text. */
export function parseRange(text: string): Range | undefined {
  const [, address = "", length = ""] = /^([0-9a-fA-F:.]+)\/(\d{1,3})$/.exec(text) ?? [];
  const family = isIPv4(address) ? 4 : isIPv6(address) ? 6 : undefined;
  if (family === undefined || Number(length) > BITS[family]) return undefined;
  const size = 1n << BigInt(BITS[family] - Number(length));
  const at = family === 4 ? parseV4(address) : parseV6(address);
  const first = at - (at % size);
  return { family, first, last: first + size - 1n, isAligned: at === first };
}

function parseV4(address: string): bigint {
  return address.split(".").reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

/** `fd00::1`, `::ffff:10.0.0.1`. */
function parseV6(address: string): bigint {
  const hexadecimal = address.replace(/\d+\.\d+\.\d+\.\d+$/, (v4) => {
    const value = parseV4(v4);
    return `${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`;
  });
  const [head = "", tail] = hexadecimal.split("::");
  const before = head.split(":").filter(Boolean);
  const after = (tail ?? "").split(":").filter(Boolean);
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => "0");
  return [...before, ...zeros, ...after].reduce((sum, word) => sum * 65_536n + BigInt(`0x${word}`), 0n);
}

/** The range that an IPv4 text would be when its address were the first: `10.0.0.0/16` for `10.0.1.0/16`. */
export function aligned(text: string): string {
  const range = parseRange(text);
  if (range === undefined || range.family === 6) return text;
  const address = [24n, 16n, 8n, 0n].map((shift) => String((range.first >> shift) & 255n)).join(".");
  return `${address}/${text.split("/")[1] ?? ""}`;
}

export function contains(outer: Range, inner: Range): boolean {
  return outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last;
}

export function overlaps(one: Range, other: Range): boolean {
  return one.family === other.family && one.first <= other.last && other.first <= one.last;
}
