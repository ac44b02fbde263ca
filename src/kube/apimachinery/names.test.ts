import { describe, expect, it } from "vitest";
import { formatFieldError, formatFieldErrors, invalid, notSupported, required } from "./field-errors.ts";
import {
  configMapKeyErrors,
  dns1035LabelErrors,
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  generateName,
  labelValueErrors,
  nameSuffix,
  portNameErrors,
  qualifiedNameErrors,
  safeEncode,
} from "./names.ts";

// Rows follow apimachinery pkg/util/validation/validation_test.go.
describe("well-formed names", () => {
  it.each([
    ["label", dns1123LabelErrors, ["a", "ab", "a1", "a-1", "a--1--2--b", "0", "01", "x".repeat(63)]],
    ["subdomain", dns1123SubdomainErrors, ["a", "a.b", "0.0", "a-b.c-d.e0", "a".repeat(253)]],
    ["DNS-1035 label", dns1035LabelErrors, ["a", "a-1", "a--1"]],
    ["qualified name", qualifiedNameErrors, ["simple", "now-with-dashes", "1-starts-with-num", "1234", "simple/simple", "a.b/c_D.e"]],
    ["label value", labelValueErrors, ["", "simple", "a_b.c-D", "1.2.3.4", "x".repeat(63)]],
    ["config map key", configMapKeyErrors, ["a", "good", ".good", "_good", "-good", "a.b..c"]],
    ["port name", portNameErrors, ["telnet", "re-mail-ck", "pop3", "a", "a-1", "1-a"]],
  ])("%s", (_, check, texts) => {
    expect(texts.flatMap((text) => check(text))).toEqual([]);
  });
});

const LABEL =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const SUBDOMAIN =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

describe("malformed names and what is said of them", () => {
  it.each([
    ["upper case label", dns1123LabelErrors("A"), [LABEL]],
    ["label with a dot", dns1123LabelErrors("a.b"), ["must not contain dots"]],
    ["label with a line break", dns1123LabelErrors("a\n"), [LABEL]],
    ["long label", dns1123LabelErrors("x".repeat(64)), ["must be no more than 63 bytes"]],
    ["empty subdomain", dns1123SubdomainErrors(""), [SUBDOMAIN]],
    ["long subdomain", dns1123SubdomainErrors("a".repeat(254)), ["must be no more than 253 bytes"]],
    ["digit first", dns1035LabelErrors("1a").length, 1],
    ["empty prefix", qualifiedNameErrors("/a"), ["prefix part must be non-empty"]],
    ["bad prefix", qualifiedNameErrors("A/a"), [`prefix part ${SUBDOMAIN}`]],
    ["empty name", qualifiedNameErrors("a/")[0], "name part must be non-empty"],
    ["long name", qualifiedNameErrors("x".repeat(64)), ["name part must be no more than 63 bytes"]],
    ["long value of two-byte letters", labelValueErrors("é".repeat(40))[0], "must be no more than 63 bytes"],
    ["config map key ..", configMapKeyErrors(".."), ["must not be '..'"]],
    ["config map key ..a", configMapKeyErrors("..a"), ["must not start with '..'"]],
    ["port name", portNameErrors("a--b-"), ["must not contain consecutive hyphens", "must not begin or end with a hyphen"]],
  ])("%s", (_, got, want) => {
    expect(got).toEqual(want);
  });
});

describe("generated names", () => {
  it("end in five letters without vowels and stay within 63", () => {
    expect(generateName("web-", () => 0)).toBe("web-bbbbb");
    expect(generateName("x".repeat(80), () => 0.999)).toBe(`${"x".repeat(58)}99999`);
    expect(nameSuffix(() => 0.5, 3)).toBe("rrr");
  });

  it("a hash is written with the same letters", () => {
    expect(safeEncode("0123456789")).toBe("456789bcdf".replace(/./g, (_, index: number) => safeEncode(String(index))));
    expect(safeEncode("2950")).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{4}$/);
  });
});

describe("printed violations", () => {
  it.each([
    [required("spec.containers"), "spec.containers: Required value"],
    [
      invalid("spec.replicas", -1, "must be greater than or equal to 0"),
      "spec.replicas: Invalid value: -1: must be greater than or equal to 0",
    ],
    [notSupported("spec.type", "X", ["A", "B"]), 'spec.type: Unsupported value: "X": supported values: "A", "B"'],
    [invalid("", undefined, "x"), "<nil>: Invalid value: null: x"],
  ])("%#", (error, text) => {
    expect(formatFieldError(error)).toBe(text);
  });

  it("several stand in brackets, equal ones once", () => {
    const error = required("a");
    expect(formatFieldErrors([error])).toBe("a: Required value");
    expect(formatFieldErrors([error, required("b", "why"), error])).toBe("[a: Required value, b: Required value: why]");
  });
});
