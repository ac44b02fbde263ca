import { describe, expect, it } from "vitest";
import { seededRandom, systemRandom } from "./random.ts";

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe.each([
  ["systemRandom", systemRandom],
  ["seededRandom", seededRandom(42)],
])("%s", (_name, random) => {
  it("draws numbers of [0, 1) and whole numbers of [0, max)", () => {
    for (let draw = 0; draw < 500; draw++) {
      const next = random.next();
      expect(next >= 0 && next < 1).toBe(true);
      expect([0, 1, 2]).toContain(random.int(3));
    }
    expect(random.int(1)).toBe(0);
  });

  it("draws every whole number about as often as the others", () => {
    const counts = [0, 0, 0, 0];
    for (let draw = 0; draw < 4000; draw++) {
      const drawn = random.int(4);
      counts[drawn] = (counts[drawn] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(200);
  });

  it("writes UUIDs of version 4, digits and texts of the asked length, never the same twice", () => {
    expect(random.uuid()).toMatch(UUID_V4);
    expect(random.hex(7)).toMatch(/^[0-9a-f]{7}$/);
    expect(random.text(20, "xyz")).toMatch(/^[xyz]{20}$/);
    expect(new Set(Array.from({ length: 100 }, () => random.uuid())).size).toBe(100);
  });

  it("refuses to draw from nothing", () => {
    expect(() => random.int(0)).toThrow();
  });
});

describe("seededRandom", () => {
  it("repeats itself for the same seed and differs for another", () => {
    const draws = (seed: number): string => {
      const random = seededRandom(seed);
      return [random.uuid(), random.next(), random.int(1e12), random.text(5, "abc")].join();
    };
    expect(draws(7)).toBe(draws(7));
    expect(draws(7)).not.toBe(draws(8));
  });
});
