import { describe, expect, it } from "vitest";
import { illegalBase64At } from "./base64.ts";

describe("base64 of a body", () => {
  it.each([
    ["", undefined],
    ["YQ==", undefined],
    ["YWI=", undefined],
    ["YW\nJj", undefined],
    ["not*base64", 3],
    ["YQ", 0],
    ["YWJjYQ", 4],
    ["YQ=", 3],
    ["YQ=x", 3],
    ["Y===", 1],
    ["YWI=YWI=", 4],
  ])("%j is illegal at %s", (text, place) => {
    expect(illegalBase64At(text)).toBe(place);
  });
});
