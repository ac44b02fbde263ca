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

describe("rotateClusterCertificates", () => {
  const rotate = (): Promise<Answer> => scene.call("POST", `${CLUSTER}/rotateClusterCertificates`);
  const rotations = (): readonly number[] => [...world.controlPlanes.rotations.values()];

  it("replaces the certificates, then makes every node anew, under its name", async () => {
    await scene.create();
    await scene.putPod("kept", "0");
    scene.kubernetes().protectedPods.add("kept");
    const answer = await rotate();
    expect(answer).toMatchObject({ status: 202, body: undefined });
    const { provisioningState, agentPoolProfiles } = (await scene.call("GET", CLUSTER)).body.properties;
    expect([provisioningState, agentPoolProfiles[0].provisioningState]).toEqual(Array(2).fill("RotatingClusterCertificates"));
    await world.clock.advance(1_000);
    expect(rotations()).toEqual([1]);
    expect(scene.machines()).toEqual(["0 Updating", "1 Updating"]);
    await scene.succeed(answer);
    expect([scene.machines("one"), scene.machines()]).toEqual([["0 Running"], ["0 Running", "1 Running"]]);
    await scene.succeed(rotate());
    expect(rotations()).toEqual([2]);
  });

  it("is done once, also when the program ends in between", async () => {
    await scene.create();
    const answer = await rotate();
    for (const _ of [1, 2, 3]) {
      await world.restart();
      await world.clock.advance(10_000);
    }
    await scene.succeed(answer);
    expect(rotations()).toEqual([1]);
  });

  it("is refused beside other work", async () => {
    await scene.create();
    await scene.change(POOL, { count: 3 });
    expect(await rotate()).toMatchObject({ status: 409 });
  });
});

describe("rotateServiceAccountSigningKeys", () => {
  const rotate = (): Promise<Answer> => scene.call("POST", `${CLUSTER}/rotateServiceAccountSigningKeys`);

  it("replaces the keys once for each call, also when the program ends in between", async () => {
    await scene.create();
    const answer = await rotate();
    expect(answer).toMatchObject({ status: 202, body: undefined });
    expect((await scene.call("GET", CLUSTER)).body.properties.provisioningState).toBe("Updating");
    await world.restart();
    await scene.succeed(answer);
    await scene.succeed(rotate());
    expect([...world.controlPlanes.keyRotations.values()]).toEqual([2]);
    expect(scene.machines()).toEqual(["0 Running", "1 Running"]);
  });

  it("is refused beside other work", async () => {
    await scene.create();
    await scene.change(POOL, { count: 3 });
    expect(await rotate()).toMatchObject({ status: 409 });
  });
});

describe("resetServicePrincipalProfile", () => {
  const reset = (body?: object): Promise<Answer> => scene.call("POST", `${CLUSTER}/resetServicePrincipalProfile`, body);

  it("changes the principal and keeps no secret", async () => {
    await scene.create({}, { servicePrincipalProfile: { clientId: "before", secret: "s1" } });
    const answer = await reset({ clientId: "after", secret: "hidden-1" });
    expect(answer).toMatchObject({ status: 202, body: undefined });
    expect((await scene.call("GET", CLUSTER)).body.properties.provisioningState).toBe("RefreshingServicePrincipalProfile");
    await scene.succeed(answer);
    expect((await scene.call("GET", CLUSTER)).body.properties.servicePrincipalProfile).toEqual({ clientId: "after" });
    const { pairs } = await world.store.range({ prefix: "/" });
    expect(pairs.some(({ value }) => Buffer.from(value).includes("hidden-1"))).toBe(false);
  });

  it.each([
    { name: "a cluster with a managed identity", body: { clientId: "after" } },
    { name: "no client id", body: { secret: "s" } },
    { name: "a client id that is no text", body: { clientId: 1 } },
    { name: "no body", body: undefined },
  ])("refuses $name", async ({ body }) => {
    await scene.create();
    expect(await reset(body)).toMatchObject({ status: 400 });
    expect((await scene.call("GET", CLUSTER)).body.properties.provisioningState).toBe("Succeeded");
  });
});

