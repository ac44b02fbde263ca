import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Node } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import type { PodDisruptionBudget } from "#api/kubernetes/workloads";
import { CLUSTER, POOL, Scene } from "./testing/scene.ts";
import { SUBSCRIPTION } from "./testing/world.ts";

let scene: Scene;

beforeEach(async () => {
  scene = await Scene.open();
});
afterEach(() => scene.world.stop());

const PREVIEW = "2025-07-02-preview";

/** Puts a pod on the first node of pool `two` that nothing may evict, and a budget that says so. */
async function block(spec: PodDisruptionBudget["spec"] = { minAvailable: 1 }): Promise<void> {
  await scene.putPod("web-0", "0");
  scene.kubernetes().protectedPods.add("web-0");
  await scene.kubernetes().create<PodDisruptionBudget>(resources.podDisruptionBudgets, {
    metadata: { name: "web", namespace: "default" },
    spec: { selector: {}, ...spec },
    status: { disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1 },
  });
}

function upgrade(properties: object = {}): ReturnType<Scene["call"]> {
  return scene.change(POOL, { orchestratorVersion: "1.34.2", ...properties });
}

async function create(upgradeSettings: object = {}, cluster: object = {}): Promise<void> {
  await scene.create({ orchestratorVersion: "1.33.5" }, cluster);
  // Some settings are of newer api-versions than those of the other calls, which leave them as they are.
  await scene.succeed(scene.call("PUT", POOL, { properties: { count: 2, vmSize: "Standard_DS2_v2", upgradeSettings } }, PREVIEW));
}

/** `["0 1.34.2", "1 1.33.5 Quarantined cordoned"]`. */
function nodes(): readonly string[] {
  const line = ({ metadata, spec, status }: Node): string => {
    const mark = metadata.labels?.["kubernetes.azure.com/upgrade-status"] ?? "";
    const version = status?.nodeInfo?.["kubeletVersion"]?.slice(1) ?? "";
    return [metadata.name.slice(-1), version, mark, spec.unschedulable === true ? "cordoned" : ""].filter((word) => word !== "").join(" ");
  };
  return scene.nodes().map(line).sort();
}

async function limitCores(cores: number): Promise<void> {
  await scene.world.compute.setLimit({ subscriptionId: SUBSCRIPTION, location: "eastus", name: "cores" }, cores);
}

describe("extra nodes that cannot be had", () => {
  // Pool `one` has one node of two cores, pool `two` two.
  it("fails the upgrade and leaves its nodes as they were", async () => {
    await create({ maxSurge: "2" });
    await limitCores(8);
    expect(await scene.world.ended(await upgrade())).toMatchObject({ status: "Failed", error: { code: "QuotaExceeded" } });
    expect(nodes()).toEqual(["0 1.33.5", "1 1.33.5"]);
    await limitCores(10);
    await scene.succeed(scene.change(POOL, {}));
    expect(nodes()).toEqual(["0 1.34.2", "1 1.34.2"]);
  });

  it("goes on with one since 1.35", async () => {
    const put = (path: string, properties: object): Promise<void> =>
      scene.succeed(scene.call("PUT", path, { location: "eastus", properties }, "2026-04-01"));
    const first = { name: "one", count: 1, vmSize: "Standard_DS2_v2", type: "VirtualMachineScaleSets", mode: "System" };
    await put(CLUSTER, { dnsPrefix: "c-dns", kubernetesVersion: "1.35", agentPoolProfiles: [first] });
    const wanted = { count: 3, vmSize: "Standard_DS2_v2", upgradeSettings: { maxSurge: "3" } };
    await put(POOL, { ...wanted, orchestratorVersion: "1.34" });
    await limitCores(10);
    await put(POOL, { orchestratorVersion: "1.35" });
    expect(nodes().every((node) => node.includes(" 1.35."))).toBe(true);
    expect(scene.machines()).toEqual(["0 Running", "1 Running", "2 Running"]);
  });

  it("takes nodes out where that is allowed", async () => {
    await create({ maxSurge: "1", maxUnavailable: "1" });
    await limitCores(6);
    await scene.succeed(upgrade());
    expect(nodes()).toEqual(["0 1.34.2", "1 1.34.2"]);
  });
});

