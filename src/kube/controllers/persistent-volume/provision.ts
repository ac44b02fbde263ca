import type { Node } from "#api/kubernetes/core";
import type { PersistentVolume, StorageClass } from "#api/kubernetes/storage";
import type { PersistentVolumeClaim } from "#api/kubernetes/workloads";
import { value } from "#kube/apimachinery";

const DISK = "disk.csi.azure.com";
const FILE = "file.csi.azure.com";
const IN_TREE_DISK = "kubernetes.io/azure-disk";
const IN_TREE_FILE = "kubernetes.io/azure-file";
const GIBIBYTE = 1024 ** 3;
const ZONE = "topology.disk.csi.azure.com/zone";

/** Drivers that AKS brings and whose volumes are simulated. */
export const PROVISIONERS: readonly string[] = [DISK, FILE, IN_TREE_DISK, IN_TREE_FILE];

/** Whether Kubernetes itself makes the volume, not a driver beside it. */
export function isInTree(provisioner: string): boolean {
  return provisioner.startsWith("kubernetes.io/");
}

/** Whom the provisioner's own events are from. Unverified: what follows the driver is its pod's name and an id of its run. */
export function provisionerName(provisioner: string): string {
  return `${provisioner}_csi-${provisioner === FILE ? "azurefile" : "azuredisk"}-controller`;
}

/** What a volume is called that is made for the claim. Source: kubernetes pv_controller.go, GetProvisionedVolumeNameForClaim. */
export function volumeNameFor({ metadata }: PersistentVolumeClaim): string {
  return `pvc-${metadata.uid ?? ""}`;
}

/**
 * The volume that AKS's drivers make for a claim: whole gibibytes, deleted or kept as the class says, a disk in the zone of
 * its first node. Sources: azuredisk-csi-driver pkg/azuredisk/controllerserver.go, azurefile-csi-driver pkg/azurefile/controllerserver.go.
 * Unverified: the names of accounts and shares.
 * @param node that the scheduler chose for the first pod, or any
 */
export function provisionedVolume(claim: PersistentVolumeClaim, storageClass: StorageClass, node: Node | undefined): PersistentVolume {
  const name = volumeNameFor(claim);
  const { accessModes = [], volumeMode = "Filesystem" } = claim.spec;
  const { namespace = "", uid = "", resourceVersion = "" } = claim.metadata;
  const sizeGib = Math.max(1, Math.ceil(value(claim.spec.resources?.requests?.["storage"] ?? "0") / GIBIBYTE));
  return {
    metadata: {
      name,
      annotations: { "pv.kubernetes.io/provisioned-by": storageClass.provisioner },
      finalizers: ["kubernetes.io/pv-protection"],
    },
    spec: {
      accessModes: [...accessModes],
      capacity: { storage: `${sizeGib}Gi` },
      claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", name: claim.metadata.name, namespace, uid, resourceVersion },
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? "Delete",
      storageClassName: storageClass.metadata.name,
      volumeMode,
      ...(storageClass.mountOptions !== undefined && { mountOptions: [...storageClass.mountOptions] }),
      ...sourceOf({ claim, storageClass, name, sizeGib, scope: scopeOf(node) }),
      ...affinityOf(storageClass, node),
    },
  };
}

interface Making {
  readonly claim: PersistentVolumeClaim;
  readonly storageClass: StorageClass;
  readonly name: string;
  readonly sizeGib: number;
  readonly scope: Scope;
}

interface Scope {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
}

function sourceOf({ claim, storageClass, name, sizeGib, scope }: Making): Record<string, unknown> {
  const { provisioner, parameters = {} } = storageClass;
  const group = `/subscriptions/${scope.subscriptionId}/resourceGroups/${scope.resourceGroup}`;
  const disk = `${group}/providers/Microsoft.Compute/disks/${name}`;
  const account = `f${(claim.metadata.uid ?? "").replaceAll("-", "").slice(0, 22)}`;
  const attributes = {
    "csi.storage.k8s.io/pv/name": name,
    "csi.storage.k8s.io/pvc/name": claim.metadata.name,
    "csi.storage.k8s.io/pvc/namespace": claim.metadata.namespace ?? "",
    ...parameters,
  };
  switch (provisioner) {
    case DISK:
      return { csi: { driver: DISK, volumeHandle: disk, volumeAttributes: { ...attributes, requestedsizegib: String(sizeGib) } } };
    case FILE:
      return {
        csi: {
          driver: FILE,
          volumeHandle: `${scope.resourceGroup}#${account}#${name}###${claim.metadata.namespace ?? ""}`,
          volumeAttributes: attributes,
        },
      };
    case IN_TREE_DISK:
      return { azureDisk: { cachingMode: "ReadOnly", diskName: name, diskURI: disk, fsType: "", kind: "Managed", readOnly: false } };
    default:
      return { azureFile: { secretName: `azure-storage-account-${account}-secret`, shareName: name, readOnly: false } };
  }
}

/** Where the cluster's machines are, from how their nodes name them. */
function scopeOf(node: Node | undefined): Scope {
  const [, subscriptionId = "", resourceGroup = ""] =
    /\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)/i.exec(node?.spec?.providerID ?? "") ?? [];
  return { subscriptionId, resourceGroup };
}

/** Zone-redundant disks can be attached in every zone. Source: azuredisk-csi-driver docs/driver-parameters.md, skuName. */
function affinityOf(
  { provisioner, parameters = {} }: StorageClass,
  node: Node | undefined,
): Pick<PersistentVolume["spec"], "nodeAffinity"> {
  const zone = node?.metadata.labels?.[ZONE];
  const isRedundant = Object.values(parameters).some((parameter) => parameter.endsWith("_ZRS"));
  if (provisioner !== DISK || zone === undefined || isRedundant) return {};
  const matchExpressions = [{ key: ZONE, operator: "In" as const, values: [zone] }];
  return { nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions }] } } };
}
