import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Event, Node, Pod } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import { ageImages, NEWEST_IMAGE, OLD_IMAGE } from "./testing/age.ts";
import { CLUSTER, FIRST, POOL, Scene } from "./testing/scene.ts";
import { type Answer, SUBSCRIPTION } from "./testing/world.ts";

const PREVIEW = "2026-02-02-preview";
const MINUTE_MS = 60_000;

let scene: Scene;

beforeEach(async () => {
  scene = await Scene.open();
});
afterEach(() => scene.world.stop());

/** Two nodes of 1.33.5, emptied one at a time: ten minutes of soak between them and an hour at the end. */
const SETTINGS = { drainBatchSize: "50%", batchSoakDurationInMinutes: 10 };

async function create(settings: object = SETTINGS, more: object = {}): Promise<void> {
  await scene.create({ orchestratorVersion: "1.33.5", ...more });
  await scene.succeed(change({ upgradeStrategy: "BlueGreen", upgradeSettingsBlueGreen: settings }));
}

function change(properties: object): Promise<Answer> {
  return scene.call("PUT", POOL, { properties }, PREVIEW);
}

function post(action: string, apiVersion = "2026-07-02-preview"): Promise<Answer> {
  return scene.call("POST", `${POOL}/${action}`, undefined, apiVersion);
}

const upgrade = (): Promise<Answer> => change({ orchestratorVersion: "1.34.2" });

/** `["0 1.33.5 cordoned", "2 1.34.2"]`. */
function nodes(): readonly string[] {
  const line = ({ metadata, spec, status }: Node): string =>
    `${metadata.name.slice(-1)} ${status?.nodeInfo?.["kubeletVersion"]?.slice(1) ?? ""}${spec.unschedulable === true ? " cordoned" : ""}`;
  return scene.nodes().map(line).sort();
}

const images = (): readonly (string | undefined)[] =>
  scene.nodes().map(({ metadata }) => metadata.labels?.["kubernetes.azure.com/node-image-version"]);

function pods(): readonly string[] {
  return scene
    .kubernetes()
    .all<Pod>(resources.pods)
    .map(({ metadata, spec }) => `${metadata.name} ${spec.nodeName?.slice(-1) ?? ""}`)
    .sort();
}

/** Moves time on until the nodes are so. */
function until(...wanted: string[]): Promise<void> {
  return scene.world.clock.advanceUntil(() => nodes().join() === wanted.join());
}

/** Ends the process and begins another after each moment in which the store changes, until something holds. Returns how often. */
async function restartAtEachChange(holds: () => boolean): Promise<number> {
  const { clock, store } = scene.world;
  let restarts = 0;
  for (; !holds(); restarts++) {
    const revision = store.revision();
    await clock.advanceUntil(() => holds() || store.revision() !== revision);
    await scene.world.restart();
  }
  return restarts;
}

const BOTH = ["0 1.33.5 cordoned", "1 1.33.5 cordoned", "2 1.34.2", "3 1.34.2"];

