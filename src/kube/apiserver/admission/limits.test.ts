import { beforeEach, describe, expect, it } from "vitest";
import type { Pod } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";
import type { ResourceQuota } from "#api/kubernetes/limits";
import { podOf, pods, startCluster, type TestCluster } from "../testing/cluster.ts";

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await startCluster({ version: "1.33.0" });
});

const NAMESPACE = "/api/v1/namespaces/default";
const containers = (resources: object): object => ({ containers: [{ name: "web", image: "nginx", resources }] });
const create = (name: string, resources: object = {}): Promise<Pod> =>
  cluster.call("POST", pods(), podOf(name, { spec: containers(resources) }));
const refused = async (name: string, resources: object = {}): Promise<string> =>
  (await cluster.refusal("POST", pods(), podOf(name, { spec: containers(resources) }))).message ?? "";

describe("a limit range", () => {
  const range = (limits: object[]): Promise<KubeObject> =>
    cluster.call("POST", `${NAMESPACE}/limitranges`, { metadata: { name: "bounds" }, spec: { limits } });

  it("gives containers what they leave out, and says so", async () => {
    const made = await range([{ type: "Container", default: { cpu: "500m" }, max: { cpu: "2", memory: "1Gi" }, min: { memory: "64Mi" } }]);
    expect(made).toMatchObject({
      spec: { limits: [{ default: { cpu: "500m", memory: "1Gi" }, defaultRequest: { cpu: "500m", memory: "1Gi" } }] },
    });
    const pod = await create("a", { requests: { cpu: "100m" } });
    expect(pod.spec.containers[0]?.resources).toEqual({
      requests: { cpu: "100m", memory: "1Gi" },
      limits: { cpu: "500m", memory: "1Gi" },
    });
    expect(pod.metadata.annotations).toEqual({
      "kubernetes.io/limit-ranger": "LimitRanger plugin set: memory request for container web; cpu, memory limit for container web",
    });
  });

  it.each<[object, object, string]>([
    [{ max: { cpu: "1" } }, { limits: { cpu: "2" } }, "maximum cpu usage per Container is 1, but limit is 2"],
    [{ min: { memory: "64Mi" } }, { requests: { memory: "1Mi" } }, "minimum memory usage per Container is 64Mi, but request is 1Mi"],
    [
      { maxLimitRequestRatio: { cpu: "2" } },
      { requests: { cpu: "100m" }, limits: { cpu: "1" } },
      "cpu max limit to request ratio per Container is 2, but provided ratio is 10.000000",
    ],
    [
      { max: { cpu: "1", memory: "1Gi" } },
      { limits: { cpu: "2", memory: "2Gi" } },
      "[maximum cpu usage per Container is 1, but limit is 2, maximum memory usage per Container is 1Gi, but limit is 2Gi]",
    ],
  ])("with %j refuses a container with %j", async (item, resources, why) => {
    await range([{ type: "Container", ...item }]);
    expect(await refused("a", resources)).toBe(`pods "a" is forbidden: ${why}`);
  });

  it("bounds whole pods and claims", async () => {
    await range([
      { type: "Pod", max: { memory: "1Gi" } },
      { type: "PersistentVolumeClaim", min: { storage: "1Gi" }, max: { storage: "10Gi" } },
    ]);
    expect(await refused("a")).toBe('pods "a" is forbidden: maximum memory usage per Pod is 1Gi.  No limit is specified');
    expect(await refused("b", { limits: { memory: "1536Mi" } })).toBe(
      'pods "b" is forbidden: maximum memory usage per Pod is 1Gi, but limit is 1536Mi',
    );
    const spec = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "20Gi" } } };
    expect((await cluster.refusal("POST", `${NAMESPACE}/persistentvolumeclaims`, { metadata: { name: "c" }, spec })).message).toBe(
      'persistentvolumeclaims "c" is forbidden: maximum storage usage per PersistentVolumeClaim is 10Gi, but request is 20Gi',
    );
  });
});

