import type { NodeSelectorTerm, ObjectReference, ResourceList } from "./core.ts";
import type { KubeObject } from "./meta.ts";

export interface PersistentVolume extends KubeObject {
  spec: {
    capacity?: ResourceList;
    accessModes?: string[];
    claimRef?: ObjectReference;
    persistentVolumeReclaimPolicy?: string;
    storageClassName?: string;
    mountOptions?: string[];
    volumeMode?: string;
    nodeAffinity?: { required?: { nodeSelectorTerms: NodeSelectorTerm[] } };
    /** Where the bytes are: `csi`, `azureDisk`, `nfs`, … */
    [source: string]: unknown;
  };
  status?: { phase?: string; lastPhaseTransitionTime?: string };
}

export interface StorageClass extends KubeObject {
  provisioner: string;
  parameters?: Record<string, string>;
  reclaimPolicy?: string;
  volumeBindingMode?: string;
  allowVolumeExpansion?: boolean;
  mountOptions?: string[];
  allowedTopologies?: { matchLabelExpressions?: { key: string; values?: string[] }[] }[];
}

/** What the drivers on a node say of it. */
export interface CsiNode extends KubeObject {
  spec: { drivers: { name: string; nodeID: string; topologyKeys?: string[] | null; allocatable?: { count?: number } }[] };
}
