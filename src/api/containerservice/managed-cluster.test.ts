import { describe, expect, test } from "vitest";
import { decodeManagedCluster, encodeManagedCluster } from "./managed-cluster.ts";
import type { AgentPoolProperties, ManagedCluster } from "./model.ts";

const pool: AgentPoolProperties = {
  count: 1,
  vmSize: "Standard_DS2_v2",
  osDiskSizeGB: 100,
  maxPods: 110,
  osType: "Linux",
  type: "VirtualMachineScaleSets",
  mode: "System",
  orchestratorVersion: "1.12.6",
  provisioningState: "Succeeded",
  eTag: "1",
};

const cluster: ManagedCluster = {
  id: "/subscriptions/s/resourceGroups/Rg/providers/Microsoft.ContainerService/managedClusters/c",
  name: "c",
  location: "eastus",
  tags: { a: "b" },
  kind: "Base",
  identity: { type: "SystemAssigned", principalId: "p", tenantId: "t" },
  sku: { name: "Base", tier: "Standard" },
  eTag: "2",
  properties: {
    provisioningState: "Succeeded",
    powerState: { code: "Running" },
    kubernetesVersion: "1.12.6",
    currentKubernetesVersion: "1.12.6",
    dnsPrefix: "d",
    fqdn: "d-12345678.hcp.eastus.azmk8s.io",
    azurePortalFQDN: "d-12345678.portal.hcp.eastus.azmk8s.io",
    servicePrincipalProfile: { clientId: "msi" },
    windowsProfile: { adminUsername: "w", adminPassword: "secret" },
    nodeResourceGroup: "MC_Rg_c_eastus",
    enableRBAC: true,
    networkProfile: {
      networkPlugin: "kubenet",
      loadBalancerSku: "standard",
      podCidr: "10.244.0.0/16",
      dockerBridgeCidr: "172.17.0.1/16",
      outboundType: "loadBalancer",
      podCidrs: ["10.244.0.0/16"],
    },
    maxAgentPools: 8,
    addonProfiles: { KubeDashboard: { enabled: true } },
  },
};

function answer(apiVersion: string, of: ManagedCluster = cluster): Record<string, unknown> & { properties: Record<string, unknown> } {
  return encodeManagedCluster(of, [{ name: "nodepool1", properties: pool }], apiVersion) as Record<string, unknown> & {
    properties: Record<string, unknown>;
  };
}

