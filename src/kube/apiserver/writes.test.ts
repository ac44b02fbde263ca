import { beforeEach, describe, expect, it } from "vitest";
import type { Pod, Service } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";
import type { Deployment } from "#api/kubernetes/workloads";
import { namesOf, podOf, pods, startCluster, type TestCluster } from "./testing/cluster.ts";

const MERGE = { contentType: "application/merge-patch+json" };
const deployments = (name = ""): string => `/apis/apps/v1/namespaces/default/deployments${name === "" ? "" : `/${name}`}`;
const configMaps = (name = ""): string => `/api/v1/namespaces/default/configmaps${name === "" ? "" : `/${name}`}`;

function deploymentOf(name: string, replicas = 1): KubeObject {
  const template = { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web", image: "nginx" }] } };
  return { metadata: { name }, spec: { replicas, selector: { matchLabels: { app: "web" } }, template } } as KubeObject;
}

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await startCluster();
});

describe("create", () => {
  it("stamps what is the server's to say", async () => {
    const sent = { ...podOf("a"), metadata: { name: "a", uid: "mine", resourceVersion: "77", creationTimestamp: null, generation: 9 } };
    const pod = await cluster.call<Pod>("POST", pods(), sent);
    expect(pod.metadata).toMatchObject({ name: "a", namespace: "default", creationTimestamp: "2019-05-17T12:00:00Z" });
    expect(pod.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(pod.metadata.resourceVersion).toBe(String(cluster.store.revision()));
    expect(pod.metadata.generation).toBeUndefined();
    expect(await cluster.call("GET", pods("a"))).toBe(pod);
  });

  it("drops the status of a pod and keeps that of a node", async () => {
    const pod = await cluster.call<Pod>("POST", pods(), { ...podOf("a"), status: { phase: "Running" } });
    expect(pod.status?.phase).toBe("Pending");
    const node = { metadata: { name: "n" }, status: { conditions: [{ type: "Ready", status: "True" }] } };
    expect(await cluster.call("POST", "/api/v1/nodes", node)).toMatchObject({ status: { conditions: [{ type: "Ready" }] } });
  });

  it("leaves the caller's object alone", async () => {
    const sent = podOf("a");
    const before = structuredClone(sent);
    await cluster.call("POST", pods(), sent);
    expect(sent).toEqual(before);
  });

  it("makes names of five letters from a prefix", async () => {
    const pod = await cluster.call("POST", pods(), { ...podOf(""), metadata: { generateName: "web-" } });
    expect(pod.metadata.name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  });

  it.each<[string, object, number, string]>([
    ["a name that is taken", podOf("taken"), 409, 'pods "taken" already exists'],
    ["no name", { ...podOf(""), metadata: {} }, 422, 'Pod "" is invalid: metadata.name: Required value: name or generateName is required'],
    ["another kind", { ...podOf("a"), kind: "Node" }, 400, 'Node in version "v1" cannot be handled as a Pod'],
    [
      "another version",
      { ...podOf("a"), apiVersion: "v2" },
      400,
      "the API version in the data (v2) does not match the expected API version (v1)",
    ],
    [
      "another namespace",
      podOf("a", { namespace: "kube-system" }),
      400,
      "the namespace of the provided object does not match the namespace sent on the request",
    ],
    [
      "labels that are no texts",
      { ...podOf("a"), metadata: { name: "a", labels: { a: 1 } } },
      400,
      'Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string',
    ],
    [
      "metadata that is no object",
      { ...podOf("a"), metadata: [] },
      400,
      'Pod in version "v1" cannot be handled as a Pod: metadata must be an object',
    ],
    ["a list as body", [], 400, "the object provided is unrecognized (must be of type Pod): the body is not an object but []"],
  ])("refuses %s", async (_, body, code, message) => {
    await cluster.call("POST", pods(), podOf("taken"));
    const { revision } = { revision: cluster.store.revision() };
    const refusal = await cluster.refusal("POST", pods(), body);
    expect([refusal.code, refusal.message]).toEqual([code, message]);
    expect(cluster.store.revision()).toBe(revision);
  });

  it.each([
    ["Upper", "metadata.name: Invalid value"],
    ["a/b", "metadata.name: Invalid value"],
  ])("refuses the name %s", async (name, text) => {
    expect((await cluster.refusal("POST", pods(), podOf(name))).message).toContain(text);
  });

  it("refuses labels and annotations of the wrong form", async () => {
    const metadata = { name: "a", labels: { "a b": "c", ok: "not ok!" }, annotations: { "x y": "1" } };
    const { details } = await cluster.refusal("POST", pods(), { ...podOf("a"), metadata });
    expect(details?.causes?.map(({ field }) => field)).toEqual(["metadata.labels", "metadata.labels", "metadata.annotations"]);
  });

  it("changes nothing when the run is dry", async () => {
    const watch = cluster.watch(pods());
    const pod = await cluster.call("POST", pods(), podOf("a"), { query: { dryRun: "All" } });
    expect(pod.metadata.uid).toBeDefined();
    expect(namesOf(await cluster.list(pods()))).toEqual([]);
    expect(watch.lines()).toEqual([]);
    expect((await cluster.refusal("POST", pods(), podOf("a"), { query: { dryRun: "Some" } })).code).toBe(422);
  });

  it("lets one of two that come at the same time win", async () => {
    const outcomes = await Promise.allSettled([cluster.call("POST", pods(), podOf("a")), cluster.call("POST", pods(), podOf("a"))]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });
});

describe("update", () => {
  it("counts generations by the spec alone", async () => {
    const first = await cluster.call<Deployment>("POST", deployments(), deploymentOf("d"));
    const scaled = await cluster.call<Deployment>("PUT", deployments("d"), { ...first, spec: { ...first.spec, replicas: 3 } });
    const labelled = await cluster.call("PUT", deployments("d"), { ...scaled, metadata: { ...scaled.metadata, labels: { a: "b" } } });
    expect([first, scaled, labelled].map(({ metadata }) => metadata.generation)).toEqual([1, 2, 2]);
  });

  it("keeps the server's metadata and the status", async () => {
    const first = await cluster.call<Deployment>("POST", deployments(), deploymentOf("d"));
    await cluster.call("PUT", deployments("d/status"), { ...first, status: { replicas: 1 } });
    const second = await cluster.call<Deployment>("PUT", deployments("d"), { ...deploymentOf("d", 2), status: { replicas: 9 } });
    expect(second.metadata).toMatchObject({ uid: first.metadata.uid, creationTimestamp: first.metadata.creationTimestamp });
    expect([second.spec.replicas, second.status?.replicas]).toEqual([2, 1]);
  });

  it("takes of /status the status alone", async () => {
    const first = await cluster.call<Deployment>("POST", deployments(), deploymentOf("d"));
    const sent = {
      ...first,
      metadata: { ...first.metadata, labels: { a: "b" } },
      spec: { ...first.spec, replicas: 7 },
      status: { replicas: 1 },
    };
    const second = await cluster.call<Deployment>("PUT", deployments("d/status"), sent);
    expect([second.spec.replicas, second.status?.replicas, second.metadata.labels, second.metadata.generation]).toEqual([
      1,
      1,
      undefined,
      1,
    ]);
  });

  it("refuses what is based on an older version", async () => {
    const first = await cluster.call("POST", configMaps(), { metadata: { name: "c" }, data: { a: "1" } });
    await cluster.call("PUT", configMaps("c"), { ...first, data: { a: "2" } });
    const refusal = await cluster.refusal("PUT", configMaps("c"), { ...first, data: { a: "3" } });
    expect([refusal.code, refusal.reason]).toEqual([409, "Conflict"]);
  });

  it("takes what names no version, also when others write at the same time", async () => {
    await cluster.call("POST", configMaps(), { metadata: { name: "c" }, data: {} });
    const writes = Array.from({ length: 8 }, (_, index) =>
      cluster.call("PUT", configMaps("c"), { metadata: { name: "c" }, data: { a: String(index) } }),
    );
    expect(await Promise.all(writes)).toHaveLength(8);
  });

  it("writes nothing when nothing changes", async () => {
    const first = await cluster.call("POST", configMaps(), { metadata: { name: "c" }, data: { a: "1", b: "2" } });
    const second = await cluster.call("PUT", configMaps("c"), { data: { b: "2", a: "1" }, metadata: { name: "c" } });
    expect(second).toBe(first);
  });

  it.each<[string, object, number, string]>([
    ["the name of another", { metadata: { name: "b" } }, 400, "the name of the object (b) does not match the name on the URL (c)"],
    [
      "another namespace",
      { metadata: { name: "c", namespace: "x" } },
      400,
      "the namespace of the provided object does not match the namespace sent on the request",
    ],
    [
      "another namespace before another name",
      { metadata: { name: "b", namespace: "x" } },
      400,
      "the namespace of the provided object does not match the namespace sent on the request",
    ],
  ])("refuses %s", async (_, body, code, message) => {
    await cluster.call("POST", configMaps(), { metadata: { name: "c" } });
    const refusal = await cluster.refusal("PUT", configMaps("c"), body);
    expect([refusal.code, refusal.message]).toEqual([code, message]);
  });

  it("refuses the uid of an object that was replaced", async () => {
    await cluster.call("POST", configMaps(), { metadata: { name: "c" } });
    expect((await cluster.refusal("PUT", configMaps("c"), { metadata: { name: "c", uid: "old" } })).reason).toBe("Conflict");
  });

  it("does not create", async () => {
    expect((await cluster.refusal("PUT", configMaps("c"), { metadata: { name: "c" } })).message).toBe('configmaps "c" not found');
  });
});

describe("patch", () => {
  beforeEach(async () => {
    await cluster.call("POST", pods(), podOf("a", { labels: { app: "web" } }));
  });

  it.each<[string, unknown, Record<string, string>]>([
    ["application/merge-patch+json", { metadata: { labels: { app: null, b: "c" } } }, { b: "c" }],
    ["application/strategic-merge-patch+json", { metadata: { labels: { b: "c" } } }, { app: "web", b: "c" }],
    ["application/json-patch+json", [{ op: "replace", path: "/metadata/labels/app", value: "x" }], { app: "x" }],
  ])("of type %s changes what it says", async (contentType, body, labels) => {
    expect((await cluster.call("PATCH", pods("a"), body, { contentType })).metadata.labels).toEqual(labels);
  });

  it("of several at once loses none", async () => {
    const letters = ["a", "b", "c", "d", "e", "f"];
    await Promise.all(letters.map((letter) => cluster.call("PATCH", pods("a"), { metadata: { labels: { [letter]: "1" } } }, MERGE)));
    expect(Object.keys((await cluster.call("GET", pods("a"))).metadata.labels ?? {}).sort()).toEqual([...letters, "app"].sort());
  });

  it("that names a version is held to it", async () => {
    const body = { metadata: { resourceVersion: "1", labels: { a: "b" } } };
    expect((await cluster.refusal("PATCH", pods("a"), body, MERGE)).reason).toBe("Conflict");
  });

  it.each<[string, string, unknown, number]>([
    ["what is applied by nobody", "application/apply-patch+yaml", {}, 422],
    ["no patch type", "application/json", {}, 415],
    ["a merge patch that is no object", "application/merge-patch+json", [], 400],
    ["a JSON patch that is no list", "application/json-patch+json", {}, 400],
    ["a JSON patch whose path is not there", "application/json-patch+json", [{ op: "remove", path: "/metadata/nope" }], 422],
    ["a patch of the name", "application/merge-patch+json", { metadata: { name: "b" } }, 400],
    ["a patch that takes the metadata away", "application/merge-patch+json", { metadata: null }, 400],
  ])("refuses %s", async (_, contentType, body, code) => {
    const before = await cluster.call("GET", pods("a"));
    const refusal = await cluster.refusal("PATCH", pods("a"), body, { contentType });
    expect(refusal.code).toBe(code);
    expect(await cluster.call("GET", pods("a"))).toBe(before);
  });

  it("of another media type finds nobody who takes it", async () => {
    expect((await cluster.refusal("PATCH", pods("a"), {}, { contentType: "text/plain" })).message).toBe("415: Unsupported Media Type");
  });

  it("keeps the version that a dry run would have replaced", async () => {
    const { metadata } = await cluster.call("GET", pods("a"));
    const dry = await cluster.call("PATCH", pods("a"), { metadata: { labels: { z: "1" } } }, { ...MERGE, query: { dryRun: "All" } });
    expect([dry.metadata.resourceVersion, dry.metadata.labels]).toEqual([metadata.resourceVersion, { app: "web", z: "1" }]);
    expect((await cluster.call("GET", pods("a"))).metadata.labels).toEqual({ app: "web" });
  });
});

describe("delete", () => {
  it("takes a pod that is on no node at once, and answers with it", async () => {
    await cluster.call("POST", pods(), podOf("a"));
    const gone = await cluster.call("DELETE", pods("a"));
    expect(gone).toMatchObject({ kind: "Pod", metadata: { name: "a" } });
    expect((await cluster.refusal("GET", pods("a"))).code).toBe(404);
  });

  it("gives a pod on a node the time it asks for, and never more later", async () => {
    await cluster.call("POST", pods(), podOf("a", { spec: { nodeName: "n1", terminationGracePeriodSeconds: 60 } }));
    const grace = async (body?: object): Promise<unknown[]> => {
      const { metadata } = await cluster.call("DELETE", pods("a"), body);
      return [metadata.deletionGracePeriodSeconds, metadata.deletionTimestamp];
    };
    expect(await grace()).toEqual([60, "2019-05-17T12:01:00Z"]);
    expect(await grace({ gracePeriodSeconds: 90 })).toEqual([60, "2019-05-17T12:01:00Z"]);
    expect(await grace({ gracePeriodSeconds: 5 })).toEqual([5, "2019-05-17T12:00:05Z"]);
    await cluster.call("DELETE", pods("a"), { gracePeriodSeconds: 0 });
    expect((await cluster.refusal("GET", pods("a"))).code).toBe(404);
  });

  it("takes a pod that has ended at once", async () => {
    const pod = await cluster.call<Pod>("POST", pods(), podOf("a", { spec: { nodeName: "n1" } }));
    await cluster.call("PUT", pods("a/status"), { ...pod, status: { phase: "Succeeded" } });
    await cluster.call("DELETE", pods("a"));
    expect((await cluster.refusal("GET", pods("a"))).code).toBe(404);
  });

  it("answers for other kinds with a Status that names what is gone", async () => {
    const { metadata } = await cluster.call("POST", deployments(), deploymentOf("d"));
    expect(await cluster.call("DELETE", deployments("d"))).toMatchObject({
      kind: "Status",
      status: "Success",
      details: { name: "d", group: "apps", kind: "deployments", uid: metadata.uid },
    });
  });

  it("waits for finalizers, and lets none be added meanwhile", async () => {
    await cluster.call("POST", configMaps(), { metadata: { name: "c", finalizers: ["example.com/a"] } });
    const marked = await cluster.call("DELETE", configMaps("c"));
    expect(marked.metadata).toMatchObject({ deletionTimestamp: "2019-05-17T12:00:00Z", deletionGracePeriodSeconds: 0 });
    const more = { metadata: { finalizers: ["example.com/a", "example.com/b"] } };
    expect((await cluster.refusal("PATCH", configMaps("c"), more, MERGE)).message).toContain("no new finalizers can be added");
    const freed = await cluster.call("PATCH", configMaps("c"), { metadata: { finalizers: null } }, MERGE);
    expect([freed.metadata.name, freed.metadata.finalizers]).toEqual(["c", undefined]);
    expect((await cluster.refusal("GET", configMaps("c"))).code).toBe(404);
  });

  it.each([
    ["Foreground", ["foregroundDeletion"]],
    ["Orphan", ["orphan"]],
  ])("with policy %s leaves the rest to the garbage collector", async (propagationPolicy, finalizers) => {
    await cluster.call("POST", deployments(), deploymentOf("d"));
    const marked = await cluster.call("DELETE", deployments("d"), { propagationPolicy });
    expect([marked.metadata.finalizers, marked.metadata.generation]).toEqual([finalizers, 2]);
  });

  it("with policy Background deletes at once", async () => {
    await cluster.call("POST", deployments(), deploymentOf("d"));
    await cluster.call("DELETE", deployments("d"), undefined, { query: { propagationPolicy: "Background" } });
    expect((await cluster.refusal("GET", deployments("d"))).code).toBe(404);
  });

  it.each<[string, object, number]>([
    ["another uid", { preconditions: { uid: "other" } }, 409],
    ["another version", { preconditions: { resourceVersion: "1" } }, 409],
    ["a policy that is none", { propagationPolicy: "Never" }, 422],
    ["a grace that is no number", { gracePeriodSeconds: "x" }, 400],
  ])("refuses %s", async (_, body, code) => {
    await cluster.call("POST", configMaps(), { metadata: { name: "c" } });
    expect((await cluster.refusal("DELETE", configMaps("c"), body)).code).toBe(code);
    expect((await cluster.call("GET", configMaps("c"))).metadata.name).toBe("c");
  });

  it("of a collection takes what the selectors say", async () => {
    for (const name of ["a", "b", "c"]) await cluster.call("POST", pods(), podOf(name, { labels: { app: name === "c" ? "x" : "web" } }));
    const deleted = await cluster.call<{ items: KubeObject[] }>("DELETE", pods(), undefined, { query: { labelSelector: "app=web" } });
    expect(deleted.items.map(({ metadata }) => metadata.name)).toEqual(["a", "b"]);
    expect(namesOf(await cluster.list(pods()))).toEqual(["c"]);
  });

  it("changes nothing when the run is dry", async () => {
    await cluster.call("POST", configMaps(), { metadata: { name: "c" } });
    await cluster.call("DELETE", configMaps("c"), { dryRun: ["All"] });
    expect((await cluster.call("GET", configMaps("c"))).metadata.name).toBe("c");
  });
});

describe("admission", () => {
  it("lets nothing into a namespace that is not there", async () => {
    const refusal = await cluster.refusal("POST", "/api/v1/namespaces/nope/pods", podOf("a", { namespace: "nope" }));
    expect([refusal.code, refusal.message]).toEqual([404, 'namespaces "nope" not found']);
  });

  it("lets nothing into a namespace that is going, and ends it when its finalizers are gone", async () => {
    const namespace = await cluster.call("POST", "/api/v1/namespaces", { metadata: { name: "foo" } });
    expect(await cluster.call("DELETE", "/api/v1/namespaces/foo")).toMatchObject({ status: { phase: "Terminating" } });
    const refusal = await cluster.refusal("POST", "/api/v1/namespaces/foo/configmaps", { metadata: { name: "a" } });
    expect(refusal.message).toBe(
      'configmaps "a" is forbidden: unable to create new content in namespace foo because it is being terminated',
    );
    expect(refusal.details?.causes?.[0]?.reason).toBe("NamespaceTerminating");
    await cluster.call("PUT", "/api/v1/namespaces/foo/finalize", { ...namespace, metadata: { name: "foo" }, spec: { finalizers: [] } });
    expect((await cluster.refusal("GET", "/api/v1/namespaces/foo")).code).toBe(404);
  });

  it.each(["default", "kube-system", "kube-public"])("never deletes the namespace %s", async (name) => {
    expect((await cluster.refusal("DELETE", `/api/v1/namespaces/${name}`)).message).toBe(
      `namespaces "${name}" is forbidden: this namespace may not be deleted`,
    );
  });

  it("completes a pod as AKS does", async () => {
    const { spec } = await cluster.call<Pod>("POST", pods(), podOf("a"));
    expect(spec).toMatchObject({ serviceAccountName: "default", priority: 0 });
    expect(spec.tolerations?.map(({ key, tolerationSeconds }) => [key, tolerationSeconds])).toEqual([
      ["node.kubernetes.io/not-ready", 300],
      ["node.kubernetes.io/unreachable", 300],
    ]);
  });

  it("completes a pod of a newer cluster with more", async () => {
    cluster.api.setVersion("1.29.2");
    const container = {
      name: "web",
      image: "nginx",
      resources: { requests: { "nvidia.com/gpu": "1", cpu: "1" }, limits: { "nvidia.com/gpu": "1" } },
    };
    const { spec } = await cluster.call<Pod>("POST", pods(), podOf("a", { spec: { containers: [container] } }));
    expect(spec.tolerations?.map(({ key }) => key)).toEqual([
      "node.kubernetes.io/not-ready",
      "node.kubernetes.io/unreachable",
      "node.kubernetes.io/memory-pressure",
      "nvidia.com/gpu",
    ]);
    expect(spec.preemptionPolicy).toBe("PreemptLowerPriority");
    const refusal = await cluster.refusal("POST", pods(), podOf("b", { spec: { preemptionPolicy: "Never" } }));
    expect(refusal.message).toContain("the string value of PreemptionPolicy (Never) must not be provided in pod spec");
  });

  it.each<[string, object, string]>([
    ["a class that is not there", { priorityClassName: "nope" }, "no PriorityClass with name nope was found"],
    ["a priority of its own", { priority: 7 }, "the integer value of priority (7) must not be provided in pod spec"],
    ["an account that is not there", { serviceAccountName: "nope" }, 'serviceaccount "nope" not found'],
  ])("refuses a pod with %s", async (_, spec, text) => {
    expect((await cluster.refusal("POST", pods(), podOf("a", { spec }))).message).toContain(text);
  });

  it("resolves priority classes, the default one too", async () => {
    const classes = "/apis/scheduling.k8s.io/v1/priorityclasses";
    await cluster.call("POST", classes, { metadata: { name: "high" }, value: 1000 });
    await cluster.call("POST", classes, { metadata: { name: "usual" }, value: 5, globalDefault: true });
    const priorityOf = async (name: string, spec: object): Promise<unknown> =>
      (await cluster.call<Pod>("POST", pods(), podOf(name, { spec }))).spec.priority;
    expect(await priorityOf("a", { priorityClassName: "high" })).toBe(1000);
    expect(await priorityOf("b", {})).toBe(5);
    expect(await priorityOf("c", { priorityClassName: "system-node-critical" })).toBe(2_000_001_000);
  });

  it("taints a new node until it is seen to be ready", async () => {
    const node = await cluster.call("POST", "/api/v1/nodes", { metadata: { name: "n" } });
    expect(node).toMatchObject({ spec: { taints: [{ key: "node.kubernetes.io/not-ready", effect: "NoSchedule" }] } });
  });
});

describe("services", () => {
  const services = "/api/v1/namespaces/default/services";
  const serviceOf = (name: string, spec: object = {}): object => ({ metadata: { name }, spec: { ports: [{ port: 80 }], ...spec } });

  it("get an address of the range, each its own", async () => {
    const made = await Promise.all(
      Array.from({ length: 20 }, (_, index) => cluster.call<Service>("POST", services, serviceOf(`s${index}`))),
    );
    const addresses = made.map(({ spec }) => spec.clusterIP ?? "");
    expect(new Set(addresses).size).toBe(20);
    expect(addresses.every((address) => /^10\.0\.\d+\.\d+$/.test(address))).toBe(true);
  });

  it("keep their address and ports when they are updated", async () => {
    const first = await cluster.call<Service>("POST", services, serviceOf("a", { type: "NodePort" }));
    const second = await cluster.call<Service>("PUT", `${services}/a`, { ...serviceOf("a", { type: "NodePort" }) });
    expect([second.spec.clusterIP, second.spec.ports?.[0]?.nodePort]).toEqual([first.spec.clusterIP, first.spec.ports?.[0]?.nodePort]);
    expect(first.spec.ports?.[0]?.nodePort).toBeGreaterThanOrEqual(30_000);
  });

  it.each<[string, string]>([
    ["10.0.0.1", "failed to allocate IP 10.0.0.1: provided IP is already allocated"],
    ["10.1.0.1", "the provided IP (10.1.0.1) is not in the valid range. The range of valid IPs is 10.0.0.0/16"],
    ["10.0.0", "must be a valid IP address"],
  ])("may not have %s", async (clusterIP, text) => {
    const refusal = await cluster.refusal("POST", services, serviceOf("a", { clusterIP }));
    expect([refusal.code, refusal.message?.includes(text)]).toEqual([422, true]);
  });

  it("may be without an address", async () => {
    expect((await cluster.call<Service>("POST", services, serviceOf("a", { clusterIP: "None" }))).spec.clusterIP).toBe("None");
  });

  it("free their address when they go", async () => {
    await cluster.call("POST", services, serviceOf("a", { clusterIP: "10.0.0.10" }));
    await cluster.call("DELETE", `${services}/a`);
    expect((await cluster.call<Service>("POST", services, serviceOf("b", { clusterIP: "10.0.0.10" }))).spec.clusterIP).toBe("10.0.0.10");
  });
});
