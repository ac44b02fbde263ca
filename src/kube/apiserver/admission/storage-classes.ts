import type { KubeObject } from "#api/kubernetes/meta";
import type { StorageClass } from "#api/kubernetes/storage";
import type { PersistentVolumeClaim } from "#api/kubernetes/workloads";
import { defaultStorageClass, storageClassNameOf } from "#kube/apimachinery";
import type { ResourceTable } from "../resources.ts";

/**
 * Gives a new claim that names no class the default one. Without one it gets it when there is one, by the volume controller.
 * Source: plugin/pkg/admission/storage/storageclass/setdefault/admission.go, Admit.
 */
export function giveDefaultClass(resources: ResourceTable, object: KubeObject): void {
  const claim = object as PersistentVolumeClaim;
  const classes = resources.preferred("storage.k8s.io", "storageclasses");
  if (classes === undefined || storageClassNameOf(claim) !== undefined) return;
  const fallback = defaultStorageClass([...classes.cache.values()].map(({ object: each }) => each as StorageClass));
  if (fallback !== undefined) claim.spec.storageClassName = fallback.metadata.name;
}
