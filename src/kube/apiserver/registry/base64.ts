const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
/** A letter of base64, padding apart. */
const LETTER = /[A-Za-z0-9+/]/;

/**
 * Where Go's decoder stops in a text that is not base64, in bytes; undefined for one that is. Line breaks are passed over.
 * Source: golang/go src/encoding/base64/base64.go, decodeQuantum.
 */
export function illegalBase64At(text: string): number | undefined {
  if (BASE64.test(text)) return undefined;
  const letters = Array.from(Buffer.from(text, "utf8").toString("latin1")).flatMap((letter, at) =>
    /[\r\n]/.test(letter) ? [] : [{ letter, at }],
  );
  const end = Buffer.byteLength(text);
  const first = letters.findIndex(({ letter }) => !LETTER.test(letter));
  const whole = first === -1 ? letters.length : first;
  // The decoder counts back from the end by the letters of the last group, wherever line breaks are.
  if (first === -1) return whole % 4 === 0 ? undefined : end - (whole % 4);
  const { letter = "", at = 0 } = letters[first] ?? {};
  if (letter !== "=" || whole % 4 < 2) return at;
  return illegalAfterPadding(letters.slice(first + 1), { needed: whole % 4 === 2 ? 1 : 0, end });
}

interface Placed {
  readonly letter: string;
  readonly at: number;
}

function illegalAfterPadding(rest: readonly Placed[], { needed, end }: { needed: 0 | 1; end: number }): number | undefined {
  const [next] = rest;
  if (needed === 0) return next?.at;
  if (next === undefined) return end;
  return next.letter === "=" ? rest[1]?.at : next.at;
}
