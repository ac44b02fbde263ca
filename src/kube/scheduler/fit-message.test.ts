import { expect, it } from "vitest";
import type { Pod } from "#api/kubernetes/core";
import { seededRandom } from "#lib";
import { SchedulerCache } from "./cache.ts";
import { fitMessage } from "./fit-message.ts";
import { PodFilters } from "./framework/filters.ts";
import { Placer } from "./framework/placement.ts";
import { podToPlace } from "./pod-to-place.ts";
import { findPreemption } from "./preemption/preemption.ts";
import { defaultProfile } from "./profiles/profile.ts";
import { preemptionOptions } from "./testing/cluster-of-nodes.ts";
import { makeNode, makePod } from "./testing/objects.ts";

const GPU_TAINT = { key: "sku", value: "gpu", effect: "NoSchedule" as const };
const big = makePod("big", {}, { cpu: "64", memory: "1Ti" });
const pinned = makePod(
  "pinned",
  {
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchFields: [{ key: "metadata.name", operator: "In", values: ["plain"] }] }],
        },
      },
    },
  },
  { cpu: "64" },
);

function messageAt(version: string, pod: Pod): string {
  const cache = new SchedulerCache();
  cache.setNode(makeNode("plain"));
  cache.setNode(makeNode("gpu", { taints: [GPU_TAINT] }));
  cache.setNode(makeNode("cordoned", { unschedulable: true }));
  const profile = defaultProfile(version);
  const filters = new PodFilters(podToPlace(pod), profile, cache);
  const placement = new Placer(seededRandom(1)).place(filters, cache);
  if (placement.kind === "placed") throw new Error(`placed on ${placement.node.name}`);
  return fitMessage(placement, profile, findPreemption(filters, placement, preemptionOptions(cache)));
}

it.each([
  {
    name: "1.12 gathers resources and hides the taint's name",
    version: "1.12.6",
    want: "0/3 nodes are available: 1 node(s) were unschedulable, 2 Insufficient cpu, 2 Insufficient memory.",
  },
  {
    name: "1.23 names the taint first and says nothing of preemption",
    version: "1.23.5",
    want: "0/3 nodes are available: 1 Insufficient cpu, 1 Insufficient memory, 1 node(s) had taint {sku: gpu}, that the pod didn't tolerate, 1 node(s) were unschedulable.",
  },
  {
    name: "1.26 ends with two full stops",
    version: "1.26.0",
    want: "0/3 nodes are available: 1 Insufficient cpu, 1 Insufficient memory, 1 node(s) had untolerated taint {sku: gpu}, 1 node(s) were unschedulable. preemption: 0/3 nodes are available: 1 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling..",
  },
  {
    name: "1.28 still does",
    version: "1.28.5",
    want: "0/3 nodes are available: 1 Insufficient cpu, 1 Insufficient memory, 1 node(s) had untolerated taint {sku: gpu}, 1 node(s) were unschedulable. preemption: 0/3 nodes are available: 1 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling..",
  },
  {
    name: "1.30 ends with one full stop",
    version: "1.30.0",
    want: "0/3 nodes are available: 1 Insufficient cpu, 1 Insufficient memory, 1 node(s) had untolerated taint {sku: gpu}, 1 node(s) were unschedulable. preemption: 0/3 nodes are available: 1 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling.",
  },
  {
    name: "1.35 leaves the taint out, and preemption cannot make a node larger",
    version: "1.35.0",
    want: "0/3 nodes are available: 1 Insufficient cpu, 1 Insufficient memory, 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable. no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.",
  },
])("FailedScheduling: $name", ({ version, want }) => {
  expect(messageAt(version, big)).toBe(want);
});

it.each([
  { version: "1.12.6", want: "0/3 nodes are available: 1 node(s) were unschedulable, 2 node(s) didn't match node selector." },
  {
    version: "1.20.1",
    want: "0/3 nodes are available: 1 node(s) didn't match Pod's node affinity, 1 node(s) had taint {sku: gpu}, that the pod didn't tolerate, 1 node(s) were unschedulable.",
  },
  {
    version: "1.23.1",
    want: "0/3 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 1 node(s) had taint {sku: gpu}, that the pod didn't tolerate, 1 node(s) were unschedulable.",
  },
])("a selector that no node matches reads as in $version", ({ version, want }) => {
  expect(messageAt(version, makePod("picky", { nodeSelector: { disk: "ssd" } }))).toBe(want);
});

it.each([
  { version: "1.26.0", want: /^0\/3 nodes are available: 1 Insufficient cpu\. preemption: 0\/3/ },
  { version: "1.29.0", want: /^0\/3 nodes are available: 1 Insufficient cpu\. preemption: 0\/3/ },
  { version: "1.31.0", want: /^0\/3 nodes are available: 1 Insufficient cpu\. preemption: 0\/3/ },
  { version: "1.30.0", want: /^0\/3 nodes are available: 1 Insufficient cpu, 2 node is filtered out by the prefilter result\. preemption/ },
  {
    version: "1.34.0",
    want: /^0\/3 nodes are available: 1 Insufficient cpu, 2 node\(s\) didn't satisfy plugin\(s\) \[NodeAffinity\]\. no new claims to deallocate, preemption: 0\/3/,
  },
])("a pod that names its node looks only there in $version", ({ version, want }) => {
  expect(messageAt(version, pinned)).toMatch(want);
});

it("says that a pod which must not preempt does not", () => {
  const pod = makePod("meek", { preemptionPolicy: "Never" }, { cpu: "64" });
  expect(messageAt("1.30.0", pod)).toMatch(/ preemption: not eligible due to preemptionPolicy=Never\.$/);
});

it("speaks of an empty cluster in other words", () => {
  const profile = defaultProfile("1.12.6");
  const cache = new SchedulerCache();
  const placement = new Placer(seededRandom(1)).place(new PodFilters(podToPlace(big), profile, cache), cache);
  expect(placement.kind === "unschedulable" && fitMessage(placement, profile, { kind: "none", reasons: new Map() })).toBe(
    "no nodes available to schedule pods",
  );
});