describe("a blue-green upgrade", () => {
  it("puts new nodes in the places of the old ones, in batches, and ends with them", async () => {
    await create();
    await scene.putPod("web-0", "0");
    await scene.putPod("web-1", "1");
    const answer = await upgrade();
    expect(answer).toMatchObject({ status: 200, body: { properties: { provisioningState: "Upgrading", count: 2 } } });
    await until("0 1.33.5 cordoned", "1 1.33.5 cordoned");
    expect(scene.machines()).toEqual(["0 Running", "1 Running", "2 Creating", "3 Creating"]);
    expect(pods()).toEqual(["web-0 0", "web-1 1"]);
    await scene.world.clock.advanceUntil(() => !pods().includes("web-0 0"));
    expect(nodes()).toEqual(BOTH);
    await scene.world.clock.advance(9 * MINUTE_MS);
    expect(pods()).toEqual(["web-1 1"]);
    await scene.world.clock.advance(2 * MINUTE_MS);
    expect(pods()).toEqual([]);
    await scene.world.clock.advance(55 * MINUTE_MS);
    expect(nodes()).toEqual(BOTH);
    expect(await scene.look()).toMatchObject({ count: 2, provisioningState: "Upgrading" });
    expect(await scene.world.ended(answer)).toMatchObject({ status: "Succeeded" });
    expect(nodes()).toEqual(["2 1.34.2", "3 1.34.2"]);
    expect(scene.machines()).toEqual(["2 Running", "3 Running"]);
    expect(await scene.look()).toMatchObject({ count: 2, provisioningState: "Succeeded" });
  });

  it("goes on after a restart at each moment in which something changes, forth and back", async () => {
    await create();
    await scene.putPod("web-1", "1");
    const answer = await upgrade();
    await restartAtEachChange(() => nodes().join() === BOTH.join() && pods().length === 0);
    await scene.succeed(post("abort"));
    const back = await change({ orchestratorVersion: "1.33.5" });
    expect(await restartAtEachChange(() => scene.world.operation(back)?.status !== "InProgress")).toBeGreaterThan(1);
    expect([scene.world.operation(answer)?.status, scene.world.operation(back)?.status]).toEqual(["Canceled", "Succeeded"]);
    expect(nodes()).toEqual(["0 1.33.5", "1 1.33.5"]);
    const again = await upgrade();
    expect(await restartAtEachChange(() => scene.world.operation(again)?.status !== "InProgress")).toBeGreaterThan(4);
    expect(scene.world.operation(again)).toMatchObject({ status: "Succeeded" });
    expect(nodes()).toEqual(["4 1.34.2", "5 1.34.2"]);
  });

  it("is one of the node image too", async () => {
    await create();
    await ageImages(scene.world);
    await scene.succeed(scene.call("POST", `${POOL}/upgradeNodeImageVersion`));
    expect([images(), scene.nodeNames()]).toEqual([
      [NEWEST_IMAGE, NEWEST_IMAGE],
      ["2", "3"],
    ]);
  });

  it("goes back to the image of before", async () => {
    await create();
    await ageImages(scene.world);
    await scene.call("POST", `${POOL}/upgradeNodeImageVersion`);
    await scene.world.clock.advanceUntil(() => images().filter((image) => image === NEWEST_IMAGE).length === 4);
    await scene.succeed(post("abort"));
    // Callers name no image before 2026-04-01.
    const resumed = await change({ nodeImageVersion: "AKSUbuntu-2204gen2containerd-202001.01.0" });
    expect(resumed.body.properties).toMatchObject({ provisioningState: "UpgradingNodeImageVersion", nodeImageVersion: NEWEST_IMAGE });
    await scene.succeed(post("abort"));
    const properties = { nodeImageVersion: OLD_IMAGE };
    const answer = await scene.call("PUT", POOL, { properties }, "2026-07-02-preview");
    expect(answer.body.properties).toMatchObject({ provisioningState: "UpgradingNodeImageVersion", nodeImageVersion: OLD_IMAGE });
    await scene.succeed(answer);
    expect(scene.nodeNames()).toEqual(["0", "1"]);
    expect((await scene.call("GET", POOL)).body.properties).toMatchObject({ provisioningState: "Succeeded", nodeImageVersion: OLD_IMAGE });
  });

  it("is part of its cluster's upgrade, and paused with it", async () => {
    await create(SETTINGS, { orchestratorVersion: "1.34.1" });
    await scene.succeed(scene.call("PUT", FIRST, { properties: { orchestratorVersion: "1.34.2" } }));
    const { body } = await scene.call("GET", CLUSTER, undefined, PREVIEW);
    const agentPoolProfiles = body.properties.agentPoolProfiles.map((pool: object) => ({ ...pool, orchestratorVersion: "1.34.2" }));
    const wanted = { ...body, properties: { ...body.properties, agentPoolProfiles } };
    const answer = await scene.call("PUT", CLUSTER, wanted, PREVIEW);
    expect(answer.status).toBe(200);
    await until("0 1.34.1 cordoned", "1 1.34.1 cordoned", "2 1.34.2", "3 1.34.2");
    await scene.succeed(scene.call("POST", `${CLUSTER}/abort`, undefined, PREVIEW));
    expect(scene.world.operation(answer)).toMatchObject({ status: "Canceled" });
    expect(nodes()).toHaveLength(4);
    await scene.succeed(scene.call("PUT", CLUSTER, wanted, PREVIEW));
    expect(nodes()).toEqual(["2 1.34.2", "3 1.34.2"]);
  });

  it("tells of itself in events", async () => {
    await create();
    await scene.succeed(upgrade());
    const told = scene
      .kubernetes()
      .all<Event>(resources.events)
      .map(({ reason, message }) => `${reason}: ${message?.replaceAll(/aks-two-\d+-vmss00000/g, "")}`);
    expect(told).toEqual(
      expect.arrayContaining([
        "Surge: Created a surge node [2 two] for agentpool two",
        "Drain: Draining node: 0",
        "Upgrade: Soak duration 10m0s after draining node: 0",
        "Upgrade: Soak duration 60m0s after draining node: 1",
      ]),
    );
  });

  it("leaves changes of anything else to the usual ways", async () => {
    await create();
    await scene.succeed(change({ nodeLabels: { tier: "web" } }));
    await scene.succeed(change({ count: 3 }));
    expect(nodes()).toEqual(["0 1.33.5", "1 1.33.5", "2 1.33.5"]);
  });

  it("fails where it cannot have as many nodes again, and leaves the old ones as they were", async () => {
    await create();
    // Three nodes of two cores run; four more cores are wanted.
    await scene.world.compute.setLimit({ subscriptionId: SUBSCRIPTION, location: "eastus", name: "cores" }, 8);
    expect(await scene.world.ended(await upgrade())).toMatchObject({ status: "Failed", error: { code: "QuotaExceeded" } });
    expect(nodes()).toEqual(["0 1.33.5", "1 1.33.5"]);
    await scene.world.compute.setLimit({ subscriptionId: SUBSCRIPTION, location: "eastus", name: "cores" }, 10);
    await scene.succeed(upgrade());
    expect(nodes()).toEqual(["2 1.34.2", "3 1.34.2"]);
  });

  it("fails when a node is not empty in time, and goes on from there", async () => {
    await create({ ...SETTINGS, drainTimeoutInMinutes: 5 });
    await scene.putPod("web-0", "0");
    scene.kubernetes().protectedPods.add("web-0");
    const startedMs = scene.world.clock.now();
    expect(await scene.world.ended(await upgrade())).toMatchObject({ status: "Failed", error: { code: "UpgradeFailed" } });
    expect(scene.world.clock.now() - startedMs).toBeLessThan(10 * MINUTE_MS);
    expect(nodes()).toEqual(BOTH);
    expect(await scene.look()).toMatchObject({ count: 2, provisioningState: "Failed" });
    scene.kubernetes().protectedPods.clear();
    await scene.succeed(upgrade());
    expect(nodes()).toEqual(["2 1.34.2", "3 1.34.2"]);
  });
});

