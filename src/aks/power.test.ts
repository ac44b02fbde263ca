import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Node, Pod } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import type { FakeKubernetes } from "./testing/kubernetes.ts";
import { type Answer, SUBSCRIPTION, World } from "./testing/world.ts";

const CLUSTER = "managedClusters/c";
const FIRST = `${CLUSTER}/agentPools/one`;
const POOL = `${CLUSTER}/agentPools/two`;
const TODAY = "2024-10-01";

let world: World;

beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.stop());

function call(method: "GET" | "PUT" | "PATCH" | "POST" | "DELETE", path: string, body?: object, apiVersion = TODAY): Promise<Answer> {
  return world.call(method, path, { apiVersion, ...(body !== undefined && { body }) });
}

async function succeed(answer: Promise<Answer> | Answer): Promise<void> {
  const settled = await answer;
  expect(settled.status).toBeLessThan(300);
  expect(await world.ended(settled)).toMatchObject({ status: "Succeeded" });
}

/** A cluster with one system pool, and a user pool of two nodes. */
async function create(two: object = {}, cluster: object = {}): Promise<void> {
  const first = { name: "one", count: 1, vmSize: "Standard_DS2_v2", type: "VirtualMachineScaleSets", mode: "System" };
  const properties = { dnsPrefix: "c-dns", kubernetesVersion: "1.34.2", agentPoolProfiles: [first], ...cluster };
  await succeed(call("PUT", CLUSTER, { location: "eastus", properties }));
  await succeed(call("PUT", POOL, { properties: { count: 2, vmSize: "Standard_DS2_v2", ...two } }));
}

async function change(path: string, properties: object): Promise<Answer> {
  const { body } = await call("GET", path);
  return call("PUT", path, { ...body, properties: { ...body.properties, ...properties } });
}

const stop = (path = POOL): Promise<Answer> => change(path, { powerState: { code: "Stopped" } });
const start = (path = POOL): Promise<Answer> => change(path, { powerState: { code: "Running" } });

async function look(path = POOL): Promise<{ count: number; provisioningState: string; powerState: { code: string } }> {
  const { count, provisioningState, powerState } = (await call("GET", path)).body.properties;
  return { count, provisioningState, powerState };
}

function kubernetes(): FakeKubernetes {
  const [cluster] = world.controlPlanes.clusters.values();
  if (cluster === undefined) throw new Error("no cluster runs");
  return cluster;
}

function nodeNames(pool = "two"): readonly string[] {
  return kubernetes()
    .all<Node>(resources.nodes)
    .filter(({ metadata }) => metadata.labels?.["agentpool"] === pool)
    .map(({ metadata }) => metadata.name.slice(-1))
    .sort();
}

function machines(pool = "two"): readonly string[] {
  const sets = world.compute.scaleSets({ subscriptionId: SUBSCRIPTION }).filter(({ name }) => name.includes(`-${pool}-`));
  return sets.flatMap((set) => world.compute.instances(set)).map(({ id, state }) => `${id} ${state}`);
}

async function putPod(name: string, node: string): Promise<void> {
  const nodeName = kubernetes()
    .all<Node>(resources.nodes)
    .map(({ metadata }) => metadata.name)
    .find((each) => each.includes("-two-") && each.endsWith(node));
  await kubernetes().create<Pod>(resources.pods, {
    metadata: { name, namespace: "default" },
    spec: { containers: [{ name: "main", image: "nginx" }], ...(nodeName !== undefined && { nodeName }) },
  });
}

const stopped = { code: "Stopped" };
const running = { code: "Running" };

