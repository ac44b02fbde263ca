import type { ResourceList } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";
import {
  type FieldError,
  forbidden,
  formatTime,
  invalid,
  isReleaseAtLeast,
  notSupported,
  parseQuantity,
  required,
} from "#kube/apimachinery";
import { AGE, age, NAME, orElse, text, wideText } from "../columns.ts";
import { defineKind } from "../define.ts";
import type { StrategyContext } from "../kind.ts";
import { defaultDisk, roundResourceList } from "../pod-template/defaults.ts";
import { CONDITIONS, LABEL_SELECTOR, METADATA, NODE_SELECTOR, RESOURCE_LIST, RESOURCES } from "../pod-template/shape.ts";
import { listOf, objectOf } from "../shape.ts";

interface PersistentVolume extends KubeObject {
  spec: {
    capacity?: ResourceList;
    accessModes?: string[];
    persistentVolumeReclaimPolicy?: string;
    claimRef?: { namespace?: string; name?: string };
    storageClassName?: string;
    volumeAttributesClassName?: string;
    volumeMode?: string;
  };
  status?: { phase?: string; reason?: string };
}

interface PersistentVolumeClaim extends KubeObject {
  spec: {
    accessModes?: string[];
    volumeName?: string;
    storageClassName?: string;
    volumeAttributesClassName?: string;
    volumeMode?: string;
    resources?: { requests?: ResourceList };
  };
  status?: { phase?: string; capacity?: ResourceList; accessModes?: string[] };
}

const SHORT_MODES: Readonly<Record<string, string>> = {
  ReadWriteOnce: "RWO",
  ReadOnlyMany: "ROX",
  ReadWriteMany: "RWX",
  ReadWriteOncePod: "RWOP",
};

/** In the order Kubernetes lists them, each once. Source: pkg/apis/core/helper/helpers.go, GetAccessModesAsString. */
function modesCell(modes: readonly string[] | undefined): string {
  return Object.keys(SHORT_MODES)
    .filter((mode) => modes?.includes(mode) === true)
    .map((mode) => SHORT_MODES[mode])
    .join(",");
}

/** Source: pkg/apis/core/validation/validation.go, ValidatePersistentVolumeSpec and validatePersistentVolumeClaimSpec. */
function accessModeErrors(modes: readonly string[]): FieldError[] {
  const known = Object.keys(SHORT_MODES);
  const errors = modes.filter((mode) => !known.includes(mode)).map((mode) => notSupported("spec.accessModes", mode, known.toSorted()));
  if (modes.includes("ReadWriteOncePod") && modes.length > 1)
    errors.push(forbidden("spec.accessModes", "may not use ReadWriteOncePod with other access modes"));
  return errors;
}

/** Source: pkg/apis/core/validation/validation.go, ValidatePositiveQuantityValue. */
function storageErrors(storage: string | undefined): FieldError[] {
  if (storage === undefined) return [required("spec.resources[storage]")];
  return parseQuantity(storage).nanos > 0n ? [] : [invalid("spec.resources[storage]", storage, "must be greater than zero")];
}

/** Source: pkg/apis/core/validation/validation.go, ValidatePersistentVolumeSpec: a volume has storage and nothing else. */
function capacityErrors(capacity: ResourceList | undefined): FieldError[] {
  const errors = Object.keys(capacity ?? {}).length === 0 ? [required("spec.capacity")] : [];
  const isStorage = capacity?.["storage"] !== undefined && Object.keys(capacity).length === 1;
  return isStorage ? errors : [...errors, { ...notSupported("spec.capacity", "", ["storage"]), value: capacity ?? null }];
}

/** Source: staging/src/k8s.io/api/core/v1/types.go, PersistentVolumeSource. */
const SOURCES = [
  "hostPath",
  "gcePersistentDisk",
  "awsElasticBlockStore",
  "glusterfs",
  "flocker",
  "nfs",
  "rbd",
  "quobyte",
  "cephfs",
  "iscsi",
  "cinder",
  "fc",
  "flexVolume",
  "azureFile",
  "vsphereVolume",
  "azureDisk",
  "photonPersistentDisk",
  "portworxVolume",
  "scaleIO",
  "local",
  "storageos",
  "csi",
];

