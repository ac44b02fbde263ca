import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { kindDefinitions } from "#api/kubernetes/scheduler-configuration";
import { CLUSTER, Scene } from "../testing/scene.ts";
import type { Answer, World } from "../testing/world.ts";

const PREVIEW = "2025-08-02-preview";
const FEATURE = "UserDefinedSchedulerConfigurationPreview";
const profile = (schedulerConfigMode: string): object => ({
  schedulerProfile: { schedulerInstanceProfiles: { upstream: { schedulerConfigMode } } },
});

describe("schedulerProfile", () => {
  let scene: Scene;
  let world: World;

  beforeEach(async () => {
    scene = await Scene.open();
    ({ world } = scene);
    world.arm.features.set(FEATURE, "Registered");
  });
  afterEach(() => world.stop());

  const kinds = (): readonly string[] =>
    scene
      .kubernetes()
      .all(kindDefinitions)
      .map(({ metadata }) => metadata.name);
  async function setMode(mode: string): Promise<Answer> {
    const { body } = await scene.call("GET", CLUSTER, undefined, PREVIEW);
    return await scene.call("PUT", CLUSTER, { ...body, properties: { ...body.properties, ...profile(mode) } }, PREVIEW);
  }

  it("brings the kind of the configuration into a cluster that is there, and takes it away again", async () => {
    await scene.create();
    expect(kinds()).toEqual([]);
    await scene.succeed(setMode("ManagedByCRD"));
    expect(kinds()).toEqual(["schedulerconfigurations.aks.azure.com"]);
    await scene.succeed(setMode("Default"));
    expect(kinds()).toEqual([]);
  });

  it("is kept by those who do not know it", async () => {
    await scene.create();
    await scene.succeed(setMode("ManagedByCRD"));
    const { body } = await scene.call("GET", CLUSTER);
    expect(body.properties.schedulerProfile).toBeUndefined();
    await scene.succeed(scene.call("PUT", CLUSTER, body));
    expect(kinds()).toHaveLength(1);
    expect((await scene.call("GET", CLUSTER, undefined, PREVIEW)).body.properties).toMatchObject(profile("ManagedByCRD"));
  });

  it("takes effect once, also when the program ends in between", async () => {
    await scene.create();
    const answer = await setMode("ManagedByCRD");
    for (const _ of [1, 2]) {
      await world.restart();
      await world.clock.advance(1_000);
    }
    await scene.succeed(answer);
    expect(kinds()).toHaveLength(1);
  });

  it("needs Kubernetes 1.33", async () => {
    await scene.create({}, { kubernetesVersion: "1.32" });
    expect(await setMode("ManagedByCRD")).toMatchObject({
      status: 400,
      body: { code: "BadRequest", target: "properties.schedulerProfile" },
    });
  });

  it("needs the feature only of those who turn it on", async () => {
    await scene.create();
    world.arm.features.set(FEATURE, "NotRegistered");
    expect(await setMode("ManagedByCRD")).toMatchObject({ status: 400, body: { code: "BadRequest" } });
    world.arm.features.set(FEATURE, "Registered");
    await scene.succeed(setMode("ManagedByCRD"));
    world.arm.features.set(FEATURE, "NotRegistered");
    await scene.succeed(scene.change(CLUSTER, { disableLocalAccounts: true }));
    await scene.succeed(setMode("Default"));
  });
});