describe("resetAADProfile", () => {
  const reset = (body?: object): Promise<Answer> => scene.call("POST", `${CLUSTER}/resetAADProfile`, body);

  it("changes the profile and keeps no secret", async () => {
    await scene.create({}, { aadProfile: { clientAppID: "c1", serverAppID: "s1", tenantID: "t1" } });
    await scene.succeed(reset({ clientAppID: "c2", serverAppSecret: "hidden-2" }));
    expect((await scene.call("GET", CLUSTER)).body.properties.aadProfile).toEqual({ clientAppID: "c2", serverAppID: "s1", tenantID: "t1" });
    const { pairs } = await world.store.range({ prefix: "/" });
    expect(pairs.some(({ value }) => Buffer.from(value).includes("hidden-2"))).toBe(false);
  });

  it("refuses a cluster without one", async () => {
    await scene.create();
    expect(await reset({ clientAppID: "c2" })).toMatchObject({ status: 400 });
  });
});

describe("preconditions", () => {
  const put = (path: string, headers: Readonly<Record<string, string>>, body: object): Promise<Answer> =>
    world.call("PUT", path, { apiVersion: "2024-10-01", headers, body });
  const etagOf = async (path: string): Promise<string> => {
    const { body } = await scene.call("GET", path);
    return body.properties.eTag ?? body.eTag;
  };
  const NEW = `${CLUSTER}/agentPools/three`;
  const properties = { count: 1, vmSize: "Standard_DS2_v2" };

  it.each([
    { name: "If-Match, any", path: NEW, headers: { "if-match": "*" }, status: 412 },
    { name: "If-Match, a tag", path: NEW, headers: { "if-match": "xyz" }, status: 412 },
    { name: "If-Match, empty", path: NEW, headers: { "if-match": "" }, status: 201 },
    { name: "If-None-Match, any", path: NEW, headers: { "if-none-match": "*" }, status: 201 },
    { name: "If-Match, any", path: POOL, headers: { "if-match": "*" }, status: 200 },
    { name: "If-Match, another tag", path: POOL, headers: { "if-match": "xyz" }, status: 412 },
    { name: "If-None-Match, any", path: POOL, headers: { "if-none-match": "*" }, status: 412 },
    { name: "If-None-Match, a tag", path: POOL, headers: { "if-none-match": "xyz" }, status: 400 },
    { name: "both", path: POOL, headers: { "if-match": "xyz", "if-none-match": "*" }, status: 400 },
  ])("$name: a PUT of $path is answered $status", async ({ path, headers, status }) => {
    await scene.create();
    expect((await put(path, headers, { properties })).status).toBe(status);
  });

  it("say what is absent in AKS's words", async () => {
    await scene.create();
    expect((await put(NEW, { "if-match": "*" }, { properties })).body).toMatchObject({
      code: "PreconditionFailed",
      message: "Resource not found but ETag header is provided. If this is a request to create, please do not provide ETag.",
    });
  });

  it("hold against the tag of the pool, which changes with each update", async () => {
    await scene.create();
    const first = await etagOf(POOL);
    expect((await put(POOL, { "if-match": `"${first}"` }, { properties })).status).toBe(200);
    await world.clock.advance(600_000);
    expect(await etagOf(POOL)).not.toBe(first);
    expect((await put(POOL, { "if-match": first }, { properties })).status).toBe(412);
    expect((await world.call("DELETE", POOL, { apiVersion: "2024-10-01", headers: { "if-match": first } })).status).toBe(412);
  });

  it("a cluster's work gives new tags to the cluster and its pools, a pool's to the pool alone", async () => {
    await scene.create();
    const tags = async (): Promise<readonly string[]> => Promise.all([CLUSTER, FIRST, POOL].map(etagOf));
    const before = await tags();
    await scene.succeed(scene.change(POOL, { count: 1 }));
    const between = await tags();
    expect(between.map((tag, index) => tag === before[index])).toEqual([true, true, false]);
    await scene.succeed(scene.call("POST", `${CLUSTER}/stop`));
    expect((await tags()).some((tag, index) => tag === between[index])).toBe(false);
    const patch = { apiVersion: "2024-10-01", headers: { "if-match": between[0] ?? "" }, body: { tags: { a: "b" } } };
    await scene.succeed(scene.call("POST", `${CLUSTER}/start`));
    expect((await world.call("PATCH", CLUSTER, patch)).status).toBe(412);
  });
});