describe("a node that cannot be emptied", () => {
  it("fails the upgrade, naming pod and budget; the node is given back, the extra node goes", async () => {
    await create();
    await block();
    expect(await scene.world.ended(await upgrade())).toMatchObject({
      status: "Failed",
      error: {
        code: "UpgradeFailed",
        message: expect.stringMatching(
          /^Drain node aks-two-\d{8}-vmss000000 failed when evicting pod web-0 failed with Too Many Requests error\..*PDB debug info: default\/web-0 blocked by pdb web \(MinAvailable: 1\) \(CurrentHealthy: 1\) \(DesiredHealthy: 1\) \(ExpectedPods: 1\) with 1 unready pods:\(log at most 5 pods\) \[default\/web-0:_\]\.$/,
        ) as string,
      },
    });
    expect(await scene.look()).toMatchObject({ count: 2, provisioningState: "Failed" });
    expect(nodes()).toEqual(["0 1.33.5", "1 1.33.5"]);
    expect(scene.machines()).toEqual(["0 Running", "1 Running"]);
  });

  it("is left behind with Cordon, and goes once it is resolved", async () => {
    await create({ maxSurge: "1", undrainableNodeBehavior: "Cordon" });
    await block();
    const ended = await scene.world.ended(await upgrade());
    expect(ended).toMatchObject({ status: "Failed", error: { code: "UpgradeFailed" } });
    expect(await scene.look()).toMatchObject({ count: 2, provisioningState: "Failed" });
    expect(nodes()).toEqual(["0 1.33.5 Quarantined cordoned", "1 1.34.2", "2 1.34.2"]);

    scene.kubernetes().protectedPods.clear();
    await scene.kubernetes().patch<Node>(
      resources.nodes,
      { name: scene.nodes()[0]?.metadata.name ?? "" },
      {
        body: { metadata: { labels: { "kubernetes.azure.com/upgrade-status": null } } },
      },
    );
    await scene.succeed(scene.change(POOL, {}));
    expect(nodes()).toEqual(["1 1.34.2", "2 1.34.2"]);
    expect(await scene.look()).toMatchObject({ count: 2, provisioningState: "Succeeded" });
  });

  it("can be deleted by its name, which leaves the count", async () => {
    await create({ maxSurge: "1", undrainableNodeBehavior: "Cordon" });
    await block();
    await scene.world.ended(await upgrade());
    const name = scene
      .nodes()
      .map(({ metadata }) => metadata.name)
      .find((each) => each.endsWith("0"));
    await scene.succeed(scene.call("POST", `${POOL}/deleteMachines`, { machineNames: [name] }));
    expect(nodes()).toEqual(["1 1.34.2", "2 1.34.2"]);
    expect(await scene.look()).toMatchObject({ count: 2, provisioningState: "Succeeded" });
  });

  it("ends the upgrade in Canceled when it is one too many", async () => {
    await create({ maxSurge: "1", undrainableNodeBehavior: "Cordon" });
    await block();
    await scene.putPod("web-1", "1");
    scene.kubernetes().protectedPods.add("web-1");
    const ended = await scene.world.ended(await upgrade());
    expect(ended).toMatchObject({
      status: "Canceled",
      error: { message: expect.stringMatching(/^Cordoned nodes have used all surge nodes .* operation\.Drain node aks-two-/) as string },
    });
    expect(nodes()).toEqual(["0 1.33.5 Quarantined cordoned", "1 1.33.5", "2 1.34.2"]);
  });

  it("survives a restart between any two steps", async () => {
    await create({ maxSurge: "1", undrainableNodeBehavior: "Cordon" });
    await block();
    const begun = await upgrade();
    for (let minutes = 0; minutes < 70; minutes += 5) {
      await scene.world.clock.advance(5 * 60_000);
      await scene.world.restart();
    }
    expect(await scene.world.ended(begun)).toMatchObject({ status: "Failed" });
    expect(nodes()).toEqual(["0 1.33.5 Quarantined cordoned", "1 1.34.2", "2 1.34.2"]);
  });
});

