import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ageImages, NEWEST_IMAGE as NEWEST, OLD_IMAGE as OLD } from "./testing/age.ts";
import { CLUSTER, FIRST, POOL, Scene } from "./testing/scene.ts";
import type { Answer, World } from "./testing/world.ts";

let scene: Scene;
let world: World;

beforeEach(async () => {
  scene = await Scene.open();
  ({ world } = scene);
});
afterEach(() => world.stop());

const IMAGE = "kubernetes.azure.com/node-image-version";

const upgradeImage = (): Promise<Answer> => scene.call("POST", `${POOL}/upgradeNodeImageVersion`);
const images = (): readonly (string | undefined)[] => scene.nodes().map(({ metadata }) => metadata.labels?.[IMAGE]);

describe("upgradeNodeImageVersion", () => {
  it("is answered with the pool, reimages its nodes one after another, and leaves the cluster Succeeded", async () => {
    await scene.create();
    await ageImages(world);
    const profile = await scene.call("GET", `${POOL}/upgradeProfiles/default`);
    expect(profile.body.properties.latestNodeImageVersion).toBe(NEWEST);
    expect((await scene.call("GET", POOL)).body.properties.nodeImageVersion).toBe(OLD);

    const answer = await upgradeImage();
    expect(answer).toMatchObject({ status: 202, body: { name: "two", properties: { provisioningState: "UpgradingNodeImageVersion" } } });
    expect(Object.keys(answer.headers)).toEqual(["Azure-AsyncOperation", "Location"]);
    expect((await scene.call("GET", CLUSTER)).body.properties.provisioningState).toBe("Succeeded");
    const most = { machines: 0 };
    await world.clock.advanceUntil(() => {
      most.machines = Math.max(most.machines, scene.machines().length);
      return world.operation(answer)?.status !== "InProgress";
    });
    // Its result is the pool, at the caller's api-version: the URL has one that knows no pools.
    expect(world.operation(answer)).toMatchObject({ status: "Succeeded", resultStatus: 200, resultApiVersion: "2024-10-01" });
    expect(most.machines).toBe(3);
    expect((await scene.call("GET", POOL)).body.properties).toMatchObject({ provisioningState: "Succeeded", nodeImageVersion: NEWEST });
    expect([images(), scene.nodeNames()]).toEqual([
      [NEWEST, NEWEST],
      ["0", "1"],
    ]);
  });

  it("finds nothing to do for a pool with the newest image", async () => {
    await scene.create();
    const before = scene.nodes().map(({ metadata }) => metadata.resourceVersion);
    await scene.succeed(upgradeImage());
    expect(scene.nodes().map(({ metadata }) => metadata.resourceVersion)).toEqual(before);
  });

  it("leaves an older image alone until then: other changes do not touch it", async () => {
    await scene.create();
    await ageImages(world);
    await scene.succeed(scene.change(POOL, { count: 3 }));
    expect((await scene.call("GET", POOL)).body.properties.nodeImageVersion).toBe(OLD);
    expect(images()).toContain(OLD);
  });

  it("is taken up by the next PUT when it was aborted", async () => {
    await scene.create();
    await ageImages(world);
    await upgradeImage();
    await world.clock.advance(30_000);
    await scene.succeed(scene.call("POST", `${POOL}/abort`));
    await scene.succeed(scene.change(POOL, {}));
    expect([images(), scene.nodeNames()]).toEqual([
      [NEWEST, NEWEST],
      ["0", "1"],
    ]);
  });

  it("is refused beside other work, and for a pool that there is not", async () => {
    await scene.create();
    await scene.change(POOL, { count: 3 });
    expect(await upgradeImage()).toMatchObject({ status: 409 });
    expect(await scene.call("POST", `${CLUSTER}/agentPools/none/upgradeNodeImageVersion`)).toMatchObject({ status: 404 });
  });
});

