import { beforeEach, describe, expect, it } from "vitest";
import type { Pod } from "#api/kubernetes/core";
import { EVENT_TTL_MS } from "./event-expiry.ts";
import { namesOf, podOf, pods, startCluster, type TestCluster } from "./testing/cluster.ts";

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await startCluster();
});

const MERGE = { contentType: "application/merge-patch+json" };
const label = (name: string, app: string): Promise<unknown> => cluster.call("PATCH", pods(name), { metadata: { labels: { app } } }, MERGE);
/** Lets streams begin: a turn of the queue. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("a started cluster", () => {
  it("has the namespaces, classes and the service that every cluster has", async () => {
    expect(namesOf(await cluster.list("/api/v1/namespaces"))).toEqual(["default", "kube-node-lease", "kube-public", "kube-system"]);
    expect(namesOf(await cluster.list("/apis/scheduling.k8s.io/v1/priorityclasses"))).toEqual([
      "system-cluster-critical",
      "system-node-critical",
    ]);
    expect(await cluster.call("GET", "/api/v1/namespaces/default/services/kubernetes")).toMatchObject({ spec: { clusterIP: "10.0.0.1" } });
  });

  it("finds everything again after a restart, and adds nothing", async () => {
    await cluster.call("POST", pods(), podOf("a"));
    const before = await cluster.list("/api/v1/pods");
    const revision = cluster.store.revision();
    await cluster.api.stop();
    const again = await startCluster({ store: cluster.store });
    expect(await again.list("/api/v1/pods")).toEqual(before);
    expect(cluster.store.revision()).toBe(revision);
  });

  it("refuses calls and ends watches once it is stopped", async () => {
    const watch = cluster.watch(pods());
    await turn();
    await cluster.api.stop();
    expect(watch.end()).toBe("the API server of this cluster was stopped");
    expect((await cluster.refusal("GET", pods())).code).toBe(503);
  });

  it("tells the version that it is upgraded to", async () => {
    expect(await cluster.call("GET", "/version")).toMatchObject({ major: "1", minor: "12", gitVersion: "v1.12.6" });
    cluster.api.setVersion("1.13.5");
    expect(await cluster.call("GET", "/version")).toMatchObject({ minor: "13", gitVersion: "v1.13.5" });
  });

  it("forgets events an hour after they were last seen", async () => {
    const events = "/api/v1/namespaces/default/events";
    const eventOf = (name: string): object => ({
      metadata: { name },
      involvedObject: { kind: "Pod", name: "a", namespace: "default" },
      reason: "R",
      lastTimestamp: "2019-05-17T12:00:00Z",
    });
    await cluster.call("POST", events, eventOf("old"));
    await cluster.clock.advance(EVENT_TTL_MS - 60_000);
    await cluster.call("POST", events, eventOf("new"));
    await cluster.call("PATCH", `${events}/new`, { lastTimestamp: "2019-05-17T12:59:00Z" }, MERGE);
    await cluster.clock.advance(600_000);
    expect(namesOf(await cluster.list(events))).toEqual(["new"]);
  });
});

describe("list", () => {
  beforeEach(async () => {
    for (const name of ["a", "b", "c", "d", "e"])
      await cluster.call("POST", pods(), podOf(name, { labels: { app: name < "c" ? "x" : "y" } }));
    await cluster.call("POST", "/api/v1/namespaces/kube-system/pods", podOf("z", { namespace: "kube-system", spec: { nodeName: "n1" } }));
    await cluster.call("POST", pods("a/binding"), { metadata: { name: "a" }, target: { name: "n1" } });
  });

  it.each<[string, Record<string, string>, string[]]>([
    [pods(), {}, ["a", "b", "c", "d", "e"]],
    ["/api/v1/pods", {}, ["a", "b", "c", "d", "e", "z"]],
    [pods(), { labelSelector: "app=x" }, ["a", "b"]],
    [pods(), { labelSelector: "app in (y),!nope" }, ["c", "d", "e"]],
    ["/api/v1/pods", { fieldSelector: "spec.nodeName=n1" }, ["a", "z"]],
    ["/api/v1/pods", { fieldSelector: "spec.nodeName=n1,metadata.namespace=default" }, ["a"]],
    [pods(), { fieldSelector: "spec.nodeName=n1,metadata.namespace=kube-system" }, []],
    [pods(), { fieldSelector: "metadata.name=b" }, ["b"]],
    [pods(), { fieldSelector: "metadata.name!=b,status.phase!=Succeeded" }, ["a", "c", "d", "e"]],
    [pods(), { fieldSelector: "spec.nodeName=" }, ["b", "c", "d", "e"]],
    [pods(), { fieldSelector: "metadata.name=nope" }, []],
  ])("%s with %j finds %j", async (path, query, names) => {
    expect(namesOf(await cluster.list(path, query))).toEqual(names);
  });

  it.each<[Record<string, string>, number, string]>([
    [{ fieldSelector: "spec.image=x" }, 400, "field label not supported: spec.image"],
    [{ labelSelector: "a in" }, 400, ""],
    [{ fieldSelector: "x" }, 400, "invalid selector: 'x'; can't understand 'x'"],
    [{ continue: "garbage" }, 400, "continue key is not valid"],
    [
      { continue: Buffer.from("{}").toString("base64url") },
      400,
      "continue key is not valid: server does not recognize this encoded version undefined",
    ],
    [{ resourceVersion: "99999" }, 504, ""],
  ])("refuses %j", async (query, code, message) => {
    const refusal = await cluster.refusal("GET", pods(), undefined, { query });
    expect(refusal.code).toBe(code);
    if (message !== "") expect(refusal.message).toBe(message);
  });

  it("names the fields that a kind without selectable ones has", async () => {
    const refusal = await cluster.refusal("GET", "/api/v1/configmaps", undefined, { query: { fieldSelector: "data.x=1" } });
    expect(refusal.message).toBe('"data.x" is not a known field selector: only "metadata.name", "metadata.namespace"');
  });

  it("goes on page by page in the state of the first page", async () => {
    const first = await cluster.list(pods(), { limit: "2" });
    expect([namesOf(first), first.metadata.remainingItemCount]).toEqual([["a", "b"], 3]);
    await cluster.call("DELETE", pods("d"), { gracePeriodSeconds: 0 });
    await cluster.call("POST", pods(), podOf("bb"));
    const second = await cluster.list(pods(), { limit: "2", continue: first.metadata.continue ?? "" });
    expect([namesOf(second), second.metadata.resourceVersion]).toEqual([["c", "d"], first.metadata.resourceVersion]);
    const third = await cluster.list(pods(), { limit: "2", continue: second.metadata.continue ?? "" });
    expect([namesOf(third), third.metadata.continue]).toEqual([["e"], undefined]);
  });

  it("pages through what selectors leave, and counts only without them", async () => {
    const first = await cluster.list(pods(), { limit: "2", labelSelector: "app=y" });
    expect([namesOf(first), first.metadata.remainingItemCount]).toEqual([["c", "d"], undefined]);
    const second = await cluster.list(pods(), { limit: "2", labelSelector: "app=y", continue: first.metadata.continue ?? "" });
    expect([namesOf(second), second.metadata.continue]).toEqual([["e"], undefined]);
  });

  it("says when the first page's state is gone, and how to go on all the same", async () => {
    const first = await cluster.list(pods(), { limit: "2" });
    await cluster.call("DELETE", pods("d"), { gracePeriodSeconds: 0 });
    await cluster.store.compact(cluster.store.revision());
    const refusal = await cluster.refusal("GET", pods(), undefined, { query: { limit: "2", continue: first.metadata.continue ?? "" } });
    expect([refusal.code, refusal.reason]).toEqual([410, "Expired"]);
    const token = (refusal.metadata as { continue?: string }).continue ?? "";
    expect(namesOf(await cluster.list(pods(), { continue: token }))).toEqual(["c", "e"]);
  });

  it("shows exactly the state of a version, as long as it is kept", async () => {
    const before = await cluster.list(pods());
    const resourceVersion = before.metadata.resourceVersion ?? "";
    await label("a", "changed");
    const exact = { resourceVersion, resourceVersionMatch: "Exact" };
    expect((await cluster.list(pods(), exact)).items).toEqual(before.items);
    expect((await cluster.list(pods(), { resourceVersion })).items).not.toEqual(before.items);
    await cluster.store.compact(cluster.store.revision());
    expect((await cluster.refusal("GET", pods(), undefined, { query: exact })).message).toBe(
      "The resourceVersion for the provided list is too old.",
    );
  });
});

describe("get", () => {
  it.each<[string, number, string]>([
    [pods("nope"), 404, 'pods "nope" not found'],
    ["/apis/apps/v1/namespaces/default/deployments/nope", 404, 'deployments.apps "nope" not found'],
    ["/api/v1/frobs", 404, "the server could not find the requested resource"],
    ["/apis/example.com/v1/things", 404, "the server could not find the requested resource"],
    [pods("nope/frob"), 404, "the server could not find the requested resource"],
    ["/api/v1/namespaces/default/nodes/n", 404, "the server could not find the requested resource"],
    ["/nope", 404, "the server could not find the requested resource"],
  ])("%s is %i", async (path, code, message) => {
    const refusal = await cluster.refusal("GET", path);
    expect([refusal.code, refusal.message]).toEqual([code, message]);
  });

  it("shows an older version of a kind under its own name", async () => {
    const budget = { metadata: { name: "b" }, spec: { minAvailable: 1, selector: { matchLabels: { app: "x" } } } };
    await cluster.call("POST", "/apis/policy/v1beta1/namespaces/default/poddisruptionbudgets", { apiVersion: "policy/v1beta1", ...budget });
    const versions = await Promise.all(
      ["v1", "v1beta1"].map((version) => cluster.call("GET", `/apis/policy/${version}/namespaces/default/poddisruptionbudgets/b`)),
    );
    expect(versions.map(({ apiVersion }) => apiVersion)).toEqual(["policy/v1", "policy/v1beta1"]);
  });

  it("shows events of the core group as those of events.k8s.io", async () => {
    const event = {
      metadata: { name: "e" },
      involvedObject: { kind: "Pod", name: "a", namespace: "default" },
      reason: "R",
      message: "text",
    };
    await cluster.call("POST", "/api/v1/namespaces/default/events", event);
    const newer = "/apis/events.k8s.io/v1/namespaces/default/events";
    expect(await cluster.call("GET", `${newer}/e`)).toMatchObject({
      apiVersion: "events.k8s.io/v1",
      note: "text",
      regarding: { name: "a" },
    });
    expect((await cluster.list(newer)).items).toMatchObject([{ apiVersion: "events.k8s.io/v1", note: "text" }]);
  });

  it("shows both versions of an autoscaler that is stored once", async () => {
    const spec = {
      scaleTargetRef: { kind: "Deployment", name: "d", apiVersion: "apps/v1" },
      maxReplicas: 3,
      targetCPUUtilizationPercentage: 50,
    };
    const path = (version: string): string => `/apis/autoscaling/${version}/namespaces/default/horizontalpodautoscalers`;
    await cluster.call("POST", path("v1"), { metadata: { name: "h" }, spec });
    expect(await cluster.call("GET", `${path("v1")}/h`)).toMatchObject({
      apiVersion: "autoscaling/v1",
      spec: { targetCPUUtilizationPercentage: 50 },
    });
    expect(await cluster.call("GET", `${path("v2")}/h`)).toMatchObject({
      apiVersion: "autoscaling/v2",
      spec: { metrics: [{ type: "Resource" }] },
    });
  });
});

describe("watch", () => {
  it("begins with the present state and goes on with every change", async () => {
    await cluster.call("POST", pods(), podOf("a"));
    const watch = cluster.watch(pods());
    await turn();
    await label("a", "x");
    await cluster.call("DELETE", pods("a"));
    await cluster.call("POST", "/api/v1/namespaces/kube-system/pods", podOf("z", { namespace: "kube-system" }));
    expect(watch.lines()).toEqual(["ADDED a", "MODIFIED a", "MODIFIED a", "DELETED a"]);
  });

  it("shows a write when the write returns", async () => {
    const watch = cluster.watch(pods());
    await turn();
    await cluster.call("POST", pods(), podOf("a"));
    expect(watch.lines()).toEqual(["ADDED a"]);
  });

  it("takes up from a version, without losing or repeating anything", async () => {
    const { metadata } = await cluster.list(pods());
    await cluster.call("POST", pods(), podOf("a"));
    await label("a", "x");
    const watch = cluster.watch(pods(), { resourceVersion: metadata.resourceVersion ?? "" });
    await turn();
    await cluster.call("DELETE", pods("a"));
    expect(watch.lines()).toEqual(["ADDED a", "MODIFIED a", "MODIFIED a", "DELETED a"]);
    const versions = watch.events.map(({ object }) => Number(object.metadata.resourceVersion));
    expect(versions).toEqual([...versions].sort((left, right) => left - right));
  });

  it("turns changes into additions and deletions for whom a selector makes them so", async () => {
    const watch = cluster.watch(pods(), { labelSelector: "app=x" });
    await turn();
    await cluster.call("POST", pods(), podOf("a", { labels: { app: "y" } }));
    await label("a", "x");
    await label("a", "y");
    expect(watch.lines()).toEqual(["ADDED a", "DELETED a"]);
    expect(watch.events[1]?.object.metadata).toMatchObject({ labels: { app: "x" }, resourceVersion: String(cluster.store.revision()) });
  });

  it("of a node's pods begins when they are bound to it", async () => {
    const watch = cluster.watch("/api/v1/pods", { fieldSelector: "spec.nodeName=n1" });
    const other = cluster.watch("/api/v1/pods", { fieldSelector: "spec.nodeName=n2" });
    await turn();
    await cluster.call("POST", pods(), podOf("a"));
    await cluster.call("POST", pods("a/binding"), { metadata: { name: "a" }, target: { name: "n1" } });
    expect([watch.lines(), other.lines()]).toEqual([["ADDED a"], []]);
  });

  it("of one object hears of no other", async () => {
    const watch = cluster.watch(pods("a"));
    await turn();
    for (const name of ["a", "b"]) await cluster.call("POST", pods(), podOf(name));
    expect(watch.lines()).toEqual(["ADDED a"]);
  });

  it("that asks for initial events is told when they end", async () => {
    await cluster.call("POST", pods(), podOf("a"));
    const watch = cluster.watch(pods(), { sendInitialEvents: "true", resourceVersionMatch: "NotOlderThan", allowWatchBookmarks: "true" });
    await turn();
    expect(watch.events.map(({ type }) => type)).toEqual(["ADDED", "BOOKMARK"]);
    expect(watch.events[1]?.object).toMatchObject({
      kind: "Pod",
      metadata: { resourceVersion: String(cluster.store.revision()), annotations: { "k8s.io/initial-events-end": "true" } },
    });
  });

  it("gets a bookmark every minute", async () => {
    const watch = cluster.watch(pods(), { sendInitialEvents: "false", resourceVersionMatch: "NotOlderThan", allowWatchBookmarks: "true" });
    await cluster.clock.advance(130_000);
    expect(watch.events.map(({ type }) => type)).toEqual(["BOOKMARK", "BOOKMARK"]);
  });

  it("ends when its time is up", async () => {
    const watch = cluster.watch(pods(), { timeoutSeconds: "30" });
    await cluster.clock.advance(29_000);
    expect(watch.end()).toBeUndefined();
    await cluster.clock.advance(2000);
    expect(watch.end()).toBe("closed");
  });

  it("of a version that is gone says so", async () => {
    await cluster.call("POST", pods(), podOf("a"));
    await label("a", "x");
    await cluster.store.compact(cluster.store.revision());
    const watch = cluster.watch(pods(), { resourceVersion: "2" });
    await turn();
    expect(watch.end()).toBe(`too old resource version: 2 (${cluster.store.revision()})`);
  });

  it("of a version that is yet to come says so", async () => {
    const watch = cluster.watch(pods(), { resourceVersion: "9999" });
    await turn();
    expect(watch.end()).toContain("Too large resource version: 9999");
  });

  it("hears nothing after it was stopped", async () => {
    const watch = cluster.watch(pods());
    watch.stop();
    await turn();
    await cluster.call("POST", pods(), podOf("a"));
    expect([watch.lines(), watch.end()]).toEqual([[], undefined]);
  });
});

describe("subresources", () => {
  it("bind a pod once, and say so in its conditions", async () => {
    await cluster.call("POST", pods(), podOf("a"));
    const body = { metadata: { name: "a", annotations: { note: "1" } }, target: { kind: "Node", name: "n1" } };
    expect(await cluster.call("POST", pods("a/binding"), body)).toMatchObject({ kind: "Status", status: "Success", code: 201 });
    const pod = await cluster.call<Pod>("GET", pods("a"));
    expect([pod.spec.nodeName, pod.metadata.annotations]).toEqual(["n1", { note: "1" }]);
    expect(pod.status?.conditions).toMatchObject([{ type: "PodScheduled", status: "True" }]);
    const refusal = await cluster.refusal("POST", pods("a/binding"), body);
    expect([refusal.code, refusal.message]).toEqual([
      409,
      'Operation cannot be fulfilled on pods/binding "a": pod a is already assigned to node "n1"',
    ]);
  });

  it.each<[string, object, number, string]>([
    [
      "to something that is no node",
      { target: { kind: "Pod", name: "n1" } },
      422,
      'Binding "" is invalid: target.kind: Unsupported value: "Pod": supported values: "Node", "<empty>"',
    ],
    ["to nothing", { target: {} }, 422, 'Binding "" is invalid: target.name: Required value'],
    ["without a target", {}, 400, "the body must be a Binding with a target"],
    [
      "of another pod",
      { metadata: { name: "b" }, target: { name: "n1" } },
      400,
      "the name of the object (b) does not match the name on the URL (a)",
    ],
  ])("refuse a binding %s", async (_, body, code, message) => {
    await cluster.call("POST", pods(), podOf("a"));
    const refusal = await cluster.refusal("POST", pods("a/binding"), body);
    expect([refusal.code, refusal.message]).toEqual([code, message]);
  });

  it("bind no pod that is going or held back", async () => {
    await cluster.call("POST", pods(), { ...podOf("a"), metadata: { name: "a", finalizers: ["example.com/x"] } });
    await cluster.call("DELETE", pods("a"));
    const bind = { target: { name: "n1" } };
    expect((await cluster.refusal("POST", pods("a/binding"), bind)).message).toContain(
      "pod a is being deleted, cannot be assigned to a host",
    );
    cluster.api.setVersion("1.30.0");
    await cluster.call("POST", pods(), podOf("b", { spec: { schedulingGates: [{ name: "example.com/gate" }] } }));
    expect((await cluster.refusal("POST", pods("b/binding"), bind)).message).toContain("pod b has non-empty .spec.schedulingGates");
  });

  it("scale by the scale alone", async () => {
    const path = "/apis/apps/v1/namespaces/default/deployments";
    const template = { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web", image: "nginx" }] } };
    await cluster.call("POST", path, {
      metadata: { name: "d" },
      spec: { replicas: 1, selector: { matchLabels: { app: "web" } }, template },
    });
    expect(await cluster.call("GET", `${path}/d/scale`)).toMatchObject({
      kind: "Scale",
      apiVersion: "autoscaling/v1",
      spec: { replicas: 1 },
      status: { selector: "app=web" },
    });
    expect(await cluster.call("PATCH", `${path}/d/scale`, { spec: { replicas: 3 } }, MERGE)).toMatchObject({ spec: { replicas: 3 } });
    const scale = await cluster.call("PUT", `${path}/d/scale`, { metadata: { name: "d" }, spec: { replicas: 2 } });
    expect(scale).toMatchObject({ spec: { replicas: 2 } });
    expect(await cluster.call("GET", `${path}/d`)).toMatchObject({ spec: { replicas: 2, template }, metadata: { generation: 3 } });
    expect(
      (await cluster.refusal("PUT", `${path}/d/scale`, { metadata: { name: "d", resourceVersion: "1" }, spec: { replicas: 4 } })).reason,
    ).toBe("Conflict");
    expect((await cluster.refusal("PATCH", `${path}/d/scale`, { spec: { replicas: -1 } }, MERGE)).message).toBe(
      'Scale.autoscaling "d" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    );
  });

  it.each<["GET" | "POST" | "PUT", string, number]>([
    ["POST", "/api/v1/namespaces/default/serviceaccounts/default/token", 405],
    ["GET", pods("a/binding"), 405],
    ["PUT", pods("a/log"), 405],
    ["PUT", pods(), 405],
  ])("%s %s is refused with %i", async (method, path, code) => {
    expect((await cluster.refusal(method, path, {})).code).toBe(code);
  });
});

describe("discovery", () => {
  it("lists groups and resources with what can be done with them", async () => {
    const core = await cluster.call<{ resources: { name: string; verbs: string[]; kind: string; group?: string; version?: string }[] }>(
      "GET",
      "/api/v1",
    );
    const byName = new Map(core.resources.map((resource) => [resource.name, resource]));
    expect(byName.get("pods")).toMatchObject({ namespaced: true, kind: "Pod", shortNames: ["po"], categories: ["all"] });
    expect(byName.get("pods/eviction")).toMatchObject({ kind: "Eviction", group: "policy", version: "v1", verbs: ["create"] });
    expect(byName.get("nodes/status")?.verbs).toEqual(["get", "patch", "update"]);
    expect(await cluster.call("GET", "/apis/apps")).toMatchObject({ kind: "APIGroup", preferredVersion: { groupVersion: "apps/v1" } });
    expect(await cluster.call("GET", "/api")).toMatchObject({ kind: "APIVersions", versions: ["v1"] });
  });

  it("puts the newest version of a group first", async () => {
    const { groups } = await cluster.call<{ groups: { name: string; versions: { version: string }[] }[] }>("GET", "/apis");
    expect(groups.find(({ name }) => name === "autoscaling")?.versions.map(({ version }) => version)).toEqual(["v2", "v1"]);
    expect(groups[0]?.name).toBe("apiregistration.k8s.io");
  });

  it("tells kubectl which parameters a patch takes", async () => {
    const { paths } = await cluster.call<{ paths: Record<string, { serverRelativeURL: string }> }>("GET", "/openapi/v3");
    expect(paths["apis/apps/v1"]?.serverRelativeURL).toMatch(/^\/openapi\/v3\/apis\/apps\/v1\?hash=[0-9A-F]{64}$/);
    const document = await cluster.call<{ paths: Record<string, { patch?: { parameters: { name: string }[] } }> }>(
      "GET",
      "/openapi/v3/apis/apps/v1",
    );
    const patch = document.paths["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"]?.patch;
    expect(patch).toMatchObject({ "x-kubernetes-group-version-kind": { group: "apps", version: "v1", kind: "Deployment" } });
    expect(patch?.parameters.map(({ name }) => name)).toEqual(["dryRun", "fieldManager", "fieldValidation", "force"]);
  });

  it("tells kubectl what fields there are", async () => {
    type Schemas = Record<
      string,
      { properties?: Record<string, unknown>; required?: string[]; "x-kubernetes-group-version-kind"?: unknown }
    >;
    const { components } = await cluster.call<{ components: { schemas: Schemas } }>("GET", "/openapi/v3/api/v1");
    expect(components.schemas["io.k8s.api.core.v1.Pod"]?.["x-kubernetes-group-version-kind"]).toEqual([
      { group: "", version: "v1", kind: "Pod" },
    ]);
    const spec = components.schemas["io.k8s.api.core.v1.PodSpec"];
    expect(spec?.required).toEqual(["containers"]);
    expect(spec?.properties?.["containers"]).toEqual({
      description: expect.stringMatching(/^List of containers belonging to the pod\./) as string,
      type: "array",
      items: { allOf: [{ $ref: "#/components/schemas/io.k8s.api.core.v1.Container" }] },
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["name"],
      "x-kubernetes-patch-merge-key": "name",
      "x-kubernetes-patch-strategy": "merge",
    });
    const text = JSON.stringify(components);
    for (const [, name] of text.matchAll(/#\/components\/schemas\/([^"]+)/g)) expect(components.schemas, name).toHaveProperty([name ?? ""]);
  });
});
