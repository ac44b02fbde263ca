import { describe, expect, test } from "vitest";
import { type GenerationName, generationOf } from "../generations/generation.ts";
import { nodeImageName, patchedImageName, nodeRuntime } from "./node-image.ts";
import { type Moment, offerOf } from "./offer.ts";
import { releases } from "./releases.ts";
import { compareVersions } from "./version.ts";
import {
  agentPoolUpgrades,
  defaultVersion,
  isSupported,
  resolveVersion,
  supportOf,
  supportPlans,
  upgradesOf,
  versionsFor,
} from "./versions.ts";

const names = (list: readonly { readonly version: string }[]): string[] => list.map(({ version }) => version);

const current = { generation: "current" } as const;
const preview2019 = { generation: "2019-preview" } as const;
const old = ({ generation }: Moment): GenerationName | undefined => (generation === "current" ? undefined : generation);
const on = (day: string): Moment => ({ generation: "current", day });

describe("the catalogue", () => {
  test("is sorted and has each version once", () => {
    const all = releases.flatMap(({ minor, patches }) => patches.map(({ patch }) => `${minor}.${patch}`));
    expect([...all].sort(compareVersions)).toEqual(all);
    expect(new Set(all).size).toBe(all.length);
  });

  test("has days in order for each version", () => {
    for (const { minor, preview, available, end, longTermEnd, patches } of releases) {
      const days = [preview ?? available, available, end, longTermEnd ?? end];
      expect([minor, ...days].join(" ")).toMatch(/^1\.\d+( \d{4}-\d\d-\d\d){4}$/);
      expect([...days].sort()).toEqual(days);
      const since = patches.map((patch) => patch.since);
      expect([...since].sort()).toEqual(since);
      expect(since[0]! >= days[0]!).toBe(true);
    }
  });

  test.each([preview2019, current, on("2019-10-14"), on("2022-03-29")])("has every version that %j offers", (moment) => {
    for (const version of [...offerOf(moment).versions, defaultVersion(moment)]) {
      const generation = generationOf({ apiVersion: "2019-08-01", kubernetesVersion: version, override: old(moment) });
      expect(resolveVersion(version, { ...moment, generation })).toBe(version);
    }
  });

  test.each([preview2019, current, on("2022-03-29")])("marks one default in %j", (moment) => {
    expect(names(versionsFor(moment).filter(({ isDefault }) => isDefault))).toEqual([defaultVersion(moment)]);
  });

  test.each(["1.12.4", "1.12.6", "1.12.7", "1.12.8"])("has %s for the preview only", (version) => {
    expect([resolveVersion(version, preview2019), resolveVersion(version, current)]).toEqual([version, undefined]);
  });

  test("goes on as it is known after its last day", () => {
    expect(names(versionsFor(on("2026-08-07")))).toEqual(names(versionsFor(current)));
    expect(defaultVersion(current)).toBe("1.35.6");
  });
});

// Source: recorded clusters whose callers named no version, by the day of the recording.
test.each([
  ["2019-04-16", "1.11.9"],
  ["2019-10-14", "1.13.10"],
  ["2020-03-25", "1.15.10"],
  ["2020-09-24", "1.17.11"],
  ["2021-08-17", "1.20.7"],
  ["2021-10-21", "1.20.9"],
  ["2022-03-29", "1.21.9"],
  ["2022-08-31", "1.23.8"],
  ["2022-10-25", "1.23.12"],
  ["2023-01-10", "1.24.9"],
  ["2023-06-29", "1.25.6"],
  ["2023-09-27", "1.26.6"],
  ["2024-02-05", "1.27.7"],
  ["2025-08-05", "1.32.6"],
  ["2026-01-26", "1.33.5"],
])("the default on %s is %s", (day, version) => {
  expect(defaultVersion(on(day))).toBe(version);
});

// Source: recorded answers of get-versions.
test.each([
  ["2021-07-22", ["1.18.17", "1.18.19", "1.19.9", "1.19.11", "1.20.5", "1.20.7", "1.21.1"], ["1.21.1"]],
  ["2022-03-29", ["1.20.13", "1.20.15", "1.21.7", "1.21.9", "1.22.4", "1.22.6", "1.23.3"], ["1.23.3"]],
])("on %s %j are on offer", (day, versions, previews) => {
  const offered = versionsFor(on(day));
  expect(names(offered)).toEqual(versions);
  expect(names(offered.filter(({ isPreview }) => isPreview))).toEqual(previews);
});

describe("a version that a caller asks for", () => {
  test.each([
    ["", preview2019, "1.12.8"],
    ["1.12", preview2019, "1.12.8"],
    ["1.13", preview2019, "1.13.5"],
    ["1.12.3", preview2019, undefined],
    ["1.34.9", preview2019, undefined],
    ["", current, "1.35.6"],
    ["1.36", current, "1.36.2"],
    ["1.22", on("2022-03-29"), "1.22.6"],
    ["1.34", on("2022-03-29"), "1.34.9"],
    ["1.20.9", current, "1.20.9"],
    ["1.99.0", current, undefined],
    ["1.36.99", current, undefined],
    ["v1.36.2", current, undefined],
    ["latest", current, undefined],
  ] as const)("as %j in %j is %s", (requested, moment, resolved) => {
    expect(resolveVersion(requested, moment)).toBe(resolved);
  });
});