describe("a pool that stops", () => {
  it("shows no nodes in the answer, what is left in reads, and none at the end; and has its nodes again when it starts", async () => {
    await create();
    const answer = await stop();
    expect(answer).toMatchObject({
      status: 200,
      body: { properties: { count: 0, provisioningState: "Stopping", powerState: stopped } },
    });
    expect(await look()).toEqual({ count: 2, provisioningState: "Stopping", powerState: stopped });
    await succeed(answer);
    expect(await look()).toEqual({ count: 0, provisioningState: "Succeeded", powerState: stopped });
    expect([nodeNames(), machines()]).toEqual([[], []]);

    const started = await start();
    expect(started.body.properties).toMatchObject({ count: 2, provisioningState: "Starting", powerState: running });
    await succeed(started);
    expect(await look()).toEqual({ count: 2, provisioningState: "Succeeded", powerState: running });
    expect(nodeNames()).toEqual(["2", "3"]);
  });

  it("lets pods go first, and does not wait for ever for one that its budget protects", async () => {
    await create();
    await putPod("free", "0");
    await putPod("kept", "1");
    kubernetes().protectedPods.add("kept");
    const answer = await stop();
    await world.clock.advance(40_000);
    expect(
      kubernetes()
        .all<Pod>(resources.pods)
        .map(({ metadata }) => metadata.name),
    ).toEqual(["kept"]);
    expect(nodeNames()).toEqual(["1"]);
    await succeed(answer);
    expect(nodeNames()).toEqual([]);
  });

  it("may be upgraded and relabelled meanwhile, and starts with what it was given", async () => {
    await create();
    await succeed(stop());
    await succeed(change(POOL, { orchestratorVersion: "1.34.2", nodeLabels: { tier: "web" } }));
    expect(await look()).toEqual({ count: 0, provisioningState: "Succeeded", powerState: stopped });
    await succeed(change(POOL, { powerState: running, count: 3 }));
    expect(await look()).toMatchObject({ count: 3 });
    expect(
      kubernetes()
        .all<Node>(resources.nodes)
        .filter(({ metadata }) => metadata.labels?.["tier"] === "web"),
    ).toHaveLength(3);
  });

  it("goes on after a restart in the middle", async () => {
    await create();
    const answer = await stop();
    await world.clock.advance(5_000);
    await world.restart();
    await succeed(answer);
    expect(machines()).toEqual([]);
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
    await create();
    expect(await call("PUT", path, { properties })).toMatchObject({
      status: 400,
      body: { code: "OperationNotAllowed", message: expect.stringContaining(message) as string },
    });
  });

  it("is not scaled before it has started, and does not stop before it has succeeded", async () => {
    await create();
    await succeed(stop());
    expect(await change(POOL, { count: 5 })).toMatchObject({ status: 400, body: { code: "OperationNotAllowed" } });
    await succeed(start());
    await call("POST", `${POOL}/upgradeNodeImageVersion`);
    await call("POST", `${POOL}/abort`);
    await world.clock.advance(60_000);
    expect(await look()).toMatchObject({ provisioningState: "Canceled" });
    expect(await stop()).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining("Its provisioning state is Canceled, stopping cannot be performed") as string },
    });
  });
});

describe("a pool that keeps its machines", () => {
  const keep = { scaleDownMode: "Deallocate", count: 3 };

  it("deallocates them when it shrinks, starts them first when it grows, and deletes them when it keeps them no more", async () => {
    await create(keep);
    await succeed(change(POOL, { count: 1 }));
    expect(machines()).toEqual(["0 Running", "1 Deallocated", "2 Deallocated"]);
    expect(nodeNames()).toEqual(["0", "1", "2"]);

    await succeed(change(POOL, { count: 4 }));
    expect(machines()).toEqual(["0 Running", "1 Running", "2 Running", "3 Running"]);
    expect(
      kubernetes()
        .all<Node>(resources.nodes)
        .filter(({ spec }) => spec.unschedulable),
    ).toEqual([]);

    await succeed(change(POOL, { count: 2 }));
    await succeed(change(POOL, { scaleDownMode: "Delete" }));
    expect(machines()).toEqual(["0 Running", "1 Running"]);
    expect(nodeNames()).toEqual(["0", "1"]);
  });

  it("stops without losing them, and starts them with what the pool has become", async () => {
    await create(keep);
    await succeed(stop());
    expect(machines()).toEqual(["0 Deallocated", "1 Deallocated", "2 Deallocated"]);
    await succeed(change(POOL, { nodeLabels: { tier: "web" } }));
    await succeed(start());
    expect(machines()).toEqual(["0 Running", "1 Running", "2 Running"]);
    const labels = kubernetes()
      .all<Node>(resources.nodes)
      .filter(({ metadata }) => metadata.labels?.["agentpool"] === "two")
      .map(({ metadata }) => metadata.labels?.["tier"]);
    expect(labels).toEqual(["web", "web", "web"]);
  });
});

