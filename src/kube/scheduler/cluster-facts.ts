import type { LabelSelector } from "#api/kubernetes/meta";
import type { CsiNode, PersistentVolume, StorageClass } from "#api/kubernetes/storage";
import type { PersistentVolumeClaim } from "#api/kubernetes/workloads";
import type { Labels, Selector } from "#kube/apimachinery";
import type { PodToPlace } from "./pod-to-place.ts";

/** What the scheduler asks of a cluster besides its nodes and pods. */
export interface ClusterFacts {
  /** Rises when something that a filter may have asked for has changed. */
  readonly generation: number;
  /** The same for what concerns only pods with claims: claims, volumes and classes. */
  readonly volumeGeneration: number;
  /** The same for {@link kinOf}. */
  readonly kinGeneration: number;
  namespaceLabels(name: string): Labels;
  /** Names of the namespaces whose labels the selector chooses. */
  namespacesWhere(selector: Selector): Iterable<string>;
  /** What chooses the pods that belong together with this one: those of its services and of its controller; nothing for a pod of neither. */
  kinOf(pod: PodToPlace): LabelSelector | undefined;
  claim(namespace: string, name: string): PersistentVolumeClaim | undefined;
  volume(name: string): PersistentVolume | undefined;
  /** Volumes of this class, and those kept for a claim; `""` is no class. */
  volumesOfClass(name: string): Iterable<PersistentVolume>;
  storageClass(name: string): StorageClass | undefined;
  /** What drivers say of a node. It may change without a new generation. */
  csiNode(name: string): CsiNode | undefined;
}

/** A cluster of nodes and pods alone. */
export const NO_FACTS: ClusterFacts = {
  generation: 0,
  volumeGeneration: 0,
  kinGeneration: 0,
  namespaceLabels: () => undefined,
  namespacesWhere: () => [],
  kinOf: () => undefined,
  claim: () => undefined,
  volume: () => undefined,
  volumesOfClass: () => [],
  storageClass: () => undefined,
  csiNode: () => undefined,
};