describe("a blue-green upgrade that is aborted", () => {
  async function pause(): Promise<void> {
    await create();
    const answer = await upgrade();
    await until(...BOTH);
    await scene.succeed(post("abort"));
    expect(scene.world.operation(answer)).toMatchObject({ status: "Canceled" });
  }

  it("stays as it is until somebody resumes it", async () => {
    await pause();
    await scene.world.clock.advance(180 * MINUTE_MS);
    expect(nodes()).toEqual(BOTH);
    expect(await scene.look()).toMatchObject({ count: 2, provisioningState: "Canceled" });
    const answer = await change({ orchestratorVersion: "1.34.2", upgradeSettingsBlueGreen: { finalSoakDurationInMinutes: 1 } });
    expect(answer.body.properties).toMatchObject({
      provisioningState: "Upgrading",
      upgradeSettingsBlueGreen: { ...SETTINGS, finalSoakDurationInMinutes: 1 },
    });
    await scene.succeed(answer);
    expect(nodes()).toEqual(["2 1.34.2", "3 1.34.2"]);
  });

  it("goes on with an upgrade of the image as well, and takes no other image", async () => {
    await pause();
    expect(await change({ osSKU: "AzureLinux" })).toMatchObject({ status: 400, body: { code: "OperationNotAllowed" } });
    const answer = await scene.call("POST", `${POOL}/upgradeNodeImageVersion`);
    expect(answer).toMatchObject({ status: 202, body: { properties: { provisioningState: "Upgrading" } } });
    await scene.succeed(answer);
    expect(nodes()).toEqual(["2 1.34.2", "3 1.34.2"]);
  });

  it("gives the old nodes back while the new ones are not there", async () => {
    await create();
    await upgrade();
    await until("0 1.33.5 cordoned", "1 1.33.5 cordoned");
    await scene.succeed(post("abort"));
    expect(nodes().filter((line) => line.includes("cordoned"))).toEqual([]);
  });

  it("goes back to the version of before at once: old nodes take pods, new ones are emptied and go", async () => {
    await pause();
    await scene.putPod("web-2", "2");
    const startedMs = scene.world.clock.now();
    const answer = await change({ orchestratorVersion: "1.33.5" });
    expect(answer.body.properties).toMatchObject({ provisioningState: "Upgrading", orchestratorVersion: "1.33.5" });
    await scene.succeed(answer);
    expect(scene.world.clock.now() - startedMs).toBeLessThan(10 * MINUTE_MS);
    expect(nodes()).toEqual(["0 1.33.5", "1 1.33.5"]);
    expect(pods()).toEqual([]);
    expect(await scene.look()).toMatchObject({ count: 2, provisioningState: "Succeeded" });
  });

  it("goes back by what az asks for: the version and image that it shows as recently used", async () => {
    await pause();
    const version = "2026-07-02-preview";
    const profile = await scene.call("GET", `${POOL}/upgradeProfiles/default`, undefined, version);
    const [{ orchestratorVersion, nodeImageVersion }] = profile.body.properties.recentlyUsedVersions;
    const { body } = await scene.call("GET", POOL, undefined, version);
    const properties = { ...body.properties, orchestratorVersion, nodeImageVersion };
    await scene.succeed(scene.call("PUT", POOL, { ...body, properties }, version));
    expect(nodes()).toEqual(["0 1.33.5", "1 1.33.5"]);
  });

  it.each([
    { name: "another version", properties: { orchestratorVersion: "1.34.1" } },
    { name: "another strategy", properties: { upgradeStrategy: "Rolling" } },
    { name: "another count", properties: { count: 3 } },
  ])("takes $name from nobody", async ({ properties }) => {
    await pause();
    expect(await change(properties)).toMatchObject({ status: 400, body: { code: "OperationNotAllowed" } });
  });

  it("lets no single machines be deleted, but the pool", async () => {
    await pause();
    const [first] = scene.nodes();
    const body = { machineNames: [first?.metadata.name] };
    expect(await scene.call("POST", `${POOL}/deleteMachines`, body)).toMatchObject({ status: 400 });
    await scene.succeed(scene.call("DELETE", POOL));
    expect(scene.nodes()).toEqual([]);
  });
});

