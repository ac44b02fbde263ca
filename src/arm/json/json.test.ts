import { describe, expect, it } from "vitest";
import { MAX_DEPTH } from "./json-reader.ts";
import { parseJson, parseLenientJson } from "./parse-json.ts";

describe("lenient JSON", () => {
  it.each([
    { name: "strict JSON", text: '{"a":[1,-2.5e3,true,null,"x\\u0041\\n"]}', value: { a: [1, -2500, true, null, "xA\n"] } },
    { name: "names without quotes", text: "{properties: {template:{}}}", value: { properties: { template: {} } } },
    { name: "comments of both kinds", text: '// c\n{/* c */ "a": /* c\n */ 1 // c\n}\n// end', value: { a: 1 } },
    { name: "line breaks in strings", text: '{"a": "one\n two"}', value: { a: "one\n two" } },
    { name: "single quotes", text: "{'a': 'it\\'s \"x\"'}", value: { a: 'it\'s "x"' } },
    { name: "commas before a closing bracket", text: '{"a": [1, 2, ], }', value: { a: [1, 2] } },
    { name: "a URL in a string is no comment", text: '{"a": "http://x/*y*/"}', value: { a: "http://x/*y*/" } },
  ])("reads $name", ({ text, value }) => {
    expect(parseLenientJson(text).value).toEqual(value);
  });

  it("keeps a member called __proto__ as a member", () => {
    const { value } = parseLenientJson('{"__proto__": {"a": 1}}');
    expect(Object.keys(value as object)).toEqual(["__proto__"]);
  });

  it("knows where objects begin", () => {
    const { value, positionOf } = parseLenientJson('{\n  "parameters": {\n    "p1": {\n      "type": "string" } } }');
    const { parameters } = value as { parameters: { p1: object } };
    expect(positionOf(parameters.p1)).toEqual({ line: 3, column: 11 });
    expect(positionOf({})).toEqual({ line: 1, column: 1 });
  });

  it.each([
    { text: '{"a": x}', message: "Unexpected character encountered while parsing value: x. Path 'a', line 1, position 6." },
    { text: '{"a": 1 "b"}', message: "After parsing a value an unexpected character was encountered: \". Path 'a', line 1, position 8." },
    { text: '{"a" 1}', message: "Invalid character after parsing property name. Expected ':' but got: 1. Path 'a', line 1, position 5." },
    { text: '{"a": {"b": [0,\n "x', message: "Unterminated string. Expected delimiter: \". Path 'a.b[1]', line 2, position 3." },
    { text: "{} {}", message: "Additional text encountered after finished reading JSON content: {. Path '', line 1, position 3." },
    { text: "/* c", message: "Unexpected end while parsing comment. Path '', line 1, position 0." },
    { text: '"\\q"', message: "Bad JSON escape sequence: \\q. Path '', line 1, position 2." },
  ])("refuses $text in Newtonsoft's words", ({ text, message }) => {
    expect(() => parseLenientJson(text)).toThrow(message);
  });

  it("refuses nesting beyond the reader's depth", () => {
    expect(() => parseLenientJson("[".repeat(MAX_DEPTH + 2))).toThrow("The reader's MaxDepth of 128 has been exceeded.");
  });
});

describe("strict JSON", () => {
  it.each(["{a: 1}", "{'a': 1}", '{"a": 1,}', '{"a": "x\ny"}', "// c\n1", "01", "", "nul"])("refuses %j", (text) => {
    expect(() => parseJson(text)).toThrow(/Path '.*', line \d+, position \d+\.$/);
  });
});
