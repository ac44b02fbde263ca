import { afterEach, describe, expect, it } from "vitest";
import type { PodDisruptionBudget } from "#api/kubernetes/workloads";
import { resources } from "#api/kubernetes/resources";
import { CLUSTER, FIRST, POOL, Scene } from "../testing/scene.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A Monday. */
const START = Date.UTC(2026, 6, 6, 12);
const V = "2026-04-01";
/** Of the day for which 2026-04-01 stands, 2026-05-01. */
const [OLD, NEWEST] = ["1.33.7", "1.33.10"];

let scene: Scene;
afterEach(() => scene.world.stop());

/** A cluster of two pools that has just been made. */
async function opened(autoUpgradeProfile: object, more: object = {}, kubernetesVersion: string = OLD): Promise<void> {
  scene = await Scene.open(START);
  const profile = { name: "one", count: 1, vmSize: "Standard_DS2_v2", type: "VirtualMachineScaleSets", mode: "System" };
  const properties = { dnsPrefix: "c", kubernetesVersion, agentPoolProfiles: [profile], autoUpgradeProfile, ...more };
  await scene.succeed(scene.call("PUT", CLUSTER, { location: "eastus", properties }, V));
  await scene.succeed(scene.call("PUT", POOL, { properties: { count: 2, vmSize: "Standard_DS2_v2" } }, V));
}

const NONE = { upgradeChannel: "none", nodeOSUpgradeChannel: "None" };
const advance = (ms: number): Promise<void> => scene.world.clock.advance(ms);
const until = (ms: number): Promise<void> => advance(ms - scene.world.clock.now());
const turnOn = (autoUpgradeProfile: object): Promise<void> =>
  scene.succeed(scene.call("PUT", CLUSTER, { location: "eastus", properties: { autoUpgradeProfile } }, V));
const daily = (startTime: string): object => ({
  properties: { maintenanceWindow: { schedule: { daily: { intervalDays: 1 } }, durationHours: 4, startTime } },
});
const plan = (name: string, configuration: object): Promise<unknown> =>
  scene.call("PUT", `${CLUSTER}/maintenanceConfigurations/${name}`, configuration, V);

interface Shown {
  readonly provisioningState: string;
  readonly kubernetesVersion: string;
  readonly currentKubernetesVersion: string;
}

async function cluster(): Promise<Shown> {
  return (await scene.call("GET", CLUSTER, undefined, V)).body.properties;
}

async function pool(path = POOL): Promise<{ provisioningState: string; currentOrchestratorVersion: string; nodeImageVersion: string }> {
  return (await scene.call("GET", path, undefined, V)).body.properties;
}

/** Versions of the cluster and of its two pools. */
async function versions(): Promise<readonly string[]> {
  const { currentKubernetesVersion } = await cluster();
  return [currentKubernetesVersion, (await pool(FIRST)).currentOrchestratorVersion, (await pool()).currentOrchestratorVersion];
}

