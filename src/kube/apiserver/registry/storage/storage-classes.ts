import type { KubeObject } from "#api/kubernetes/meta";
import { equalJson, type FieldError, forbidden, isDefaultStorageClass, isReleaseAtLeast, required } from "#kube/apimachinery";
import { oneOf } from "../checks.ts";
import { AGE, age, boolean, integer, NAME, orElse, text } from "../columns.ts";
import { defineKind } from "../define.ts";
import { METADATA } from "../pod-template/shape.ts";
import { listOf, mapOf, nullOr, objectOf } from "../shape.ts";

interface StorageClass extends KubeObject {
  provisioner?: string;
  parameters?: Record<string, string>;
  reclaimPolicy?: string;
  volumeBindingMode?: string;
  allowVolumeExpansion?: boolean;
}

const FIXED = ["provisioner", "parameters", "reclaimPolicy", "volumeBindingMode"] as const;

/** Source: pkg/apis/storage/validation/validation.go, ValidateStorageClassUpdate. */
function validateUpdate(next: StorageClass, previous: StorageClass): FieldError[] {
  return FIXED.filter((field) => !equalJson(next[field], previous[field])).map((field) =>
    forbidden(field, `updates to ${field} are forbidden.`),
  );
}

/** storage.k8s.io/v1 storageclasses. Source: pkg/apis/storage/v1/defaults.go. */
export const storageClasses = defineKind<StorageClass>({
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  resource: "storageclasses",
  shortNames: ["sc"],
  clusterScoped: true,
  shape: objectOf("StorageClass", {
    metadata: METADATA,
    provisioner: "text",
    parameters: mapOf("text"),
    reclaimPolicy: "text",
    volumeBindingMode: "text",
    allowVolumeExpansion: "bool",
    mountOptions: listOf("text"),
  }),
  strategy: {
    applyDefaults(storageClass) {
      storageClass.reclaimPolicy ||= "Delete";
      storageClass.volumeBindingMode ||= "Immediate";
    },
    validate: ({ provisioner, reclaimPolicy, volumeBindingMode }) => [
      ...(provisioner ? [] : [required("provisioner")]),
      ...oneOf("reclaimPolicy", reclaimPolicy, ["Delete", "Retain"]),
      ...oneOf("volumeBindingMode", volumeBindingMode, ["Immediate", "WaitForFirstConsumer"]),
    ],
    validateUpdate,
  },
  table: {
    columns: [
      NAME,
      text("Provisioner", "Who makes the volumes."),
      text("ReclaimPolicy", "What becomes of volumes that are released from their claims."),
      text("VolumeBindingMode", "When volumes are made and bound."),
      { ...boolean("AllowVolumeExpansion", "Whether volumes may grow."), type: "string" },
      AGE,
    ],
    cells(storageClass, context) {
      const { metadata, provisioner = "", reclaimPolicy = "", volumeBindingMode = "", allowVolumeExpansion = false } = storageClass;
      const name = isDefaultStorageClass(storageClass) ? `${metadata.name} (default)` : metadata.name;
      return [name, provisioner, reclaimPolicy, volumeBindingMode, allowVolumeExpansion, age(storageClass, context)];
    },
  },
});

interface CsiDriver extends KubeObject {
  spec?: {
    attachRequired?: boolean;
    podInfoOnMount?: boolean;
    storageCapacity?: boolean;
    fsGroupPolicy?: string;
    requiresRepublish?: boolean;
    seLinuxMount?: boolean;
    tokenRequests?: { audience?: string }[];
    volumeLifecycleModes?: string[];
  };
}

