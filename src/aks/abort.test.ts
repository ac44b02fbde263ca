import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CLUSTER, POOL, Scene } from "./testing/scene.ts";
import { type Answer, SUBSCRIPTION, type World } from "./testing/world.ts";

let scene: Scene;
let world: World;

beforeEach(async () => {
  scene = await Scene.open();
  ({ world } = scene);
});
afterEach(() => world.stop());

const abort = (path = POOL, apiVersion?: string): Promise<Answer> => scene.call("POST", `${path}/abort`, undefined, apiVersion);
const running = { code: "Running" };
const stopped = { code: "Stopped" };

describe("the abort of a pool's operation", () => {
  it("is answered with the pool as it is, and cancels it", async () => {
    await scene.create();
    const scaling = await scene.change(POOL, { count: 4 });
    const { provisioningState } = scaling.body.properties;
    const aborting = await abort();
    expect(aborting).toMatchObject({ status: 202, body: { name: "two", properties: { provisioningState, count: 4 } } });
    expect(Object.keys(aborting.headers)).toEqual(["Azure-AsyncOperation", "Location"]);
    expect((await abort()).headers).toEqual(aborting.headers);
    await scene.succeed(aborting);
    expect(world.operation(scaling)).toMatchObject({ status: "Canceled" });
    expect(await scene.look()).toMatchObject({ provisioningState: "Canceled" });
    await world.clock.advance(600_000);
    expect(await scene.look()).toMatchObject({ provisioningState: "Canceled" });
  });

  it("is answered without body or operation by the preview of 2022-07", async () => {
    await scene.create();
    const scaling = await scene.change(POOL, { count: 4 });
    expect(await abort(POOL, "2022-07-02-preview")).toEqual({ status: 204, headers: {}, body: undefined });
    expect(await world.ended(scaling)).toMatchObject({ status: "Canceled" });
  });

  it("of a stop leaves the pool Running with the nodes it had", async () => {
    await scene.create();
    const stopping = await scene.change(POOL, { powerState: stopped });
    const aborting = await abort();
    expect(aborting.body.properties).toMatchObject({ provisioningState: "Stopping", powerState: stopped });
    await scene.succeed(aborting);
    expect(await scene.look()).toEqual({ count: 2, provisioningState: "Canceled", powerState: running });
    expect(world.operation(stopping)).toMatchObject({ status: "Canceled" });
    await scene.succeed(scene.change(POOL, {}));
    expect(scene.machines().filter((text) => text.endsWith("Running"))).toHaveLength(2);
    expect(scene.nodes().filter(({ spec }) => spec.unschedulable)).toEqual([]);
  });

  it("of a start leaves the pool Stopped, and the next start brings all of its nodes", async () => {
    await scene.create();
    await scene.succeed(scene.change(POOL, { powerState: stopped }));
    await scene.change(POOL, { powerState: running });
    await world.clock.advance(1_000);
    await scene.succeed(abort());
    expect(await scene.look()).toEqual({ count: 0, provisioningState: "Canceled", powerState: stopped });
    await scene.succeed(scene.change(POOL, { powerState: running }));
    expect(await scene.look()).toEqual({ count: 2, provisioningState: "Succeeded", powerState: running });
    expect(scene.machines()).toHaveLength(2);
  });

  it("of an upgrade leaves what was done, cordons nothing, and the next PUT takes it up", async () => {
    await scene.create({ orchestratorVersion: "1.33.5" });
    await scene.putPod("kept", "0");
    scene.kubernetes().protectedPods.add("kept");
    const upgrading = await scene.change(POOL, { orchestratorVersion: "1.34.2" });
    await world.clock.advanceUntil(() => scene.nodes().some(({ spec }) => spec.unschedulable));
    await scene.succeed(abort());
    expect(world.operation(upgrading)).toMatchObject({ status: "Canceled" });
    expect(scene.nodes().filter(({ spec }) => spec.unschedulable)).toEqual([]);
    expect(scene.machines().length).toBe(3);
    scene.kubernetes().protectedPods.clear();
    await scene.succeed(scene.change(POOL, {}));
    expect(scene.nodes().map(({ status }) => status?.nodeInfo?.["kubeletVersion"])).toEqual(["v1.34.2", "v1.34.2"]);
    expect(scene.nodeNames()).toEqual(["0", "1"]);
  });

  it("of a creation leaves a pool that the next PUT completes", async () => {
    await scene.create();
    const path = `${CLUSTER}/agentPools/three`;
    await scene.call("PUT", path, { properties: { count: 2, vmSize: "Standard_DS2_v2" } });
    await scene.succeed(abort(path));
    expect(await scene.look(path)).toMatchObject({ count: 2, provisioningState: "Canceled" });
    await scene.succeed(scene.change(path, {}));
    expect(scene.nodeNames("three")).toHaveLength(2);
  });

  it("goes on after a restart", async () => {
    await scene.create();
    const scaling = await scene.change(POOL, { count: 4 });
    const aborting = await abort();
    await world.restart();
    await scene.succeed(aborting);
    expect(world.operation(scaling)).toMatchObject({ status: "Canceled" });
  });

  it("fails with the operation that a deletion preempts", async () => {
    await scene.create();
    const scaling = await scene.change(POOL, { count: 4 });
    const aborting = await abort();
    await scene.succeed(scene.call("DELETE", POOL));
    for (const answer of [scaling, aborting]) {
      expect(world.operation(answer)).toMatchObject({ status: "Failed", error: { code: "AKSOperationPreemptedByDelete" } });
    }
  });

  it("is refused when nothing is under way, for a deletion, and for what its cluster does", async () => {
    await scene.create();
    expect(await abort()).toMatchObject({ status: 409, body: { code: "OperationNotAllowed" } });
    await scene.call("POST", `${CLUSTER}/stop`);
    expect(await abort()).toMatchObject({ status: 409, body: { message: expect.stringContaining("(Stopping)") as string } });
    await scene.succeed(abort(CLUSTER));
    await scene.call("DELETE", POOL);
    expect(await abort()).toMatchObject({ status: 409, body: { message: expect.stringContaining("deletion") as string } });
  });
});