describe("what an upgrade is refused for", () => {
  it("is a budget that allows nothing, for pool, image and cluster alike", async () => {
    await create({}, { kubernetesVersion: "1.33.5" });
    await block({ maxUnavailable: 0 });
    const refused = {
      status: 400,
      body: {
        code: "UnsatisfiablePDB",
        message: expect.stringMatching(
          /Invalid PDBs details: 1 error occurred:\n\t\* PDB default\/web has maxunavailble == 0 can't proceed with put operation$/,
        ) as string,
      },
    };
    expect(await scene.call("POST", `${POOL}/upgradeNodeImageVersion`)).toMatchObject(refused);
    expect(await scene.change(CLUSTER, { kubernetesVersion: "1.34.2", agentPoolProfiles: undefined })).toMatchObject(refused);
    await scene.succeed(scene.change(CLUSTER, { kubernetesVersion: "1.34.2" }));
    expect(await upgrade()).toMatchObject(refused);
    expect(await scene.look()).toMatchObject({ provisioningState: "Succeeded" });
    await scene.succeed(scene.change(POOL, { tags: { a: "b" } }));
  });

  it("is not such a budget when the cluster says to upgrade all the same", async () => {
    await create({}, { upgradeSettings: { overrideSettings: { forceUpgrade: true, until: "2999-01-01T00:00:00Z" } } });
    await block({ maxUnavailable: 0 });
    await scene.succeed(upgrade());
    expect(scene.podNames()).not.toContain("web-0");
    expect(nodes()).toEqual(["0 1.34.2", "1 1.34.2"]);
  });

  it("is more machines than a scale set holds", async () => {
    const wide = { networkProfile: { networkPlugin: "azure", networkPluginMode: "overlay", podCidr: "10.128.0.0/9" } };
    await scene.create({ count: 0, orchestratorVersion: "1.33.5", upgradeSettings: { maxSurge: "10%" } }, wide);
    const properties = { count: 950, vmSize: "Standard_DS2_v2", orchestratorVersion: "1.33.5" };
    await scene.call("PUT", POOL, { properties });
    await scene.call("POST", `${POOL}/abort`);
    await scene.world.clock.advance(60_000);
    expect(await scene.call("PUT", POOL, { properties: { ...properties, orchestratorVersion: "1.34.2" } })).toMatchObject({
      status: 400,
      body: { code: "OperationNotAllowed", target: "agentPoolProfile.upgradeSettings.maxSurge" },
    });
  });
});

describe("a Spot pool", () => {
  it("is upgraded without extra nodes, and its pods get a notice only", async () => {
    await scene.create({ orchestratorVersion: "1.33.5", scaleSetPriority: "Spot" });
    await block();
    const answer = await upgrade();
    const most = { machines: 0 };
    await scene.world.clock.advanceUntil(() => {
      most.machines = Math.max(most.machines, scene.machines().length);
      return scene.world.operation(answer)?.status !== "InProgress";
    });
    expect(scene.world.operation(answer)).toMatchObject({ status: "Succeeded" });
    expect(most.machines).toBe(2);
    expect(nodes()).toEqual(["0 1.34.2", "1 1.34.2"]);
  });
});

describe("a node that is being upgraded", () => {
  const marks = {
    "cluster-autoscaler.kubernetes.io/scale-down-disabled": "true",
    "kubernetes.azure.com/azure-cluster-autoscaler-scale-down-disabled-reason": "upgrade",
  };

  it("says so as long as it is cordoned for that, and keeps what somebody else said", async () => {
    await create();
    const theirs = { "cluster-autoscaler.kubernetes.io/scale-down-disabled": "true" };
    const [first, second] = scene.nodes().map(({ metadata }) => metadata.name);
    await scene.kubernetes().patch<Node>(resources.nodes, { name: second ?? "" }, { body: { metadata: { annotations: theirs } } });
    await block();
    const answer = await upgrade();
    const annotations = (): unknown[] => scene.nodes().map(({ metadata }) => metadata.annotations ?? {});
    await scene.world.clock.advanceUntil(() => scene.nodes()[0]?.spec.unschedulable === true);
    expect(annotations()[0]).toMatchObject(marks);
    expect(await scene.world.ended(answer)).toMatchObject({ status: "Failed" });
    expect(scene.nodes().map(({ metadata }) => metadata.name)).toEqual([first, second]);
    expect(annotations()[0]).not.toHaveProperty(Object.keys(marks)[1] ?? "");
    expect(annotations()[1]).toMatchObject(theirs);
  });

  it("says nothing of the kind when it goes because fewer are wanted", async () => {
    await create();
    await scene.putPod("web-0", "1");
    scene.kubernetes().protectedPods.add("web-0");
    await scene.change(POOL, { count: 1 });
    await scene.world.clock.advanceUntil(() => nodes().some((line) => line.endsWith("cordoned")));
    expect(scene.nodes().filter(({ metadata }) => Object.keys(marks).some((key) => metadata.annotations?.[key] !== undefined))).toEqual([]);
  });
});

