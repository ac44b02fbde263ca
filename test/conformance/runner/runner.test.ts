import { describe, expect, it } from "vitest";
import { Coverage } from "./coverage.ts";
import { layoutOf } from "./layout.ts";
import { differences } from "./pattern.ts";
import { checkTable } from "./table.ts";

const fine = { title: "t", source: "s", request: { method: "GET", path: "/x" }, status: 200 };

describe("a table is refused", () => {
  it.each([
    { name: "without cases", table: { cases: [] }, message: /has no cases/ },
    { name: "without the list of cases", table: { given: [] }, message: /lacks cases/ },
    { name: "that is empty", table: null, message: /is no map/ },
    { name: "with an unknown key", table: { cases: [fine], cazes: [] }, message: /unknown key cazes/ },
    { name: "with an unknown key in a case", table: { cases: [{ ...fine, bodi: 1 }] }, message: /unknown key bodi/ },
    { name: "with an unknown key in a request", table: { cases: [{ ...fine, request: { ...fine.request, boody: 1 } }] }, message: /boody/ },
    {
      name: "with an unknown key in a step",
      table: { cases: [fine], given: [{ method: "GET", path: "/", finnish: true }] },
      message: /finnish/,
    },
    { name: "with a start that is no time", table: { start: "soon", cases: [fine] }, message: /no time/ },
    {
      name: "with a step that waits for no time",
      table: { cases: [fine], given: [{ method: "GET", path: "/", wait: "long" }] },
      message: /no time/,
    },
    { name: "with a case without a source", table: { cases: [{ ...fine, source: "" }] }, message: /source/ },
    { name: "with two cases of one title", table: { cases: [fine, fine] }, message: /no other case has/ },
    { name: "with a layout that is none", table: { cases: [{ ...fine, layout: "pretty" }] }, message: /layout/ },
  ])("$name", ({ table, message }) => {
    expect(() => checkTable(table, "f.yaml")).toThrow(message);
  });
});

describe("a pattern", () => {
  it.each([
    { name: "text fits itself", pattern: "a", value: "a", fits: true },
    { name: "text does not fit other text", pattern: "a", value: "b", fits: false },
    { name: "a number does not fit its digits", pattern: 1, value: "1", fits: false },
    { name: "null does not fit an absent member", pattern: { a: null }, value: {}, fits: false },
    { name: "an expression fits", pattern: "/^a+$/", value: "aaa", fits: true },
    { name: "an expression does not fit a number", pattern: "/1/", value: 1, fits: false },
    { name: "<guid> fits a GUID", pattern: "<guid>", value: "7f3a0ac0-0000-4000-8000-000000000001", fits: true },
    { name: "<guid> does not fit text around one", pattern: "<guid>", value: "{7f3a0ac0-0000-4000-8000-000000000001}", fits: false },
    { name: "<time> fits seven digits of a second", pattern: "<time>", value: "2019-10-13T20:58:53.7285445Z", fits: true },
    { name: "<time> does not fit a day", pattern: "<time>", value: "2019-10-13", fits: false },
    { name: "<absent> fits nothing", pattern: { a: "<absent>" }, value: {}, fits: true },
    { name: "<absent> does not fit null", pattern: { a: "<absent>" }, value: { a: null }, fits: false },
    { name: "<any> does not fit nothing", pattern: { a: "<any>" }, value: {}, fits: false },
    { name: "<empty object> does not fit an object with a member", pattern: "<empty object>", value: { a: 1 }, fits: false },
    { name: "<base64> looks inside", pattern: "<base64> /^api/", value: "YXBpVmVyc2lvbg==", fits: true },
    { name: "an object may have more members", pattern: { a: 1 }, value: { a: 1, b: 2 }, fits: true },
    { name: "an object lacks a member", pattern: { a: 1, b: 2 }, value: { a: 1 }, fits: false },
    { name: "a list has no more items", pattern: [1], value: [1, 2], fits: false },
    { name: "a list is not an object", pattern: [1], value: { 0: 1 }, fits: false },
    { name: "<some> fits a list with such an item", pattern: { "<some>": { a: 1 } }, value: [{ a: 2 }, { a: 1 }], fits: true },
    { name: "<some> does not fit a list without one", pattern: { "<some>": { a: 1 } }, value: [{ a: 2 }], fits: false },
    { name: "<some> does not fit an object", pattern: { "<some>": { a: 1 } }, value: { a: 1 }, fits: false },
    { name: "items are compared in order", pattern: [1, 2], value: [2, 1], fits: false },
  ])("$name", ({ pattern, value, fits }) => {
    expect(differences(pattern, value).length === 0).toBe(fits);
  });

  it("names the place of a difference", () => {
    expect(differences({ a: [{ b: 1 }] }, { a: [{ b: 2 }] })).toEqual(["body.a.0.b: 2 instead of 1"]);
  });
});

describe("a layout", () => {
  it.each([
    { text: '{"a":1}', layout: "arm" },
    { text: '{\n  "a": 1\n }', layout: "provider" },
    { text: '{\n  "a": 1\n}', layout: "other" },
  ])("of $text", ({ text, layout }) => {
    expect(layoutOf(text)).toBe(layout);
  });
});

describe("coverage", () => {
  const coverage = new Coverage();
  coverage.know(["GET /a/{b}", "PUT My.Provider/things/{thing}", "GET plain:/health", "DELETE /never"]);
  coverage.touch("GET", "/a/x?y=z", { isRefused: false });
  coverage.touch("PUT", "//groups/g/providers/my.provider/THINGS/t/", { isRefused: false });
  coverage.touch("GET", "plain:/health", { isRefused: false });
  coverage.touch("GET", "/elsewhere", { isRefused: true });
  coverage.touch("GET", "/unheard", { isRefused: false });

  it("knows what was never asked for", () => {
    expect(coverage.untouched()).toEqual(["DELETE /never"]);
  });

  it("knows what was answered and is no operation", () => {
    expect(coverage.strange()).toEqual(["GET /unheard"]);
  });
});
