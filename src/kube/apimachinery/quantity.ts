/**
 * Kubernetes quantities, exactly. A quantity is kept in billionths (the finest unit Kubernetes keeps) beside the
 * family of suffixes it was written in:
 *
 *     "1.5Gi" -> 1610612736 * 10^9 billionths, binary  -> "1536Mi"
 *     "0.1"   -> 100000000 billionths, decimal         -> "100m"
 *     "1e3"   -> 1000 * 10^9 billionths, exponent      -> "1e3"
 *
 * Source: kubernetes/apimachinery pkg/api/resource/quantity.go.
 */

/** The family of suffixes a quantity is written with: `Ki…Ei`, `n…E`, or `e3`. */
export type QuantityFormat = "BinarySI" | "DecimalSI" | "DecimalExponent";

export interface Quantity {
  /** The amount times 10^9; never has a fraction. */
  readonly nanos: bigint;
  readonly format: QuantityFormat;
}

/** A text that is no quantity; the message is the one Kubernetes gives. */
export class QuantityError extends Error {}

const GRAMMAR = "^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$";
const ERROR_FORMAT = `quantities must match the regular expression '${GRAMMAR}'`;
const ERROR_NUMERIC = "unable to parse numeric part of quantity";
const ERROR_SUFFIX = "unable to parse quantity's suffix";

const PARTS = /^([+-]?)(\d*)\.?(\d*)([eEinumkKMGTP]*[-+]?\d*)$/;
const EXPONENT = /^[eE]([+-]?\d+)$/;

/** Longest text and largest decimal exponent that is read, so that no text costs more than microseconds. */
const MAX_TEXT_LENGTH = 512;
const MAX_EXPONENT = 400;

const NANO = 1_000_000_000n;
const NANO_DIGITS = 9;
const MAX_INT64 = 2n ** 63n - 1n;
const BINARY_SUFFIXES = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
const DECIMAL_SUFFIXES = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];

/** Texts that each remembered function knows the answer for; a cluster uses a few hundred. */
const MEMORY_LIMIT = 4096;

function remembered<T>(compute: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const hit = known.get(text);
    if (hit !== undefined) return hit;
    const answer = compute(text);
    if (known.size >= MEMORY_LIMIT) known.clear();
    known.set(text, answer);
    return answer;
  };
}

interface Suffix {
  readonly radix: 2 | 10;
  readonly exponent: number;
  readonly format: QuantityFormat;
}

function interpretSuffix(suffix: string): Suffix {
  const decimal = DECIMAL_SUFFIXES.indexOf(suffix);
  if (decimal !== -1) return { radix: 10, exponent: (decimal - 3) * 3, format: "DecimalSI" };
  const binary = BINARY_SUFFIXES.indexOf(suffix);
  if (binary !== -1) return { radix: 2, exponent: binary * 10, format: "BinarySI" };
  const exponent = Number(EXPONENT.exec(suffix)?.[1] ?? Number.NaN);
  if (Number.isNaN(exponent)) throw new QuantityError(ERROR_SUFFIX);
  if (Math.abs(exponent) > MAX_EXPONENT) throw new QuantityError(ERROR_NUMERIC);
  return { radix: 10, exponent, format: "DecimalExponent" };
}

/** Division that goes away from zero: whoever asks for a little gets a little. */
function divideUp(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  return dividend % divisor === 0n ? quotient : dividend > 0n ? quotient + 1n : quotient - 1n;
}

/** `digits` times ten to the `exponent`, in billionths, rounded away from zero. */
function scaleToNanos(digits: bigint, exponent: number): bigint {
  const shift = exponent + NANO_DIGITS;
  return shift >= 0 ? digits * 10n ** BigInt(shift) : divideUp(digits, 10n ** BigInt(-shift));
}

interface Parts {
  readonly sign: string;
  readonly whole: string;
  readonly fraction: string;
  readonly suffix: Suffix;
}

function split(text: string): Parts {
  const match = text.length <= MAX_TEXT_LENGTH ? PARTS.exec(text) : null;
  if (match === null || text === "") throw new QuantityError(ERROR_FORMAT);
  const [, sign = "", whole = "", fraction = "", suffix = ""] = match;
  return { sign, whole, fraction, suffix: interpretSuffix(suffix) };
}

/**
 * Reads a quantity. Amounts below a billionth are rounded away from zero; binary ones are capped at 2^63-1.
 *
 * @param text `100m`, `128Mi`, `2G`, `1e3`, `1.5Gi`, `+.5`; blanks are refused, a suffix without digits is zero.
 * @throws {QuantityError} when `text` is no quantity, is longer than 512 characters or has an exponent beyond ±400.
 */
