import { describe, expect, it } from "vitest";
import type { CsiNode, PersistentVolume, StorageClass } from "#api/kubernetes/storage";
import type { Pod, ResourceList } from "#api/kubernetes/core";
import type { PersistentVolumeClaim } from "#api/kubernetes/workloads";
import { findPreemption } from "../../preemption/preemption.ts";
import { PodFilters } from "../../framework/filters.ts";
import { Placer } from "../../framework/placement.ts";
import { podToPlace } from "../../pod-to-place.ts";
import { defaultProfile } from "../../profiles/profile.ts";
import { cacheOf, preemptionOptions, verdictsOn } from "../../testing/cluster-of-nodes.ts";
import { DS2_ALLOCATABLE, makePod } from "../../testing/objects.ts";
import { seededRandom } from "#lib";

const FULL = "node(s) exceed max volume count";
const IN_USE = "node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode";
const DISK = "disk.csi.azure.com";

/** Claims by name: `d1` is bound to disk 1, `f1` to a file share, `t1` to a disk in-tree; `new…` waits for a disk; `x…` is for one pod. */
function claimOf(name: string): PersistentVolumeClaim {
  const isNew = name.startsWith("new");
  return {
    metadata: { name, namespace: "default", ...(isNew ? {} : { annotations: { "pv.kubernetes.io/bind-completed": "yes" } }) },
    spec: {
      accessModes: [name.startsWith("x") ? "ReadWriteOncePod" : "ReadWriteOnce"],
      storageClassName: "disks",
      ...(isNew ? {} : { volumeName: `pv-${name}` }),
    },
  };
}

function volumeOf(name: string): PersistentVolume {
  const of = name.slice("pv-".length);
  if (of.startsWith("t")) return { metadata: { name }, spec: { azureDisk: { diskURI: `disks/${of}` } } };
  return {
    metadata: { name },
    spec: { csi: { driver: of.startsWith("f") ? "file.csi.azure.com" : DISK, volumeHandle: of.split("-")[0] } },
  };
}

const CLASS: StorageClass = { metadata: { name: "disks" }, provisioner: DISK, volumeBindingMode: "WaitForFirstConsumer" };

function mounting(name: string, claims: string, spec: Partial<Pod["spec"]> = {}): Pod {
  const volumes = claims
    .split(" ")
    .filter(Boolean)
    .map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } }));
  return makePod(name, { ...spec, volumes });
}

function clusterOf(claims: string, { count, inTree }: { count?: number; inTree?: string } = {}): ReturnType<typeof cacheOf> {
  const allocatable: ResourceList = { ...DS2_ALLOCATABLE, ...(inTree !== undefined && { "attachable-volumes-azure-disk": inTree }) };
  const drivers = [
    { name: DISK, nodeID: "a", ...(count !== undefined && { allocatable: { count } }) },
    { name: "file.csi.azure.com", nodeID: "a" },
  ];
  const csiNode: CsiNode = { metadata: { name: "a" }, spec: { drivers } };
  const pods = claims.split(",").map((each, index) => mounting(`p${index}`, each));
  return cacheOf(
    { a: { allocatable, pods } },
    {
      claim: (_, name) => claimOf(name),
      volume: (name) => (name === "" ? undefined : volumeOf(name)),
      storageClass: () => CLASS,
      csiNode: () => (inTree === undefined ? csiNode : undefined),
    },
  );
}

describe("NodeVolumeLimits", () => {
  /** Source: kubernetes/kubernetes pkg/scheduler/framework/plugins/nodevolumelimits/csi_test.go, TestCSILimits: the situations. */
  it.each([
    { name: "room for one more", there: "d1,d2", count: 3, wants: "d3", want: "ok" },
    { name: "no room for one more", there: "d1,d2", count: 2, wants: "d3", want: FULL },
    { name: "no room for two more", there: "d1,d2", count: 3, wants: "d3 d4", want: FULL },
    { name: "a volume that is there already", there: "d1,d2", count: 2, wants: "d2", want: "ok" },
    { name: "the same volume by another claim", there: "d1,d2", count: 2, wants: "d2-again", want: "ok" },
    { name: "one volume that two pods there use", there: "d1,d1,d1-again", count: 2, wants: "d2", want: "ok" },
    { name: "claims that are not bound there", there: "new1,new2", count: 2, wants: "d1", want: FULL },
    { name: "a claim that is not bound", there: "d1,d2", count: 2, wants: "new1", want: FULL },
    { name: "volumes of a driver without a limit", there: "d1,d2", count: 2, wants: "f1", want: "ok" },
    { name: "volumes of another driver there", there: "f1,f2,f3", count: 2, wants: "d1", want: "ok" },
    { name: "disks in-tree count with the driver's", there: "t1,d2", count: 2, wants: "d3", want: FULL },
    { name: "a driver that says no limit", there: "d1,d2", wants: "d3", want: "ok" },
    { name: "a limit of the node's own", there: "t1,t2", inTree: "2", wants: "t3", want: FULL },
    { name: "room in the node's own limit", there: "t1,t2", inTree: "4", wants: "t3", want: "ok" },
  ])("$name", ({ there, wants, want, count, inTree }) => {
    const cache = clusterOf(there, { ...(count !== undefined && { count }), ...(inTree !== undefined && { inTree }) });
    expect(verdictsOn(cache, mounting("new", wants))).toEqual({ a: want });
  });

  it("lets a more important pod have another's disk slot", () => {
    const cache = clusterOf("d1,d2", { count: 2 });
    const filters = new PodFilters(podToPlace(mounting("new", "d3", { priority: 10 })), defaultProfile("1.35.0"), cache);
    const placement = new Placer(seededRandom(1)).place(filters, cache);
    if (placement.kind === "placed") throw new Error("placed");
    const result = findPreemption(filters, placement, preemptionOptions(cache));
    expect(result.kind === "nominated" && result.candidate.victims.map(({ pod }) => pod.metadata.name)).toEqual(["p1"]);
  });
});

describe("VolumeRestrictions", () => {
  it.each([
    { name: "a claim that nobody uses", there: "d1", wants: "x1", want: "ok" },
    { name: "a claim that another uses", there: "x1", wants: "x1", want: IN_USE },
    { name: "a claim that many may use", there: "d1", wants: "d1", want: "ok" },
    { name: "a claim that another uses, before it meant that", there: "x1", wants: "x1", want: "ok", version: "1.26.0" },
  ])("$name", ({ there, wants, want, version }) => {
    expect(verdictsOn(clusterOf(there), mounting("new", wants), version)).toEqual({ a: want });
  });

  /** Source: test/integration/scheduler/preemption, TestReadWriteOncePodPreemption. */
  it("makes the less important user give way", () => {
    const cache = clusterOf("x1,d1");
    const filters = new PodFilters(podToPlace(mounting("new", "x1", { priority: 10 })), defaultProfile("1.35.0"), cache);
    const placement = new Placer(seededRandom(1)).place(filters, cache);
    if (placement.kind === "placed") throw new Error("placed");
    const result = findPreemption(filters, placement, preemptionOptions(cache));
    expect(result.kind === "nominated" && result.candidate.victims.map(({ pod }) => pod.metadata.name)).toEqual(["p0"]);
  });
});
