import { describe, expect, it } from "vitest";
import { explainPath } from "#api/explain";
import { podOf, pods, startCluster } from "../testing/cluster.ts";

const explainPod = (namespace: string, name: string): object | undefined =>
  name === "nope" ? undefined : { kind: "PodExplanation", namespace, name };

describe("GET /lido/v1/…/explain", () => {
  it("is answered by whoever places pods", async () => {
    const cluster = await startCluster({ explainPod });
    expect(await cluster.call("GET", explainPath("kube-system", "a.b"))).toEqual({
      kind: "PodExplanation",
      namespace: "kube-system",
      name: "a.b",
    });
    expect(await cluster.refusal("GET", explainPath("default", "nope"))).toMatchObject({ code: 404, message: 'pods "nope" not found' });
  });

  it.each([
    { name: "another method", method: "POST" as const, path: explainPath("default", "web") },
    { name: "a longer path", method: "GET" as const, path: `${explainPath("default", "web")}/more` },
    { name: "a path without a pod", method: "GET" as const, path: "/lido/v1/namespaces/default/pods" },
  ])("knows no $name", async ({ method, path }) => {
    const cluster = await startCluster({ explainPod });
    expect((await cluster.refusal(method, path)).message).toBe("the server could not find the requested resource");
  });

  it("is no path where nobody places pods", async () => {
    const cluster = await startCluster();
    expect((await cluster.refusal("GET", explainPath("default", "web"))).code).toBe(404);
  });
});

describe("what the API server writes for the scheduler", () => {
  const labelSelector = { matchLabels: { app: "web" } };
  const requirement = (operator: string): object => ({ key: "rev", operator, values: ["2"] });
  const spec = {
    affinity: {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { topologyKey: "zone", labelSelector, matchLabelKeys: ["rev", "none"], mismatchLabelKeys: ["rev"] },
          { topologyKey: "zone", matchLabelKeys: ["rev"] },
        ],
      },
    },
    topologySpreadConstraints: [
      { maxSkew: 1, topologyKey: "zone", whenUnsatisfiable: "DoNotSchedule", labelSelector, matchLabelKeys: ["rev"] },
    ],
  };

  /** Source: kubernetes/kubernetes pkg/registry/core/pod/strategy_test.go, TestMutatePodAffinity and TestApplyMatchLabelKeysAndMismatchLabelKeys. */
  it.each([
    { version: "1.30.0", terms: [labelSelector, undefined], constraint: labelSelector },
    {
      version: "1.31.0",
      terms: [{ ...labelSelector, matchExpressions: [requirement("In"), requirement("NotIn")] }, undefined],
      constraint: labelSelector,
    },
    {
      version: "1.34.0",
      terms: [{ ...labelSelector, matchExpressions: [requirement("In"), requirement("NotIn")] }, undefined],
      constraint: { ...labelSelector, matchExpressions: [requirement("In")] },
    },
  ])("merges label keys into selectors as in $version", async ({ version, terms, constraint }) => {
    const cluster = await startCluster({ version });
    const created = (await cluster.call("POST", pods(), podOf("a", { labels: { rev: "2" }, spec: structuredClone(spec) }))) as unknown as {
      spec: typeof spec;
    };
    const { podAntiAffinity } = created.spec.affinity;
    const selectors = podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution.map((term) => term.labelSelector);
    expect(selectors).toEqual(terms);
    expect(created.spec.topologySpreadConstraints[0]?.labelSelector).toEqual(constraint);
  });

  it("says of a gated pod that it is", async () => {
    const cluster = await startCluster({ version: "1.30.0" });
    const gated = podOf("a", { spec: { schedulingGates: [{ name: "example.com/wait" }] } });
    expect(await cluster.call("POST", pods(), gated)).toMatchObject({
      status: { conditions: [{ type: "PodScheduled", status: "False", reason: "SchedulingGated", lastProbeTime: null }] },
    });
  });
});
