import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { NodeBootstrap } from "#api/kubelet";
import type { Instance, ScaleSet } from "#compute";
import { CLUSTER, POOL, Scene } from "./testing/scene.ts";
import { SUBSCRIPTION } from "./testing/world.ts";

const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/g/providers`;
const STABLE = "2026-04-01";

let scene: Scene;

beforeEach(async () => {
  scene = await Scene.open();
});
afterEach(() => scene.world.stop());

function setOf(pool = "two"): ScaleSet {
  const found = scene.world.compute.scaleSets({ subscriptionId: SUBSCRIPTION }).find(({ name }) => name.includes(`-${pool}-`));
  if (found === undefined) throw new Error(`no scale set of ${pool}`);
  return found;
}

function machinesOf(pool = "two"): readonly Instance[] {
  return scene.world.compute.instances(setOf(pool));
}

function bootsOf(pool = "two"): readonly NodeBootstrap[] {
  return machinesOf(pool).map(({ userData }) => userData as NodeBootstrap);
}

const put = (properties: object) => scene.call("PUT", POOL, { properties }, STABLE);

describe("a pool's settings on its machines", () => {
  it("give each a public address of its own, which is another's once it is gone", async () => {
    await scene.create({ enableNodePublicIP: true });
    const addresses = machinesOf().map(({ publicIp }) => publicIp);
    expect(addresses).toEqual(["198.18.0.4", "198.18.0.5"]);
    expect(bootsOf().map(({ externalIp }) => externalIp)).toEqual(addresses);
    expect(bootsOf("one").map(({ externalIp }) => externalIp)).toEqual([undefined]);
    await scene.world.restart();
    await scene.succeed(scene.change(POOL, { count: 3 }));
    expect(machinesOf().map(({ publicIp }) => publicIp)).toEqual([...addresses, "198.18.0.6"]);
    await scene.succeed(scene.change(POOL, { count: 1 }));
    await scene.succeed(scene.change(POOL, { count: 2 }));
    expect(machinesOf().map(({ id, publicIp }) => `${id} ${publicIp}`)).toEqual(["0 198.18.0.4", "3 198.18.0.5"]);
  });

  it("show in the scale set", async () => {
    const subnet = `${GROUP}/Microsoft.Network/virtualNetworks/net/subnets/nodes`;
    const near = `${GROUP}/Microsoft.Compute/proximityPlacementGroups/near`;
    const guarded = `${GROUP}/Microsoft.Network/applicationSecurityGroups/guarded`;
    await scene.create({
      vmSize: "Standard_D4s_v3",
      vnetSubnetID: subnet,
      proximityPlacementGroupID: near,
      hostGroupID: `${GROUP}/Microsoft.Compute/hostGroups/mine`,
      enableEncryptionAtHost: true,
      enableUltraSSD: true,
      networkProfile: { applicationSecurityGroups: [guarded] },
      tags: { a: "b" },
    });
    expect(setOf()).toMatchObject({
      subnetId: subnet,
      placement: { proximityPlacementGroupId: near, hostGroupId: `${GROUP}/Microsoft.Compute/hostGroups/mine` },
      security: { encryptionAtHost: true },
      hasUltraDisks: true,
      applicationSecurityGroups: [guarded],
      tags: { a: "b" },
    });
    expect(bootsOf()[0]?.labels).toMatchObject({
      "kubernetes.azure.com/network-name": "net",
      "kubernetes.azure.com/network-subnet": "nodes",
      "kubernetes.azure.com/ppg": "near",
    });
    await scene.succeed(put({ networkProfile: { applicationSecurityGroups: [] }, tags: { a: "c" } }));
    expect(setOf().applicationSecurityGroups).toBeUndefined();
    expect(setOf().tags).toMatchObject({ a: "c" });
  });

  it("bring a trusted launch with another image, and take it away again", async () => {
    await scene.create({ vmSize: "Standard_D4s_v3" });
    const before = bootsOf().map(({ nodeImageVersion }) => nodeImageVersion);
    await scene.succeed(put({ securityProfile: { enableVTPM: true } }));
    expect(setOf().security).toEqual({ trustedLaunch: { vTpm: true, secureBoot: false } });
    for (const { nodeImageVersion, labels } of bootsOf()) {
      expect(nodeImageVersion).toMatch(/^AKSUbuntu-2204gen2TLcontainerd-/);
      expect(labels["kubernetes.azure.com/security-type"]).toBe("TrustedLaunch");
    }
    expect(machinesOf().map(({ id, boot }) => `${id} ${boot}`)).toEqual(["0 2", "1 2"]);
    await scene.succeed(put({ securityProfile: { enableVTPM: false } }));
    expect(bootsOf().map(({ nodeImageVersion }) => nodeImageVersion)).toEqual(before);
    expect(setOf().security).toBeUndefined();
  });

  it("boot every node anew for a local DNS, once", async () => {
    await scene.create({ vmSize: "Standard_D4s_v3" });
    await scene.succeed(put({ localDNSProfile: { mode: "Required" } }));
    expect((await scene.call("GET", POOL, undefined, STABLE)).body.properties.localDNSProfile).toEqual({
      mode: "Required",
      state: "Enabled",
    });
    expect(machinesOf().map(({ boot }) => boot)).toEqual([2, 2]);
    await scene.succeed(put({ localDNSProfile: { mode: "Required" }, tags: { a: "b" } }));
    expect(machinesOf().map(({ boot }) => boot)).toEqual([2, 2]);
  });

  it("divide GPUs", async () => {
    await scene.create({ vmSize: "Standard_NC24ads_A100_v4", gpuInstanceProfile: "MIG1g" });
    expect(bootsOf().map(({ gpus }) => gpus)).toEqual([7, 7]);
  });

  it("give initialization taints to nodes that boot, and to no other", async () => {
    await scene.create();
    const { body } = await scene.call("GET", CLUSTER, undefined, "2025-09-02-preview");
    const profiles = body.properties.agentPoolProfiles.map((pool: object) => ({
      ...pool,
      nodeInitializationTaints: ["start=up:NoSchedule"],
    }));
    const cluster = { ...body, properties: { ...body.properties, agentPoolProfiles: profiles } };
    await scene.succeed(scene.call("PUT", CLUSTER, cluster, "2025-09-02-preview"));
    await scene.succeed(scene.change(POOL, { count: 3 }));
    const taint = { key: "start", value: "up", effect: "NoSchedule" };
    expect(bootsOf().map(({ taints }) => taints)).toEqual([[], [], [taint]]);
    expect(scene.nodes().map(({ spec }) => spec.taints ?? [])).toEqual([[], [], [taint]]);
  });
});