function sourceErrors(spec: Readonly<Record<string, unknown>>): FieldError[] {
  const [first, ...others] = SOURCES.filter((source) => spec[source] !== undefined && spec[source] !== null);
  if (first === undefined) return [required("spec", "must specify a volume type")];
  return others.map((source) => forbidden(`spec.${source}`, "may not specify more than 1 volume type"));
}

const CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class";

function classCell({ metadata, spec }: PersistentVolume | PersistentVolumeClaim): string {
  return metadata.annotations?.[CLASS_ANNOTATION] ?? spec.storageClassName ?? "";
}

function phaseCell({ metadata, status }: PersistentVolume | PersistentVolumeClaim): string {
  return metadata.deletionTimestamp === undefined ? (status?.phase ?? "") : "Terminating";
}

/** Keeps the object while it is used. Source: plugin/pkg/admission/storage/storageobjectinuseprotection/admission.go. */
/** Source: pkg/registry/core/persistentvolume/strategy.go; on by itself as of v1.29.0. */
function phaseTime({ nowMs, version }: StrategyContext): { lastPhaseTransitionTime?: string } {
  return isReleaseAtLeast(version, "1.29") ? { lastPhaseTransitionTime: formatTime(nowMs) } : {};
}

function protect({ metadata }: KubeObject, finalizer: string): void {
  if (metadata.finalizers?.includes(finalizer) !== true) metadata.finalizers = [...(metadata.finalizers ?? []), finalizer];
}

const STORAGE_CLASS = text("StorageClass", "Name of the class of storage.");
const ATTRIBUTES_CLASS = text("VolumeAttributesClass", "Name of the class of attributes.");
const ACCESS_MODES = text("Access Modes", "Ways in which the volume can be mounted.");
const CAPACITY = text("Capacity", "Size of the volume.");
const VOLUME_MODE = wideText("VolumeMode", "Whether the volume is a file system or a raw block device.");

/** core/v1 persistentvolumes. */
export const persistentVolumes = defineKind<PersistentVolume>({
  apiVersion: "v1",
  kind: "PersistentVolume",
  resource: "persistentvolumes",
  shortNames: ["pv"],
  clusterScoped: true,
  hasStatus: true,
  shape: objectOf("PersistentVolume", {
    metadata: METADATA,
    spec: objectOf("PersistentVolumeSpec", {
      capacity: RESOURCE_LIST,
      accessModes: listOf("text"),
      persistentVolumeReclaimPolicy: "text",
      claimRef: objectOf("ObjectReference", { namespace: "text", name: "text" }),
      storageClassName: "text",
      volumeAttributesClassName: "text",
      volumeMode: "text",
      nodeAffinity: objectOf("VolumeNodeAffinity", { required: NODE_SELECTOR }),
    }),
    status: objectOf("PersistentVolumeStatus", { phase: "text", message: "text", reason: "text" }),
  }),
  strategy: {
    applyDefaults(volume) {
      volume.spec ??= {};
      volume.spec.persistentVolumeReclaimPolicy ||= "Retain";
      volume.spec.volumeMode ??= "Filesystem";
      roundResourceList(volume.spec.capacity);
      defaultDisk(volume.spec);
    },
    prepareForCreate(volume, context) {
      protect(volume, "kubernetes.io/pv-protection");
      volume.status = { phase: "Pending", ...phaseTime(context) };
    },
    prepareForStatusUpdate(volume, previous, context) {
      if (volume.status === undefined || volume.status.phase === previous.status?.phase) return;
      Object.assign(volume.status, phaseTime(context));
    },
    validate: ({ spec }) => [
      ...((spec.accessModes ?? []).length === 0 ? [required("spec.accessModes")] : []),
      ...accessModeErrors(spec.accessModes ?? []),
      ...capacityErrors(spec.capacity),
      ...sourceErrors(spec),
    ],
  },
  table: {
    columns: [
      NAME,
      CAPACITY,
      ACCESS_MODES,
      text("Reclaim Policy", "What becomes of the volume when it is released from its claim."),
      text("Status", "Whether the volume is available, bound to a claim, or released by one."),
      text("Claim", "The claim that the volume is bound to."),
      STORAGE_CLASS,
      ATTRIBUTES_CLASS,
      text("Reason", "Why the volume is in its state."),
      AGE,
      VOLUME_MODE,
    ],
    cells(volume, context) {
      const { metadata, spec, status } = volume;
      const claim = spec.claimRef === undefined ? "" : `${spec.claimRef.namespace ?? ""}/${spec.claimRef.name ?? ""}`;
      return [
        metadata.name,
        spec.capacity?.["storage"] ?? "",
        modesCell(spec.accessModes),
        spec.persistentVolumeReclaimPolicy ?? "",
        phaseCell(volume),
        claim,
        classCell(volume),
        orElse(spec.volumeAttributesClassName, "<unset>"),
        status?.reason ?? "",
        age(volume, context),
        orElse(spec.volumeMode, "<unset>"),
      ];
    },
  },
  selectableFields: ({ metadata }) => ({ name: metadata.name }),
});

