import { describe, expect, test } from "vitest";
import { nodeImageName, nodeRuntime } from "./node-image.ts";
import { offers, releases } from "./releases.ts";
import { compareVersions } from "./version.ts";
import { agentPoolUpgrades, defaultVersion, resolveVersion, supportOf, upgradesOf, versionsFor } from "./versions.ts";

const names = (list: readonly { readonly version: string }[]): string[] => list.map(({ version }) => version);

describe("the catalogue", () => {
  test("is sorted and has each version once", () => {
    const all = releases.flatMap(({ minor, patches }) => patches.map((patch) => `${minor}.${patch}`));
    expect([...all].sort(compareVersions)).toEqual(all);
    expect(new Set(all).size).toBe(all.length);
  });

  test.each(["2019-preview", "current"] as const)("has every version that the generation %s offers", (generation) => {
    for (const version of [...offers[generation].versions, defaultVersion(generation)]) {
      expect(resolveVersion(version, generation)).toBe(version);
    }
  });

  test.each(["2019-preview", "current"] as const)("marks one default in %s", (generation) => {
    expect(names(versionsFor(generation).filter(({ isDefault }) => isDefault))).toEqual([defaultVersion(generation)]);
  });

  test.each(["1.12.4", "1.12.6", "1.12.7", "1.12.8"])("has %s for the preview only", (version) => {
    expect([resolveVersion(version, "2019-preview"), resolveVersion(version, "current")]).toEqual([version, undefined]);
  });
});

describe("a version that a caller asks for", () => {
  test.each([
    ["", "2019-preview", "1.12.8"],
    ["1.12", "2019-preview", "1.12.8"],
    ["1.13", "2019-preview", "1.13.5"],
    ["1.12.3", "2019-preview", undefined],
    ["1.34.9", "2019-preview", undefined],
    ["", "current", "1.35.6"],
    ["1.36", "current", "1.36.2"],
    ["1.20.9", "current", "1.20.9"],
    ["1.99.0", "current", undefined],
    ["1.36.99", "current", undefined],
    ["v1.36.2", "current", undefined],
    ["latest", "current", undefined],
  ] as const)("as %j in %s is %s", (requested, generation, resolved) => {
    expect(resolveVersion(requested, generation)).toBe(resolved);
  });
});

describe("upgrades", () => {
  test.each([
    ["1.12.6", "2019-preview", ["1.12.7", "1.12.8", "1.13.5"]],
    ["1.12.8", "2019-preview", ["1.13.5"]],
    ["1.13.5", "2019-preview", ["1.14.0"]],
    ["1.34.8", "current", ["1.34.9", "1.35.5", "1.35.6"]],
    ["1.36.2", "current", []],
    ["1.19.11", "current", ["1.19.13", "1.20.13", "1.20.15"]],
  ] as const)("of %s in %s are %j", (version, generation, expected) => {
    expect(names(upgradesOf(version, generation))).toEqual(expected);
  });

  test("of a pool in the preview reach every patch of its control plane's minor", () => {
    expect(names(agentPoolUpgrades({ pool: "1.12.6", controlPlane: "1.12.6" }, "2019-preview"))).toEqual(["1.12.7", "1.12.8"]);
  });

  test("of a pool today never pass its control plane", () => {
    expect(names(agentPoolUpgrades({ pool: "1.34.8", controlPlane: "1.35.5" }, "current"))).toEqual(["1.34.9", "1.35.5"]);
    expect(agentPoolUpgrades({ pool: "1.35.5", controlPlane: "1.35.5" }, "current")).toEqual([]);
  });

  test("mark previews", () => {
    expect(upgradesOf("1.13.5", "2019-preview")).toEqual([{ version: "1.14.0", isPreview: true, isDefault: false }]);
  });
});

test("support follows the minor", () => {
  expect(["1.36.1", "1.33.13", "1.12.6", "9.9.9"].map(supportOf)).toEqual(["official", "long-term", "retired", "retired"]);
});

describe("node images", () => {
  test.each([
    ["1.12.6", "docker://3.0.4", "Ubuntu 16.04.6 LTS"],
    ["1.18.14", "docker://19.3.12", "Ubuntu 18.04.5 LTS"],
    ["1.23.12", "containerd://1.6.4+azure-4", "Ubuntu 18.04.6 LTS"],
    ["1.34.9", "containerd://1.7.33-1", "Ubuntu 22.04.5 LTS"],
    ["1.36.2", "containerd://2.3.2-1", "Ubuntu 24.04.4 LTS"],
  ])("of %s run %s on %s", (kubernetesVersion, containerRuntimeVersion, osImage) => {
    expect(nodeRuntime({ kubernetesVersion, osType: "Linux" })).toMatchObject({ containerRuntimeVersion, osImage });
  });

  test.each([
    [{ kubernetesVersion: "1.17.11", osType: "Linux" }, "AKSUbuntu-1604-2020.09.03"],
    [{ kubernetesVersion: "1.23.12", osType: "Linux", osSKU: "Ubuntu" }, "AKSUbuntu-1804gen2containerd-2022.10.03"],
    [{ kubernetesVersion: "1.34.9", osType: "Linux", architecture: "arm64" }, "AKSUbuntu-2204gen2arm64containerd-202607.09.0"],
    [{ kubernetesVersion: "1.36.2", osType: "Linux", osSKU: "Ubuntu2204" }, "AKSUbuntu-2204gen2containerd-202607.09.0"],
    [{ kubernetesVersion: "1.36.2", osType: "Linux", osSKU: "AzureLinux" }, "AKSAzureLinux-V3gen2-202607.09.0"],
    [{ kubernetesVersion: "1.19.11", osType: "Windows" }, "AKSWindows-2019-17763.2061.210714"],
  ] as const)("for %j are called %s", (choice, name) => {
    expect(nodeImageName(choice)).toBe(name);
  });
});
