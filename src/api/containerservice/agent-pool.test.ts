import { describe, expect, test } from "vitest";
import { decodeAgentPool, encodeAgentPool } from "./agent-pool.ts";
import type { AgentPoolProperties } from "./model.ts";

const stored: AgentPoolProperties = {
  count: 3,
  vmSize: "Standard_DS2_v2",
  osDiskSizeGB: 128,
  osDiskType: "Managed",
  kubeletDiskType: "OS",
  maxPods: 110,
  type: "VirtualMachineScaleSets",
  enableAutoScaling: false,
  scaleDownMode: "Delete",
  provisioningState: "Succeeded",
  powerState: { code: "Running" },
  orchestratorVersion: "1.12.6",
  currentOrchestratorVersion: "1.12.6",
  enableNodePublicIP: false,
  scaleSetPriority: "Regular",
  scaleSetEvictionPolicy: "Delete",
  spotMaxPrice: -1,
  tags: {},
  nodeLabels: {},
  nodeTaints: [],
  mode: "User",
  enableEncryptionAtHost: false,
  enableUltraSSD: false,
  osType: "Linux",
  osSKU: "Ubuntu",
  nodeImageVersion: "AKSUbuntu-2204gen2containerd-202306.19.0",
  upgradeSettings: { maxSurge: "10%", maxUnavailable: "0" },
  enableFIPS: false,
  securityProfile: { sshAccess: "LocalUser", enableVTPM: false, enableSecureBoot: false },
  eTag: "7e7f",
};

const resource = { id: "/subscriptions/s/resourcegroups/g/providers/Microsoft.ContainerService/managedClusters/c/agentPools/p", name: "p" };

function members(pool: AgentPoolProperties, apiVersion: string): string {
  return Object.keys(encodeAgentPool(pool, resource, apiVersion)["properties"] as object).join(" ");
}

describe("the answer for an agent pool", () => {
  test("has id, name, type and properties, in this order", () => {
    expect(Object.entries(encodeAgentPool(stored, resource, "2019-04-01")).map(([name]) => name)).toEqual([
      "id",
      "name",
      "type",
      "properties",
    ]);
  });

  test.each([
    ["2019-02-01", "count vmSize osDiskSizeGB maxPods type enableAutoScaling provisioningState orchestratorVersion osType"],
    ["2019-04-01", "count vmSize osDiskSizeGB maxPods type enableAutoScaling provisioningState orchestratorVersion osType"],
    [
      "2019-10-01",
      "count vmSize osDiskSizeGB maxPods type enableAutoScaling provisioningState orchestratorVersion enableNodePublicIP osType",
    ],
    [
      "2022-11-01",
      "count vmSize osDiskSizeGB osDiskType kubeletDiskType maxPods type enableAutoScaling scaleDownMode provisioningState powerState " +
        "orchestratorVersion currentOrchestratorVersion enableNodePublicIP mode enableEncryptionAtHost enableUltraSSD osType osSKU " +
        "nodeImageVersion upgradeSettings enableFIPS",
    ],
    [
      "2025-10-01",
      "count vmSize osDiskSizeGB osDiskType kubeletDiskType maxPods type enableAutoScaling scaleDownMode provisioningState powerState " +
        "orchestratorVersion currentOrchestratorVersion enableNodePublicIP mode enableEncryptionAtHost enableUltraSSD osType osSKU " +
        "nodeImageVersion upgradeSettings enableFIPS securityProfile eTag",
    ],
  ])("at %s has the members of its time in the service's order", (apiVersion, expected) => {
    expect(members(stored, apiVersion)).toBe(expected);
  });

  test("at a version nobody knows yet is that of the newest", () => {
    expect(members(stored, "2031-01-01")).toBe(members(stored, "2026-07-01"));
  });

  test("shows the surge only where the version knows its parts", () => {
    const settings = (apiVersion: string): unknown =>
      (encodeAgentPool(stored, resource, apiVersion)["properties"] as Record<string, unknown>)["upgradeSettings"];
    expect(settings("2024-09-01")).toEqual({ maxSurge: "10%" });
    expect(settings("2025-10-01")).toEqual({ maxSurge: "10%", maxUnavailable: "0" });
  });

  test.each([
    { apiVersion: "2025-06-02-preview", isShown: false },
    { apiVersion: "2025-07-02-preview", isShown: true },
    { apiVersion: "2026-02-02-preview", isShown: true },
    { apiVersion: "2026-04-01", isShown: false },
  ])("tells of upgrades all at once in previews only ($apiVersion)", ({ apiVersion, isShown }) => {
    const upgrades = {
      upgradeStrategy: "BlueGreen",
      upgradeSettingsBlueGreen: { drainBatchSize: "50%", finalSoakDurationInMinutes: 0 },
    } as const;
    const shown = members({ ...stored, ...upgrades }, apiVersion);
    const order = "nodeImageVersion upgradeStrategy upgradeSettings upgradeSettingsBlueGreen enableFIPS";
    expect(shown.includes(order)).toBe(isShown);
    expect(shown.includes("upgradeStrategy")).toBe(isShown);
    expect(decodeAgentPool({ properties: upgrades }, apiVersion).properties).toEqual(isShown ? upgrades : {});
  });

  test("tells of priority and price for spot pools only", () => {
    expect(members({ ...stored, scaleSetPriority: "Spot" }, "2020-09-01")).toContain(
      "scaleSetPriority scaleSetEvictionPolicy spotMaxPrice",
    );
    expect(members(stored, "2020-09-01")).not.toContain("scaleSetPriority");
  });

  test("hides the public address of 2019 while the pool is being created", () => {
    expect(members({ ...stored, provisioningState: "Creating" }, "2019-08-01")).not.toContain("enableNodePublicIP");
    expect(members({ ...stored, provisioningState: "Creating" }, "2020-03-01")).toContain("enableNodePublicIP");
  });

  test("has empty labels until 2021 and none after", () => {
    expect(members(stored, "2021-07-01")).toContain("nodeLabels");
    expect(members(stored, "2022-11-01")).not.toContain("nodeLabels");
  });
});

