import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CLUSTER, FIRST, POOL, Scene } from "./testing/scene.ts";
import type { Answer, World } from "./testing/world.ts";

let scene: Scene;
let world: World;

beforeEach(async () => {
  scene = await Scene.open();
  ({ world } = scene);
});
afterEach(() => world.stop());

const stop = (): Promise<Answer> => scene.change(POOL, { powerState: { code: "Stopped" } });
const start = (): Promise<Answer> => scene.change(POOL, { powerState: { code: "Running" } });

const stopped = { code: "Stopped" };
const running = { code: "Running" };

describe("a pool that stops", () => {
  it("shows no nodes in the answer, what is left in reads, and none at the end; and has its nodes again when it starts", async () => {
    await scene.create();
    const answer = await stop();
    expect(answer).toMatchObject({
      status: 200,
      body: { properties: { count: 0, provisioningState: "Stopping", powerState: stopped } },
    });
    expect(await scene.look()).toEqual({ count: 2, provisioningState: "Stopping", powerState: stopped });
    await scene.succeed(answer);
    expect(await scene.look()).toEqual({ count: 0, provisioningState: "Succeeded", powerState: stopped });
    expect([scene.nodeNames(), scene.machines()]).toEqual([[], []]);

    const started = await start();
    expect(started.body.properties).toMatchObject({ count: 2, provisioningState: "Starting", powerState: running });
    await scene.succeed(started);
    expect(await scene.look()).toEqual({ count: 2, provisioningState: "Succeeded", powerState: running });
    expect(scene.nodeNames()).toEqual(["2", "3"]);
  });

  it("lets pods go first, and does not wait for ever for one that its budget protects", async () => {
    await scene.create();
    await scene.putPod("free", "0");
    await scene.putPod("kept", "1");
    scene.kubernetes().protectedPods.add("kept");
    const answer = await stop();
    await world.clock.advance(40_000);
    expect(scene.podNames()).toEqual(["kept"]);
    expect(scene.nodeNames()).toEqual(["1"]);
    await scene.succeed(answer);
    expect(scene.nodeNames()).toEqual([]);
  });

  it("may be upgraded and relabelled meanwhile, and starts with what it was given", async () => {
    await scene.create({ orchestratorVersion: "1.33.5" });
    await scene.succeed(stop());
    await scene.succeed(scene.change(POOL, { orchestratorVersion: "1.34.2", nodeLabels: { tier: "web" } }));
    expect(await scene.look()).toEqual({ count: 0, provisioningState: "Succeeded", powerState: stopped });
    await scene.succeed(scene.change(POOL, { powerState: running, count: 3 }));
    expect(await scene.look()).toMatchObject({ count: 3 });
    const nodes = scene.nodes().map(({ metadata, status }) => [metadata.labels?.["tier"], status?.nodeInfo?.["kubeletVersion"]]);
    expect(nodes).toEqual(Array.from({ length: 3 }, () => ["web", "v1.34.2"]));
  });

  it("goes on after a restart in the middle", async () => {
    await scene.create();
    const answer = await stop();
    await world.clock.advance(5_000);
    await world.restart();
    await scene.succeed(answer);
    expect(scene.machines()).toEqual([]);
  });

  it.each([
    { name: "a system pool", path: FIRST, properties: { powerState: stopped }, message: "System node pools cannot be stopped" },
    {
      name: "a new pool",
      path: `${CLUSTER}/agentPools/three`,
      properties: { powerState: stopped, vmSize: "Standard_DS2_v2", count: 1 },
      message: "A new agent pool cannot be Stopped",
    },
  ])("cannot be $name", async ({ path, properties, message }) => {
    await scene.create();
    expect(await scene.call("PUT", path, { properties })).toMatchObject({
      status: 400,
      body: { code: "OperationNotAllowed", message: expect.stringContaining(message) as string },
    });
  });

  it("is not scaled before it has started, and does not stop before it has succeeded", async () => {
    await scene.create();
    await scene.succeed(stop());
    expect(await scene.change(POOL, { count: 5 })).toMatchObject({ status: 400, body: { code: "OperationNotAllowed" } });
    await scene.succeed(start());
    await scene.call("POST", `${POOL}/upgradeNodeImageVersion`);
    await scene.call("POST", `${POOL}/abort`);
    await world.clock.advance(60_000);
    expect(await scene.look()).toMatchObject({ provisioningState: "Canceled" });
    expect(await stop()).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining("Its provisioning state is Canceled, stopping cannot be performed") as string },
    });
  });
});

describe("a pool that keeps its machines", () => {
  const keep = { scaleDownMode: "Deallocate", count: 3 };

  it("deallocates them when it shrinks, starts them first when it grows, and deletes them when it keeps them no more", async () => {
    await scene.create(keep);
    await scene.succeed(scene.change(POOL, { count: 1 }));
    expect(scene.machines()).toEqual(["0 Running", "1 Deallocated", "2 Deallocated"]);
    expect(scene.nodeNames()).toEqual(["0", "1", "2"]);

    await scene.succeed(scene.change(POOL, { count: 4 }));
    expect(scene.machines()).toEqual(["0 Running", "1 Running", "2 Running", "3 Running"]);
    expect(scene.nodes().filter(({ spec }) => spec.unschedulable)).toEqual([]);

    await scene.succeed(scene.change(POOL, { count: 2 }));
    await scene.succeed(scene.change(POOL, { scaleDownMode: "Delete" }));
    expect(scene.machines()).toEqual(["0 Running", "1 Running"]);
    expect(scene.nodeNames()).toEqual(["0", "1"]);
  });

  it("stops without losing them, and starts them with what the pool has become", async () => {
    await scene.create(keep);
    await scene.succeed(stop());
    expect(scene.machines()).toEqual(["0 Deallocated", "1 Deallocated", "2 Deallocated"]);
    await scene.succeed(scene.change(POOL, { nodeLabels: { tier: "web" } }));
    await scene.succeed(start());
    expect(scene.machines()).toEqual(["0 Running", "1 Running", "2 Running"]);
    expect(scene.nodes().map(({ metadata }) => metadata.labels?.["tier"])).toEqual(["web", "web", "web"]);
  });
});

