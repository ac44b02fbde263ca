import type { PersistentVolume, StorageClass } from "#api/kubernetes/storage";
import type { PersistentVolumeClaim } from "#api/kubernetes/workloads";
import { compareQuantities, isDefaultStorageClass, matchesLabelSelector, parseQuantity, parseTime } from "#kube/apimachinery";

const CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class";

/** The class an object names; undefined when it leaves that open, `""` when it wants none. */
export function classNameOf({ metadata, spec }: PersistentVolumeClaim | PersistentVolume): string | undefined {
  return metadata.annotations?.[CLASS_ANNOTATION] ?? spec.storageClassName;
}

/** The newest class that is marked as the default. Source: kubernetes pkg/volume/util/storageclass.go, GetDefaultClass. */
export function defaultClass(classes: Iterable<StorageClass>): StorageClass | undefined {
  return [...classes]
    .filter(isDefaultStorageClass)
    .toSorted((a, b) => (parseTime(b.metadata.creationTimestamp) ?? 0) - (parseTime(a.metadata.creationTimestamp) ?? 0))
    .at(0);
}

/**
 * The volume for a claim among those that are there: the one that is kept for it, else the smallest that will do.
 * Source: kubernetes staging/src/k8s.io/component-helpers/storage/volume/pv_helpers.go, FindMatchingVolume.
 */
export function matchingVolume(claim: PersistentVolumeClaim, volumes: Iterable<PersistentVolume>): PersistentVolume | undefined {
  const fitting = [...volumes].filter((volume) => volume.metadata.deletionTimestamp === undefined && fits(claim, volume));
  const kept = fitting.find(({ spec }) => spec.claimRef !== undefined);
  return kept ?? fitting.toSorted((a, b) => compareQuantities(sizeOf(a), sizeOf(b))).at(0);
}

/** Whether a volume is free for the claim, or kept for it. */
export function isFreeFor({ metadata }: PersistentVolumeClaim, { spec: { claimRef } }: PersistentVolume): boolean {
  if (claimRef === undefined) return true;
  const isNamed = claimRef.name === metadata.name && claimRef.namespace === metadata.namespace;
  return isNamed && (claimRef.uid === undefined || claimRef.uid === metadata.uid);
}

function fits(claim: PersistentVolumeClaim, volume: PersistentVolume): boolean {
  const { accessModes = [], selector, volumeMode = "Filesystem" } = claim.spec;
  return (
    isFreeFor(claim, volume) &&
    (classNameOf(volume) ?? "") === (classNameOf(claim) ?? "") &&
    (volume.spec.volumeMode ?? "Filesystem") === volumeMode &&
    accessModes.every((mode) => volume.spec.accessModes?.includes(mode) === true) &&
    (selector === undefined || matchesLabelSelector(selector, volume.metadata.labels ?? {})) &&
    compareQuantities(sizeOf(volume), requestOf(claim)) >= 0
  );
}

/** What the claim asks for. */
export function requestOf({ spec }: PersistentVolumeClaim): ReturnType<typeof parseQuantity> {
  return parseQuantity(spec.resources?.requests?.["storage"] ?? "0");
}

function sizeOf({ spec }: PersistentVolume): ReturnType<typeof parseQuantity> {
  return parseQuantity(spec.capacity?.["storage"] ?? "0");
}
