import { describe, expect, it } from "vitest";
import { assert, constantFrom, integer, nat, property } from "fast-check";
import {
  addQuantities,
  canonicalQuantity,
  compareQuantities,
  formatQuantity,
  milliValue,
  parseQuantity,
  QuantityError,
  roundUpToMilli,
  subtractQuantities,
  value,
} from "./quantity.ts";

// Rows follow kubernetes/apimachinery pkg/api/resource/quantity_test.go.
describe("canonical form", () => {
  it.each([
    ["0", "0"],
    ["0n", "0"],
    ["0Ki", "0"],
    ["-0", "0"],
    ["0.0", "0"],
    ["0.00000000000001", "1n"],
    ["100m", "100m"],
    ["0.1", "100m"],
    ["1.5", "1500m"],
    [".5", "500m"],
    ["1.", "1."],
    ["Mi", "0"],
    ["1000m", "1"],
    ["1000", "1k"],
    ["12000", "12k"],
    ["2G", "2G"],
    ["2000M", "2G"],
    ["128Mi", "128Mi"],
    ["1.5Gi", "1536Mi"],
    ["1024Mi", "1Gi"],
    ["1000Ki", "1000Ki"],
    ["0.5Ki", "512"],
    ["0.5Mi", "512Ki"],
    ["1Ki", "1Ki"],
    ["1e3", "1e3"],
    ["1E3", "1E3"],
    ["10e3", "10e3"],
    ["1e4", "10e3"],
    ["1000e0", "1e3"],
    ["12e6", "12e6"],
    ["1.1E-1", "110e-3"],
    ["100u", "100u"],
    ["0.1m", "100u"],
    ["0.1n", "1n"],
    ["9Ei", "9223372036854775807"],
    ["7Ei", "7Ei"],
    ["-1.5Gi", "-1536Mi"],
    ["+10m", "+10m"],
    ["1000E", "1"],
    ["0.0001Gi", "107374182400u"],
    ["1.01Ki", "1034240m"],
  ])("%s is stored as %s", (sent, stored) => {
    expect(canonicalQuantity(sent)).toBe(stored);
  });

  it("JSON numbers are read as their text", () => {
    expect(canonicalQuantity(2)).toBe("2");
    expect(canonicalQuantity(0.25)).toBe("250m");
  });
});

describe("refused texts", () => {
  it.each([
    ["", "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"],
    ["1.1.M", "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"],
    ["aoeu", "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"],
    ["1+1.0M", "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"],
    ["0.1mi", "unable to parse quantity's suffix"],
    ["0.1am", "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"],
    [".5i", "unable to parse quantity's suffix"],
    ["1i", "unable to parse quantity's suffix"],
    ["1K", "unable to parse quantity's suffix"],
    ["1ki", "unable to parse quantity's suffix"],
    ["-3.01i", "unable to parse quantity's suffix"],
    ["1 Mi", "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"],
    ["-3.01e-", "unable to parse quantity's suffix"],
    ["1e100000", "unable to parse numeric part of quantity"],
  ])("%j: %s", (text, message) => {
    expect(() => parseQuantity(text)).toThrow(new QuantityError(message));
  });
});

describe("numbers", () => {
  it.each([
    ["1", 1000, 1],
    ["100m", 100, 1],
    ["0.5", 500, 1],
    ["1.1", 1100, 2],
    ["1u", 1, 1],
    ["-1.1", -1100, -2],
    ["3.5Gi", 3758096384000, 3758096384],
    ["1k", 1_000_000, 1000],
  ])("%s is %d thousandths and %d units", (text, milli, units) => {
    expect(milliValue(text)).toBe(milli);
    expect(value(text)).toBe(units);
    expect(value(text)).toBe(units);
  });
});

describe("arithmetic", () => {
  it("a sum keeps the format of the left side unless that is zero", () => {
    expect(formatQuantity(addQuantities(parseQuantity("1Gi"), parseQuantity("1024")))).toBe("1048577Ki");
    expect(formatQuantity(addQuantities(parseQuantity("0"), parseQuantity("1Gi")))).toBe("1Gi");
    expect(formatQuantity(subtractQuantities(parseQuantity("2"), parseQuantity("100m")))).toBe("1900m");
  });

  it("comparison ignores how the amount was written", () => {
    expect(compareQuantities(parseQuantity("1Ki"), parseQuantity("1024"))).toBe(0);
    expect(compareQuantities(parseQuantity("1K".toLowerCase()), parseQuantity("1Ki"))).toBe(-1);
    expect(compareQuantities(parseQuantity("1"), parseQuantity("-1"))).toBe(1);
  });

  it("resource lists keep thousandths", () => {
    expect(formatQuantity(roundUpToMilli(parseQuantity("100u")))).toBe("1m");
  });

  it("the canonical text reads as the same amount and is a fixed point", () => {
    const suffix = constantFrom("", "n", "u", "m", "k", "M", "G", "T", "Ki", "Mi", "Gi", "Ti", "e3", "e-2", "E1");
    assert(
      property(integer({ min: -1e9, max: 1e9 }), nat(999), suffix, (whole, fraction, unit) => {
        const quantity = parseQuantity(`${whole}.${fraction}${unit}`);
        const text = formatQuantity(quantity);
        expect(parseQuantity(text).nanos).toBe(quantity.nanos);
        expect(formatQuantity(parseQuantity(text))).toBe(text);
      }),
    );
  });
});
