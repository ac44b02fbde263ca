import { describe, expect, test } from "vitest";
import {
  agentPoolUpgradeProfile,
  availableAgentPoolVersions,
  clusterUpgradeProfile,
  credentials,
  kubernetesVersions,
  orchestrators,
} from "./reads.ts";

const upgrade = { version: "1.12.7", isPreview: false };
const preview = { version: "1.13.5", isPreview: true };
const release = { version: "1.12.6", isPreview: false, isDefault: true, upgrades: [upgrade, preview], supportPlan: ["KubernetesOfficial"] };
const clusterId = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/c";

describe("what a pool may be upgraded to", () => {
  const pool = { id: `${clusterId}/agentPools/p`, kubernetesVersion: "1.12.6", osType: "Linux" };

  test("is listed with previews marked", () => {
    expect(agentPoolUpgradeProfile(pool, [upgrade, preview], "2024-09-01")["properties"]).toEqual({
      kubernetesVersion: "1.12.6",
      osType: "Linux",
      upgrades: [{ kubernetesVersion: "1.12.7" }, { kubernetesVersion: "1.13.5", isPreview: true }],
    });
  });

  test("comes with what it can be rolled back to, since callers know of that", () => {
    const recentlyUsedVersions = [{ orchestratorVersion: "1.12.5", nodeImageVersion: "i", timestamp: "2026-07-06T12:00:00Z" }];
    const shown = (apiVersion: string): unknown => agentPoolUpgradeProfile({ ...pool, recentlyUsedVersions }, [], apiVersion)["properties"];
    expect(shown("2026-04-01")).toMatchObject({ recentlyUsedVersions });
    expect(shown("2025-10-01")).not.toHaveProperty("recentlyUsedVersions");
  });

  test("is left out when there is nothing", () => {
    expect(agentPoolUpgradeProfile(pool, [], "2024-09-01")["properties"]).not.toHaveProperty("upgrades");
  });
});

describe("what a cluster may be upgraded to", () => {
  const cluster = { id: clusterId, kubernetesVersion: "1.12.6", upgrades: [upgrade] };
  const pools = [{ name: "nodepool1", kubernetesVersion: "1.12.6", osType: "Linux", upgrades: [upgrade] }];

  test("names its pools in 2019", () => {
    expect(clusterUpgradeProfile(cluster, pools, "2019-04-01")["properties"]).toMatchObject({
      agentPoolProfiles: [{ name: "nodepool1", upgrades: [{ kubernetesVersion: "1.12.7" }] }],
    });
  });

  test("has a null in their place since 2020", () => {
    expect(clusterUpgradeProfile(cluster, pools, "2022-11-01")["properties"]).toMatchObject({ agentPoolProfiles: null });
  });
});

test("orchestrators mark the default and leave out what is false", () => {
  const [first] = (orchestrators({ subscriptionId: "s", location: "eastus" }, [release])["properties"] as { orchestrators: unknown[] })
    .orchestrators;
  expect(first).toEqual({
    orchestratorType: "Kubernetes",
    orchestratorVersion: "1.12.6",
    default: true,
    upgrades: [
      { orchestratorType: "Kubernetes", orchestratorVersion: "1.12.7" },
      { orchestratorType: "Kubernetes", orchestratorVersion: "1.13.5", isPreview: true },
    ],
  });
});

test("available versions of pools mark the default", () => {
  expect(availableAgentPoolVersions(clusterId, [release, { ...preview, isDefault: false }])["properties"]).toEqual({
    agentPoolVersions: [
      { default: true, kubernetesVersion: "1.12.6" },
      { kubernetesVersion: "1.13.5", isPreview: true },
    ],
  });
});

test("Kubernetes versions are grouped by minor", () => {
  const { values } = kubernetesVersions([release, { ...release, version: "1.12.7", isDefault: false, upgrades: [] }]) as {
    values: unknown[];
  };
  expect(values).toEqual([
    {
      version: "1.12",
      isDefault: true,
      capabilities: { supportPlan: ["KubernetesOfficial"] },
      patchVersions: { "1.12.6": { upgrades: ["1.12.7", "1.13.5"] }, "1.12.7": { upgrades: [] } },
    },
  ]);
});

test("credentials are base64", () => {
  expect(credentials("clusterUser", "a: 1\n")).toEqual({ kubeconfigs: [{ name: "clusterUser", value: "YTogMQo=" }] });
});
