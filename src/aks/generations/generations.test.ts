import { timeOf } from "#api/containerservice/times";
import { describe, expect, test } from "vitest";
import { defaultVersion } from "../catalog/versions.ts";
import { maxAgentPools, withAgentPoolDefaults, withAutoScalerDefaults, withManagedClusterDefaults } from "./defaults.ts";
import { generationOf, generations } from "./generation.ts";
import { versionSkew } from "./skew.ts";

describe("the generation of a new cluster", () => {
  test.each([
    ["2019-04-01", "1.13.5", "2019-preview"],
    ["2019-02-01", undefined, "2019-preview"],
    ["2018-03-31", "", "2019-preview"],
    ["2022-11-01", "1.12.6", "2019-preview"],
    ["2022-11-01", "1.12", "2019-preview"],
    ["2022-11-01", "1.13.5", "current"],
    ["2022-11-01", "", "current"],
    ["2019-06-01", undefined, "current"],
  ])("made at %s with Kubernetes %j is %s", (apiVersion, kubernetesVersion, expected) => {
    expect(generationOf({ apiVersion, kubernetesVersion })).toBe(expected);
  });

  test("is what has been fixed, whatever is asked", () => {
    expect(generationOf({ apiVersion: "2026-07-01", kubernetesVersion: "1.36.2", override: "2019-preview" })).toBe("2019-preview");
  });
});

describe("the versions of a pool and its control plane", () => {
  test.each([
    ["1.12.7", "1.12.6", "2019-preview", undefined],
    ["1.12.8", "1.12.6", "2019-preview", undefined],
    ["1.13.5", "1.12.8", "2019-preview", { kind: "newer-minor" }],
    ["1.35.6", "1.35.5", "current", { kind: "newer-patch" }],
    ["1.34.9", "1.35.5", "current", undefined],
    ["1.36.1", "1.35.6", "current", { kind: "newer-minor" }],
    ["1.25.6", "1.28.0", "current", undefined],
    ["1.24.9", "1.28.0", "current", { kind: "too-old", allowed: 3 }],
    ["1.24.9", "1.27.3", "current", { kind: "too-old", allowed: 2 }],
    ["2.0.0", "1.35.6", "current", { kind: "newer-minor" }],
  ] as const)("%s under %s in %s: %j", (pool, controlPlane, generation, expected) => {
    expect(versionSkew({ pool, controlPlane }, generations[generation])).toEqual(expected);
  });
});

describe("what is filled into a new pool", () => {
  const fill = (apiVersion: string, origin: "cluster" | "agentPool", sent = {}): object =>
    withAgentPoolDefaults(sent, {
      apiVersion,
      generation: "current",
      origin,
      version: defaultVersion({ generation: "current", day: timeOf(apiVersion) }),
    });

  test.each([
    ["2019-04-01", "agentPool", {}],
    ["2019-08-01", "agentPool", { enableNodePublicIP: false }],
    ["2019-08-01", "cluster", {}],
    ["2021-05-01", "cluster", { osSKU: "Ubuntu", enableFIPS: false, nodeLabels: {} }],
    ["2022-11-01", "agentPool", { osSKU: "Ubuntu", enableFIPS: false }],
  ] as const)("at %s, made with its %s, is %j", (apiVersion, origin, expected) => {
    expect(fill(apiVersion, origin)).toEqual(expected);
  });

  test("never replaces what was sent", () => {
    expect(fill("2025-10-01", "cluster", { upgradeSettings: { maxSurge: "1" }, securityProfile: { enableVTPM: true } })).toMatchObject({
      upgradeSettings: { maxSurge: "1", maxUnavailable: "0" },
      securityProfile: { sshAccess: "LocalUser", enableVTPM: true, enableSecureBoot: false },
    });
  });

  test("leaves empty upgrade settings empty until 2024", () => {
    expect(fill("2022-11-01", "agentPool", { upgradeSettings: {} })).toMatchObject({ upgradeSettings: {} });
  });
});

describe("what is filled into a new cluster", () => {
  test("merges objects member by member", () => {
    expect(withManagedClusterDefaults({ storageProfile: { blobCSIDriver: { enabled: true } } }, "2022-11-01")["storageProfile"]).toEqual({
      blobCSIDriver: { enabled: true },
      diskCSIDriver: { enabled: true, version: "v1" },
      fileCSIDriver: { enabled: true },
      snapshotController: { enabled: true },
    });
  });

  test("is nothing in the preview", () => {
    expect(withManagedClusterDefaults({ dnsPrefix: "d" }, "2019-04-01")).toEqual({ dnsPrefix: "d" });
  });

  test("completes the autoscaler's settings, and drops empty ones", () => {
    expect(withAutoScalerDefaults({ expander: "least-waste" })).toMatchObject({ expander: "least-waste", "scan-interval": "10s" });
    expect(withAutoScalerDefaults({})).toBeUndefined();
    expect(withManagedClusterDefaults({ autoScalerProfile: {} }, "2023-06-01")).not.toHaveProperty("autoScalerProfile");
  });
});

test.each([
  ["2019-preview", "2019-04-01", 8],
  ["2019-preview", "2022-11-01", 8],
  ["current", "2019-08-01", 8],
  ["current", "2020-09-01", 10],
  ["current", "2022-11-01", 100],
] as const)("a cluster of %s made at %s may have %i pools", (generation, apiVersion, count) => {
  expect(maxAgentPools(generation, apiVersion)).toBe(count);
});
