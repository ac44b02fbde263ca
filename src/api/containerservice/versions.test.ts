import { describe, expect, test } from "vitest";
import { acceptsVersion, apiVersions, compareApiVersions, isAtLeast } from "./versions.ts";

describe("api-versions", () => {
  test("are known newest first, each once", () => {
    expect(apiVersions[0]).toBe("2026-07-02-preview");
    expect(apiVersions.at(-1)).toBe("2017-08-31");
    expect(new Set(apiVersions).size).toBe(apiVersions.length);
  });

  test.each([
    ["2017-08-31", true, false],
    ["2018-03-31", true, false],
    ["2019-02-01", true, true],
    ["2019-04-01", true, true],
    ["2022-10-02-preview", true, true],
    ["2031-12-01", true, true],
    ["2016-01-01", false, false],
    ["2019-13-01", false, false],
    ["2019-04-01-beta", false, false],
    ["", false, false],
    ["latest", false, false],
  ])("%j is served for clusters: %s, for pools: %s", (apiVersion, clusters, pools) => {
    expect([acceptsVersion(apiVersion), acceptsVersion(apiVersion, "agentPools")]).toEqual([clusters, pools]);
  });

  test("are compared by day, a preview before the stable one of its day", () => {
    expect(isAtLeast("2022-11-01", "2022-10-02-preview")).toBe(true);
    expect(isAtLeast("2022-10-02-preview", "2022-11-01")).toBe(false);
    expect(compareApiVersions("2021-11-01-preview", "2021-11-01")).toBeLessThan(0);
  });
});