describe("settings of upgrades", () => {
  it.each([
    { name: "maxUnavailable of a system pool", settings: { maxUnavailable: "1" }, mode: "System", target: "maxUnavailable" },
    { name: "blocked nodes without a behaviour", settings: { maxBlockedNodes: "1" }, mode: "User", target: "maxBlockedNodes" },
    {
      name: "blocked nodes that are no amount",
      settings: { maxBlockedNodes: "some", undrainableNodeBehavior: "Cordon" },
      mode: "User",
      target: "maxBlockedNodes",
    },
  ])("are refused: $name", async ({ settings, mode, target }) => {
    await scene.create();
    const properties = { count: 1, vmSize: "Standard_DS2_v2", mode, upgradeSettings: settings };
    expect(await scene.call("PUT", `${CLUSTER}/agentPools/three`, { properties }, PREVIEW)).toMatchObject({
      status: 400,
      body: { code: "InvalidParameter", target: `agentPoolProfile.upgradeSettings.${target}` },
    });
  });
});

describe("a pool's place", () => {
  const pool = (properties: object): ReturnType<Scene["call"]> =>
    scene.call("PUT", `${CLUSTER}/agentPools/three`, { properties: { count: 1, vmSize: "Standard_DS2_v2", ...properties } });

  it("is refused in zones that the region does not have", async () => {
    await scene.create();
    expect(await pool({ vmSize: "Standard_A2", availabilityZones: ["1", "3"] })).toMatchObject({
      status: 400,
      body: { code: "AvailabilityZoneNotSupported" },
    });
    expect(await pool({ availabilityZones: ["1", "3"] })).toMatchObject({ status: 201 });
  });

  it("is refused where the subnet has too few addresses for nodes and pods", async () => {
    await scene.create({}, { networkProfile: { networkPlugin: "azure" } });
    // Three nodes of 29 addresses are there: (65531 - 3 * 29) / 249 = 262 machines of 250 pods are left.
    const wanted = { maxPods: 250, upgradeSettings: { maxSurge: "10" } };
    expect(await pool({ ...wanted, count: 263 })).toMatchObject({
      status: 400,
      body: {
        code: "InsufficientSubnetSize",
        target: "agentPoolProfile.vnetSubnetID",
        message:
          "Pre-allocated IPs 65574 exceeds IPs available 65531 in Subnet Cidr 10.224.0.0/16, Subnet Name aks-subnet. " +
          "http://aka.ms/aks/insufficientsubnetsize",
      },
    });
    expect(
      await pool({
        ...wanted,
        count: 263,
        vnetSubnetID: "/subscriptions/s/resourceGroups/r/providers/Microsoft.Network/virtualNetworks/y/subnets/z",
      }),
    ).toMatchObject({
      status: 201,
    });
  });

  it("is refused where an overlay has too few blocks for nodes", async () => {
    await scene.create({}, { networkProfile: { networkPlugin: "azure", networkPluginMode: "overlay", podCidr: "10.240.100.0/22" } });
    expect(await pool({ enableAutoScaling: true, minCount: 1, maxCount: 2 })).toMatchObject({
      status: 400,
      body: {
        code: "InsufficientSubnetSize",
        target: "networkProfile.podCIDR",
        message: expect.stringMatching(
          /^Pre-allocated IPs 1280 exceeds IPs available 1024 in Subnet Cidr 10.240.100.0\/22, Subnet Name networkProfile.podCIDR. If/,
        ),
      },
    });
    expect(await pool({ count: 1 })).toMatchObject({ status: 201 });
  });
});
