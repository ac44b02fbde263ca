import { describe, expect, it } from "vitest";
import { places, trustText } from "./trust.ts";

describe("lido trust", () => {
  it("says it for every place, with the authority's file", () => {
    const text = trustText("/home/me/.lido/ca.pem");
    for (const place of places) expect(text).toContain(`# ${place}: `);
    expect(text.match(/\/home\/me\/\.lido\/ca\.pem/g)?.length).toBeGreaterThan(places.length);
  });

  it("says it for one place, with a path that a shell reads as one word", () => {
    expect(trustText("/home/it's me/ca.pem", "fedora")).toMatch(/^# fedora: .*\n {2}sudo cp '\/home\/it'\\''s me\/ca\.pem' \/etc\/pki/);
  });

  it("refuses a place that it does not know, and names those that it does", () => {
    expect(() => trustText("/ca.pem", "beos")).toThrow(/"beos" is none of debian, fedora/);
  });
});