/** storage.k8s.io/v1 csidrivers. Source: pkg/apis/storage/v1/defaults.go, SetDefaults_CSIDriver. */
export const csiDrivers = defineKind<CsiDriver>({
  apiVersion: "storage.k8s.io/v1",
  kind: "CSIDriver",
  resource: "csidrivers",
  clusterScoped: true,
  shape: objectOf("CSIDriver", {
    metadata: METADATA,
    spec: objectOf("CSIDriverSpec", {
      attachRequired: "bool",
      podInfoOnMount: "bool",
      storageCapacity: "bool",
      requiresRepublish: "bool",
      seLinuxMount: "bool",
      fsGroupPolicy: "text",
      tokenRequests: listOf(objectOf("TokenRequest", { audience: "text" })),
      volumeLifecycleModes: listOf("text"),
    }),
  }),
  strategy: {
    applyDefaults(driver, { version }) {
      const spec = (driver.spec ??= {});
      spec.attachRequired ??= true;
      spec.podInfoOnMount ??= false;
      spec.storageCapacity ??= false;
      spec.fsGroupPolicy ??= "ReadWriteOnceWithFSType";
      if ((spec.volumeLifecycleModes ?? []).length === 0) spec.volumeLifecycleModes = ["Persistent"];
      spec.requiresRepublish ??= false;
      // Source: pkg/features/kube_features.go, SELinuxMountReadWriteOncePod, on by itself as of v1.27.0.
      if (isReleaseAtLeast(version, "1.27")) spec.seLinuxMount ??= false;
    },
  },
  table: {
    columns: [
      NAME,
      boolean("AttachRequired", "Whether volumes have to be attached."),
      boolean("PodInfoOnMount", "Whether the driver is told of the pod."),
      boolean("StorageCapacity", "Whether pods are placed by the driver's capacity."),
      text("TokenRequests", "Audiences of the tokens the driver needs."),
      boolean("RequiresRepublish", "Whether mounts are renewed from time to time."),
      text("Modes", "Life cycles of volumes that the driver supports."),
      AGE,
    ],
    cells(driver, context) {
      const {
        attachRequired = true,
        podInfoOnMount = false,
        storageCapacity = false,
        requiresRepublish = false,
        ...spec
      } = driver.spec ?? {};
      const audiences = (spec.tokenRequests ?? []).map(({ audience = "" }) => audience).join(",");
      return [
        driver.metadata.name,
        attachRequired,
        podInfoOnMount,
        storageCapacity,
        orElse(audiences, "<unset>"),
        requiresRepublish,
        orElse((spec.volumeLifecycleModes ?? []).join(","), "<none>"),
        age(driver, context),
      ];
    },
  },
});

interface CsiNode extends KubeObject {
  spec?: { drivers?: { name: string }[] };
}

/** storage.k8s.io/v1 csinodes. */
export const csiNodes = defineKind<CsiNode>({
  apiVersion: "storage.k8s.io/v1",
  kind: "CSINode",
  resource: "csinodes",
  clusterScoped: true,
  shape: objectOf("CSINode", {
    metadata: METADATA,
    spec: objectOf("CSINodeSpec", {
      drivers: listOf(objectOf("CSINodeDriver", { name: "filled", nodeID: "text", topologyKeys: nullOr(listOf("text")) })),
    }),
  }),
  strategy: {
    applyDefaults(node) {
      node.spec ??= {};
      node.spec.drivers ??= [];
    },
  },
  table: {
    columns: [NAME, integer("Drivers", "Number of drivers on the node."), AGE],
    cells: (node, context) => [node.metadata.name, node.spec?.drivers?.length ?? 0, age(node, context)],
  },
});

interface VolumeAttachment extends KubeObject {
  spec?: { attacher?: string; nodeName?: string; source?: { persistentVolumeName?: string } };
  status?: { attached?: boolean };
}

/** storage.k8s.io/v1 volumeattachments. */
export const volumeAttachments = defineKind<VolumeAttachment>({
  apiVersion: "storage.k8s.io/v1",
  kind: "VolumeAttachment",
  resource: "volumeattachments",
  clusterScoped: true,
  hasStatus: true,
  shape: objectOf("VolumeAttachment", {
    metadata: METADATA,
    spec: objectOf("VolumeAttachmentSpec", {
      attacher: "text",
      nodeName: "text",
      source: objectOf("VolumeAttachmentSource", { persistentVolumeName: "text" }),
    }),
    status: objectOf("VolumeAttachmentStatus", { attached: "bool" }),
  }),
  strategy: {
    prepareForCreate(attachment) {
      attachment.status = { attached: false };
    },
    validate: ({ spec }) => [
      ...(spec?.attacher ? [] : [required("spec.attacher")]),
      ...(spec?.nodeName ? [] : [required("spec.nodeName")]),
    ],
  },
  table: {
    columns: [
      NAME,
      { ...text("Attacher", "Who attaches the volume."), format: "name" },
      text("PV", "The volume."),
      text("Node", "The node it is attached to."),
      boolean("Attached", "Whether it is attached."),
      AGE,
    ],
    cells(attachment, context) {
      const { attacher = "", nodeName = "", source } = attachment.spec ?? {};
      const volume = source?.persistentVolumeName ?? "";
      return [attachment.metadata.name, attacher, volume, nodeName, attachment.status?.attached ?? false, age(attachment, context)];
    },
  },
});
