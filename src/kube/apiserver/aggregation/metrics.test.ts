import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { KubeObject } from "#api/kubernetes/meta";
import type { NodeMetrics, PodMetrics } from "#api/kubernetes/metrics";
import { podOf, pods, startCluster, type TestCluster } from "../testing/cluster.ts";

const METRICS = "/apis/metrics.k8s.io/v1beta1";
const STRATEGIC = { contentType: "application/strategic-merge-patch+json" };

describe("metrics", () => {
  let cluster: TestCluster;
  beforeEach(async () => {
    cluster = await startCluster({ version: "1.33.0" });
    await cluster.call("POST", "/api/v1/nodes", { metadata: { name: "n1", labels: { pool: "a" } } });
    await cluster.call("PATCH", "/api/v1/nodes/n1/status", { status: { conditions: [{ type: "Ready", status: "True" }] } }, STRATEGIC);
  });
  afterEach(() => cluster.api.stop());

  async function setAvailable(status: "True" | "False"): Promise<void> {
    const path = "/apis/apiregistration.k8s.io/v1/apiservices";
    const spec = { group: "metrics.k8s.io", version: "v1beta1", groupPriorityMinimum: 100, versionPriority: 100 };
    if ((await cluster.list(path)).items.length === 0)
      await cluster.call("POST", path, { metadata: { name: "v1beta1.metrics.k8s.io" }, spec });
    const body = { status: { conditions: [{ type: "Available", status, reason: "Passed" }] } };
    await cluster.call("PATCH", `${path}/v1beta1.metrics.k8s.io/status`, body, STRATEGIC);
  }
  async function run(name: string, { annotations = {}, resources = {} }: { annotations?: object; resources?: object } = {}): Promise<void> {
    const pod = podOf(name, { labels: { app: name }, spec: { nodeName: "n1", containers: [{ name: "web", image: "x", resources }] } });
    await cluster.call("POST", pods(), { ...pod, metadata: { ...pod.metadata, annotations } });
    const startedAt = new Date(cluster.clock.now()).toISOString().replace(/\..*/, "Z");
    const containerStatuses = [{ name: "web", image: "x", imageID: "", ready: true, restartCount: 0, state: { running: { startedAt } } }];
    await cluster.call("PATCH", pods(`${name}/status`), { status: { phase: "Running", containerStatuses } }, STRATEGIC);
  }
  const usage = async (name: string): Promise<unknown> =>
    (await cluster.call<PodMetrics>("GET", `${METRICS}/namespaces/default/pods/${name}`)).containers;

  it("are served while their APIService is available", async () => {
    const groups = async (): Promise<string[]> =>
      (await cluster.call<KubeObject & { groups: { name: string }[] }>("GET", "/apis")).groups.map(({ name }) => name);
    expect((await cluster.refusal("GET", `${METRICS}/nodes`)).code).toBe(404);
    await setAvailable("False");
    expect(await groups()).not.toContain("metrics.k8s.io");
    await setAvailable("True");
    expect(await groups()).toContain("metrics.k8s.io");
    expect((await cluster.list(`${METRICS}/nodes`)).items).toHaveLength(1);
    await setAvailable("False");
    expect((await cluster.refusal("GET", `${METRICS}/nodes`)).code).toBe(404);
  });

  it("are shares of what is asked for, what annotations say, and at most the limit", async () => {
    await setAvailable("True");
    await cluster.call("POST", "/api/v1/namespaces/default/configmaps", { metadata: { name: "load" }, data: { cpu: "700m" } });
    const requests = { cpu: "500m", memory: "1Gi" };
    await run("quiet");
    await run("asking", { resources: { requests } });
    await run("busy", { resources: { requests }, annotations: { "lido.dev/cpu": "1500m", "lido.dev/web.memory": "100Mi" } });
    await run("bounded", { resources: { limits: { cpu: "200m" } }, annotations: { "lido.dev/cpu": "configmap/load/cpu" } });
    await run("wrong", { annotations: { "lido.dev/cpu": "much" } });
    await cluster.clock.advance(30_000);
    expect(await usage("quiet")).toEqual([{ name: "web", usage: { cpu: "1000000n", memory: "10240Ki" } }]);
    expect(await usage("asking")).toEqual([{ name: "web", usage: { cpu: "50000000n", memory: "524288Ki" } }]);
    expect(await usage("busy")).toEqual([{ name: "web", usage: { cpu: "1500000000n", memory: "102400Ki" } }]);
    expect(await usage("bounded")).toMatchObject([{ usage: { cpu: "200000000n" } }]);
    expect(await usage("wrong")).toMatchObject([{ usage: { cpu: "1000000n" } }]);
    const node = await cluster.call<NodeMetrics>("GET", `${METRICS}/nodes/n1`);
    expect(node).toMatchObject({ window: "15s", usage: { cpu: `${60 + 1 + 50 + 1500 + 200 + 1}000000n` } });
  });

  it("come once a window has passed, by label, and not for nodes that are lost", async () => {
    await setAvailable("True");
    await run("a");
    await run("b");
    const names = async (query = {}): Promise<string[]> =>
      (await cluster.list(`${METRICS}/pods`, query)).items.map(({ metadata }) => metadata.name);
    await cluster.clock.advance(1_000);
    await run("late");
    expect(await names()).toEqual(["a", "b"]);
    await cluster.clock.advance(15_000);
    expect(await names()).toEqual(["a", "b", "late"]);
    expect(await names({ labelSelector: "app=b" })).toEqual(["b"]);
    expect((await cluster.refusal("GET", `${METRICS}/namespaces/default/pods/c`)).message).toBe(
      'podmetrics.metrics.k8s.io "default/c" not found',
    );
    await cluster.call("PATCH", "/api/v1/nodes/n1/status", { status: { conditions: [{ type: "Ready", status: "Unknown" }] } }, STRATEGIC);
    expect((await cluster.refusal("GET", `${METRICS}/nodes/n1`)).message).toBe('nodemetrics.metrics.k8s.io "n1" not found');
    expect((await cluster.list(`${METRICS}/nodes`)).items).toEqual([]);
  });

  it("can only be read", async () => {
    await setAvailable("True");
    expect((await cluster.refusal("POST", `${METRICS}/nodes`, { metadata: { name: "x" } })).code).toBe(405);
    expect((await cluster.refusal("DELETE", `${METRICS}/nodes/n1`)).code).toBe(405);
  });
});

describe("APIServices", () => {
  it.each<[string, object, string]>([
    ["v1.a", { group: "b", version: "v1", groupPriorityMinimum: 1, versionPriority: 1 }, 'must be `spec.version+"."+spec.group`: "v1.b"'],
    ["v1.b", { group: "b", version: "v1", versionPriority: 1 }, "spec.groupPriorityMinimum: Invalid value: 0: must be positive"],
    ["v1.b", { group: "b", version: "v1", groupPriorityMinimum: 1, versionPriority: 9999 }, "must be positive and less than 1000"],
  ])("%s of %j are refused", async (name, spec, want) => {
    const cluster = await startCluster();
    const refusal = await cluster.refusal("POST", "/apis/apiregistration.k8s.io/v1/apiservices", { metadata: { name }, spec });
    expect(refusal).toMatchObject({ code: 422, message: expect.stringContaining(want) });
    await cluster.api.stop();
  });
});