/** core/v1 persistentvolumeclaims. */
export const persistentVolumeClaims = defineKind<PersistentVolumeClaim>({
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  resource: "persistentvolumeclaims",
  shortNames: ["pvc"],
  hasStatus: true,
  shape: objectOf("PersistentVolumeClaim", {
    metadata: METADATA,
    spec: objectOf("PersistentVolumeClaimSpec", {
      accessModes: listOf("text"),
      selector: LABEL_SELECTOR,
      resources: RESOURCES,
      volumeName: "text",
      storageClassName: "text",
      volumeAttributesClassName: "text",
      volumeMode: "text",
    }),
    status: objectOf("PersistentVolumeClaimStatus", {
      phase: "text",
      accessModes: listOf("text"),
      capacity: RESOURCE_LIST,
      conditions: CONDITIONS,
    }),
  }),
  strategy: {
    applyDefaults(claim) {
      claim.spec ??= {};
      claim.spec.volumeMode ??= "Filesystem";
      roundResourceList(claim.spec.resources?.requests);
    },
    prepareForCreate(claim) {
      protect(claim, "kubernetes.io/pvc-protection");
      claim.status = { phase: "Pending" };
    },
    validate: ({ spec }) => [
      ...((spec.accessModes ?? []).length === 0 ? [required("spec.accessModes", "at least 1 access mode is required")] : []),
      ...accessModeErrors(spec.accessModes ?? []),
      ...storageErrors(spec.resources?.requests?.["storage"]),
    ],
  },
  table: {
    columns: [
      NAME,
      text("Status", "Whether the claim is bound to a volume."),
      text("Volume", "The volume that the claim is bound to."),
      CAPACITY,
      ACCESS_MODES,
      STORAGE_CLASS,
      ATTRIBUTES_CLASS,
      AGE,
      VOLUME_MODE,
    ],
    cells(claim, context) {
      const { metadata, spec, status } = claim;
      const bound = spec.volumeName !== undefined && spec.volumeName !== "";
      return [
        metadata.name,
        phaseCell(claim),
        spec.volumeName ?? "",
        bound ? (status?.capacity?.["storage"] ?? "") : "",
        bound ? modesCell(status?.accessModes) : "",
        classCell(claim),
        orElse(spec.volumeAttributesClassName, "<unset>"),
        age(claim, context),
        orElse(spec.volumeMode, "<unset>"),
      ];
    },
  },
  selectableFields: ({ metadata }) => ({ name: metadata.name }),
});