describe("a channel for the version", () => {
  it("upgrades control plane and pools in the window, and neither before nor without a channel", async () => {
    await opened({ ...NONE, upgradeChannel: "patch" });
    await plan("aksManagedAutoUpgradeSchedule", daily("20:00"));
    await advance(7 * HOUR);
    expect(await versions()).toEqual([OLD, OLD, OLD]);
    await advance(HOUR + 60_000);
    expect(await cluster()).toMatchObject({ provisioningState: "Upgrading", currentKubernetesVersion: NEWEST });
    await advance(HOUR);
    expect([await versions(), (await cluster()).provisioningState]).toEqual([[NEWEST, NEWEST, NEWEST], "Succeeded"]);
    expect(scene.nodes().map(({ status }) => status?.nodeInfo?.kubeletVersion)).toEqual([`v${NEWEST}`, `v${NEWEST}`]);
  });

  it("is not there by default", async () => {
    await opened({});
    await advance(3 * DAY);
    expect(await versions()).toEqual([OLD, OLD, OLD]);
  });

  it("takes its time without a configuration: a day", async () => {
    await opened({ ...NONE, upgradeChannel: "patch" });
    await advance(DAY - 2 * HOUR);
    expect(await versions()).toEqual([OLD, OLD, OLD]);
    await advance(6 * HOUR);
    expect(await versions()).toEqual([NEWEST, NEWEST, NEWEST]);
  });

  it("goes to a version that comes with the days", async () => {
    await opened({ ...NONE, upgradeChannel: "patch" }, {}, NEWEST);
    await advance(20 * DAY);
    expect((await cluster()).currentKubernetesVersion).toBe(NEWEST);
    // 1.33.11 and 1.33.12 came on 2026-05-29, 28 days after the day of the api-version.
    await advance(10 * DAY);
    expect((await cluster()).currentKubernetesVersion).toBe("1.33.12");
  });

  it("goes over two minor versions in two steps", async () => {
    await opened({ ...NONE, upgradeChannel: "rapid" });
    await plan("aksManagedAutoUpgradeSchedule", daily("13:00"));
    await advance(3 * HOUR);
    expect(await versions()).toEqual(["1.35.3", "1.35.3", "1.35.3"]);
  });

  it("keeps showing a minor version where one was asked for", async () => {
    await opened({ ...NONE, upgradeChannel: "stable" }, {}, "1.33");
    await advance(DAY + 2 * HOUR);
    expect(await cluster()).toMatchObject({ kubernetesVersion: "1.34", currentKubernetesVersion: "1.34.6" });
    expect(await pool(FIRST)).toMatchObject({ orchestratorVersion: "1.34", currentOrchestratorVersion: "1.34.6" });
  });

  it("is not cut off when the window ends", async () => {
    await opened(NONE);
    await plan("aksManagedAutoUpgradeSchedule", daily("08:00"));
    await until(START + DAY - 3 * 60_000);
    await turnOn({ upgradeChannel: "patch" });
    await until(START + DAY);
    expect((await cluster()).provisioningState).toBe("Upgrading");
    await advance(2 * HOUR);
    expect([(await cluster()).provisioningState, ...(await versions())]).toEqual(["Succeeded", NEWEST, NEWEST, NEWEST]);
  });

  it("leaves a stopped cluster alone, and waits for the window after its start", async () => {
    await opened({ ...NONE, upgradeChannel: "patch" });
    await plan("aksManagedAutoUpgradeSchedule", daily("20:00"));
    await scene.succeed(scene.call("POST", `${CLUSTER}/stop`, undefined, V));
    await advance(14 * HOUR);
    expect((await cluster()).currentKubernetesVersion).toBe(OLD);
    await scene.succeed(scene.call("POST", `${CLUSTER}/start`, undefined, V));
    await advance(16 * HOUR);
    expect((await cluster()).currentKubernetesVersion).toBe(OLD);
    await advance(6 * HOUR);
    expect(await versions()).toEqual([NEWEST, NEWEST, NEWEST]);
  });

  it("upgrades a stopped pool with the others; its nodes have the version when it starts", async () => {
    await opened({ ...NONE, upgradeChannel: "patch" });
    await scene.succeed(scene.change(POOL, { powerState: { code: "Stopped" } }));
    await advance(DAY + 6 * HOUR);
    expect(await versions()).toEqual([NEWEST, NEWEST, NEWEST]);
    expect([scene.nodes().length, (await scene.look()).powerState.code]).toEqual([0, "Stopped"]);
    await scene.succeed(scene.change(POOL, { powerState: { code: "Running" } }));
    expect(scene.nodes().map(({ status }) => status?.nodeInfo?.kubeletVersion)).toEqual([`v${NEWEST}`, `v${NEWEST}`]);
  });

  it("waits for budgets that allow nothing, and begins once they do", async () => {
    await opened({ ...NONE, upgradeChannel: "patch" });
    await plan("aksManagedAutoUpgradeSchedule", daily("20:00"));
    const budget = { metadata: { name: "b", namespace: "default" }, spec: { maxUnavailable: 0, selector: { matchLabels: { a: "b" } } } };
    await scene.kubernetes().create<PodDisruptionBudget>(resources.podDisruptionBudgets, budget);
    await advance(9 * HOUR);
    expect(await cluster()).toMatchObject({ provisioningState: "Succeeded", currentKubernetesVersion: OLD });
    const [client] = [scene.kubernetes()];
    await client.delete(resources.podDisruptionBudgets, { name: "b", namespace: "default" });
    await advance(2 * HOUR);
    expect(await versions()).toEqual([NEWEST, NEWEST, NEWEST]);
  });

  it("goes on after a restart in the middle", async () => {
    await opened({ ...NONE, upgradeChannel: "patch" });
    await plan("aksManagedAutoUpgradeSchedule", daily("20:00"));
    await scene.world.restart();
    await scene.world.clock.advanceUntil(async () => (await cluster()).provisioningState === "Upgrading");
    await advance(60_000);
    await scene.world.restart();
    await advance(2 * HOUR);
    expect([(await cluster()).provisioningState, ...(await versions())]).toEqual(["Succeeded", NEWEST, NEWEST, NEWEST]);
  });

  it("refuses to upgrade the control plane alone", async () => {
    await opened({ ...NONE, upgradeChannel: "patch" });
    const { body } = await scene.call("GET", CLUSTER, undefined, V);
    const answer = await scene.call("PUT", CLUSTER, { ...body, properties: { ...body.properties, kubernetesVersion: NEWEST } }, V);
    expect([answer.status, answer.body.code]).toEqual([400, "NotAllAgentPoolOrchestratorVersionSpecifiedAndUnchanged"]);
  });
});

