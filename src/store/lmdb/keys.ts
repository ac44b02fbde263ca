/**
 * Keys as bytes in the order of their UTF-16 code units. UTF-8 has that order for all texts but those with surrogate pairs
 * (U+1F600 is a pair from 0xD83D, before U+E000, but its UTF-8 comes after); for these each unit is written by itself (CESU-8).
 */
const SURROGATE = /[\uD800-\uDFFF]/;

/** First byte of a unit of three bytes, with the second at least {@link SURROGATE_TAIL} when the unit is a surrogate. */
const SURROGATE_LEAD = 0xed;
const SURROGATE_TAIL = 0xa0;

export function encodeKey(key: string): Buffer {
  if (!SURROGATE.test(key)) return Buffer.from(key, "utf8");
  const bytes: number[] = [];
  for (let index = 0; index < key.length; index++) {
    const unit = key.charCodeAt(index);
    if (unit < 0x80) bytes.push(unit);
    else if (unit < 0x800) bytes.push(0xc0 | (unit >> 6), 0x80 | (unit & 0x3f));
    else bytes.push(0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f));
  }
  return Buffer.from(bytes);
}

export function decodeKey(bytes: Buffer): string {
  const hasSurrogates = bytes.some((byte, index) => byte === SURROGATE_LEAD && (bytes[index + 1] ?? 0) >= SURROGATE_TAIL);
  if (!hasSurrogates) return bytes.toString("utf8");
  let key = "";
  let index = 0;
  const next = (): number => bytes[index++] ?? 0;
  while (index < bytes.length) {
    const lead = next();
    if (lead < 0x80) key += String.fromCharCode(lead);
    else if (lead < 0xe0) key += String.fromCharCode(((lead & 0x1f) << 6) | (next() & 0x3f));
    else key += String.fromCharCode(((lead & 0x0f) << 12) | ((next() & 0x3f) << 6) | (next() & 0x3f));
  }
  return key;
}

/** The first bytes that come after all keys with the prefix. No key has a byte of 0xff. */
export function endOf(prefix: Buffer): Buffer {
  const end = prefix.length === 0 ? Buffer.of(0) : Buffer.from(prefix);
  const last = end.length - 1;
  end[last] = prefix.length === 0 ? 0xff : (prefix[last] ?? 0) + 1;
  return end;
}
