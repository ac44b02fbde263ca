import { describe, expect, test } from "vitest";
import type { AgentPoolProperties } from "#api/containerservice/model";
import { vmSize } from "#compute";
import { type BootingNode, buildBootstrap, nodeImageVersion } from "./bootstrap.ts";
import { nodeName, nodeNameSuffix, providerId, vmssName } from "./names.ts";
import { osDiskOf, tooSmallFor } from "./os-disk.ts";
import { type MachineFacts, nodeAllocatable, nodeCapacity } from "./resources.ts";
import { parseTaint, poolTaints } from "./taints.ts";

const ds1: MachineFacts = { name: "Standard_DS1_v2", vCPUs: 1, memoryMB: 3584, premiumIO: true, maxDataDisks: 4 };
const ds2: MachineFacts = { name: "Standard_DS2_v2", vCPUs: 2, memoryMB: 7168, premiumIO: true, maxDataDisks: 8 };
const nc6: MachineFacts = { name: "Standard_NC6", vCPUs: 6, memoryMB: 57_344, gpus: 1, premiumIO: false, maxDataDisks: 24 };

describe("names", () => {
  const cluster = (generation: "2019-preview" | "current"): Parameters<typeof nodeNameSuffix>[0] => ({
    generation,
    properties: { dnsPrefix: "myAKSClust-myResourceGroup-19da35" },
  });

  test("of the preview share the cluster's digits", () => {
    expect(nodeNameSuffix(cluster("2019-preview"), "nodepool1")).toBe("28993262");
    expect(nodeNameSuffix(cluster("2019-preview"), "gpunodepool")).toBe("28993262");
  });

  test("of today have the pool's own digits", () => {
    expect(nodeNameSuffix(cluster("current"), "nodepool1")).not.toBe(nodeNameSuffix(cluster("current"), "mynodepool"));
  });

  test.each([
    [{ pool: "nodepool1", suffix: "28993262", osType: "Linux" }, 0, "aks-nodepool1-28993262-vmss000000"],
    [{ pool: "gpunodepool", suffix: "28993262", osType: "Linux" }, 10, "aks-gpunodepool-28993262-vmss00000a"],
    [{ pool: "npwin", suffix: "28993262", osType: "Windows" }, 36, "aksnpwin000010"],
  ] as const)("of %j and instance %i: %s", (names, instanceId, expected) => {
    expect(nodeName(vmssName(names), instanceId)).toBe(expected);
  });

  test("of machines have the group in lower case", () => {
    expect(providerId({ subscriptionId: "s", nodeResourceGroup: "MC_Rg_c_eastus", vmss: "v", instanceId: 10 })).toBe(
      "azure:///subscriptions/s/resourceGroups/mc_rg_c_eastus/providers/Microsoft.Compute/virtualMachineScaleSets/v/virtualMachines/10",
    );
  });
});

describe("what a node has", () => {
  const request = { machine: ds1, osDiskSizeGB: 100, maxPods: 110, osType: "Linux", kubernetesVersion: "1.12.6" } as const;

  // The figures of DS1_v2 in June 2019: stian.tech/downscaling-aks.
  test("is what was measured on a DS1_v2 of 2019", () => {
    expect(nodeCapacity(request)).toEqual({
      "attachable-volumes-azure-disk": "4",
      cpu: "1",
      "ephemeral-storage": "101445900Ki",
      "hugepages-1Gi": "0",
      "hugepages-2Mi": "0",
      memory: "3500452Ki",
      pods: "110",
    });
    expect(nodeAllocatable(request)).toMatchObject({ cpu: "940m", memory: "1814948Ki", pods: "110" });
  });

  test("leaves a tenth of the disk, as the kubelet reckons it", () => {
    expect(nodeAllocatable({ ...request, osDiskSizeGB: 128 })["ephemeral-storage"]).toBe("119716326407");
  });

  test.each([
    [1, "940m"],
    [2, "1900m"],
    [4, "3860m"],
    [6, "5840m"],
    [8, "7820m"],
    [32, "31580m"],
    [64, "63260m"],
    [96, "94940m"],
  ])("with %i cores offers %s", (vCPUs, cpu) => {
    expect(nodeAllocatable({ ...request, machine: { ...ds1, vCPUs } })["cpu"]).toBe(cpu);
  });

  // 8 GB and 30 pods: 650 and 100 reserved; 4 GB and 70 pods: a quarter, as that is less. Source: node-resource-reservations.
  test.each([
    [8192, 30, 750],
    [4096, 70, 1124],
  ])("since 1.29, of %i MiB with %i pods, keeps %i MiB", (memoryMB, maxPods, reservedMi) => {
    const machine = { ...ds1, memoryMB };
    const wanted = { ...request, machine, maxPods, kubernetesVersion: "1.29.0" };
    const ki = (text: string | undefined): number => Number.parseInt(text ?? "", 10);
    expect(ki(nodeCapacity(wanted)["memory"]) - ki(nodeAllocatable(wanted)["memory"])).toBe(reservedMi * 1024);
  });

  test("never goes below nothing", () => {
    expect(nodeAllocatable({ ...request, machine: { ...ds1, memoryMB: 512 } })["memory"]).toBe("0Ki");
  });
});

