import { describe, expect, it } from "vitest";
import type { Pod } from "#api/kubernetes/core";
import { emptyPlace, type Place, withPod } from "./place.ts";
import { type Group, planScaleUp } from "./scale-up.ts";

const pod = (name: string, cpu = "1", spec: object = {}): Pod => ({
  metadata: { name, namespace: "default" },
  spec: { containers: [{ name: "main", image: "nginx", resources: { requests: { cpu } } }], ...spec },
});

function place(name: string, { cpu = "1900m", memory = "4Gi", labels = {}, taints = [] as Place["taints"] } = {}): Place {
  return emptyPlace({ name, labels: { agentpool: name, ...labels }, taints, allocatable: { cpu, memory, pods: "30" } });
}

function group(name: string, more: Partial<Group> & { readonly on?: Parameters<typeof place>[1] } = {}): Group {
  const { on, ...rest } = more;
  return { name, size: 1, max: 5, template: place(name, on), ...rest };
}

function plan(pods: readonly Pod[], groups: readonly Group[], more: Partial<Parameters<typeof planScaleUp>[0]> = {}) {
  const settings = { expander: "random", balanceSimilar: false } as const;
  const { growths, triggered, helpless } = planScaleUp({
    pods,
    groups,
    places: [],
    settings,
    release: "1.34.2",
    random: { int: () => 0 },
    ...more,
  });
  return {
    growths: growths.map(({ group, from, to }) => `${group} ${from}->${to}`),
    triggered: triggered.map(({ metadata }) => metadata.name),
    helpless: helpless.map(({ pod, reasons }) => `${pod.metadata.name}: ${reasons}`),
  };
}

const NONE = { growths: [], triggered: [], helpless: [] };
const gpuTaint = [{ key: "sku", value: "gpu", effect: "NoSchedule" }] as const;

// Source of the rules: kubernetes/autoscaler cluster-autoscaler/FAQ.md and core/scaleup/orchestrator.
describe("planScaleUp", () => {
  it("adds as many nodes as the pods need, from none too", () => {
    expect(plan([pod("a"), pod("b"), pod("c")], [group("one", { size: 0 })])).toEqual({
      ...NONE,
      growths: ["one 0->3"],
      triggered: ["a", "b", "c"],
    });
  });

  it("packs small pods together", () => {
    expect(plan([pod("a", "600m"), pod("b", "600m"), pod("c", "600m"), pod("d", "600m")], [group("one")]).growths).toEqual(["one 1->3"]);
  });

  it("does nothing for pods that have room on nodes that are there or on their way", () => {
    expect(plan([pod("a"), pod("b")], [group("one")], { places: [place("one-0"), place("one-1")] })).toEqual(NONE);
    expect(plan([pod("a"), pod("b")], [group("one")], { places: [place("one-0")] }).growths).toEqual(["one 1->2"]);
    expect(plan([pod("a")], [group("one")], { places: [withPod(place("one-0"), pod("there"))] }).growths).toEqual(["one 1->2"]);
  });

  it("stops at the maximum, and helps whom it can", () => {
    expect(plan([pod("a"), pod("b"), pod("c")], [group("one", { size: 4 })])).toEqual({ ...NONE, growths: ["one 4->5"], triggered: ["a"] });
  });

  it.each([
    { why: "at its maximum", groups: [group("one", { size: 5 })], want: "1 max node group size reached" },
    { why: "in back-off", groups: [group("one", { barred: "backoff" as const })], want: "1 in backoff after failed scale-up" },
    { why: "under other work", groups: [group("one", { barred: "busy" as const })], want: "1 not ready for scale-up" },
    { why: "too small", groups: [group("one", { on: { cpu: "500m" } })], want: "1 Insufficient cpu" },
    { why: "tainted", groups: [group("one", { on: { taints: gpuTaint } })], want: "1 node(s) had untolerated taint {sku: gpu}" },
    {
      why: "of two kinds",
      groups: [group("one", { on: { taints: gpuTaint } }), group("two", { on: { cpu: "500m" } }), group("three", { on: { cpu: "1m" } })],
      want: "1 node(s) had untolerated taint {sku: gpu}, 2 Insufficient cpu",
    },
  ])("says that a pool is $why", ({ groups, want }) => {
    expect(plan([pod("a")], groups)).toEqual({ ...NONE, helpless: [`a: ${want}`] });
  });

  it("goes by selectors and tolerations", () => {
    const groups = [group("one"), group("two", { on: { taints: gpuTaint } })];
    const tolerations = [{ key: "sku", operator: "Exists" }];
    expect(plan([pod("a", "1", { nodeSelector: { agentpool: "two" }, tolerations })], groups).growths).toEqual(["two 1->2"]);
    expect(plan([pod("a", "1", { nodeSelector: { agentpool: "three" }, tolerations })], groups).helpless).toEqual([
      "a: 2 node(s) didn't match Pod's node affinity/selector",
    ]);
  });

  it("chooses by the expander", () => {
    const groups = [group("big", { on: { cpu: "8" } }), group("small", { size: 4 })];
    const settings = (expander: "least-waste" | "most-pods") => ({ settings: { expander, balanceSimilar: false } });
    expect(plan([pod("a")], groups, settings("least-waste")).growths).toEqual(["small 4->5"]);
    expect(plan([pod("a"), pod("b")], groups, settings("most-pods")).growths).toEqual(["big 1->2"]);
    expect(plan([pod("a")], groups, { random: { int: (max) => max - 1 } }).growths).toEqual(["small 4->5"]);
  });

  it("shares between similar pools, the smallest first", () => {
    const groups = [group("one", { size: 2 }), group("two", { size: 1 }), group("other", { on: { labels: { tier: "db" } } })];
    const settings = { expander: "random", balanceSimilar: true } as const;
    expect(plan([pod("a"), pod("b"), pod("c")], groups, { settings }).growths).toEqual(["one 2->3", "two 1->3"]);
  });
});