describe("completeUpgrade", () => {
  it("ends the soaking; its operation ends with the upgrade's", async () => {
    await create();
    const answer = await upgrade();
    await until(...BOTH);
    const startedMs = scene.world.clock.now();
    const completing = await post("completeUpgrade");
    expect(completing).toMatchObject({ status: 202, body: undefined });
    expect(Object.keys(completing.headers)).toEqual(["Azure-AsyncOperation", "Location"]);
    expect((await post("completeUpgrade")).headers).toEqual(completing.headers);
    await scene.succeed(completing);
    expect(scene.world.clock.now() - startedMs).toBeLessThan(5 * MINUTE_MS);
    expect(scene.world.operation(answer)).toMatchObject({ status: "Succeeded" });
    expect(nodes()).toEqual(["2 1.34.2", "3 1.34.2"]);
  });

  it("ends a soak of days after days", async () => {
    await create({ drainBatchSize: "100%", finalSoakDurationInMinutes: 10_080 });
    const answer = await upgrade();
    await scene.world.clock.advance(3 * 1440 * MINUTE_MS);
    expect(nodes()).toEqual(BOTH);
    await scene.succeed(post("completeUpgrade"));
    expect(scene.world.operation(answer)).toMatchObject({ status: "Succeeded" });
  });

  it("is refused where nothing is to be completed", async () => {
    await create();
    expect(await post("completeUpgrade")).toMatchObject({ status: 409, body: { code: "OperationNotAllowed" } });
    await upgrade();
    await post("abort");
    expect(await post("completeUpgrade")).toMatchObject({ status: 409 });
  });
});

describe("settings of blue-green upgrades", () => {
  it("know their strategies, in any letter case", async () => {
    await scene.create();
    expect(await change({ upgradeStrategy: "Red" })).toMatchObject({
      status: 400,
      body: { code: "InvalidParameter", target: "agentPoolProfile.upgradeStrategy" },
    });
    expect((await change({ upgradeStrategy: "bluegreen" })).body.properties).toMatchObject({ upgradeStrategy: "BlueGreen" });
  });

  it.each([
    { drainBatchSize: "0" },
    { drainBatchSize: "0%" },
    { drainBatchSize: "101%" },
    { drainTimeoutInMinutes: 0 },
    { drainTimeoutInMinutes: 1441 },
    { batchSoakDurationInMinutes: -1 },
    { batchSoakDurationInMinutes: 1441 },
    { finalSoakDurationInMinutes: 10_081 },
  ])("refuse %j", async (settings) => {
    await scene.create();
    const [member = ""] = Object.keys(settings);
    expect(await change({ upgradeSettingsBlueGreen: settings })).toMatchObject({
      status: 400,
      body: { code: "InvalidParameter", target: `agentPoolProfile.upgradeSettingsBlueGreen.${member}` },
    });
  });

  it.each([
    { drainBatchSize: "5", drainTimeoutInMinutes: 1, batchSoakDurationInMinutes: 0, finalSoakDurationInMinutes: 0 },
    { drainBatchSize: "100%", drainTimeoutInMinutes: 1440, batchSoakDurationInMinutes: 1440, finalSoakDurationInMinutes: 10_080 },
  ])("take %j", async (settings) => {
    await scene.create();
    await scene.succeed(change({ upgradeSettingsBlueGreen: settings }));
    const { body } = await scene.call("GET", POOL, undefined, PREVIEW);
    expect(body.properties.upgradeSettingsBlueGreen).toEqual(settings);
    expect((await scene.call("GET", POOL)).body.properties).not.toHaveProperty("upgradeSettingsBlueGreen");
  });
});
