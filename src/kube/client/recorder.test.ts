import { beforeEach, describe, expect, it } from "vitest";
import type { Event } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import type { KubeTransport } from "#api/kubernetes/transport";
import { type ApiServer, builtInKinds, createApiServer } from "#kube/apiserver";
import { seededRandom, silentLogger, VirtualClock } from "#lib";
import { openMemoryStore } from "#store";
import { createRecorder, type Occurrence, type RecorderOptions } from "./recorder.ts";
import { createKubeClient } from "./typed-client.ts";

const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "web", namespace: "default", uid: "u1", resourceVersion: "5" } };
const pulled: Occurrence = { about: pod, type: "Normal", reason: "Pulled", message: "text", fieldPath: "spec.containers{web}" };

let api: ApiServer;
let transport: KubeTransport;
let clock: VirtualClock;
const warnings: string[] = [];

beforeEach(async () => {
  clock = new VirtualClock();
  warnings.length = 0;
  api = createApiServer({
    store: openMemoryStore(),
    keyPrefix: "/kubernetes/test/",
    kinds: builtInKinds,
    clock,
    random: seededRandom(1),
    log: silentLogger,
    version: "1.12.6",
    serviceCidr: "10.0.0.0/16",
    credentials: { caCertificatePem: "", tokens: () => undefined },
  });
  await api.start();
  transport = api.transport({ name: "tester", groups: ["system:masters"] });
});

const client = () => createKubeClient(transport);
const recorder = (options: Partial<RecorderOptions> = {}) =>
  createRecorder({
    client: client(),
    clock,
    log: { ...silentLogger, warn: (message) => void warnings.push(message) },
    source: { component: "kubelet", host: "n1" },
    ...options,
  });
const events = async (): Promise<readonly Event[]> => (await client().list(resources.events)).items;

describe("a recorder", () => {
  it("writes an event in the namespace of its object", async () => {
    const kubelet = recorder();
    kubelet.record(pulled);
    await kubelet.idle();
    const [event] = await events();
    expect(event).toMatchObject({
      metadata: { namespace: "default" },
      involvedObject: {
        kind: "Pod",
        namespace: "default",
        name: "web",
        uid: "u1",
        apiVersion: "v1",
        resourceVersion: "5",
        fieldPath: "spec.containers{web}",
      },
      type: "Normal",
      reason: "Pulled",
      message: "text",
      source: { component: "kubelet", host: "n1" },
      firstTimestamp: "2019-05-17T12:00:00Z",
      lastTimestamp: "2019-05-17T12:00:00Z",
      count: 1,
    });
    expect(event?.metadata.name).toMatch(/^web\.[0-9a-f]{16}$/);
  });

  it("counts the same occurrence up", async () => {
    const kubelet = recorder();
    kubelet.record(pulled);
    kubelet.record(pulled);
    await clock.advance(5000);
    kubelet.record(pulled);
    kubelet.record({ ...pulled, message: "other" });
    await kubelet.idle();
    expect(
      (await events())
        .map(({ message, count, firstTimestamp, lastTimestamp }) => [message, count, firstTimestamp, lastTimestamp].join(" "))
        .sort(),
    ).toEqual(["other 1 2019-05-17T12:00:05Z 2019-05-17T12:00:05Z", "text 3 2019-05-17T12:00:00Z 2019-05-17T12:00:05Z"]);
  });

  it("lists the events of one moment in the order in which they were recorded, also those of several recorders", async () => {
    const shared = client();
    const [scheduler, kubelet] = [recorder({ client: shared, source: { component: "default-scheduler" } }), recorder({ client: shared })];
    const moment = scheduler.moment();
    const reasons = ["Pulling", "Pulled", "Created", "Started"];
    for (const reason of reasons) kubelet.record({ ...pulled, reason });
    scheduler.record({ ...pulled, reason: "Scheduled", moment });
    await Promise.all([kubelet.idle(), scheduler.idle()]);
    expect((await events()).map(({ reason }) => reason)).toEqual(["Scheduled", ...reasons]);
  });

  it("counts what happens while it is being written", async () => {
    const kubelet = recorder();
    kubelet.record(pulled);
    while ((await events()).length === 0) await new Promise((resolve) => setImmediate(resolve));
    kubelet.record(pulled);
    kubelet.record(pulled);
    await kubelet.idle();
    expect((await events()).map(({ count }) => count)).toEqual([3]);
  });

  it("lets everything else go first", async () => {
    const kubelet = recorder();
    for (let index = 0; index < 20; index++) kubelet.record({ ...pulled, message: `m${index}` });
    for (let call = 0; call < 20; call++) await client().list(resources.nodes);
    expect(await events()).toEqual([]);
    await kubelet.idle();
    expect(await events()).toHaveLength(20);
  });

  it("writes an event anew that was forgotten meanwhile, with its count", async () => {
    const kubelet = recorder();
    kubelet.record(pulled);
    await kubelet.idle();
    const [event] = await events();
    await client().delete(resources.events, { name: event?.metadata.name ?? "", namespace: "default" });
    kubelet.record(pulled);
    await kubelet.idle();
    expect((await events()).map(({ metadata, count }) => [metadata.name, count])).toEqual([[event?.metadata.name, 2]]);
  });

  it("puts events of nodes into the namespace default, about whom the caller says", async () => {
    const kubelet = recorder();
    kubelet.record({ about: { kind: "Node", name: "n1", uid: "n1" }, type: "Normal", reason: "Starting", message: "Starting kubelet." });
    await kubelet.idle();
    expect((await events())[0]).toMatchObject({
      metadata: { namespace: "default" },
      involvedObject: { kind: "Node", name: "n1", uid: "n1" },
    });
  });

  it("lets no object drown the others", async () => {
    const kubelet = recorder();
    for (let index = 0; index < 40; index++) kubelet.record({ ...pulled, message: `m${index}` });
    await kubelet.idle();
    expect(await events()).toHaveLength(25);
    await clock.advance(300_000);
    kubelet.record({ ...pulled, message: "later" });
    kubelet.record({ ...pulled, message: "too soon" });
    await kubelet.idle();
    expect(await events()).toHaveLength(26);
  });

  it.each([
    ["1.12.6", false],
    ["1.15.11", false],
    ["1.16.0", true],
    ["1.30.2", true],
  ])("of the scheduler of %s writes the newer form: %s", async (version, isNewer) => {
    const scheduler = recorder({ source: { component: "default-scheduler" }, version: () => version });
    const scheduled: Occurrence = { about: pod, type: "Normal", reason: "Scheduled", message: "assigned", action: "Binding" };
    scheduler.record(scheduled);
    scheduler.record(scheduled);
    await scheduler.idle();
    const [event] = await events();
    const newer = {
      eventTime: "2019-05-17T12:00:00.000000Z",
      action: "Binding",
      reportingComponent: "default-scheduler",
      source: {},
      series: { count: 2 },
    };
    const older = { count: 2, source: { component: "default-scheduler" }, firstTimestamp: "2019-05-17T12:00:00Z" };
    expect(event).toMatchObject(isNewer ? newer : older);
    expect(event?.count === undefined).toBe(isNewer);
  });

  it("logs what cannot be written and goes on", async () => {
    const kubelet = recorder();
    await api.stop();
    kubelet.record(pulled);
    kubelet.record({ ...pulled, message: "other" });
    await kubelet.idle();
    expect(warnings).toEqual(["an event could not be written", "an event could not be written"]);
  });
});
