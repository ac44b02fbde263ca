import { describe, expect, it } from "vitest";
import { StatusError } from "#api/kubernetes/status";
import { decodeBody, mediaTypeOf } from "./body.ts";

const decode = (text: string, type?: string, isPatch = false): unknown => decodeBody(Buffer.from(text), type, isPatch).value;

function codeOf(run: () => unknown): number {
  try {
    run();
  } catch (error) {
    if (error instanceof StatusError) return error.code;
    throw error;
  }
  return 200;
}

describe("decodeBody", () => {
  it.each<[string, string | undefined, boolean, unknown]>([
    ["", "application/json", false, undefined],
    ['{"a":1}', undefined, false, { a: 1 }],
    ['{"a":1}', "application/json", false, { a: 1 }],
    ["a: [1, 2]", "application/yaml", false, { a: [1, 2] }],
    ['{"a":null}', "application/merge-patch+json", true, { a: null }],
    ["a: 1", "application/apply-patch+yaml", true, { a: 1 }],
    ['{"a":1}', "application/apply-patch+yaml", true, { a: 1 }],
    ["{a: 1}", "application/apply-patch+yaml", true, { a: 1 }],
    ["a: 1", "text/plain", true, undefined],
  ])("reads %s of type %s", (text, type, isPatch, value) => {
    expect(decode(text, type, isPatch)).toEqual(value);
  });

  it.each<[string, string, string | undefined, number]>([
    ["JSON that is none", "{", undefined, 400],
    ["YAML that is none", "a: [", "application/yaml", 400],
    ["a type that nobody knows", "x", "text/plain", 415],
    ["protobuf that is none", "k8s", "application/vnd.kubernetes.protobuf", 400],
    ["JSON that is nested too deeply", "[".repeat(5000) + "]".repeat(5000), undefined, 400],
    ["YAML that is nested too deeply", "[".repeat(5000) + "]".repeat(5000), "application/yaml", 400],
    [
      "YAML that grows out of aliases",
      "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d,*d]",
      "application/yaml",
      400,
    ],
  ])("refuses %s", (_, text, type, code) => {
    expect(codeOf(() => decode(text, type))).toBe(code);
  });
});

it.each([
  [undefined, undefined],
  ["", undefined],
  ["Application/JSON; charset=utf-8", "application/json"],
])("the media type of %s is %s", (header, type) => {
  expect(mediaTypeOf(header)).toBe(type);
});
