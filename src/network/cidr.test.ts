import { describe, expect, it } from "vitest";
import { aligned, contains, overlaps, parseRange } from "./cidr.ts";

describe("parseRange", () => {
  it.each(["10.0.0.0", "10.0.0.0/33", "10.0.0.256/24", "fd00::/129", "10.0.0.0/", "x/24", "", "fd00::1::/64"])("takes no %j", (text) => {
    expect(parseRange(text)).toBeUndefined();
  });

  it.each([
    { text: "10.0.1.0/24", family: 4, size: 256n, isAligned: true },
    { text: "10.0.1.5/24", family: 4, size: 256n, isAligned: false },
    { text: "0.0.0.0/0", family: 4, size: 1n << 32n, isAligned: true },
    { text: "fd00:1::/64", family: 6, size: 1n << 64n, isAligned: true },
    { text: "::ffff:10.0.0.1/128", family: 6, size: 1n, isAligned: true },
  ])("takes $text apart", ({ text, family, size, isAligned }) => {
    const range = parseRange(text);
    expect(range).toMatchObject({ family, isAligned });
    expect((range?.last ?? 0n) - (range?.first ?? 0n) + 1n).toBe(size);
  });
});

describe("ranges", () => {
  const range = (text: string): NonNullable<ReturnType<typeof parseRange>> => {
    const parsed = parseRange(text);
    if (parsed === undefined) throw new Error(`${text} is no range`);
    return parsed;
  };
  it.each([
    { one: "10.0.0.0/16", other: "10.0.1.0/24", inside: true, apart: false },
    { one: "10.0.1.0/24", other: "10.0.0.0/16", inside: false, apart: false },
    { one: "10.0.0.0/24", other: "10.0.1.0/24", inside: false, apart: true },
    { one: "0.0.0.0/0", other: "::/64", inside: false, apart: true },
  ])("$one and $other", ({ one, other, inside, apart }) => {
    expect(contains(range(one), range(other))).toBe(inside);
    expect(overlaps(range(one), range(other))).toBe(!apart);
  });

  it("begin where their length says", () => {
    expect(aligned("10.10.10.0/16")).toBe("10.10.0.0/16");
  });
});