export const parseQuantity: (text: string) => Quantity = remembered(readQuantity);

function readQuantity(text: string): Quantity {
  const { sign, whole, fraction, suffix } = split(text);
  let magnitude = BigInt(whole + fraction || "0");
  if (suffix.radix === 2) magnitude <<= BigInt(suffix.exponent);
  let nanos = scaleToNanos(magnitude, (suffix.radix === 10 ? suffix.exponent : 0) - fraction.length);
  let { format } = suffix;
  if (format === "BinarySI") {
    if (nanos > MAX_INT64 * NANO) nanos = MAX_INT64 * NANO;
    if (nanos > 0n && nanos < NANO) format = "DecimalSI";
  }
  return { nanos: sign === "-" ? -nanos : nanos, format };
}

function formatBinary(nanos: bigint): string {
  let amount = nanos / NANO;
  let power = 0;
  while (power < BINARY_SUFFIXES.length - 1 && amount % 1024n === 0n) {
    amount /= 1024n;
    power++;
  }
  return `${amount}${BINARY_SUFFIXES[power]}`;
}

function formatDecimal(nanos: bigint, format: QuantityFormat): string {
  let amount = nanos;
  let exponent = -NANO_DIGITS;
  while (amount % 1000n === 0n) {
    amount /= 1000n;
    exponent += 3;
  }
  // Kubernetes, too, has no suffix beyond E and loses the thousands: "1000E" becomes "1".
  if (format === "DecimalSI") return `${amount}${DECIMAL_SUFFIXES[exponent / 3 + 3] ?? ""}`;
  return exponent === 0 ? `${amount}` : `${amount}e${exponent}`;
}

/** The canonical text: no fraction, no precision lost, the largest suffix that allows both. */
export function formatQuantity(quantity: Quantity): string {
  const { nanos, format } = quantity;
  if (nanos === 0n) return "0";
  const small = nanos > -1024n * NANO && nanos < 1024n * NANO;
  if (format === "BinarySI" && !small && nanos % NANO === 0n) return formatBinary(nanos);
  return formatDecimal(nanos, format === "BinarySI" ? "DecimalSI" : format);
}

/**
 * The text the API server stores for a quantity that a client sent as text or as a JSON number. Texts that are canonical
 * up to leading zeros, a plus sign or zeros behind the point come back as they are, as they do in Kubernetes.
 *
 * @throws {QuantityError} as {@link parseQuantity}.
 */
export function canonicalQuantity(sent: string | number): string {
  return canonicalText(String(sent).trim());
}

const canonicalText = remembered((text) => {
  if (text === "0") return text;
  const { whole, fraction, suffix } = split(text);
  const num = whole.replace(/^0+/, "") || "0";
  const shifted = num + fraction;
  const scale = suffix.exponent - fraction.length;
  const fast = suffix.radix === 10 && shifted.length <= 18 && scale >= -NANO_DIGITS;
  if (fast && num !== "0" && scale % 3 === 0 && !shifted.endsWith("000")) return text;
  return formatQuantity(parseQuantity(text));
});

/** Negative, zero or positive as `left` is smaller than, equal to or larger than `right`. */
export function compareQuantities(left: Quantity, right: Quantity): number {
  return left.nanos < right.nanos ? -1 : left.nanos > right.nanos ? 1 : 0;
}

/** The sum, in the format of `left` unless that is zero. */
export function addQuantities(left: Quantity, right: Quantity): Quantity {
  return { nanos: left.nanos + right.nanos, format: left.nanos === 0n ? right.format : left.format };
}

/** `left` less `right`, in the format of `left` unless that is zero. */
export function subtractQuantities(left: Quantity, right: Quantity): Quantity {
  return { nanos: left.nanos - right.nanos, format: left.nanos === 0n ? right.format : left.format };
}

/** The quantity rounded away from zero to thousandths, as the API server keeps the amounts of a resource list. */
export function roundUpToMilli(quantity: Quantity): Quantity {
  return { nanos: divideUp(quantity.nanos, 1_000_000n) * 1_000_000n, format: quantity.format };
}

function inUnits(unit: bigint): (text: string) => number {
  return remembered((text) => Number(divideUp(parseQuantity(text).nanos, unit)));
}

/**
 * The amount in thousandths, rounded away from zero: `milliValue("1.5") === 1500`. Exact up to 2^53.
 * @throws {QuantityError} as {@link parseQuantity}.
 */
export const milliValue: (text: string) => number = inUnits(1_000_000n);

/**
 * The amount in units, rounded away from zero: `value("1.5Gi") === 1610612736`. Exact up to 2^53.
 * @throws {QuantityError} as {@link parseQuantity}.
 */
export const value: (text: string) => number = inUnits(NANO);