describe("a request for an agent pool", () => {
  test("keeps what the caller set and the version knows", () => {
    const body = { properties: { count: 2, vmSize: "Standard_NC6", mode: "User", nodeTaints: ["sku=gpu:NoSchedule"], unheardOf: 1 } };
    expect(decodeAgentPool(body, "2019-04-01").properties).toEqual({ count: 2, vmSize: "Standard_NC6" });
    expect(decodeAgentPool(body, "2022-11-01").properties).toEqual({
      count: 2,
      vmSize: "Standard_NC6",
      mode: "User",
      nodeTaints: ["sku=gpu:NoSchedule"],
    });
  });

  test("drops what cannot be set, nulls, empty texts and a disk of size 0", () => {
    const body = {
      properties: {
        provisioningState: "Failed",
        nodeImageVersion: "x",
        count: null,
        vnetSubnetID: "",
        orchestratorVersion: "",
        osDiskSizeGB: 0,
      },
    };
    expect(decodeAgentPool(body, "2022-11-01")).toEqual({ properties: {}, errors: [] });
  });

  test("may set the power state since 2021-09-01", () => {
    const body = { properties: { powerState: { code: "stopped" } } };
    expect(decodeAgentPool(body, "2021-08-01").properties).toEqual({});
    expect(decodeAgentPool(body, "2021-09-01").properties).toEqual({ powerState: { code: "Stopped" } });
  });

  test("may write member names in another letter case", () => {
    expect(decodeAgentPool({ Properties: { Count: 4 } }, "2022-11-01").properties).toEqual({ count: 4 });
  });

  test("may be absent", () => {
    expect(decodeAgentPool(undefined, "2022-11-01")).toEqual({ properties: {}, errors: [] });
  });

  test.each([
    [
      { nodeTaints: "a=b:NoSchedule" },
      "cannot unmarshal string into Go struct field AgentPoolProperties.properties.nodeTaints of type []string",
    ],
    [{ nodeTaints: [1] }, "cannot unmarshal number into Go struct field AgentPoolProperties.properties.nodeTaints of type string"],
    [{ count: "3" }, "cannot unmarshal string into Go struct field AgentPoolProperties.properties.count of type int32"],
    [{ count: 1.5 }, "cannot unmarshal number 1.5 into Go struct field AgentPoolProperties.properties.count of type int32"],
    [
      { enableAutoScaling: {} },
      "cannot unmarshal object into Go struct field AgentPoolProperties.properties.enableAutoScaling of type bool",
    ],
    [{ tags: [] }, "cannot unmarshal array into Go struct field AgentPoolProperties.properties.tags of type map[string]string"],
    [
      { upgradeSettings: { maxSurge: 1 } },
      "cannot unmarshal number into Go struct field AgentPoolUpgradeSettings.properties.upgradeSettings.maxSurge of type string",
    ],
  ])("with %j is refused in Go's words", (properties, text) => {
    const { errors } = decodeAgentPool({ properties }, "2022-11-01");
    expect(errors.map(({ code, message }) => ({ code, message }))).toEqual([
      { code: "UnmarshalError", message: `UnmarshalEntity encountered error: json: ${text}.` },
    ]);
  });

  test.each([[[]], ["text"], [7]])("that is %j is refused", (body) => {
    expect(decodeAgentPool(body, "2019-04-01").errors).toHaveLength(1);
  });

  test("can be made from any answer", () => {
    for (const apiVersion of ["2019-04-01", "2022-11-01", "2026-07-01"]) {
      expect(decodeAgentPool(encodeAgentPool(stored, resource, apiVersion), apiVersion).errors).toEqual([]);
    }
  });
});
