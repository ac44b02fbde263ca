import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Answer, SUBSCRIPTION, World } from "../testing/world.ts";

const POOL = "managedClusters/c/agentPools/nodepool1";
const V = "2025-09-01";
let world: World;

beforeEach(async () => {
  world = await World.open();
  const profile = { name: "nodepool1", count: 1, vmSize: "Standard_DS2_v2", mode: "System" };
  const body = { location: "eastus", tags: { team: "a" }, properties: { dnsPrefix: "c", agentPoolProfiles: [profile] } };
  await world.ended(await world.call("PUT", "managedClusters/c", { apiVersion: V, body }));
});
afterEach(() => world.stop());

async function putBack(change: object, apiVersion: string): Promise<Answer> {
  const { body } = await world.call("GET", POOL, { apiVersion });
  return await world.call("PUT", POOL, { apiVersion, body: { properties: { ...body.properties, ...change } } });
}

describe("a PUT of what a GET answered", () => {
  it.each(["2025-09-01", "2024-09-01", "2023-06-01", "2022-11-01", "2021-05-01", "2020-09-01"])(
    "with another count only scales, also at %s, which knows fewer members",
    async (apiVersion) => {
      const answer = await putBack({ count: 2 }, apiVersion);
      expect(answer).toMatchObject({ status: 200, body: { properties: { provisioningState: "Scaling", count: 2 } } });
    },
  );

  it("scales also when the client adds what is empty", async () => {
    const answer = await putBack({ count: 2, nodeTaints: [], nodeLabels: {}, tags: {}, enableUltraSSD: false }, "2023-06-01");
    expect(answer.body.properties.provisioningState).toBe("Scaling");
  });

  it("keeps nested members that the api-version does not know", async () => {
    const before = (await world.call("GET", POOL, { apiVersion: V })).body.properties;
    await world.ended(await putBack({ count: 2 }, "2023-06-01"));
    const after = (await world.call("GET", POOL, { apiVersion: V })).body.properties;
    expect([after.upgradeSettings, after.securityProfile]).toEqual([before.upgradeSettings, before.securityProfile]);
  });
});

describe("the scale set of a pool", () => {
  it("shows the tags of the pool's own PUT", async () => {
    await world.ended(await putBack({ tags: { cost: "b" } }, V));
    const [scaleSet] = world.compute.scaleSets({ subscriptionId: SUBSCRIPTION });
    expect(scaleSet?.tags).toMatchObject({ cost: "b", team: "a" });
  });
});