describe("deleteMachines", () => {
  const remove = (machineNames: unknown, path = POOL): Promise<Answer> => scene.call("POST", `${path}/deleteMachines`, { machineNames });
  const names = (pool = "two"): readonly string[] =>
    scene
      .nodes(pool)
      .map(({ metadata }) => metadata.name)
      .sort();

  it("deletes exactly those, drained or not, and the count falls", async () => {
    await scene.create({ count: 4 });
    const [first, second, third, fourth] = names();
    await scene.putPod("kept", "0");
    scene.kubernetes().protectedPods.add("kept");
    const answer = await remove([first, third]);
    expect(answer).toMatchObject({ status: 202, body: undefined });
    expect(Object.keys(answer.headers)).toEqual(["Azure-AsyncOperation", "Location"]);
    expect(await scene.look()).toMatchObject({ provisioningState: "DeletingMachines" });
    await scene.succeed(answer);
    expect(names()).toEqual([second, fourth]);
    expect(await scene.look()).toMatchObject({ count: 2, provisioningState: "Succeeded" });
    await scene.succeed(scene.change(POOL, { count: 3 }));
    expect(scene.nodeNames()).toEqual(["1", "3", "4"]);
  });

  it("keeps the count at what is there when it is aborted", async () => {
    await scene.create({ count: 3 });
    const [first] = names();
    await remove([first]);
    await world.clock.advance(1_000);
    await scene.succeed(scene.call("POST", `${POOL}/abort`));
    expect(await scene.look()).toMatchObject({ count: 2, provisioningState: "Canceled" });
    await scene.succeed(scene.change(POOL, {}));
    expect(scene.nodeNames()).toEqual(["1", "2"]);
  });

  it.each([
    { name: "a machine of another pool", machineNames: () => names("one"), code: "InvalidParameter" },
    { name: "a machine that there is not", machineNames: () => ["aks-two-00000000-vmss000000"], code: "InvalidParameter" },
    { name: "no machine", machineNames: () => [], code: "InvalidParameter" },
    { name: "no list", machineNames: () => "aks", code: "InvalidParameter" },
    { name: "a list of numbers", machineNames: () => [1], code: "InvalidParameter" },
    { name: "nothing at all", machineNames: () => undefined, code: "InvalidParameter" },
  ])("refuses $name, and changes nothing", async ({ machineNames, code }) => {
    await scene.create();
    expect(await remove(machineNames())).toMatchObject({ status: 400, body: { code } });
    expect(await scene.look()).toMatchObject({ count: 2, provisioningState: "Succeeded" });
  });

  it("does not touch the pools of availability sets", async () => {
    const first = { name: "one", count: 2, vmSize: "Standard_DS2_v2", type: "AvailabilitySet", mode: "System" };
    const properties = { dnsPrefix: "c-dns", kubernetesVersion: "1.34.2", agentPoolProfiles: [first] };
    await scene.succeed(scene.call("PUT", CLUSTER, { location: "eastus", properties }));
    expect(await remove(names("one"), FIRST)).toMatchObject({ status: 400, body: { code: "AgentPoolAPIsNotSupported" } });
  });

  it("leaves a system pool its last node", async () => {
    await scene.create();
    expect(await remove(names("one"), FIRST)).toMatchObject({ status: 400, body: { target: "agentPoolProfile.count" } });
  });
});

describe("the deletion of a pool", () => {
  async function blocked(): Promise<void> {
    await scene.create();
    await scene.putPod("kept", "0");
    await scene.putPod("free", "1");
    scene.kubernetes().protectedPods.add("kept");
  }

  it("drains the nodes first, and fails when a budget keeps a pod for ten minutes", async () => {
    await blocked();
    const answer = await scene.call("DELETE", POOL);
    await world.clock.advance(60_000);
    expect(scene.podNames()).toEqual(["kept"]);
    expect(await world.ended(answer)).toMatchObject({
      status: "Failed",
      error: {
        code: "DeleteVMSSAgentPoolFailed",
        message: expect.stringContaining("Drain did not complete pods [kept] within 10m0s") as string,
      },
    });
    expect(await scene.look()).toMatchObject({ provisioningState: "Failed" });
    scene.kubernetes().protectedPods.clear();
    await scene.succeed(scene.call("DELETE", POOL));
    expect(scene.machines()).toEqual([]);
  });

  it("does not ask budgets when it is told not to", async () => {
    await blocked();
    const answer = await world.call("DELETE", POOL, { apiVersion: "2024-10-01", query: { "ignore-pod-disruption-budget": "true" } });
    await scene.succeed(answer);
    expect([scene.machines(), scene.nodeNames()]).toEqual([[], []]);
  });
});
