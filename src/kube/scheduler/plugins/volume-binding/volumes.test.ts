import { expect, it } from "vitest";
import type { PersistentVolume, StorageClass } from "#api/kubernetes/storage";
import type { PersistentVolumeClaim } from "#api/kubernetes/workloads";
import { cacheOf, verdictsOn } from "../../testing/cluster-of-nodes.ts";
import { makePod } from "../../testing/objects.ts";
import { type ClassVerdicts, filterNode, prepareFilters } from "../../framework/filters.ts";
import { podToPlace } from "../../pod-to-place.ts";
import { defaultProfile } from "../../profiles/profile.ts";

const NOBODY = "kubernetes.io/no-provisioner";
const ZONE = "topology.kubernetes.io/zone";
const BOUND = { "pv.kubernetes.io/bind-completed": "yes" };
const claim = (spec: PersistentVolumeClaim["spec"], rest: Partial<PersistentVolumeClaim> = {}): PersistentVolumeClaim => ({
  metadata: { name: "data", namespace: "default", uid: "u", ...(spec.volumeName !== undefined && { annotations: BOUND }) },
  spec,
  ...rest,
});
const selected = (node: string): Partial<PersistentVolumeClaim> => ({
  metadata: { name: "data", namespace: "default", annotations: { "volume.kubernetes.io/selected-node": node } },
});
const waiting = (provisioner: string, rest: Partial<StorageClass> = {}): StorageClass => ({
  metadata: { name: "waits" },
  provisioner,
  volumeBindingMode: "WaitForFirstConsumer",
  ...rest,
});
const WAITS: PersistentVolumeClaim["spec"] = {
  storageClassName: "waits",
  accessModes: ["ReadWriteOnce"],
  resources: { requests: { storage: "2Gi" } },
};
const free = (zone: string, spec: Partial<PersistentVolume["spec"]> = {}): PersistentVolume => ({
  metadata: { name: `free-${zone}` },
  spec: { ...volume({}, [zone]).spec, capacity: { storage: "2Gi" }, accessModes: ["ReadWriteOnce"], storageClassName: "waits", ...spec },
  status: { phase: "Available" },
});
function volume(labels: Record<string, string>, zones?: string[]): PersistentVolume {
  return {
    metadata: { name: "pv", labels },
    spec:
      zones === undefined
        ? {}
        : { nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: ZONE, operator: "In", values: zones }] }] } } },
  };
}
const IMMEDIATE = "pod has unbound immediate PersistentVolumeClaims";
const NOTHING_TO_BIND = "node(s) didn't find available persistent volumes to bind";
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
  { name: "a claim whose class binds at once", claim: claim({ storageClassName: "default" }), want: [IMMEDIATE, IMMEDIATE] },
  {
    name: "a claim that names its volume and is not bound",
    claim: claim({ volumeName: "pv" }, selected("n1")),
    want: [IMMEDIATE, IMMEDIATE],
  },
  { name: "a claim that waits, of a driver", claim: claim(WAITS), class: waiting("disk.csi.azure.com"), want: ["ok", "ok"] },
  {
    name: "a claim that waits, of a driver for one zone",
    claim: claim(WAITS),
    class: waiting("disk.csi.azure.com", { allowedTopologies: [{ matchLabelExpressions: [{ key: ZONE, values: ["z2"] }] }] }),
    want: [NOTHING_TO_BIND, "ok"],
  },
  { name: "a claim that waits, of nobody", claim: claim(WAITS), class: waiting(NOBODY), want: [NOTHING_TO_BIND, NOTHING_TO_BIND] },
  {
    name: "a claim that waits and a volume",
    claim: claim(WAITS),
    class: waiting(NOBODY),
    free: [free("z1")],
    want: ["ok", NOTHING_TO_BIND],
  },
  {
    name: "a claim that waits and volumes that are too small, of another mode, kept for others or not there yet",
    claim: claim(WAITS),
    class: waiting(NOBODY),
    free: [
      free("z1", { capacity: { storage: "1Gi" } }),
      free("z1", { accessModes: ["ReadOnlyMany"] }),
      free("z1", { claimRef: { name: "other", namespace: "default" } }),
      { ...free("z1"), status: { phase: "Pending" } },
      free("z2", { volumeMode: "Block" }),
    ],
    want: [NOTHING_TO_BIND, NOTHING_TO_BIND],
  },
  {
    name: "a claim that waits and a volume that is kept for it elsewhere",
    claim: claim(WAITS),
    class: waiting(NOBODY),
    free: [free("z1"), free("z2", { claimRef: { name: "data", namespace: "default" } })],
    want: [NOTHING_TO_BIND, "ok"],
  },
  {
    name: "a claim whose volume is being made for a node",
    claim: claim(WAITS, selected("n2")),
    class: waiting("disk.csi.azure.com"),
    want: [NOTHING_TO_BIND, "ok"],
  },
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
])("volumes: $name", ({ claim: known, volume: bound, class: storageClass, free: others = [], want }) => {
  const cache = cacheOf(
    { n1: { labels: { [ZONE]: "z1" } }, n2: { labels: { [ZONE]: "z2" } } },
    { claim: () => known, volume: () => bound, storageClass: () => storageClass, volumesOfClass: () => others },
  );
  const pod = makePod("new", { volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }] });
  expect(Object.values(verdictsOn(cache, pod))).toEqual(want);
  const filters = prepareFilters(podToPlace(pod), defaultProfile("1.35.0"), cache);
  const verdicts: ClassVerdicts = [];
  const byClass = cache.nodes.map((node) => (filters.refusal ?? filterNode(filters, node, verdicts))?.reasons.join(", ") ?? "ok");
  expect(byClass).toEqual(want);
});

it("says what the volume does not match in the words of the release", () => {
  const facts = { claim: () => claim({ volumeName: "pv" }), volume: () => volume({}, ["z1"]) };
  const cache = cacheOf({ n2: { labels: { [ZONE]: "z2" } } }, facts);
  const pod = makePod("new", { volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }] });
  expect(verdictsOn(cache, pod, "1.30.0")).toEqual({ n2: "node(s) had volume node affinity conflict" });
});
