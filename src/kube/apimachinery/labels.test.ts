import type { LabelSelector } from "#api/kubernetes/meta";
import { describe, expect, it } from "vitest";
import { formatFieldError } from "./field-errors.ts";
import { parseFieldSelector } from "./fields.ts";
import { parseLabelSelector } from "./label-parser.ts";
import { formatLabelSelector, labelSelectorErrors, matchesLabelSelector, selectorFromMap, selectorFromObject } from "./labels.ts";
import { SelectorError } from "./requirement.ts";

const VALUE_TEXT =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const KEY_TEXT =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

// Rows follow apimachinery pkg/labels/selector_test.go.
describe("label selector texts", () => {
  it.each([
    ["x=a,y=b,z=c", "x=a,y=b,z=c"],
    ["", ""],
    ["x!=a,y=b", "x!=a,y=b"],
    ["x=", "x="],
    ["x= ", "x="],
    ["x=,z= ", "x=,z="],
    ["x= ,z= ", "x=,z="],
    ["!x", "!x"],
    ["x>1", "x>1"],
    ["x>1,z<5", "x>1,z<5"],
    ["b==1, a", "a,b==1"],
    ["x in (b,a)", "x in (a,b)"],
    ["x notin (abc)", "x notin (abc)"],
    ["x in (),y", "x in (),y"],
    ["x in (a,,)", "x in (,a)"],
    ["x notin(in,notin)", "x notin (in,notin)"],
    ["in in (in)", "in in (in)"],
    ["\tx\n=\ra", "x=a"],
  ])("%j is read as %j", (text, printed) => {
    expect(parseLabelSelector(text).toString()).toBe(printed);
  });

  it.each([
    ["x=a||y=b", `unable to parse requirement: values[0][x]: Invalid value: "a||y": ${VALUE_TEXT}`],
    ["x==a==b", "found '==', expected: ',' or 'end of string'"],
    ["!x=a", "found '=', expected: ',' or 'end of string'"],
    ["x<a", `unable to parse requirement: values[0]: Invalid value: "a": for 'Gt', 'Lt' operators, the value must be an integer`],
    ["x in a", "unable to parse requirement: found 'a' expected: '('"],
    ["x in (a", "unable to parse requirement: found '', expected: ',' or ')'"],
    ["x in (a b)", "unable to parse requirement: found 'b', expected: ',' or ')'"],
    ["x in (=)", "unable to parse requirement: found '=', expected: ',', ')' or identifier"],
    ["x ~ y", "unable to parse requirement: found '~', expected: in, notin, =, ==, !=, gt, lt"],
    ["a=b,", "found '', expected: identifier after ','"],
    [",a=b", "found ',', expected: !, identifier, or 'end of string'"],
    ["!", "unable to parse requirement: found '', expected: identifier"],
    ["a=$", `unable to parse requirement: values[0][a]: Invalid value: "$": ${VALUE_TEXT}`],
    ["a$=b", `unable to parse requirement: <nil>: Invalid value: "a$": ${KEY_TEXT}`],
  ])("%j is refused", (text, message) => {
    expect(() => parseLabelSelector(text)).toThrow(new SelectorError(message));
  });

  it.each([
    ["", { x: "y" }, true],
    ["x=y", { x: "y" }, true],
    ["x=y", { x: "z" }, false],
    ["x!=y", {}, true],
    ["notin=in", { notin: "in" }, true],
    ["x", { x: "" }, true],
    ["x", { z: "" }, false],
    ["!x", { z: "" }, true],
    ["x>1", { x: "2" }, true],
    ["x>10", { x: "9" }, false],
    ["x<7", { x: "6" }, true],
    ["x<7", { x: "six" }, false],
    ["x in (a,b)", { x: "b" }, true],
    ["x notin (a,b)", { x: "b" }, false],
    ["x notin (a,b)", {}, true],
    ["a=b,c in (x,y),!d,e!=f", { a: "b", c: "y", e: "g" }, true],
    ["toString=x", {}, false],
    ["!constructor", {}, true],
  ])("%j on %j is %s", (text, labels, matched) => {
    expect(parseLabelSelector(text).matches(labels)).toBe(matched);
  });
});