describe("taints", () => {
  test.each([
    ["sku=gpu:NoSchedule", { key: "sku", value: "gpu", effect: "NoSchedule" }],
    ["CriticalAddonsOnly=true:NoSchedule", { key: "CriticalAddonsOnly", value: "true", effect: "NoSchedule" }],
    ["dedicated:NoExecute", { key: "dedicated", effect: "NoExecute" }],
    ["sku=gpu:Never", undefined],
    ["sku", undefined],
    ["=a:NoSchedule", undefined],
  ])("%s is read as %j", (text, expected) => {
    expect(parseTaint(text)).toEqual(expected);
  });

  test("of spot pools have the service's own, once", () => {
    const spot = { key: "kubernetes.azure.com/scalesetpriority", value: "spot", effect: "NoSchedule" };
    expect(poolTaints({ scaleSetPriority: "Spot" })).toEqual([spot]);
    expect(poolTaints({ scaleSetPriority: "Spot", nodeTaints: ["kubernetes.azure.com/scalesetpriority=spot:NoSchedule"] })).toEqual([spot]);
  });

  test("are one of each key and effect, the lasting ones first", () => {
    const pool = { nodeTaints: ["sku=gpu:NoSchedule"], nodeInitializationTaints: ["sku=new:NoSchedule", "sku=new:NoExecute"] };
    expect(poolTaints(pool)).toEqual([
      { key: "sku", value: "gpu", effect: "NoSchedule" },
      { key: "sku", value: "new", effect: "NoExecute" },
    ]);
  });
});

describe("the disk of a node", () => {
  test.each([
    // Managed, by time and cores.
    ["Standard_D8ads_v5", {}, "2019-02-01", ["Managed", 100]],
    ["Standard_D2s_v3", {}, "2020-04-01", ["Managed", 100]],
    ["Standard_D8s_v5", {}, "2021-05-01", ["Managed", 128]],
    ["Standard_D8s_v5", {}, "2022-11-01", ["Managed", 256]],
    ["Standard_D64s_v5", {}, "2026-01-01", ["Managed", 1024]],
    ["Standard_DS2_v2", {}, "2026-01-01", ["Managed", 128]],
    ["Standard_D4s_v3", {}, "2026-01-01", ["Managed", 128]],
    // On the host where it fits: in the cache, then on the temporary disk, at first of 128 GB.
    ["Standard_D8s_v3", {}, "2020-04-01", ["Managed", 100]],
    ["Standard_D8s_v3", {}, "2021-05-01", ["Ephemeral", 128]],
    ["Standard_D4darm_v3", {}, "2021-05-01", ["Managed", 128]],
    ["Standard_D4darm_v3", {}, "2022-07-02-preview", ["Ephemeral", 128]],
    ["Standard_D8ds_v5", {}, "2025-02-01", ["Ephemeral", 300]],
    ["Standard_D8ds_v5", {}, "2024-10-01", ["Ephemeral", 128]],
    ["Standard_D8pds_v5", {}, "2025-08-01", ["Ephemeral", 200]],
    ["Standard_D4ads_v5", {}, "2025-08-01", ["Ephemeral", 150]],
    ["Standard_D128ds_v6", {}, "2026-01-01", ["Ephemeral", 2048]],
    // As the caller wants it.
    ["Standard_DS2_v2", { osDiskSizeGB: 60 }, "2026-01-01", ["Ephemeral", 60]],
    ["Standard_D8ads_v5", { osDiskSizeGB: 512 }, "2026-01-01", ["Managed", 512]],
    ["Standard_D8ads_v5", { osDiskType: "Managed" }, "2026-01-01", ["Managed", 256]],
    ["Standard_DS2_v2", { osDiskType: "Ephemeral" }, "2026-01-01", ["Ephemeral", 128]],
    ["Standard_D8ads_v5", { type: "AvailabilitySet" }, "2026-01-01", ["Managed", 256]],
  ] as const)("of %s, asked for as %j at %s, is %j", (name, sent, apiVersion, [osDiskType, osDiskSizeGB]) => {
    const generation = apiVersion < "2019-06-01" ? "2019-preview" : "current";
    expect(osDiskOf({ size: vmSize(name), sent, generation, apiVersion })).toEqual({ osDiskType, osDiskSizeGB });
  });

  test.each([
    ["Standard_DS2_v2", 86, true],
    ["Standard_DS2_v2", 87, false],
    ["Standard_D4s_v5", 30, false],
    ["Standard_D8ads_v5", 300, true],
  ])("of %s with %i GB fits on the host: %s", (name, sizeGB, fits) => {
    const size = vmSize(name);
    expect(size !== undefined && tooSmallFor(size, sizeGB) === undefined).toBe(fits);
  });
});

