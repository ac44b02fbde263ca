import { expect, it } from "vitest";
import type { PersistentVolume } from "#api/kubernetes/storage";
import type { PersistentVolumeClaim } from "#api/kubernetes/workloads";
import { cacheOf, verdictsOn } from "../../testing/cluster-of-nodes.ts";
import { makePod } from "../../testing/objects.ts";

const ZONE = "topology.kubernetes.io/zone";
const claim = (spec: PersistentVolumeClaim["spec"], rest: Partial<PersistentVolumeClaim> = {}): PersistentVolumeClaim => ({
  metadata: { name: "data", namespace: "default" },
  spec,
  ...rest,
});
const volume = (labels: Record<string, string>, zones?: string[]): PersistentVolume => ({
  metadata: { name: "pv", labels },
  spec:
    zones === undefined
      ? {}
      : { nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: ZONE, operator: "In", values: zones }] }] } } },
});
const NO_ZONE = "node(s) had no available volume zone";
const CONFLICT = "node(s) didn't match PersistentVolume's node affinity";

/**
 * Source: kubernetes/kubernetes pkg/scheduler/framework/plugins/volumebinding/volume_binding_test.go and
 * volumezone/volume_zone_test.go: the situations and reasons.
 */
it.each([
  { name: "a claim that does not exist", want: ['persistentvolumeclaim "data" not found', 'persistentvolumeclaim "data" not found'] },
  {
    name: "a claim that is being deleted",
    claim: claim({}, { metadata: { name: "data", namespace: "default", deletionTimestamp: "2026-01-01T00:00:00Z" } }),
    want: ['persistentvolumeclaim "data" is being deleted', 'persistentvolumeclaim "data" is being deleted'],
  },
  {
    name: "a claim whose volume is lost",
    claim: claim({ volumeName: "pv" }, { status: { phase: "Lost" } }),
    want: Array.from({ length: 2 }, () => 'persistentvolumeclaim "data" bound to non-existent persistentvolume "pv"'),
  },
  { name: "a claim that nobody has bound yet", claim: claim({ storageClassName: "default" }), want: ["ok", "ok"] },
  { name: "a bound claim", claim: claim({ volumeName: "pv" }), volume: volume({}), want: ["ok", "ok"] },
  {
    name: "a bound claim without its volume",
    claim: claim({ volumeName: "pv" }),
    want: Array.from({ length: 2 }, () => "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)"),
  },
  { name: "a volume of one zone by its affinity", claim: claim({ volumeName: "pv" }), volume: volume({}, ["z1"]), want: ["ok", CONFLICT] },
  {
    name: "a volume of one zone by its label",
    claim: claim({ volumeName: "pv" }),
    volume: volume({ [ZONE]: "z2" }),
    want: [NO_ZONE, "ok"],
  },
  {
    name: "a volume of two zones by its label",
    claim: claim({ volumeName: "pv" }),
    volume: volume({ [ZONE]: "z1__z2" }),
    want: ["ok", "ok"],
  },
  {
    name: "a volume with the older label",
    claim: claim({ volumeName: "pv" }),
    volume: volume({ "failure-domain.beta.kubernetes.io/zone": "z1" }),
    want: ["ok", NO_ZONE],
  },
])("volumes: $name", ({ claim: known, volume: bound, want }) => {
  const cache = cacheOf(
    { n1: { labels: { [ZONE]: "z1" } }, n2: { labels: { [ZONE]: "z2" } } },
    { claim: () => known, volume: () => bound },
  );
  const pod = makePod("new", { volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }] });
  expect(Object.values(verdictsOn(cache, pod))).toEqual(want);
});

it("says what the volume does not match in the words of the release", () => {
  const facts = { claim: () => claim({ volumeName: "pv" }), volume: () => volume({}, ["z1"]) };
  const cache = cacheOf({ n2: { labels: { [ZONE]: "z2" } } }, facts);
  const pod = makePod("new", { volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }] });
  expect(verdictsOn(cache, pod, "1.30.0")).toEqual({ n2: "node(s) had volume node affinity conflict" });
});
