import { describe, expect, it } from "vitest";
import { VirtualClock } from "#lib";
import { ArmError } from "../provider.ts";
import { createAllowances, type Spending } from "./allowances.ts";

const caller = { tenantId: "t", objectId: "o", name: "n" };
const read: Spending = { method: "GET", subscriptionId: "S", principal: caller, apiVersion: "2022-09-01" };
const write: Spending = { ...read, method: "PUT" };

describe("allowances", () => {
  it.each([
    [read, { "x-ms-ratelimit-remaining-subscription-reads": "11999" }],
    [write, { "x-ms-ratelimit-remaining-subscription-writes": "1199" }],
    [{ ...read, method: "POST" }, { "x-ms-ratelimit-remaining-subscription-writes": "1199" }],
    [{ ...read, method: "DELETE" }, { "x-ms-ratelimit-remaining-subscription-deletes": "14999" }],
    [{ ...read, subscriptionId: undefined }, { "x-ms-ratelimit-remaining-tenant-reads": "11999" }],
    [
      { ...write, apiVersion: "2025-09-02-preview" },
      { "x-ms-ratelimit-remaining-subscription-writes": "799", "x-ms-ratelimit-remaining-subscription-global-writes": "11999" },
    ],
  ] satisfies readonly (readonly [Spending, object])[])("of %j are told in the headers of the time", (spending, headers) => {
    expect(createAllowances({ clock: new VirtualClock(), isEnforced: false }).spend(spending)).toEqual(headers);
  });

  it("count down, and up again with time", async () => {
    const clock = new VirtualClock();
    const allowances = createAllowances({ clock, isEnforced: false });
    const left = (): number => Number(allowances.spend(write)["x-ms-ratelimit-remaining-subscription-writes"]);
    expect([left(), left(), left()]).toEqual([1199, 1198, 1197]);
    await clock.advance(6000);
    expect(left()).toBe(1198);
  });

  it("are each caller's own, and the subscription's whatever its letter case", () => {
    const allowances = createAllowances({ clock: new VirtualClock(), isEnforced: false });
    allowances.spend(write);
    expect(allowances.spend({ ...write, subscriptionId: "s" })).toEqual({ "x-ms-ratelimit-remaining-subscription-writes": "1198" });
    expect(allowances.spend({ ...write, principal: { ...caller, objectId: "p" } })).toEqual({
      "x-ms-ratelimit-remaining-subscription-writes": "1199",
    });
  });

  it("are told as none when they are used up, and refused only when enforced", () => {
    const useUp = (isEnforced: boolean): Record<string, string> => {
      const allowances = createAllowances({ clock: new VirtualClock(), isEnforced });
      for (let count = 0; count < 1200; count++) allowances.spend(write);
      return allowances.spend(write);
    };
    expect(useUp(false)).toEqual({ "x-ms-ratelimit-remaining-subscription-writes": "0" });
    expect(() => useUp(true)).toThrow(ArmError);
    expect(() => useUp(true)).toThrow(
      "Number of 'write' requests for subscription 's' actor 'o' exceeded. Please try again after '3' seconds",
    );
  });
});
