import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Event, Pod } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import {
  kindDefinitions,
  schedulerConfigurationDefinition,
  type SchedulerConfigurationObject,
  schedulerConfigurations,
} from "#api/kubernetes/scheduler-configuration";
import { seededRandom, silentLogger } from "#lib";
import type { Scheduler } from "../scheduler.ts";
import { startTestCluster, type TestCluster } from "../testing/cluster.ts";
import { makeNode, makePod } from "../testing/objects.ts";
import { ACCEPTED, CONFIGURATION } from "./accepted.ts";
import { createConfiguredScheduler } from "./configured-scheduler.ts";

const VERSION = "1.35.0";
const HEAD = "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n";
const NAMED = (name: string): string => `${HEAD}profiles: [{ schedulerName: ${name} }]`;

describe("configuration of a scheduler", () => {
  let cluster: TestCluster;
  let scheduler: Scheduler;

  async function start(): Promise<void> {
    const { clock, client } = cluster;
    const shared = { clock, log: silentLogger, random: seededRandom(1), version: () => VERSION };
    scheduler = createConfiguredScheduler({ ...shared, client, administrator: client });
    await scheduler.start();
  }
  beforeEach(async () => {
    cluster = await startTestCluster(VERSION);
    const { uid: _, ...metadata } = makeNode("n1").metadata;
    await cluster.client.create(resources.nodes, { ...makeNode("n1"), metadata });
    await cluster.client.patch(resources.nodes, { name: "n1" }, { type: "merge", body: { spec: { taints: [] } } });
    await start();
  });
  afterEach(async () => {
    await scheduler.stop();
    await cluster.stop();
  });

  const putMap = (text: string): Promise<unknown> =>
    cluster.client.create(resources.configMaps, { metadata: { ...CONFIGURATION }, data: { "config.yaml": text } });
  const patchMap = (text: string): Promise<unknown> =>
    cluster.client.patch(resources.configMaps, CONFIGURATION, { type: "merge", body: { data: { "config.yaml": text } } });
  async function addPod(name: string, schedulerName: string): Promise<void> {
    const { metadata: _, ...pod } = makePod(name, { schedulerName });
    await cluster.client.create(resources.pods, { ...pod, metadata: { name, namespace: "default" } });
  }
  const nodeOf = async (name: string): Promise<string | undefined> =>
    (await cluster.client.get<Pod>(resources.pods, { name, namespace: "default" })).spec.nodeName;
  const bound = (name: string): Promise<void> => cluster.clock.advanceUntil(async () => (await nodeOf(name)) !== undefined, 60_000);
  async function eventsOf(namespace: string, name: string): Promise<readonly (readonly [string | undefined, string | undefined])[]> {
    const { items } = await cluster.client.list<Event>(resources.events, { namespace });
    return items.filter(({ involvedObject }) => involvedObject.name === name).map(({ reason, message }) => [reason, message]);
  }
  const told = (reason: string): Promise<void> =>
    cluster.clock.advanceUntil(async () => (await eventsOf("kube-system", CONFIGURATION.name)).some(([each]) => each === reason), 60_000);

  it("leaves pods of unknown schedulers alone until there is a profile for them", async () => {
    await addPod("web", "mine");
    await cluster.clock.advance(60_000);
    expect([await nodeOf("web"), await eventsOf("default", "web")]).toEqual([undefined, []]);
    await putMap(NAMED("mine"));
    await bound("web");
    expect(await eventsOf("default", "web")).toEqual([["Scheduled", "Successfully assigned default/web to n1"]]);
  });

  it("has no profile but those of the ConfigMap, and its own again when it goes", async () => {
    await putMap(NAMED("mine"));
    await told("ConfigurationAccepted");
    await addPod("web", "default-scheduler");
    await cluster.clock.advance(60_000);
    expect(await nodeOf("web")).toBeUndefined();
    await cluster.client.delete(resources.configMaps, CONFIGURATION);
    await bound("web");
  });

  it("keeps the last that was accepted while another one is refused, also over a restart", async () => {
    await putMap(NAMED("mine"));
    await told("ConfigurationAccepted");
    await patchMap(`${HEAD}podInitialBackoffSeconds: 0`);
    await told("ConfigurationRefused");
    expect(await eventsOf("kube-system", CONFIGURATION.name)).toContainEqual([
      "ConfigurationRefused",
      "The last configuration that was accepted stays in force: podInitialBackoffSeconds: Invalid value: 0: must be greater than 0",
    ]);
    await addPod("web", "mine");
    await bound("web");
    await scheduler.stop();
    await start();
    await addPod("again", "mine");
    await bound("again");
  });

  it("refuses a ConfigMap without its key, and takes it once it has it", async () => {
    await cluster.client.create(resources.configMaps, { metadata: { ...CONFIGURATION }, data: { other: "" } });
    await told("ConfigurationRefused");
    await patchMap(NAMED("mine"));
    await told("ConfigurationAccepted");
    expect(await cluster.client.get(resources.configMaps, ACCEPTED)).toMatchObject({ data: { "config.yaml": NAMED("mine") } });
  });

  describe("by SchedulerConfiguration", () => {
    beforeEach(() => cluster.client.create(kindDefinitions, schedulerConfigurationDefinition).then(() => undefined));

    const object = (rawConfig: string): SchedulerConfigurationObject => ({ metadata: { name: "upstream" }, spec: { rawConfig } });
    const get = (): Promise<SchedulerConfigurationObject> => cluster.client.get(schedulerConfigurations, { name: "upstream" });
    const shows = (configuration: string): Promise<void> =>
      cluster.clock.advanceUntil(async () => (await get()).status?.configuration === configuration, 60_000);
    async function create(rawConfig: string): Promise<void> {
      await cluster.clock.advanceUntil(
        () =>
          cluster.client.create(schedulerConfigurations, object(rawConfig)).then(
            () => true,
            () => false,
          ),
        60_000,
      );
    }

    it("adds profiles to the default one, and goes before the ConfigMap", async () => {
      await putMap(NAMED("other"));
      await create(NAMED("mine"));
      await shows("Succeeded");
      for (const name of ["mine", "default-scheduler", "aks-system"]) await addPod(name, name);
      for (const name of ["mine", "default-scheduler", "aks-system"]) await bound(name);
      expect((await get()).status).toMatchObject({ error: "", currentConfig: NAMED("mine"), observedGeneration: 1 });
    });

    it("says why it refuses one, what is in force, and takes a better one", async () => {
      await create(NAMED("mine"));
      await shows("Succeeded");
      await cluster.client.patch(
        schedulerConfigurations,
        { name: "upstream" },
        { type: "merge", body: { spec: { rawConfig: NAMED("aks-system") } } },
      );
      await shows("Failed");
      expect((await get()).status).toEqual({
        configuration: "Failed",
        error: 'profiles[0].schedulerName: Invalid value: "aks-system": the scheduler is AKS\'s own',
        currentConfig: NAMED("mine"),
        observedGeneration: 2,
      });
      await addPod("web", "mine");
      await bound("web");
      await cluster.client.patch(
        schedulerConfigurations,
        { name: "upstream" },
        { type: "merge", body: { spec: { rawConfig: NAMED("yours") } } },
      );
      await shows("Succeeded");
    });

    it("goes with its kind", async () => {
      await create(NAMED("mine"));
      await shows("Succeeded");
      await cluster.client.delete(kindDefinitions, { name: "schedulerconfigurations.aks.azure.com" });
      await cluster.clock.advance(5_000);
      await addPod("web", "mine");
      await cluster.clock.advance(60_000);
      expect(await nodeOf("web")).toBeUndefined();
    });
  });
});

it("starts on releases that have neither the kinds nor the version of the configuration, and refuses one there", async () => {
  const cluster = await startTestCluster("1.12.6");
  const { clock, client } = cluster;
  const shared = { clock, log: silentLogger, random: seededRandom(1), version: () => "1.12.6" };
  const scheduler = createConfiguredScheduler({ ...shared, client, administrator: client });
  await scheduler.start();
  await client.create(resources.configMaps, { metadata: { ...CONFIGURATION }, data: { "config.yaml": NAMED("mine") } });
  const messages = async (): Promise<readonly (string | undefined)[]> =>
    (await client.list<Event>(resources.events, { namespace: "kube-system" })).items.map(({ message }) => message);
  await clock.advanceUntil(async () => (await messages()).length > 0, 60_000);
  expect((await messages())[0]).toContain(
    'no kind "KubeSchedulerConfiguration" is registered for version "kubescheduler.config.k8s.io/v1"',
  );
  await scheduler.stop();
  await cluster.stop();
});