describe("LabelSelector objects", () => {
  it.each<[string, LabelSelector | undefined, Record<string, string>, boolean]>([
    ["an absent selector selects nothing", undefined, { a: "b" }, false],
    ["an empty selector selects everything", {}, { a: "b" }, true],
    ["matchLabels must all be there", { matchLabels: { a: "b", c: "d" } }, { a: "b" }, false],
    ["In", { matchExpressions: [{ key: "a", operator: "In", values: ["x", "b"] }] }, { a: "b" }, true],
    ["NotIn without the label", { matchExpressions: [{ key: "a", operator: "NotIn", values: ["x"] }] }, {}, true],
    ["DoesNotExist", { matchExpressions: [{ key: "a", operator: "DoesNotExist" }] }, { a: "" }, false],
    ["a malformed expression selects nothing", { matchExpressions: [{ key: "a", operator: "In", values: [] }] }, { a: "" }, false],
  ])("%s", (_, selector, labels, matched) => {
    expect(matchesLabelSelector(selector, labels)).toBe(matched);
  });

  it("an unknown operator is refused by name", () => {
    const selector = { matchExpressions: [{ key: "a", operator: "Near" as "In" }] };
    expect(() => selectorFromObject(selector)).toThrow(new SelectorError('"Near" is not a valid label selector operator'));
  });

  it("prints as kubectl does", () => {
    expect(formatLabelSelector({ matchLabels: { run: "web" }, matchExpressions: [{ key: "a", operator: "Exists" }] })).toBe("a,run=web");
    expect(formatLabelSelector({})).toBe("<none>");
    expect(selectorFromMap({ b: "1", a: "2" }).toString()).toBe("a=2,b=1");
  });

  it("complaints name the field", () => {
    const selector: LabelSelector = {
      matchLabels: { "a/b/c": "x" },
      matchExpressions: [
        { key: "a", operator: "In" },
        { key: "a", operator: "Exists", values: ["x"] },
        { key: "a", operator: "Gt" as "In" },
      ],
    };
    expect(labelSelectorErrors(selector, "spec.selector").map(formatFieldError)).toEqual([
      `spec.selector.matchLabels: Invalid value: "a/b/c": a valid label key ${KEY_TEXT.replace("name part ", "")} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
      "spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
      "spec.selector.matchExpressions[1].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
      'spec.selector.matchExpressions[2].operator: Invalid value: "Gt": not a valid selector operator',
    ]);
  });
});

// Rows follow apimachinery pkg/fields/selector_test.go.
describe("field selectors", () => {
  it.each([
    ["", {}, true],
    ["x=a", { x: "a" }, true],
    ["x==a", { x: "b" }, false],
    ["x!=a", {}, true],
    ["x=", {}, true],
    ["x=a,y=b", { x: "a", y: "b" }, true],
    ["x=a\\,b", { x: "a,b" }, true],
    ["x=\\=", { x: "=" }, true],
    ["x=\\\\", { x: "\\" }, true],
    ["spec.nodeName!=,x=1", { "spec.nodeName": "n", x: "1" }, true],
  ])("%j on %j is %s", (text, fields, matched) => {
    expect(parseFieldSelector(text).matches(fields)).toBe(matched);
  });

  it.each([
    ["x", "invalid selector: 'x'; can't understand 'x'"],
    ["x=a||y=b", "invalid field selector: unescaped character in value: 61"],
    ["x=\\a", "invalid field selector: invalid escape sequence: \\a"],
    ["x=a\\", "invalid field selector: invalid escape sequence: \\"],
  ])("%j is refused", (text, message) => {
    expect(() => parseFieldSelector(text)).toThrow(new SelectorError(message));
  });

  it("tells the one value a field must have", () => {
    expect(parseFieldSelector("a=1,b!=2").exactValue("a")).toBe("1");
    expect(parseFieldSelector("a=1,b!=2").exactValue("b")).toBeUndefined();
  });
});