describe("the abort of a cluster's operation", () => {
  it("cancels the creation, which the next PUT completes", async () => {
    const first = { name: "one", count: 1, vmSize: "Standard_DS2_v2", type: "VirtualMachineScaleSets", mode: "System" };
    const body = { location: "eastus", properties: { dnsPrefix: "c", kubernetesVersion: "1.34.2", agentPoolProfiles: [first] } };
    const creating = await scene.call("PUT", CLUSTER, body);
    const aborting = await abort(CLUSTER);
    expect(aborting).toMatchObject({ status: 202, body: { name: "c", properties: { provisioningState: "Creating" } } });
    await scene.succeed(aborting);
    expect(world.operation(creating)).toMatchObject({ status: "Canceled" });
    expect((await scene.call("GET", CLUSTER)).body.properties).toMatchObject({
      provisioningState: "Canceled",
      agentPoolProfiles: [{ provisioningState: "Canceled" }],
    });
    expect(await scene.call("PUT", POOL, { properties: { count: 1, vmSize: "Standard_DS2_v2" } })).toMatchObject({ status: 409 });
    await scene.succeed(scene.call("PUT", CLUSTER, body));
    expect(scene.nodeNames("one")).toHaveLength(1);
  });

  it("of a stop leaves the cluster Running; a start then brings back what had stopped", async () => {
    await scene.create();
    await scene.putPod("kept", "0");
    scene.kubernetes().protectedPods.add("kept");
    const stopping = await scene.call("POST", `${CLUSTER}/stop`);
    await world.clock.advanceUntil(() => scene.machines("one").length === 0);
    await world.clock.advance(5_000);
    await scene.succeed(abort(CLUSTER));
    expect(world.operation(stopping)).toMatchObject({ status: "Canceled" });
    expect((await scene.call("GET", CLUSTER)).body.properties).toMatchObject({ provisioningState: "Canceled", powerState: running });
    expect(scene.nodes().filter(({ spec }) => spec.unschedulable)).toEqual([]);
    await scene.succeed(scene.call("POST", `${CLUSTER}/start`));
    expect([scene.nodeNames("one"), scene.nodeNames()].map((names) => names.length)).toEqual([1, 2]);
  });

  it("leaves a control plane that runs, also when the program ended before it was canceled", async () => {
    await scene.create();
    await scene.call("PATCH", CLUSTER, { tags: { a: "b" } });
    const aborting = await abort(CLUSTER);
    await world.restart();
    await scene.succeed(aborting);
    await world.clock.advance(1_000);
    await scene.succeed(scene.change(POOL, { count: 3 }));
  });

  it("of a start is followed by another start", async () => {
    await scene.create();
    await scene.succeed(scene.call("POST", `${CLUSTER}/stop`));
    await scene.call("POST", `${CLUSTER}/start`);
    await world.clock.advance(100_000);
    await scene.succeed(abort(CLUSTER));
    await world.restart();
    await scene.succeed(scene.call("POST", `${CLUSTER}/start`));
    expect((await scene.call("GET", CLUSTER)).body.properties).toMatchObject({ provisioningState: "Succeeded", powerState: running });
    expect([scene.nodes("one"), scene.nodes()].map(({ length }) => length)).toEqual([1, 2]);
  });

  it("of a start leaves a cluster whose machines go when it stops, and come back when it starts", async () => {
    await scene.create();
    await scene.succeed(scene.call("POST", `${CLUSTER}/stop`));
    await scene.call("POST", `${CLUSTER}/start`);
    await world.clock.advance(100_000);
    await scene.succeed(abort(CLUSTER));
    expect([...scene.machines("one"), ...scene.machines()]).not.toEqual([]);
    await scene.succeed(scene.call("POST", `${CLUSTER}/stop`));
    expect([scene.machines("one"), scene.machines()]).toEqual([[], []]);
    await scene.succeed(scene.call("POST", `${CLUSTER}/start`));
    expect([scene.nodes("one"), scene.nodes()].map(({ length }) => length)).toEqual([1, 2]);
  });

  it("of an upgrade leaves a cluster that stops, and whose start completes the upgrade", async () => {
    await scene.create();
    await scene.change(CLUSTER, { kubernetesVersion: "1.35.1" });
    await scene.succeed(abort(CLUSTER));
    const version = (): string | undefined => [...world.controlPlanes.specs.values()][0]?.version;
    expect(version()).toBe("1.34.2");
    await scene.succeed(scene.call("POST", `${CLUSTER}/stop`));
    await scene.succeed(scene.call("POST", `${CLUSTER}/start`));
    expect(version()).toBe("1.35.1");
    expect(scene.nodes()).toHaveLength(2);
  });

  it("is refused when nothing is under way", async () => {
    await scene.create();
    expect(await abort(CLUSTER)).toMatchObject({ status: 409, body: { code: "OperationNotAllowed" } });
  });
});