describe("what a machine boots with", () => {
  const pool: AgentPoolProperties = {
    count: 1,
    vmSize: "Standard_NC6",
    osDiskSizeGB: 100,
    maxPods: 110,
    osType: "Linux",
    type: "VirtualMachineScaleSets",
    mode: "User",
    orchestratorVersion: "1.12.6",
    provisioningState: "Creating",
    nodeLabels: { team: "a" },
    nodeTaints: ["sku=gpu:NoSchedule"],
  };
  const node = (generation: "2019-preview" | "current", kubernetesVersion: string, machine: MachineFacts): BootingNode => ({
    cluster: { controlPlaneId: "u", subscriptionId: "s", nodeResourceGroup: "MC_Rg_c_eastus", location: "eastus", generation },
    poolName: "gpunodepool",
    pool,
    kubernetesVersion,
    vmss: "aks-gpunodepool-28993262-vmss",
    instance: { id: 0, computerName: "aks-gpunodepool-28993262-vmss000000", privateIp: "10.240.0.5" },
    machine,
  });

  test("in the preview makes an agent with one GPU", () => {
    const bootstrap = buildBootstrap(node("2019-preview", "1.12.6", nc6));
    expect(bootstrap).toMatchObject({
      clusterId: "u",
      nodeName: "aks-gpunodepool-28993262-vmss000000",
      kubeletVersion: "v1.12.6",
      containerRuntimeVersion: "docker://3.0.4",
      gpus: 1,
      taints: [{ key: "sku", value: "gpu", effect: "NoSchedule" }],
    });
    expect(bootstrap.labels).toEqual({
      accelerator: "nvidia",
      agentpool: "gpunodepool",
      "beta.kubernetes.io/arch": "amd64",
      "beta.kubernetes.io/instance-type": "Standard_NC6",
      "beta.kubernetes.io/os": "linux",
      "failure-domain.beta.kubernetes.io/region": "eastus",
      "failure-domain.beta.kubernetes.io/zone": "0",
      "kubernetes.azure.com/cluster": "MC_Rg_c_eastus",
      "kubernetes.azure.com/role": "agent",
      "kubernetes.io/hostname": "aks-gpunodepool-28993262-vmss000000",
      "kubernetes.io/role": "agent",
      "node-role.kubernetes.io/agent": "",
      storageprofile: "managed",
      storagetier: "Standard_LRS",
      team: "a",
    });
  });

  test("today has no role of the old kind, and the labels of the pool", () => {
    const { labels } = buildBootstrap({
      ...node("current", "1.35.6", ds2),
      instance: { ...node("current", "1.35.6", ds2).instance, zone: "2" },
    });
    expect(labels).not.toHaveProperty(["node-role.kubernetes.io/agent"]);
    expect(labels).toMatchObject({
      "kubernetes.azure.com/mode": "user",
      "kubernetes.azure.com/os-sku-effective": "Ubuntu2404",
      "kubernetes.azure.com/priority": "regular",
      "node.kubernetes.io/instance-type": "Standard_DS2_v2",
      "topology.kubernetes.io/zone": "eastus-2",
      storagetier: "Premium_LRS",
      team: "a",
    });
  });

  test("keeps every label short enough", () => {
    const long = node("current", "1.35.6", ds2);
    const { labels } = buildBootstrap({ ...long, cluster: { ...long.cluster, nodeResourceGroup: `MC_${"g".repeat(80)}` } });
    for (const value of Object.values(labels)) expect(value.length).toBeLessThanOrEqual(63);
  });

  test("names the newest image for its version", () => {
    expect(nodeImageVersion(pool, "1.34.9", { architecture: "arm64" })).toBe("AKSUbuntu-2204gen2arm64containerd-202607.09.0");
  });
});