describe("a quota", () => {
  const QUOTA = `${NAMESPACE}/resourcequotas/q`;
  /** With a status, as its controller sets it. */
  const quota = async (hard: Record<string, string>, spec: object = {}): Promise<void> => {
    await cluster.call("POST", `${NAMESPACE}/resourcequotas`, { metadata: { name: "q" }, spec: { hard, ...spec } });
    const used = Object.fromEntries(Object.keys(hard).map((name) => [name, "0"]));
    await cluster.call("PATCH", `${QUOTA}/status`, { status: { hard, used } }, { contentType: "application/merge-patch+json" });
  };
  const used = async (): Promise<unknown> => (await cluster.call<ResourceQuota>("GET", QUOTA)).status?.used;

  it("is charged with what comes, until it is full", async () => {
    await quota({ pods: "2", "requests.memory": "1Gi", "count/configmaps": "1" });
    await create("a", { requests: { memory: "256Mi" } });
    expect(await used()).toEqual({ pods: "1", "requests.memory": "256Mi", "count/configmaps": "0" });
    expect(await refused("b", { requests: { memory: "1Gi" } })).toBe(
      'pods "b" is forbidden: exceeded quota: q, requested: requests.memory=1Gi, used: requests.memory=256Mi, limited: requests.memory=1Gi',
    );
    await create("b", { requests: { memory: "1Mi" } });
    expect(await refused("c", { requests: { memory: "1Mi" } })).toBe(
      'pods "c" is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2',
    );
    await cluster.call("POST", `${NAMESPACE}/configmaps`, { metadata: { name: "one" } });
    expect((await cluster.refusal("POST", `${NAMESPACE}/configmaps`, { metadata: { name: "two" } })).message).toBe(
      'configmaps "two" is forbidden: exceeded quota: q, requested: count/configmaps=1, used: count/configmaps=1, limited: count/configmaps=1',
    );
  });

  it("is not charged with what is not stored", async () => {
    await quota({ pods: "2" });
    await create("a");
    expect((await cluster.refusal("POST", pods(), podOf("a"))).reason).toBe("AlreadyExists");
    await cluster.call("POST", pods(), podOf("b"), { query: { dryRun: "All" } });
    expect(await used()).toEqual({ pods: "1" });
  });

  it("holds when many come at once", async () => {
    await quota({ pods: "3" });
    const results = await Promise.allSettled(["a", "b", "c", "d", "e"].map((name) => create(name)));
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
    expect(await used()).toEqual({ pods: "3" });
  });

  it("demands that containers say what it bounds", async () => {
    await quota({ "requests.cpu": "1", "limits.memory": "1Gi" });
    expect(await refused("a")).toBe('pods "a" is forbidden: failed quota: q: must specify limits.memory for: web; requests.cpu for: web');
  });

  it("without a status refuses what it would count, and nothing else", async () => {
    await cluster.call("POST", `${NAMESPACE}/resourcequotas`, { metadata: { name: "q" }, spec: { hard: { pods: "1" } } });
    expect(await refused("a")).toBe('pods "a" is forbidden: status unknown for quota: q, resources: pods');
    await cluster.call("POST", `${NAMESPACE}/configmaps`, { metadata: { name: "one" } });
  });

  it("counts only what is in its scopes", async () => {
    await quota({ pods: "0" }, { scopes: ["BestEffort"] });
    await create("a", { requests: { cpu: "1m" } });
    expect(await refused("b")).toBe('pods "b" is forbidden: exceeded quota: q, requested: pods=1, used: pods=0, limited: pods=0');
  });

  it("bounds services and claims by kind", async () => {
    await quota({ "services.loadbalancers": "0", "managed-csi.storageclass.storage.k8s.io/requests.storage": "5Gi" });
    const ports = [{ port: 80 }];
    const service = { metadata: { name: "s" }, spec: { type: "ClusterIP", ports } };
    await cluster.call("POST", `${NAMESPACE}/services`, service);
    expect((await cluster.refusal("PUT", `${NAMESPACE}/services/s`, { ...service, spec: { type: "LoadBalancer", ports } })).message).toBe(
      'services "s" is forbidden: exceeded quota: q, requested: services.loadbalancers=1, used: services.loadbalancers=0, limited: services.loadbalancers=0',
    );
    const claim = (storageClassName: string): object => ({
      metadata: { name: storageClassName },
      spec: { storageClassName, accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "10Gi" } } },
    });
    await cluster.call("POST", `${NAMESPACE}/persistentvolumeclaims`, claim("other"));
    expect((await cluster.refusal("POST", `${NAMESPACE}/persistentvolumeclaims`, claim("managed-csi"))).code).toBe(403);
  });
});