describe("a channel for node images", () => {
  const image = (week: string): string => `AKSUbuntu-2204gen2containerd-2026${week}`;

  it("replaces the images of the pools one after another when a new one has come", async () => {
    await opened({ nodeOSUpgradeChannel: "NodeImage" });
    await plan("aksManagedNodeOSUpgradeSchedule", daily("02:00"));
    await advance(9 * DAY);
    expect((await pool()).nodeImageVersion).toBe(image("07.09.0"));
    const seen = new Set<string>();
    await scene.world.clock.advanceUntil(async () => {
      const [one, two] = [await pool(FIRST), await pool()];
      seen.add(`${one.provisioningState} ${two.provisioningState}`);
      return two.nodeImageVersion === image("07.16.0") && two.provisioningState === "Succeeded";
    });
    expect([...seen]).toEqual(["Succeeded Succeeded", "UpgradingNodeImageVersion Succeeded", "Succeeded UpgradingNodeImageVersion"]);
    expect((await pool(FIRST)).nodeImageVersion).toBe(image("07.16.0"));
    expect(scene.nodes().map(({ metadata }) => metadata.labels?.["kubernetes.azure.com/node-image-version"])).toEqual([
      image("07.16.0"),
      image("07.16.0"),
    ]);
    expect(await versions()).toEqual([OLD, OLD, OLD]);
  });

  it("leaves pools whose turn has not come to the next window", async () => {
    await opened(NONE);
    await plan("aksManagedNodeOSUpgradeSchedule", daily("08:00"));
    await until(START + 11 * DAY - 3 * 60_000);
    await turnOn({ nodeOSUpgradeChannel: "NodeImage" });
    await advance(20 * HOUR - 10 * 60_000);
    expect([(await pool(FIRST)).nodeImageVersion, (await pool()).nodeImageVersion]).toEqual([image("07.16.0"), image("07.09.0")]);
    await advance(HOUR);
    expect((await pool()).nodeImageVersion).toBe(image("07.16.0"));
  });

  it.each(["None", "Unmanaged"])("of the kind %s leaves them alone", async (nodeOSUpgradeChannel) => {
    await opened({ nodeOSUpgradeChannel });
    await advance(14 * DAY);
    expect((await pool()).nodeImageVersion).toBe(image("07.09.0"));
  });

  it("adds security patches to the image that there is", async () => {
    await opened({ nodeOSUpgradeChannel: "SecurityPatch" });
    await advance(12 * DAY);
    expect((await pool()).nodeImageVersion).toBe(`${image("07.09.0")}-2026.07.16`);
  });

  it("is on by default, and follows from the channel node-image", async () => {
    await opened({});
    const profile = async (): Promise<unknown> => (await scene.call("GET", CLUSTER, undefined, V)).body.properties.autoUpgradeProfile;
    expect(await profile()).toEqual({ nodeOSUpgradeChannel: "NodeImage" });
    const put = (autoUpgradeProfile: object) => scene.call("PUT", CLUSTER, { location: "eastus", properties: { autoUpgradeProfile } }, V);
    await scene.succeed(put({ nodeOSUpgradeChannel: "None" }));
    await scene.succeed(put({ upgradeChannel: "node-image" }));
    expect(await profile()).toMatchObject({ nodeOSUpgradeChannel: "NodeImage", upgradeChannel: "node-image" });
    expect(await put({ nodeOSUpgradeChannel: "SecurityPatch" })).toMatchObject({
      status: 400,
      body: { code: "InvalidParameter", target: "properties.autoUpgradeProfile.nodeOSUpgradeChannel" },
    });
    expect((await put({ upgradeChannel: "weekly" })).body.target).toBe("properties.autoUpgradeProfile.upgradeChannel");
  });
});