describe("operations of clusters and pools", () => {
  it("are told by their id and as the latest", async () => {
    await scene.create();
    const scaling = await scene.change(POOL, { count: 3 });
    const id = scaling.headers["Azure-AsyncOperation"] ?? "";
    const full = `/subscriptions/${SUBSCRIPTION}/resourcegroups/myResourceGroup/providers/Microsoft.ContainerService/${POOL}/operations/${id}`;
    const latest = await scene.call("GET", `${POOL}/operations/latest`);
    expect(latest).toMatchObject({ status: 200, body: { id: full, name: id, status: "InProgress" } });
    expect(Object.keys(latest.body)).toEqual(["id", "name", "status", "startTime"]);
    await abort();
    expect((await scene.call("GET", `${POOL}/operations/${id}`)).body).toMatchObject({ status: "Canceling" });
    await world.ended(scaling);
    expect((await scene.call("GET", `${POOL}/operations/${id}`)).body).toMatchObject({ status: "Canceled" });
    const ofCluster = (await scene.call("GET", `${CLUSTER}/operations/latest`)).body;
    expect(ofCluster).toMatchObject({ status: "Succeeded" });
    expect(Object.keys(ofCluster)).toEqual(["id", "name", "status", "startTime", "endTime"]);
  });

  it("are not found under another resource, or another id", async () => {
    await scene.create();
    const { name } = (await scene.call("GET", `${CLUSTER}/operations/latest`)).body;
    for (const path of [`${POOL}/operations/${name}`, `${CLUSTER}/operations/00000000-0000-0000-0000-000000000000`]) {
      expect(await scene.call("GET", path)).toMatchObject({ status: 404, body: { code: "NotFound" } });
    }
  });
});
