import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CLUSTER, FIRST, POOL, Scene } from "../../testing/scene.ts";
import type { Answer } from "../../testing/world.ts";

const DAY = 86_400_000;
const START = Date.UTC(2026, 6, 6, 12);
const V = "2026-06-01";
const image = (week: string): string => `AKSUbuntu-2204gen2containerd-2026${week}`;

let scene: Scene;
beforeEach(async () => {
  scene = await Scene.open(START);
  const autoUpgradeProfile = { upgradeChannel: "none", nodeOSUpgradeChannel: "None" };
  const profile = { name: "one", count: 1, vmSize: "Standard_DS2_v2", type: "VirtualMachineScaleSets", mode: "System" };
  const properties = { dnsPrefix: "c", kubernetesVersion: "1.34.2", agentPoolProfiles: [profile], autoUpgradeProfile };
  await scene.succeed(scene.call("PUT", CLUSTER, { location: "eastus", properties }, V));
  const two = { count: 2, vmSize: "Standard_DS2_v2", orchestratorVersion: "1.33.7" };
  await scene.succeed(scene.call("PUT", POOL, { properties: two }, V));
});
afterEach(() => scene.world.stop());

interface Recent {
  readonly orchestratorVersion: string;
  readonly nodeImageVersion: string;
  readonly timestamp: string;
}

async function recent(path = POOL, apiVersion = V): Promise<readonly Recent[] | undefined> {
  return (await scene.call("GET", `${path}/upgradeProfiles/default`, undefined, apiVersion)).body.properties.recentlyUsedVersions;
}

/** GETs, changes and PUTs, as az does. */
async function change(properties: object, path = POOL): Promise<Answer> {
  const { body } = await scene.call("GET", path, undefined, V);
  return scene.call("PUT", path, { ...body, properties: { ...body.properties, ...properties } }, V);
}

/** `az aks nodepool rollback`. */
async function rollback(): Promise<Answer> {
  const [last] = (await recent()) ?? [];
  if (last === undefined) throw new Error("no rollback versions");
  return change({ orchestratorVersion: last.orchestratorVersion, nodeImageVersion: last.nodeImageVersion });
}

async function shown(): Promise<readonly string[]> {
  const { provisioningState, currentOrchestratorVersion, nodeImageVersion } = (await scene.call("GET", POOL, undefined, V)).body.properties;
  return [provisioningState, currentOrchestratorVersion, nodeImageVersion];
}

const upgrade = (): Promise<void> => scene.succeed(change({ orchestratorVersion: "1.34.2" }));
const kubelets = (): readonly unknown[] => scene.nodes().map(({ status }) => status?.nodeInfo?.kubeletVersion);
const profile = (autoUpgradeProfile: object): Promise<void> =>
  scene.succeed(scene.call("PUT", CLUSTER, { location: "eastus", properties: { autoUpgradeProfile } }, V));

describe("what a pool can be rolled back to", () => {
  it("is nothing before its first upgrade, and then what it had", async () => {
    expect(await recent()).toBeUndefined();
    const before = scene.world.clock.now();
    await upgrade();
    expect(await recent()).toEqual([
      {
        orchestratorVersion: "1.33.7",
        nodeImageVersion: image("07.09.0"),
        timestamp: new Date(before).toISOString().replace(/\.?0*Z$/, "Z"),
      },
    ]);
    expect([await recent(FIRST), await recent(POOL, "2025-10-01")]).toEqual([undefined, undefined]);
  });

  it("is gone after seven days", async () => {
    await upgrade();
    await scene.world.clock.advance(7 * DAY - 3_600_000);
    expect(await recent()).toHaveLength(1);
    const [last] = (await recent()) ?? [];
    await scene.world.clock.advance(3_600_000);
    expect(await recent()).toBeUndefined();
    const late = await change({ orchestratorVersion: last?.orchestratorVersion, nodeImageVersion: last?.nodeImageVersion });
    expect([late.status, late.body.code]).toEqual([400, "AgentPoolUpgradeVersionNotAllowed"]);
  });

  it("survives other changes and a restart", async () => {
    await upgrade();
    await scene.succeed(change({ count: 3 }));
    await scene.world.restart();
    expect(await recent()).toHaveLength(1);
  });
});