describe("upgrades", () => {
  test.each([
    ["1.12.6", preview2019, ["1.12.7", "1.12.8", "1.13.5"]],
    ["1.12.8", preview2019, ["1.13.5"]],
    ["1.13.5", preview2019, ["1.14.0"]],
    ["1.34.8", current, ["1.34.9", "1.35.5", "1.35.6"]],
    ["1.36.2", current, []],
    ["1.19.11", current, ["1.19.13", "1.20.13", "1.20.15"]],
    ["1.19.9", on("2021-07-22"), ["1.19.11", "1.20.5", "1.20.7"]],
  ] as const)("of %s in %j are %j", (version, moment, expected) => {
    expect(names(upgradesOf(version, moment))).toEqual(expected);
  });

  test("of a pool in the preview reach every patch of its control plane's minor", () => {
    expect(names(agentPoolUpgrades({ pool: "1.12.6", controlPlane: "1.12.6" }, preview2019))).toEqual(["1.12.7", "1.12.8"]);
  });

  test("of a pool today never pass its control plane", () => {
    expect(names(agentPoolUpgrades({ pool: "1.34.8", controlPlane: "1.35.5" }, current))).toEqual(["1.34.9", "1.35.5"]);
    expect(agentPoolUpgrades({ pool: "1.35.5", controlPlane: "1.35.5" }, current)).toEqual([]);
  });

  test("mark previews", () => {
    expect(upgradesOf("1.13.5", preview2019)).toEqual([{ version: "1.14.0", isPreview: true, isDefault: false }]);
  });
});

describe("support on a day", () => {
  test.each([
    ["1.36.1", "official", ["KubernetesOfficial", "AKSLongTermSupport"]],
    ["1.33.13", "long-term", ["AKSLongTermSupport"]],
    ["1.12.6", "retired", ["KubernetesOfficial"]],
    ["9.9.9", "unknown", ["KubernetesOfficial", "AKSLongTermSupport"]],
  ])("of %s is %s", (version, support, plans) => {
    expect([supportOf(version), supportPlans(version)]).toEqual([support, plans]);
  });

  test.each([
    ["1.29.9", "2024-12-01", false, true],
    ["1.31.1", "2024-10-15", false, true],
    ["1.29.11", "2024-12-01", false, false],
    ["1.27.16", "2024-12-01", false, false],
    ["1.27.16", "2024-12-01", true, true],
    ["1.26.6", "2024-12-01", true, false],
    ["1.32.0", "2024-12-01", true, false],
  ])("takes %s on %s, on the long-term plan %s: %s", (version, day, longTerm, expected) => {
    expect(isSupported(version, day, longTerm)).toBe(expected);
  });
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

  test.each([
    { day: "2026-01-26", kubernetesVersion: "1.34.9", name: "AKSUbuntu-2204gen2containerd-202607.09.0" },
    { day: "2026-07-15", kubernetesVersion: "1.34.9", name: "AKSUbuntu-2204gen2containerd-202607.09.0" },
    { day: "2026-07-16", kubernetesVersion: "1.34.9", name: "AKSUbuntu-2204gen2containerd-202607.16.0" },
    { day: "2026-08-12", kubernetesVersion: "1.34.9", name: "AKSUbuntu-2204gen2containerd-202608.06.0" },
    { day: "2026-08-12", kubernetesVersion: "1.23.12", name: "AKSUbuntu-1804gen2containerd-2022.10.03" },
  ])("of $day for $kubernetesVersion are called $name", ({ name, ...choice }) => {
    expect(nodeImageName({ ...choice, osType: "Linux" })).toBe(name);
  });

  test.each([
    { day: "2026-07-10", image: "AKSUbuntu-2204gen2containerd-202607.09.0", patched: "AKSUbuntu-2204gen2containerd-202607.09.0" },
    {
      day: "2026-07-17",
      image: "AKSUbuntu-2204gen2containerd-202607.09.0",
      patched: "AKSUbuntu-2204gen2containerd-202607.09.0-2026.07.16",
    },
    {
      day: "2026-07-23",
      image: "AKSUbuntu-2204gen2containerd-202607.09.0-2026.07.16",
      patched: "AKSUbuntu-2204gen2containerd-202607.09.0-2026.07.23",
    },
    { day: "2026-07-23", image: "AKSUbuntu-1804gen2containerd-2022.10.03", patched: "AKSUbuntu-1804gen2containerd-2022.10.03" },
  ])("with the security patches of $day are called $patched", ({ day, image, patched }) => {
    expect(patchedImageName(image, day)).toBe(patched);
  });
});
