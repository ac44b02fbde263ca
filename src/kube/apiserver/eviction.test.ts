import { beforeEach, describe, expect, it } from "vitest";
import type { Pod } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";
import type { PodDisruptionBudget } from "#api/kubernetes/workloads";
import { podOf, pods, startCluster, type TestCluster } from "./testing/cluster.ts";

const budgets = "/apis/policy/v1/namespaces/default/poddisruptionbudgets";

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await startCluster();
});

async function runningPod(name: string, isReady = true): Promise<void> {
  const pod = await cluster.call("POST", pods(), podOf(name, { labels: { app: "web" }, spec: { nodeName: "n1" } }));
  const conditions = [{ type: "Ready", status: isReady ? "True" : "False" }];
  await cluster.call("PUT", pods(`${name}/status`), { ...pod, status: { phase: "Running", conditions } });
}

async function budget(name: string, status: Partial<PodDisruptionBudget["status"]>, spec: object = {}): Promise<void> {
  const made = await cluster.call("POST", budgets, {
    metadata: { name },
    spec: { minAvailable: 2, selector: { matchLabels: { app: "web" } }, ...spec },
  });
  const full = { observedGeneration: 1, disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 2, expectedPods: 2, ...status };
  await cluster.call("PUT", `${budgets}/${name}/status`, { ...made, status: full });
}

const evict = (name: string, body: object = {}): Promise<KubeObject> =>
  cluster.call("POST", pods(`${name}/eviction`), { apiVersion: "policy/v1", kind: "Eviction", metadata: { name }, ...body });

describe("eviction", () => {
  it("deletes a pod that no budget covers", async () => {
    await runningPod("a");
    expect(await evict("a")).toMatchObject({ kind: "Status", status: "Success", code: 201 });
    expect((await cluster.call("GET", pods("a"))).metadata.deletionGracePeriodSeconds).toBe(30);
  });

  it.each([
    ["1.25.0", undefined],
    ["1.26.0", "EvictionByEvictionAPI"],
  ])("of %s says on the pod: %s", async (version, reason) => {
    cluster.api.setVersion(version);
    await runningPod("a");
    const { resourceVersion } = (await cluster.call("GET", pods("a"))).metadata;
    await evict("a", { deleteOptions: { preconditions: { resourceVersion } } });
    const { metadata, status } = await cluster.call<Pod>("GET", pods("a"));
    expect(metadata.deletionTimestamp).toBeDefined();
    const condition = status?.conditions?.find(({ type }) => type === "DisruptionTarget");
    expect(condition?.reason).toBe(reason);
    const again = await cluster.refusal("POST", pods("a/eviction"), { deleteOptions: { preconditions: { resourceVersion } } });
    expect(again).toMatchObject({ code: 409, reason: "Conflict" });
  });

  it.each(["policy/v1", "policy/v1beta1"])("takes an Eviction of %s", async (apiVersion) => {
    await runningPod("a");
    expect(await evict("a", { apiVersion })).toMatchObject({ code: 201 });
  });

  it("takes one disruption of the budget and writes down whose", async () => {
    await runningPod("a");
    await budget("b", { disruptionsAllowed: 1 });
    await evict("a");
    const { status } = await cluster.call<PodDisruptionBudget>("GET", `${budgets}/b`);
    expect([status?.disruptionsAllowed, status?.disruptedPods]).toEqual([0, { a: "2019-05-17T12:00:00Z" }]);
  });

  it("is refused when the budget is used up, in the words that drain prints", async () => {
    await runningPod("a");
    await budget("b", { disruptionsAllowed: 0 });
    const refusal = await cluster.refusal("POST", pods("a/eviction"), { metadata: { name: "a" } });
    expect(refusal).toMatchObject({
      code: 429,
      reason: "TooManyRequests",
      message: "Cannot evict pod as it would violate the pod's disruption budget.",
    });
    expect(refusal.details).toEqual({
      causes: [{ reason: "DisruptionBudget", message: "The disruption budget b needs 2 healthy pods and has 2 currently" }],
    });
    expect((await cluster.call("GET", pods("a"))).metadata.deletionTimestamp).toBeUndefined();
  });

  it("of many at once never takes more than the budget allows", async () => {
    for (const name of ["a", "b", "c", "d"]) await runningPod(name);
    await budget("b", { disruptionsAllowed: 2, currentHealthy: 4 });
    const outcomes = await Promise.allSettled(["a", "b", "c", "d"].map((name) => evict(name)));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(2);
  });

  it("waits for a budget whose controller lags behind", async () => {
    await runningPod("a");
    await budget("b", { disruptionsAllowed: 1, observedGeneration: 0 });
    const refusal = await cluster.refusal("POST", pods("a/eviction"), { metadata: { name: "a" } });
    expect(refusal.details).toEqual({
      causes: [{ reason: "DisruptionBudget", message: "The disruption budget b is still being processed by the server." }],
      retryAfterSeconds: 10,
    });
  });

  it("is refused for a pod of two budgets", async () => {
    await runningPod("a");
    await budget("b", { disruptionsAllowed: 1 });
    await budget("c", { disruptionsAllowed: 1 });
    expect((await cluster.refusal("POST", pods("a/eviction"), { metadata: { name: "a" } })).message).toBe(
      "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
    );
  });

  it("lets an unhealthy pod go when enough others are healthy", async () => {
    await runningPod("a", false);
    await budget("b", { disruptionsAllowed: 0 });
    await evict("a");
    expect((await cluster.call<PodDisruptionBudget>("GET", `${budgets}/b`)).status?.disruptedPods).toBeUndefined();
  });

  it.each<[string, object, boolean]>([
    ["a budget that is broken already", {}, false],
    ["a budget that lets the unhealthy go always", { unhealthyPodEvictionPolicy: "AlwaysAllow" }, true],
  ])("of an unhealthy pod under %s", async (_, spec, goes) => {
    cluster.api.setVersion("1.30.0");
    await runningPod("a", false);
    await budget("b", { disruptionsAllowed: 0, currentHealthy: 1 }, spec);
    const outcome = await evict("a").then(
      () => true,
      () => false,
    );
    expect(outcome).toBe(goes);
  });

  it("asks no budget about a pod that has not started", async () => {
    await cluster.call("POST", pods(), podOf("a", { labels: { app: "web" } }));
    await budget("b", { disruptionsAllowed: 0 });
    await evict("a");
    expect((await cluster.refusal("GET", pods("a"))).code).toBe(404);
  });

  it("changes nothing when the run is dry", async () => {
    await runningPod("a");
    await budget("b", { disruptionsAllowed: 1 });
    await evict("a", { deleteOptions: { dryRun: ["All"] } });
    expect((await cluster.call("GET", pods("a"))).metadata.deletionTimestamp).toBeUndefined();
    expect((await cluster.call<PodDisruptionBudget>("GET", `${budgets}/b`)).status?.disruptionsAllowed).toBe(1);
  });

  it.each<[object, number, string]>([
    [{ metadata: { name: "b" } }, 400, "name in URL does not match name in Eviction object"],
    [{ kind: "Pod" }, 400, "not a Eviction object: Pod"],
    [{ apiVersion: "policy/v9" }, 400, "the API version in the data (policy/v9) does not match the expected API version (policy/v1)"],
  ])("refuses %j", async (body, code, message) => {
    await runningPod("a");
    const refusal = await cluster.refusal("POST", pods("a/eviction"), body);
    expect([refusal.code, refusal.message]).toEqual([code, message]);
  });
});
