import { describe, expect, it } from "vitest";
import type { Node } from "#api/kubernetes/core";
import type { AgentPoolProperties } from "#api/containerservice/model";
import type { StoredPool } from "../documents.ts";
import { conformancePatch, conforms, stillCarried, withdraw } from "./conformance.ts";

function poolWith(change: Partial<AgentPoolProperties>, withdrawn: Partial<StoredPool["withdrawn"]> = {}): StoredPool {
  const properties = { mode: "User", ...change } as AgentPoolProperties;
  return { name: "p", sequence: 1, createdMs: 0, suffix: "1", properties, withdrawn: { labels: [], taints: [], ...withdrawn } };
}

function nodeWith(labels: Record<string, string>, taints: Node["spec"]["taints"] = []): Node {
  return { metadata: { name: "n", resourceVersion: "7", labels }, spec: { taints } };
}

const gpu = { key: "sku", value: "gpu", effect: "NoSchedule" } as const;

describe("conforms", () => {
  it.each([
    { name: "an untouched pool", pool: poolWith({}), node: nodeWith({ agentpool: "p" }), want: true },
    { name: "a label that is there", pool: poolWith({ nodeLabels: { a: "1" } }), node: nodeWith({ a: "1" }), want: true },
    { name: "a label that is missing", pool: poolWith({ nodeLabels: { a: "1" } }), node: nodeWith({}), want: false },
    { name: "a label that was withdrawn", pool: poolWith({}, { labels: ["a"] }), node: nodeWith({ a: "1" }), want: false },
    { name: "a taint that is there", pool: poolWith({ nodeTaints: ["sku=gpu:NoSchedule"] }), node: nodeWith({}, [gpu]), want: true },
    { name: "a taint that is missing", pool: poolWith({ nodeTaints: ["sku=gpu:NoSchedule"] }), node: nodeWith({}), want: false },
    { name: "a taint that a user set", pool: poolWith({}), node: nodeWith({}, [gpu]), want: true },
    { name: "the label of another mode", pool: poolWith({}), node: nodeWith({ "kubernetes.azure.com/mode": "system" }), want: false },
  ])("$name: $want", ({ pool, node, want }) => expect(conforms(node, pool)).toBe(want));
});

describe("conformancePatch", () => {
  it("keeps the users' taints, replaces the pool's and takes the withdrawn away", () => {
    const pool = poolWith({ nodeTaints: ["sku=cpu:NoSchedule"], nodeLabels: { b: "2" } }, { taints: ["old=1:NoExecute"], labels: ["a"] });
    const mine = { key: "mine", effect: "NoSchedule" } as const;
    expect(conformancePatch(nodeWith({ a: "1" }, [mine, gpu, { key: "old", value: "1", effect: "NoExecute" }]), pool)).toEqual({
      metadata: { resourceVersion: "7", labels: { a: null, b: "2" } },
      spec: { taints: [mine, { key: "sku", value: "cpu", effect: "NoSchedule" }] },
    });
  });
});

describe("withdraw", () => {
  it("collects what is gone, what was gone before, and nothing that is back", () => {
    const before = poolWith({ nodeLabels: { a: "1", b: "2" }, nodeTaints: ["x=1:NoSchedule"] }, { labels: ["c", "d"] });
    expect(withdraw(before, { ...before.properties, nodeLabels: { b: "3", c: "4" }, nodeTaints: [] })).toEqual({
      labels: ["d", "a"],
      taints: ["x=1:NoSchedule"],
    });
  });
});

describe("stillCarried", () => {
  it("keeps what a machine would register with, and forgets the rest", () => {
    const withdrawn = { labels: ["a", "b"], taints: ["sku=gpu:NoSchedule", "old=1:NoExecute"] };
    expect(stillCarried(withdrawn, [{ labels: { b: "1" }, taints: [gpu] }])).toEqual({ labels: ["b"], taints: ["sku=gpu:NoSchedule"] });
    expect(stillCarried(withdrawn, [])).toEqual({ labels: [], taints: [] });
  });
});
