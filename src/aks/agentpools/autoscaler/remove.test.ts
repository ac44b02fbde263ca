import { describe, expect, it } from "vitest";
import type { Pod } from "#api/kubernetes/core";
import { daemonsToEvict } from "./blockers.ts";
import { planLeaving } from "./remove.ts";

const pod: Pod = { metadata: { name: "p", namespace: "default" }, spec: { containers: [] } };
const going: Pod = { ...pod, metadata: { ...pod.metadata, deletionTimestamp: "2026-01-01T00:00:00Z" } };
const facts = {
  sinceMs: 1_000,
  nowMs: 10_000,
  delayMs: 5_000,
  timeoutMs: 600_000,
  idle: true,
  removable: true,
  asleep: false,
  pods: [],
} as const;

// Source: cluster-autoscaler core/scaledown/actuation, drain.go and delete_in_batch.go.
describe("planLeaving", () => {
  it.each([
    { what: "an empty node goes", change: {}, want: { kind: "remove" } },
    { what: "not at once", change: { nowMs: 5_999 }, want: { kind: "wait" } },
    { what: "pods are evicted first", change: { pods: [pod] }, want: { kind: "evict", pods: [pod] } },
    { what: "and waited for", change: { pods: [going] }, want: { kind: "wait" } },
    { what: "other work on the pool comes first", change: { idle: false, pods: [pod] }, want: { kind: "wait" } },
    { what: "a pool at its minimum keeps it", change: { removable: false }, want: { kind: "spare" } },
    { what: "a machine that is kept has gone already", change: { asleep: true, idle: false }, want: { kind: "spare" } },
    {
      what: "a pod that has come and must stay keeps it",
      change: { pods: [pod], blocker: "NotReplicated" },
      want: { kind: "spare", failure: "failed to drain the node, aborting ScaleDown: NotReplicated" },
    },
    {
      what: "pods that do not go in time keep it",
      change: { pods: [pod], nowMs: 601_000 },
      want: { kind: "spare", failure: "failed to drain the node, aborting ScaleDown: pods remaining after timeout: default/p" },
    },
  ])("$what", ({ change, want }) => {
    expect(planLeaving({ ...facts, ...change })).toEqual(want);
  });
});

// Source: azure-docs articles/aks/cluster-autoscaler.md, daemonset-eviction-for-occupied-nodes; cluster-autoscaler FAQ.md, "How can I enable/disable eviction for a specific DaemonSet".
describe("daemonsToEvict", () => {
  const daemon = (name: string, evicted?: string): Pod => ({
    metadata: {
      name,
      namespace: "default",
      ownerReferences: [{ apiVersion: "apps/v1", kind: "DaemonSet", name: "d", uid: "d", controller: true }],
      ...(evicted !== undefined && { annotations: { "cluster-autoscaler.kubernetes.io/enable-ds-eviction": evicted } }),
    },
    spec: { containers: [] },
  });
  const pods = [daemon("plain"), daemon("yes", "true"), daemon("no", "false"), pod];

  it.each([
    { byDefault: true, want: ["plain", "yes"] },
    { byDefault: false, want: ["yes"] },
  ])("goes by the pod's word before the setting ($byDefault)", ({ byDefault, want }) => {
    expect(daemonsToEvict(pods, byDefault).map(({ metadata }) => metadata.name)).toEqual(want);
  });
});
