import { LineCounter, parseDocument } from "yaml";
import { describe, expect, it } from "vitest";
import { jsonDuplicates, yamlDuplicates } from "./duplicates.ts";

describe("jsonDuplicates", () => {
  it.each<{ text: string; want: string[] }>([
    { text: '{"a":1,"b":{"a":2},"c":[{"a":1},{"a":1}]}', want: [] },
    { text: '{"a":1,"a":2,"a":3}', want: ["a"] },
    { text: '{"spec":{"list":[[],{"x":{}},{"name":"a\\"}{,","name":"b"}]}}', want: ["spec.list[2].name"] },
    { text: '[{"op":"add"},{"path":"/a","path":"/b"}]', want: ["[1].path"] },
    { text: '{"\\u0061":1, "a" : {"b":"a","c":"b"}}', want: ["a"] },
    { text: '"a"', want: [] },
  ])("$text", ({ text, want }) => {
    JSON.parse(text);
    expect(jsonDuplicates(text)?.texts ?? []).toEqual(want.map((path) => `duplicate field "${path}"`));
  });

  it("names a hundred at most", () => {
    const text = `{${Array.from({ length: 300 }, (_, index) => `"k${index % 150}":0`).join(",")}}`;
    expect(jsonDuplicates(text)?.texts.length).toBe(100);
  });
});

describe("yamlDuplicates", () => {
  const of = (text: string): readonly string[] => {
    const lineCounter = new LineCounter();
    return yamlDuplicates(parseDocument(text, { uniqueKeys: false, lineCounter }), lineCounter)?.texts ?? [];
  };

  it("names line and key", () =>
    expect(of("spec:\n  foo: a\n  foo: b\n  list:\n  - x: 1\n    x: 2\nspec: {}\n")).toEqual([
      'line 3: key "foo" already set in map',
      'line 6: key "x" already set in map',
      'line 7: key "spec" already set in map',
    ]));

  it("finds nothing in what has none", () => expect(of("a: {b: 1}\nc: [{b: 1}, {b: 1}]\n")).toEqual([]));
});
