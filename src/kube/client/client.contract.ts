import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ConfigMap, Pod } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import { isStatus, StatusError } from "#api/kubernetes/status";
import type { KubeTransport } from "#api/kubernetes/transport";
import type { Deployment } from "#api/kubernetes/workloads";
import { silentLogger, systemClock } from "#lib";
import type { KubeClient } from "./client.ts";
import type { Informer } from "./informer.ts";
import { createInformer } from "./shared-informer.ts";
import { createKubeClient } from "./typed-client.ts";

/** A namespace that nobody else uses, and a way to it. */
export interface ContractSubject {
  readonly transport: KubeTransport;
  readonly namespace: string;
  /** Forgets the history up to now; absent where nobody can make the server do that. */
  compact?(): Promise<void>;
  close(): Promise<void>;
}

const { pods, configMaps, deployments } = resources;
/** No scheduler's name: whatever else the cluster runs leaves the pods alone. */
const NOBODY = "nobody";

/** Waits until something holds that streams bring about. */
async function until(holds: () => boolean): Promise<void> {
  const deadline = systemClock.now() + 5000;
  while (!holds()) {
    if (systemClock.now() > deadline) throw new Error(`did not come to hold: ${holds.toString()}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function podIn(namespace: string, name: string, labels: Record<string, string> = {}): Pod {
  return { metadata: { name, namespace, labels }, spec: { containers: [{ name: "web", image: "nginx" }], schedulerName: NOBODY } };
}

/** What every transport must do in the same way, whoever's server is at its end. */
export function describeTransport(name: string, start: () => Promise<ContractSubject>): void {
  describe(`${name}: the client`, () => {
    let subject: ContractSubject;
    let client: KubeClient;
    let namespace: string;
    beforeEach(async () => {
      subject = await start();
      ({ namespace } = subject);
      client = createKubeClient(subject.transport);
    });
    afterEach(() => subject.close());

    const podOf = (podName: string, labels: Record<string, string> = {}): Pod => podIn(namespace, podName, labels);
    const mapOf = (mapName: string, data: Record<string, string> = {}): ConfigMap => ({ metadata: { name: mapName, namespace }, data });

    it("creates, reads, lists, updates and deletes", async () => {
      const made = await client.create(configMaps, mapOf("a", { k: "1" }));
      expect(made).toMatchObject({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, data: { k: "1" } });
      expect(await client.get(configMaps, { name: "a", namespace })).toEqual(made);
      const updated = await client.update(configMaps, { ...made, data: { k: "2" } });
      expect(updated.data).toEqual({ k: "2" });
      const list = await client.list(configMaps, { namespace });
      expect(list.items.find(({ metadata }) => metadata.name === "a")).toEqual(updated);
      expect(Number(list.resourceVersion)).toBeGreaterThanOrEqual(Number(updated.metadata.resourceVersion));
      await client.delete(configMaps, { name: "a", namespace });
      await expect(client.get(configMaps, { name: "a", namespace })).rejects.toSatisfy((error) => isStatus(error, "NotFound"));
    });

    it("is refused with what the server says", async () => {
      await client.create(configMaps, mapOf("a"));
      const refusal = await client.create(configMaps, mapOf("a")).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(StatusError);
      expect((refusal as StatusError).status).toMatchObject({
        code: 409,
        reason: "AlreadyExists",
        message: 'configmaps "a" already exists',
      });
      const unknown = { ...configMaps, resource: "frobs" };
      await expect(client.get(unknown, { name: "a", namespace })).rejects.toMatchObject({
        code: 404,
        message: "the server could not find the requested resource",
      });
    });

    it("updates only what nobody else changed", async () => {
      const made = await client.create(configMaps, mapOf("a", { k: "1" }));
      await client.update(configMaps, { ...made, data: { k: "2" } });
      await expect(client.update(configMaps, { ...made, data: { k: "3" } })).rejects.toSatisfy((error) => isStatus(error, "Conflict"));
    });

    it("patches in three ways, and subresources too", async () => {
      await client.create(pods, podOf("a", { app: "web" }));
      const at = { name: "a", namespace };
      const labelsAfter = async (patch: Parameters<KubeClient["patch"]>[2]): Promise<unknown> =>
        (await client.patch(pods, at, patch)).metadata.labels ?? {};
      expect(await labelsAfter({ type: "merge", body: { metadata: { labels: { b: "1" } } } })).toEqual({ app: "web", b: "1" });
      expect(await labelsAfter({ type: "strategic", body: { metadata: { labels: { b: null } } } })).toEqual({ app: "web" });
      expect(await labelsAfter({ type: "json", body: [{ op: "remove", path: "/metadata/labels/app" }] })).toEqual({});
      const pod = await client.patch(pods, at, { type: "merge", body: { status: { message: "m" } } }, { subresource: "status" });
      expect(pod.status?.message).toBe("m");
    });

    it("binds and evicts", async () => {
      await client.create(pods, podOf("a"));
      await client.bind({ name: "a", namespace }, "n1");
      expect((await client.get(pods, { name: "a", namespace })).spec.nodeName).toBe("n1");
      await client.evict({ name: "a", namespace }, { gracePeriodSeconds: 7 });
      expect((await client.get(pods, { name: "a", namespace })).metadata.deletionGracePeriodSeconds).toBe(7);
    });

    it("deletes as it is told", async () => {
      const template = { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web", image: "nginx" }] } };
      // Where something collects garbage, the deletion would end before it is looked at.
      const metadataOf = { name: "d", namespace, finalizers: ["example.com/hold"] };
      const deployment: Deployment = { metadata: metadataOf, spec: { selector: { matchLabels: { app: "web" } }, template } };
      const { metadata } = await client.create(deployments, deployment);
      const at = { name: "d", namespace };
      await expect(client.delete(deployments, at, { preconditions: { uid: "other" } })).rejects.toSatisfy((error) =>
        isStatus(error, "Conflict"),
      );
      await client.delete(deployments, at, { propagationPolicy: "Foreground", preconditions: { uid: metadata.uid ?? "" } });
      const left = await client.get(deployments, at);
      expect(left.metadata.deletionTimestamp).toBeDefined();
      expect(left.metadata.finalizers).toContain("example.com/hold");
      await client.patch(deployments, at, { type: "merge", body: { metadata: { finalizers: null } } });
    });

    it("selects and pages", async () => {
      for (const each of ["a", "b", "c"]) await client.create(pods, podOf(each, { app: each === "b" ? "x" : "y", in: namespace }));
      const names = async (options: Parameters<KubeClient["list"]>[1]): Promise<string[]> =>
        (await client.list(pods, options)).items.map(({ metadata }) => metadata.name);
      expect(await names({ labelSelector: `app=y,in=${namespace}` })).toEqual(["a", "c"]);
      expect(await names({ namespace, fieldSelector: "metadata.name=b" })).toEqual(["b"]);
      const first = await client.list(pods, { namespace, limit: 2 });
      expect(await names({ namespace, limit: 2, continue: first.continue ?? "" })).toEqual(["c"]);
      expect(first.items.map(({ apiVersion, kind }) => [apiVersion, kind])).toEqual([
        ["v1", "Pod"],
        ["v1", "Pod"],
      ]);
    });

    it("watches from a version, and stops when told", async () => {
      const { resourceVersion } = await client.list(configMaps, { namespace });
      const seen: string[] = [];
      let ends = 0;
      const watch = client.watch(
        configMaps,
        { namespace, resourceVersion },
        { event: ({ type, object }) => void seen.push(`${type} ${object.metadata.name}`), end: () => void ends++ },
      );
      await client.create(configMaps, mapOf("a"));
      await client.delete(configMaps, { name: "a", namespace });
      await until(() => seen.length === 2);
      expect(seen).toEqual(["ADDED a", "DELETED a"]);
      watch.stop();
      await client.create(configMaps, mapOf("b"));
      expect([seen.length, ends]).toEqual([2, 0]);
    });

    it("is told once when a watch cannot go on", async ({ skip }) => {
      skip(subject.compact === undefined, "nobody can make this server forget");
      await client.create(pods, podOf("a"));
      await subject.compact?.();
      const errors: (Error | undefined)[] = [];
      client.watch(pods, { resourceVersion: "1" }, { event: () => undefined, end: (error) => void errors.push(error) });
      await until(() => errors.length > 0);
      expect(errors.map((error) => isStatus(error, "Expired"))).toEqual([true]);
    });
  });

  describe(`${name}: an informer`, () => {
    let subject: ContractSubject;
    let client: KubeClient;
    let namespace: string;
    const informers: Informer<Pod>[] = [];
    beforeEach(async () => {
      subject = await start();
      ({ namespace } = subject);
      client = createKubeClient(subject.transport);
    });
    afterEach(async () => {
      for (const informer of informers.splice(0)) informer.stop();
      await subject.close();
    });

    const podOf = (podName: string, labels: Record<string, string> = {}): Pod => podIn(namespace, podName, labels);
    const informerOf = (options: { labelSelector?: string } = {}): Informer<Pod> => {
      const indexes = { node: ({ spec }: Pod) => (spec.nodeName === undefined ? [] : [spec.nodeName]) };
      const informer = createInformer(client, pods, { namespace, clock: systemClock, log: silentLogger, indexes, ...options });
      informers.push(informer);
      return informer;
    };

    it("has what is there when it has started, and follows", async () => {
      await client.create(pods, podOf("a"));
      const informer = informerOf();
      const told: string[] = [];
      informer.subscribe({
        add: ({ metadata }) => void told.push(`add ${metadata.name}`),
        update: (object, previous) =>
          void told.push(
            `update ${object.metadata.name} ${Number(object.metadata.resourceVersion) > Number(previous.metadata.resourceVersion)}`,
          ),
        delete: ({ metadata }) => void told.push(`delete ${metadata.name}`),
      });
      await informer.start();
      expect(informer.get(`${namespace}/a`)?.metadata.name).toBe("a");
      await client.create(pods, podOf("b"));
      await client.bind({ name: "b", namespace }, "n1");
      await until(() => informer.byIndex("node", "n1").length === 1);
      await client.delete(pods, { name: "a", namespace });
      await until(() => informer.get(`${namespace}/a`) === undefined);
      // Some servers show a pod's end before it is gone.
      expect(told.filter((line) => line !== "update a true")).toEqual(["add a", "add b", "update b true", "delete a"]);
      expect([...informer.list()].map(({ metadata }) => metadata.name)).toEqual(["b"]);
      expect(informer.size).toBe(1);
    });

    it("knows only what it selects", async () => {
      const informer = informerOf({ labelSelector: "app=x" });
      await informer.start();
      await client.create(pods, podOf("a", { app: "x" }));
      await client.create(pods, podOf("b", { app: "y" }));
      await until(() => informer.size === 1);
      await client.patch(pods, { name: "a", namespace }, { type: "merge", body: { metadata: { labels: { app: "y" } } } });
      await until(() => informer.size === 0);
    });

    it("reads more than a page of a list", async () => {
      await Promise.all(Array.from({ length: 520 }, (_, index) => client.create(pods, podOf(`p${index}`))));
      const informer = informerOf();
      await informer.start();
      expect(informer.size).toBe(520);
    });

    it("tells late subscribers of what is there, and nobody after they left", async () => {
      await client.create(pods, podOf("a"));
      const informer = informerOf();
      await informer.start();
      const told: string[] = [];
      const leave = informer.subscribe({ add: ({ metadata }) => void told.push(metadata.name) });
      expect(told).toEqual(["a"]);
      leave();
      await client.create(pods, podOf("b"));
      await until(() => informer.size === 2);
      expect(told).toEqual(["a"]);
    });
  });
}
