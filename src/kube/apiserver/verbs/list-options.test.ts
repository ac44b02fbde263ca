import { describe, expect, it } from "vitest";
import { StatusError } from "#api/kubernetes/status";
import { listOptionsOf, watchOptionsOf } from "./list-options.ts";

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof StatusError) return error.message;
    throw error;
  }
  return "";
}

const INVALID = 'ListOptions.meta.k8s.io "" is invalid: ';

describe("listOptionsOf", () => {
  it.each<[Record<string, string>, string]>([
    [{}, ""],
    [{ resourceVersion: "" }, ""],
    [{ resourceVersion: "0", resourceVersionMatch: "NotOlderThan" }, ""],
    [{ resourceVersion: "3", resourceVersionMatch: "Exact" }, ""],
    [
      { resourceVersionMatch: "Exact" },
      `${INVALID}resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided`,
    ],
    [
      { resourceVersion: "0", resourceVersionMatch: "Exact" },
      `${INVALID}resourceVersionMatch: Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"`,
    ],
    [
      { resourceVersion: "3", resourceVersionMatch: "Exact", continue: "x" },
      `${INVALID}resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden when continue is provided`,
    ],
    [
      { resourceVersion: "3", resourceVersionMatch: "Foo" },
      `${INVALID}resourceVersionMatch: Unsupported value: "Foo": supported values: "Exact", "NotOlderThan", ""`,
    ],
    [{ sendInitialEvents: "true" }, `${INVALID}sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list`],
    [{ resourceVersion: "x" }, `${INVALID}resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax`],
    [
      { resourceVersion: "18446744073709551616" },
      `${INVALID}resourceVersion: Invalid value: "18446744073709551616": strconv.ParseUint: parsing "18446744073709551616": value out of range`,
    ],
    [{ limit: "x" }, 'invalid value for parameter limit: strconv.ParseInt: parsing "x": invalid syntax'],
  ])("%j is answered with: %s", (query, message) => {
    expect(messageOf(() => listOptionsOf(query))).toBe(message);
  });

  it.each([
    ["0", undefined],
    ["-1", undefined],
    ["5", 5],
  ])("a limit of %s bounds by %s", (limit, bound) => {
    expect(listOptionsOf({ limit }).limit).toBe(bound);
  });
});

describe("watchOptionsOf", () => {
  const match = { resourceVersionMatch: "NotOlderThan" };
  it.each<[Record<string, string>, string]>([
    [{}, ""],
    [{ sendInitialEvents: "true", ...match }, ""],
    [
      { sendInitialEvents: "true" },
      `${INVALID}resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan`,
    ],
    [match, `${INVALID}resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided`],
    [
      { sendInitialEvents: "true", ...match, continue: "x" },
      `${INVALID}resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden when continue is provided`,
    ],
    [{ timeoutSeconds: "a" }, 'invalid value for parameter timeoutSeconds: strconv.ParseInt: parsing "a": invalid syntax'],
  ])("%j is answered with: %s", (query, message) => {
    expect(messageOf(() => watchOptionsOf(query))).toBe(message);
  });

  it("reads what a stream is to be", () => {
    expect(watchOptionsOf({ resourceVersion: "7", timeoutSeconds: "30", allowWatchBookmarks: "true" })).toEqual({
      resourceVersion: 7,
      sendInitialEvents: false,
      allowBookmarks: true,
      timeoutSeconds: 30,
    });
  });
});