describe("a rollback", () => {
  it("replaces every node by one of the version before, once", async () => {
    await upgrade();
    expect(kubelets()).toEqual(["v1.34.2", "v1.34.2"]);
    const answer = await rollback();
    expect(answer).toMatchObject({ status: 200, body: { properties: { provisioningState: "Upgrading", orchestratorVersion: "1.33.7" } } });
    await scene.succeed(answer);
    expect([await shown(), kubelets()]).toEqual([
      ["Succeeded", "1.33.7", image("07.09.0")],
      ["v1.33.7", "v1.33.7"],
    ]);
    expect(await recent()).toBeUndefined();
  });

  it("brings the image back that was there, though there is a newer one", async () => {
    await scene.world.clock.advance(11 * DAY);
    await upgrade();
    expect((await shown())[2]).toBe(image("07.16.0"));
    await scene.succeed(rollback());
    expect(await shown()).toEqual(["Succeeded", "1.33.7", image("07.09.0")]);
  });

  it("of an image alone leaves the version", async () => {
    await scene.world.clock.advance(11 * DAY);
    await scene.succeed(scene.call("POST", `${POOL}/upgradeNodeImageVersion`, undefined, V));
    expect((await shown())[2]).toBe(image("07.16.0"));
    const answer = await rollback();
    expect(answer.body.properties.provisioningState).toBe("UpgradingNodeImageVersion");
    await scene.succeed(answer);
    expect(await shown()).toEqual(["Succeeded", "1.33.7", image("07.09.0")]);
  });

  it("takes back an upgrade that was aborted halfway", async () => {
    const upgrading = await change({ orchestratorVersion: "1.34.2" });
    await scene.world.clock.advanceUntil(() => kubelets().includes("v1.34.2"));
    await scene.call("POST", `${POOL}/abort`, undefined, V);
    await scene.world.ended(upgrading);
    await scene.succeed(rollback());
    expect([(await shown())[1], kubelets()]).toEqual(["1.33.7", ["v1.33.7", "v1.33.7"]]);
  });

  it("is refused while the cluster is upgraded by itself", async () => {
    await upgrade();
    await profile({ upgradeChannel: "patch" });
    const answer = await rollback();
    expect([answer.status, answer.body.code]).toEqual([400, "OperationNotAllowed"]);
    expect(answer.body.message).toContain("(upgradeChannel=patch)");
  });

  it("gets the newest image of its version while node images are kept up", async () => {
    await scene.world.clock.advance(11 * DAY);
    await upgrade();
    await profile({ nodeOSUpgradeChannel: "NodeImage" });
    await scene.succeed(rollback());
    expect(await shown()).toEqual(["Succeeded", "1.33.7", image("07.16.0")]);
  });

  it("goes one step back and no further", async () => {
    await scene.world.clock.advance(8 * DAY);
    await upgrade();
    const [first] = (await recent()) ?? [];
    await scene.world.clock.advance(3 * DAY);
    await scene.succeed(scene.call("POST", `${POOL}/upgradeNodeImageVersion`, undefined, V));
    expect(await recent()).toMatchObject([{ orchestratorVersion: "1.34.2", nodeImageVersion: image("07.09.0") }]);
    const { orchestratorVersion, nodeImageVersion } = first ?? {};
    expect((await change({ orchestratorVersion, nodeImageVersion })).body.message).toContain("is not accepted");
    await scene.succeed(rollback());
    expect([await shown(), await recent()]).toEqual([["Succeeded", "1.34.2", image("07.09.0")], undefined]);
  });
});

describe("the node image of a request", () => {
  const refused = (asked: string, present: string): object => ({
    status: 400,
    body: {
      code: "InvalidParameter",
      target: "agentPoolProfile.nodeImageVersion",
      message: `NodeImageVersion '${asked}' is not accepted. NodeImageVersion can only be current version '${present}' or 'latest'`,
    },
  });

  it("may be what it is, or the newest by its word", async () => {
    await scene.succeed(change({ count: 3 }));
    await scene.world.clock.advance(11 * DAY);
    await scene.succeed(change({ count: 2 }));
    expect((await shown())[2]).toBe(image("07.09.0"));
    const answer = await change({ nodeImageVersion: "latest" });
    expect(answer.body.properties).toMatchObject({ provisioningState: "UpgradingNodeImageVersion", nodeImageVersion: image("07.16.0") });
    await scene.succeed(answer);
  });

  it("may be no other one, and is not looked at before 2026-04-01", async () => {
    expect(await change({ nodeImageVersion: image("01.01.0") })).toMatchObject(refused(image("01.01.0"), image("07.09.0")));
    const { body } = await scene.call("GET", POOL, undefined, V);
    const properties = { ...body.properties, nodeImageVersion: image("01.01.0") };
    await scene.succeed(scene.call("PUT", POOL, { ...body, properties }, "2025-10-01"));
    expect((await shown())[2]).toBe(image("07.09.0"));
  });

  it("of another OS SKU is refused on the way back", async () => {
    await scene.succeed(change({ osSKU: "AzureLinux", nodeImageVersion: undefined }));
    expect((await shown())[2]).toBe("AKSAzureLinux-V3gen2-202607.09.0");
    expect(await rollback()).toMatchObject(refused(image("07.09.0"), "AKSAzureLinux-V3gen2-202607.09.0"));
  });

  it("does not let an older version in without what belongs to it", async () => {
    await upgrade();
    const answer = await change({ orchestratorVersion: "1.33.7", nodeImageVersion: "latest" });
    expect([answer.status, answer.body.code]).toEqual([400, "AgentPoolUpgradeVersionNotAllowed"]);
  });
});