describe("the answer for a cluster", () => {
  test.each([
    ["2018-03-31", "id location name tags type properties"],
    ["2019-04-01", "id location name tags type properties"],
    ["2022-11-01", "id location name tags type properties identity sku"],
    ["2025-10-01", "id location name tags type kind properties identity sku eTag"],
  ])("at %s has the envelope of its time", (apiVersion, expected) => {
    expect(Object.keys(answer(apiVersion)).join(" ")).toBe(expected);
  });

  test.each([
    [
      "2018-03-31",
      "provisioningState kubernetesVersion dnsPrefix fqdn agentPoolProfiles servicePrincipalProfile addonProfiles nodeResourceGroup enableRBAC networkProfile",
    ],
    [
      "2019-04-01",
      "provisioningState kubernetesVersion dnsPrefix fqdn agentPoolProfiles windowsProfile servicePrincipalProfile addonProfiles " +
        "nodeResourceGroup enableRBAC networkProfile maxAgentPools",
    ],
    [
      "2022-11-01",
      "provisioningState powerState kubernetesVersion currentKubernetesVersion dnsPrefix fqdn azurePortalFQDN agentPoolProfiles " +
        "windowsProfile servicePrincipalProfile addonProfiles nodeResourceGroup enableRBAC networkProfile maxAgentPools",
    ],
  ])("at %s has the members of its time in the service's order", (apiVersion, expected) => {
    expect(Object.keys(answer(apiVersion).properties).join(" ")).toBe(expected);
  });

  test("writes resourcegroups in lower case and the group as it is called", () => {
    expect(answer("2019-04-01")["id"]).toBe("/subscriptions/s/resourcegroups/Rg/providers/Microsoft.ContainerService/managedClusters/c");
  });

  test("has its pools with their names first", () => {
    const [first] = answer("2022-11-01").properties["agentPoolProfiles"] as object[];
    expect(Object.keys(first ?? {})[0]).toBe("name");
  });

  test("shapes its network by the version", () => {
    expect(Object.keys(answer("2019-04-01").properties["networkProfile"] as object)).toEqual([
      "networkPlugin",
      "loadBalancerSku",
      "podCidr",
      "dockerBridgeCidr",
    ]);
    expect(Object.keys(answer("2024-09-01").properties["networkProfile"] as object)).toEqual([
      "networkPlugin",
      "loadBalancerSku",
      "podCidr",
      "outboundType",
      "podCidrs",
    ]);
  });

  test("never has a password or a secret", () => {
    const secret: ManagedCluster = {
      ...cluster,
      properties: { ...cluster.properties, servicePrincipalProfile: { clientId: "x", secret: "secret" } as { clientId: string } },
    };
    expect(JSON.stringify(answer("2022-11-01", secret))).not.toContain("secret");
  });

  test("says that an add-on has no configuration", () => {
    expect(answer("2020-09-01").properties["addonProfiles"]).toEqual({ KubeDashboard: { enabled: true, config: null } });
  });

  test.each([
    ["2022-11-01", { name: "Basic", tier: "Paid" }],
    ["2023-02-01", { name: "Base", tier: "Standard" }],
  ])("at %s has the sku in the words of its time", (apiVersion, sku) => {
    expect(answer(apiVersion)["sku"]).toEqual(sku);
  });

  test("has no tag of a version while the cluster is being created", () => {
    const creating: ManagedCluster = { ...cluster, properties: { ...cluster.properties, provisioningState: "Creating" } };
    expect(JSON.stringify(answer("2025-10-01", creating))).not.toContain("eTag");
  });
});

describe("a request for a cluster", () => {
  test("is taken apart into cluster and pools", () => {
    const body = {
      location: "eastus",
      tags: { x: "y" },
      identity: { type: "SystemAssigned" },
      properties: {
        kubernetesVersion: "",
        dnsPrefix: "d",
        fqdn: "ignored",
        agentPoolProfiles: [{ name: "nodepool1", count: 3, vmSize: "Standard_DS2_v2", osDiskSizeGB: 0, mode: "System" }],
        addonProfiles: { httpApplicationRouting: { enabled: true } },
      },
    };
    expect(decodeManagedCluster(body, "2022-11-01")).toEqual({
      location: "eastus",
      tags: { x: "y" },
      identity: { type: "SystemAssigned" },
      properties: { dnsPrefix: "d", addonProfiles: { httpApplicationRouting: { enabled: true } } },
      agentPoolProfiles: [{ name: "nodepool1", properties: { count: 3, vmSize: "Standard_DS2_v2", mode: "System" } }],
      errors: [],
    });
  });

  test("without pools has none", () => {
    expect(decodeManagedCluster({ tags: {} }, "2022-11-01")).not.toHaveProperty("agentPoolProfiles");
  });

  test.each([
    [{ location: 1 }, "cannot unmarshal number into Go struct field ManagedCluster.location of type string"],
    [
      { properties: { agentPoolProfiles: [{ name: "a", count: "1" }] } },
      "cannot unmarshal string into Go struct field AgentPoolProfile.properties.agentPoolProfiles.count of type int32",
    ],
    [
      { properties: { enableRBAC: "yes" } },
      "cannot unmarshal string into Go struct field ManagedClusterProperties.properties.enableRBAC of type bool",
    ],
  ])("with %j is refused in Go's words", (body, text) => {
    expect(decodeManagedCluster(body, "2022-11-01").errors[0]?.message).toBe(`UnmarshalEntity encountered error: json: ${text}.`);
  });
});
