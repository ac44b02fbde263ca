import { describe, expect, it } from "vitest";
import { readSchema } from "./json-schema.ts";
import { ruleErrors } from "./rules.ts";

const rulesOf = (properties: object, rule: string, more: object = {}): ReturnType<typeof readSchema> =>
  readSchema({ type: "object", properties, "x-kubernetes-validations": [{ rule, ...more }] });
const details = (...call: Parameters<typeof ruleErrors>): (string | undefined)[] => ruleErrors(...call).map(({ detail }) => detail);

describe("texts with a format", () => {
  const schema = rulesOf(
    { d: { type: "string", format: "duration" }, t: { type: "string", format: "date-time" }, b: { type: "string", format: "byte" } },
    "self.d > duration('1h') && self.t.getFullYear() == 2026 && self.b.size() == 3",
  );
  it("are what they stand for", () => {
    expect(details({ d: "90m", t: "2026-01-01T00:00:00Z", b: "YWJj" }, undefined, schema)).toEqual([]);
    expect(details({ d: "30m", t: "2026-01-01T00:00:00Z", b: "YWJj" }, undefined, schema)).toHaveLength(1);
  });
});

describe("what was wrong before a rule came", () => {
  const schema = rulesOf({ a: { type: "integer" }, o: { type: "object", properties: { x: { type: "string" } } } }, "self.a > 1");
  const inner = readSchema({
    type: "object",
    properties: { o: rulesOf({ x: { type: "string" } }, "self.x != 'bad'"), a: { type: "integer" } },
  });
  it("is let be while it stays as it is", () => {
    expect(details({ a: 0 }, { a: 0 }, schema)).toEqual([]);
    expect(details({ a: 1 }, { a: 0 }, schema)).toEqual(["failed rule: self.a > 1"]);
    expect(details({ o: { x: "bad" }, a: 2 }, { o: { x: "bad" }, a: 1 }, inner)).toEqual([]);
  });
});

describe("items of lists", () => {
  const items = rulesOf({ k: { type: "string" }, v: { type: "integer" } }, "self.v >= oldSelf.v", { message: "only grows" });
  const schema = readSchema({
    type: "object",
    properties: { l: { type: "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"] } },
  });
  const withItems = { ...schema, properties: { l: { ...schema.properties?.["l"], items } } };
  it("are held against those of the same key", () => {
    const before = {
      l: [
        { k: "a", v: 1 },
        { k: "b", v: 5 },
      ],
    };
    expect(
      details(
        {
          l: [
            { k: "b", v: 6 },
            { k: "a", v: 1 },
            { k: "c", v: 0 },
          ],
        },
        before,
        withItems,
      ),
    ).toEqual([]);
    expect(ruleErrors({ l: [{ k: "b", v: 4 }] }, before, withItems)).toMatchObject([{ field: "l[0]", detail: "only grows" }]);
  });
});

it("names with other letters are escaped", () => {
  const schema = rulesOf(
    { "a-b": { type: "integer" }, "c.d": { type: "integer" }, in: { type: "integer" }, __x: { type: "integer" } },
    "self.a__dash__b + self.c__dot__d + self.__in__ + self.__underscores__x == 10",
  );
  expect(details({ "a-b": 1, "c.d": 2, in: 3, __x: 4 }, undefined, schema)).toEqual([]);
});
