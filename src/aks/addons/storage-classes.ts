import type { StorageClass } from "#api/kubernetes/storage";
import { resources } from "#api/kubernetes/resources";
import { compareVersions } from "../catalog/index.ts";
import type { SystemWorkload } from "./component.ts";

/** First Kubernetes version with CSI drivers by default. Source: Azure docs concepts-storage. */
const CSI = "1.21.0";
/** First version whose disks wait for a pod. Source: Azure/AKS issue 2207: 1.18 waits, 1.16 does not. Unverified: 1.17. */
const WAITS = "1.18.0";
/** First version whose volumes may grow. Source: Azure/AKS issue 709. Unverified: the minor. */
const GROWS = "1.15.0";

interface ClassRow {
  readonly name: string;
  readonly driver: "disk" | "file";
  readonly sku: string;
  readonly since?: string;
  /** Made for the CSI driver, with its spelling of the parameters. */
  readonly isCsi?: boolean;
}

/** Sources: Azure docs concepts-storage and create-volume-azure-disk; listings in MicrosoftDocs/azure-docs issues 72512, 72546, 97970. */
const CLASSES: readonly ClassRow[] = [
  { name: "azurefile", driver: "file", sku: "Standard_LRS", since: "1.16.0" },
  { name: "azurefile-csi", driver: "file", sku: "Standard_LRS", since: CSI, isCsi: true },
  { name: "azurefile-csi-premium", driver: "file", sku: "Premium_LRS", since: CSI, isCsi: true },
  { name: "azurefile-premium", driver: "file", sku: "Premium_LRS", since: "1.16.0" },
  { name: "default", driver: "disk", sku: "StandardSSD_LRS" },
  { name: "managed", driver: "disk", sku: "StandardSSD_LRS", since: CSI },
  { name: "managed-csi", driver: "disk", sku: "StandardSSD_LRS", since: CSI, isCsi: true },
  { name: "managed-csi-premium", driver: "disk", sku: "Premium_LRS", since: CSI, isCsi: true },
  { name: "managed-csi-premium-v2", driver: "disk", sku: "PremiumV2_LRS", since: "1.35.0", isCsi: true },
  { name: "managed-premium", driver: "disk", sku: "Premium_LRS" },
];

/** Source: Azure docs create-volume-azure-files, the built-in classes' options. */
const FILE_MOUNT_OPTIONS = ["mfsymlinks", "actimeo=30", "nosharesock"];

/**
 * The classes a cluster of this version has. They are only to exist: an upgrade leaves those of an older version as they
 * are (Azure/AKS issue 1335). Differs from AKS: disks are not zone-redundant in clusters with zones since 1.29.
 */
export function storageClasses(version: string): readonly SystemWorkload[] {
  return CLASSES.filter(({ since = version }) => compareVersions(version, since) >= 0).map((row) => ({
    type: resources.storageClasses,
    object: storageClass(row, version),
  }));
}

function storageClass(row: ClassRow, version: string): StorageClass {
  const hasReached = (since: string): boolean => compareVersions(version, since) >= 0;
  const isDisk = row.driver === "disk";
  const prefix = hasReached(CSI) ? "storageclass" : "storageclass.beta";
  return {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: {
      name: row.name,
      labels: { "addonmanager.kubernetes.io/mode": "EnsureExists", "kubernetes.io/cluster-service": "true" },
      ...(row.name === "default" && { annotations: { [`${prefix}.kubernetes.io/is-default-class`]: "true" } }),
    },
    provisioner: hasReached(CSI) ? `${row.driver}.csi.azure.com` : `kubernetes.io/azure-${row.driver}`,
    parameters: parametersOf(row, hasReached(CSI)),
    reclaimPolicy: "Delete",
    volumeBindingMode: isDisk && hasReached(WAITS) ? "WaitForFirstConsumer" : "Immediate",
    ...(hasReached(GROWS) && { allowVolumeExpansion: true }),
    ...(!isDisk && { mountOptions: [...FILE_MOUNT_OPTIONS] }),
  };
}

/** Source: apecloud/kubeblocks issue 6816 (`default` of 1.28). Unverified: those of classes in the older spelling. */
function parametersOf({ name, driver, sku, isCsi = false }: ClassRow, hasCsi: boolean): Record<string, string> {
  if (driver === "file") return { skuName: sku };
  if (isCsi || (hasCsi && name === "default")) return { skuname: sku };
  return { cachingmode: "ReadOnly", kind: "Managed", storageaccounttype: sku };
}
