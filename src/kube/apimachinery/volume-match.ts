import type { PersistentVolume, StorageClass } from "#api/kubernetes/storage";
import type { PersistentVolumeClaim } from "#api/kubernetes/workloads";
import { matchesLabelSelector } from "./labels.ts";
import { compareQuantities, parseQuantity } from "./quantity.ts";
import { parseTime } from "./time.ts";
import { isDefaultStorageClass } from "./volumes.ts";

const CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class";

/** Names the node that a claim's first pod goes to. Source: component-helpers/storage/volume/pv_helpers.go, AnnSelectedNode. */
export const SELECTED_NODE = "volume.kubernetes.io/selected-node";
/** On claims that are bound for good. Source: as above, AnnBindCompleted. */
export const BIND_COMPLETED = "pv.kubernetes.io/bind-completed";
/** On claims and volumes that Kubernetes brought together, not a person. Source: as above, AnnBoundByController. */
export const BOUND_BY_CONTROLLER = "pv.kubernetes.io/bound-by-controller";
/** Of classes whose volumes nobody makes. Source: as above, NotSupportedProvisioner. */
export const NO_PROVISIONER = "kubernetes.io/no-provisioner";

/** The class an object names; undefined when it leaves that open, `""` when it wants none. */
export function storageClassNameOf({ metadata, spec }: PersistentVolumeClaim | PersistentVolume): string | undefined {
  return metadata.annotations?.[CLASS_ANNOTATION] ?? spec.storageClassName;
}

/** The newest class that is marked as the default. Source: kubernetes pkg/volume/util/storageclass.go, GetDefaultClass. */
export function defaultStorageClass(classes: Iterable<StorageClass>): StorageClass | undefined {
  return [...classes]
    .filter(isDefaultStorageClass)
    .toSorted((a, b) => (parseTime(b.metadata.creationTimestamp) ?? 0) - (parseTime(a.metadata.creationTimestamp) ?? 0))
    .at(0);
}

/** Whether the claim and its volume are bound for good. Source: plugins/volumebinding/binder.go, isPVCFullyBound. */
export function isFullyBound({ metadata, spec }: PersistentVolumeClaim): boolean {
  return Boolean(spec.volumeName) && metadata.annotations?.[BIND_COMPLETED] !== undefined;
}

/**
 * The volumes that are there for a claim: those that are kept for it, then the free ones that will do, the smallest first.
 * Where a volume can be reached from is not looked at.
 * Source: kubernetes staging/src/k8s.io/component-helpers/storage/volume/pv_helpers.go, FindMatchingVolume.
 */
export function volumesForClaim(claim: PersistentVolumeClaim, volumes: Iterable<PersistentVolume>): VolumesForClaim {
  const kept: PersistentVolume[] = [];
  const free: PersistentVolume[] = [];
  for (const volume of volumes) {
    if (volume.metadata.deletionTimestamp !== undefined || !isBigEnough(claim, volume)) continue;
    if (volume.spec.claimRef === undefined) {
      if (suits(claim, volume)) free.push(volume);
    } else if (isFreeFor(claim, volume)) kept.push(volume);
  }
  return { kept, free: free.sort((a, b) => compareQuantities(sizeOf(a), sizeOf(b))) };
}

export interface VolumesForClaim {
  readonly kept: readonly PersistentVolume[];
  readonly free: readonly PersistentVolume[];
}

/** Whether a volume is free for the claim, or kept for it. */
export function isFreeFor({ metadata }: PersistentVolumeClaim, { spec: { claimRef } }: PersistentVolume): boolean {
  if (claimRef === undefined) return true;
  const isNamed = claimRef.name === metadata.name && claimRef.namespace === metadata.namespace;
  return isNamed && (claimRef.uid === undefined || claimRef.uid === metadata.uid);
}

/** What the claim asks for. */
export function claimRequest({ spec }: PersistentVolumeClaim): ReturnType<typeof parseQuantity> {
  return parseQuantity(spec.resources?.requests?.["storage"] ?? "0");
}

function isBigEnough(claim: PersistentVolumeClaim, volume: PersistentVolume): boolean {
  return (
    (volume.spec.volumeMode ?? "Filesystem") === (claim.spec.volumeMode ?? "Filesystem") &&
    compareQuantities(sizeOf(volume), claimRequest(claim)) >= 0
  );
}

function suits(claim: PersistentVolumeClaim, { metadata, spec, status }: PersistentVolume): boolean {
  const { accessModes = [], selector } = claim.spec;
  return (
    (status?.phase ?? "Available") === "Available" &&
    (storageClassNameOf({ metadata, spec }) ?? "") === (storageClassNameOf(claim) ?? "") &&
    accessModes.every((mode) => spec.accessModes?.includes(mode) === true) &&
    (selector === undefined || matchesLabelSelector(selector, metadata.labels ?? {}))
  );
}

function sizeOf({ spec }: PersistentVolume): ReturnType<typeof parseQuantity> {
  return parseQuantity(spec.capacity?.["storage"] ?? "0");
}
