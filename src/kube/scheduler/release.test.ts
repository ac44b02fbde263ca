import { expect, it } from "vitest";
import { schedulerRelease } from "./release.ts";
import { makePod } from "./testing/objects.ts";

/** Source: kubernetes/kubernetes pkg/scheduler at the tags v1.25.0 to v1.35.2, the files named in release.ts. */
it.each([
  { version: "1.12.6", preempted: "Preempted by default/new on node n1", marks: false, weights: [1, 1, 1, 1], spreads: [false, false] },
  { version: "1.18.0", preempted: "Preempted by default/new on node n1", marks: false, weights: [1, 1, 1, 1], spreads: [true, false] },
  { version: "1.20.0", preempted: "Preempted by default/new on node n1", marks: false, weights: [1, 1, 2, 1], spreads: [true, true] },
  { version: "1.26.0", preempted: "Preempted by default/new on node n1", marks: true, weights: [3, 2, 2, 2], spreads: [true, true] },
  { version: "1.27.0", preempted: "Preempted by a pod on node n1", marks: true, weights: [3, 2, 2, 2], spreads: [true, true] },
  { version: "1.28.9", preempted: "Preempted by a pod on node n1", marks: true, weights: [3, 2, 2, 2], spreads: [true, true] },
  { version: "1.29.0", preempted: "Preempted by pod uid-new on node n1", marks: true, weights: [3, 2, 2, 2], spreads: [true, true] },
])("kube-scheduler of $version", ({ version, preempted, marks, weights, spreads }) => {
  const release = schedulerRelease(version);
  expect(release.preemptedMessage(makePod("new"), "n1")).toBe(preempted);
  expect(release.marksVictims).toBe(marks);
  const { TaintToleration, NodeAffinity, PodTopologySpread, InterPodAffinity } = release.weights;
  expect([TaintToleration, NodeAffinity, PodTopologySpread, InterPodAffinity]).toEqual(weights);
  expect([release.hasTopologySpread, release.spreadsByDefault]).toEqual(spreads);
});

it.each([
  ["1.25.0", false, "node(s) had volume node affinity conflict"],
  ["1.26.0", true, "node(s) had volume node affinity conflict"],
  ["1.32.0", true, "node(s) had volume node affinity conflict"],
  ["1.33.0", true, "node(s) didn't match PersistentVolume's node affinity"],
])("says of volumes in %s what it says", (version, tellsOnce, reason) => {
  const release = schedulerRelease(version);
  expect([release.tellsRefusalOnce, release.volumeAffinityReason]).toEqual([tellsOnce, reason]);
});