describe("a cluster that stops", () => {
  it("is answered with both headers and no body, keeps its objects, and has its nodes again when it starts", async () => {
    await create();
    await succeed(change(POOL, { nodeLabels: { tier: "web" } }));
    const answer = await call("POST", `${CLUSTER}/stop`);
    expect(answer).toMatchObject({ status: 202, body: undefined });
    expect(Object.keys(answer.headers)).toEqual(["Azure-AsyncOperation", "Location"]);
    const [id = ""] = world.controlPlanes.clusters.keys();
    expect((await call("GET", CLUSTER)).body.properties).toMatchObject({ provisioningState: "Stopping", powerState: stopped });
    expect(world.controlPlanes.halted.has(id)).toBe(false);
    await succeed(answer);
    expect((await call("GET", CLUSTER)).body.properties).toMatchObject({ provisioningState: "Succeeded", powerState: stopped });
    expect(world.controlPlanes.halted.has(id)).toBe(true);
    expect([machines("one"), machines()]).toEqual([[], []]);
    expect(await look()).toEqual({ count: 0, provisioningState: "Succeeded", powerState: stopped });

    await world.restart();
    await world.clock.advance(60_000);
    expect(world.controlPlanes.halted.has(id)).toBe(true);

    const starting = await call("POST", `${CLUSTER}/start`);
    expect(starting).toMatchObject({ status: 202, body: undefined });
    await succeed(starting);
    expect((await call("GET", CLUSTER)).body.properties).toMatchObject({ provisioningState: "Succeeded", powerState: running });
    expect([nodeNames("one"), nodeNames()]).toEqual([["1"], ["2", "3"]]);
    expect(await look()).toEqual({ count: 2, provisioningState: "Succeeded", powerState: running });
  });

  it("leaves a pool stopped that was stopped by itself", async () => {
    await create();
    await succeed(stop());
    await succeed(call("POST", `${CLUSTER}/stop`));
    await succeed(call("POST", `${CLUSTER}/start`));
    expect(await look()).toEqual({ count: 0, provisioningState: "Succeeded", powerState: stopped });
    expect(await look(FIRST)).toMatchObject({ count: 1, powerState: running });
  });

  it("takes no other wish than a start or a deletion", async () => {
    await create();
    await succeed(call("POST", `${CLUSTER}/stop`));
    const body = { location: "eastus", properties: { dnsPrefix: "c-dns" } };
    expect(await call("POST", `${CLUSTER}/stop`)).toMatchObject({
      status: 400,
      body: {
        code: "OperationNotAllowed",
        message: "managed cluster is in Provisioning State(Succeeded) and Power State(Stopped), stopping cannot be performed",
      },
    });
    for (const refused of [
      call("PUT", CLUSTER, body),
      call("PATCH", CLUSTER, { tags: { a: "b" } }),
      call("PUT", POOL, { properties: { count: 3 } }),
      call("DELETE", POOL),
      call("POST", `${POOL}/upgradeNodeImageVersion`),
      call("POST", `${CLUSTER}/rotateClusterCertificates`),
    ]) {
      expect(await refused).toMatchObject({ status: 400, body: { code: "OperationNotAllowed" } });
    }
    expect((await call("POST", `${CLUSTER}/listClusterUserCredential`)).status).toBe(200);
    await succeed(call("DELETE", CLUSTER));
    expect((await call("GET", CLUSTER)).status).toBe(404);
  });

  it("does not start what runs, and does not stop beside other work", async () => {
    await create();
    expect(await call("POST", `${CLUSTER}/start`)).toMatchObject({
      status: 400,
      body: { message: "managed cluster is in Provisioning State(Succeeded) and Power State(Running), starting cannot be performed" },
    });
    await change(POOL, { count: 3 });
    expect(await call("POST", `${CLUSTER}/stop`)).toMatchObject({ status: 409, body: { code: "OperationNotAllowed" } });
  });

  it("cannot be one of availability sets", async () => {
    const first = { name: "one", count: 1, vmSize: "Standard_DS2_v2", type: "AvailabilitySet", mode: "System" };
    const properties = { dnsPrefix: "c-dns", kubernetesVersion: "1.34.2", agentPoolProfiles: [first] };
    await succeed(call("PUT", CLUSTER, { location: "eastus", properties }));
    expect(await call("POST", `${CLUSTER}/stop`)).toMatchObject({
      status: 400,
      body: { message: "Client Error: Availability Sets Not Supported" },
    });
  });

  it("goes on after a restart in the middle, of its stop and of its start", async () => {
    await create();
    for (const action of ["stop", "start"]) {
      const answer = await call("POST", `${CLUSTER}/${action}`);
      for (const _ of [1, 2, 3, 4]) {
        await world.clock.advance(20_000);
        await world.restart();
      }
      await succeed(answer);
    }
    expect([nodeNames("one"), nodeNames()]).toEqual([["1"], ["2", "3"]]);
  });
});