describe("a cluster that stops", () => {
  it("is answered with both headers and no body, keeps its objects, and has its nodes again when it starts", async () => {
    await scene.create();
    await scene.succeed(scene.change(POOL, { nodeLabels: { tier: "web" } }));
    const answer = await scene.call("POST", `${CLUSTER}/stop`);
    expect(answer).toMatchObject({ status: 202, body: undefined });
    expect(Object.keys(answer.headers)).toEqual(["Azure-AsyncOperation", "Location"]);
    const [id = ""] = world.controlPlanes.clusters.keys();
    expect((await scene.call("GET", CLUSTER)).body.properties).toMatchObject({ provisioningState: "Stopping", powerState: stopped });
    expect(world.controlPlanes.halted.has(id)).toBe(false);
    await scene.succeed(answer);
    expect((await scene.call("GET", CLUSTER)).body.properties).toMatchObject({ provisioningState: "Succeeded", powerState: stopped });
    expect(world.controlPlanes.halted.has(id)).toBe(true);
    expect([scene.machines("one"), scene.machines()]).toEqual([[], []]);
    expect(await scene.look()).toEqual({ count: 0, provisioningState: "Succeeded", powerState: stopped });

    await world.restart();
    await world.clock.advance(60_000);
    expect(world.controlPlanes.halted.has(id)).toBe(true);

    const starting = await scene.call("POST", `${CLUSTER}/start`);
    expect(starting).toMatchObject({ status: 202, body: undefined });
    await scene.succeed(starting);
    expect((await scene.call("GET", CLUSTER)).body.properties).toMatchObject({ provisioningState: "Succeeded", powerState: running });
    expect([scene.nodeNames("one"), scene.nodeNames()]).toEqual([["1"], ["2", "3"]]);
    expect(await scene.look()).toEqual({ count: 2, provisioningState: "Succeeded", powerState: running });
  });

  it("leaves a pool stopped that was stopped by itself", async () => {
    await scene.create();
    await scene.succeed(stop());
    await scene.succeed(scene.call("POST", `${CLUSTER}/stop`));
    await scene.succeed(scene.call("POST", `${CLUSTER}/start`));
    expect(await scene.look()).toEqual({ count: 0, provisioningState: "Succeeded", powerState: stopped });
    expect(await scene.look(FIRST)).toMatchObject({ count: 1, powerState: running });
  });

  it("takes no other wish than a start or a deletion", async () => {
    await scene.create();
    await scene.succeed(scene.call("POST", `${CLUSTER}/stop`));
    const body = { location: "eastus", properties: { dnsPrefix: "c-dns" } };
    expect(await scene.call("POST", `${CLUSTER}/stop`)).toMatchObject({
      status: 400,
      body: {
        code: "OperationNotAllowed",
        message: "managed cluster is in Provisioning State(Succeeded) and Power State(Stopped), stopping cannot be performed",
      },
    });
    for (const refused of [
      scene.call("PUT", CLUSTER, body),
      scene.call("PATCH", CLUSTER, { tags: { a: "b" } }),
      scene.call("PUT", POOL, { properties: { count: 3 } }),
      scene.call("DELETE", POOL),
      scene.call("POST", `${POOL}/upgradeNodeImageVersion`),
      scene.call("POST", `${CLUSTER}/rotateClusterCertificates`),
    ]) {
      expect(await refused).toMatchObject({ status: 400, body: { code: "OperationNotAllowed" } });
    }
    expect((await scene.call("POST", `${CLUSTER}/listClusterUserCredential`)).status).toBe(200);
    await scene.succeed(scene.call("DELETE", CLUSTER));
    expect((await scene.call("GET", CLUSTER)).status).toBe(404);
  });

  it("does not start what runs, and does not stop beside other work", async () => {
    await scene.create();
    expect(await scene.call("POST", `${CLUSTER}/start`)).toMatchObject({
      status: 400,
      body: { message: "managed cluster is in Provisioning State(Succeeded) and Power State(Running), starting cannot be performed" },
    });
    await scene.change(POOL, { count: 3 });
    expect(await scene.call("POST", `${CLUSTER}/stop`)).toMatchObject({ status: 409, body: { code: "OperationNotAllowed" } });
  });

  it("cannot be one of availability sets", async () => {
    const first = { name: "one", count: 1, vmSize: "Standard_DS2_v2", type: "AvailabilitySet", mode: "System" };
    const properties = { dnsPrefix: "c-dns", kubernetesVersion: "1.34.2", agentPoolProfiles: [first] };
    await scene.succeed(scene.call("PUT", CLUSTER, { location: "eastus", properties }));
    expect(await scene.call("POST", `${CLUSTER}/stop`)).toMatchObject({
      status: 400,
      body: { message: "Client Error: Availability Sets Not Supported" },
    });
  });

  it("goes on after a restart in the middle, of its stop and of its start", async () => {
    await scene.create();
    for (const action of ["stop", "start"]) {
      const answer = await scene.call("POST", `${CLUSTER}/${action}`);
      for (const _ of [1, 2, 3, 4]) {
        await world.clock.advance(20_000);
        await world.restart();
      }
      await scene.succeed(answer);
    }
    expect([scene.nodeNames("one"), scene.nodeNames()]).toEqual([["1"], ["2", "3"]]);
  });
});
