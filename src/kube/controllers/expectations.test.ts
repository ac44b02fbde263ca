import { describe, expect, it } from "vitest";
import { createExpectations, EXPECTATION_TIMEOUT_MS } from "./expectations.ts";

describe("expectations", () => {
  it("are outstanding until every creation has been seen", () => {
    const expectations = createExpectations(() => 0);
    expectations.expectCreations("ns/web", 2);
    expectations.creationObserved("ns/web");
    expect(expectations.outstandingMs("ns/web", 0)).toBe(EXPECTATION_TIMEOUT_MS);
    expectations.creationObserved("ns/web");
    expect(expectations.outstandingMs("ns/web", 0)).toBe(0);
  });

  it("count a deletion once, however often it is seen", () => {
    const expectations = createExpectations(() => 0);
    expectations.expectDeletions("ns/web", ["ns/a", "ns/b"]);
    expectations.deletionObserved("ns/web", "ns/a");
    expectations.deletionObserved("ns/web", "ns/a");
    expect(expectations.outstandingMs("ns/web", 10)).toBe(EXPECTATION_TIMEOUT_MS - 10);
    expectations.deletionObserved("ns/web", "ns/b");
    expect(expectations.outstandingMs("ns/web", 10)).toBe(0);
  });

  it("are given up after the timeout", () => {
    const expectations = createExpectations(() => 0);
    expectations.expectCreations("ns/web", 1);
    expect(expectations.outstandingMs("ns/web", EXPECTATION_TIMEOUT_MS)).toBe(0);
  });

  it("do not go below nothing when unexpected objects appear", () => {
    const expectations = createExpectations(() => 0);
    expectations.creationObserved("ns/web");
    expectations.expectCreations("ns/web", 1);
    expect(expectations.outstandingMs("ns/web", 0)).toBe(EXPECTATION_TIMEOUT_MS);
  });
});
