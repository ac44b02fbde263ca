import type { Pod } from "#api/kubernetes/core";
import type { PersistentVolume } from "#api/kubernetes/storage";
import type { PersistentVolumeClaim } from "#api/kubernetes/workloads";
import { claimNamesOf } from "#kube/apimachinery";
import { objectKey } from "#kube/client";
import type { ControllerContext } from "../context.ts";
import { assembleController, type Controller } from "../controller.ts";
import { keyOf } from "../keys.ts";
import { ClaimBinding } from "./claims.ts";
import { VolumeRelease } from "./volumes.ts";

/**
 * Binds claims to volumes, makes the volumes of AKS's drivers, and lets go of what is released.
 * Differs from AKS: disks are there at once, and a pod that names its node itself runs though its claim is not bound.
 * Sources: kubernetes pkg/controller/volume/persistentvolume/pv_controller.go, pvcprotection, pvprotection.
 */
export function createPersistentVolumeController(context: ControllerContext): Controller {
  const binding = new ClaimBinding(context);
  const release = new VolumeRelease(context);
  const claimLoop = context.loop("persistent-volume-claim", (key) => binding.reconcile(key), 1);
  const volumeLoop = context.loop("persistent-volume", (key) => release.reconcile(key));
  const onClaim = (claim: PersistentVolumeClaim): void => {
    claimLoop.enqueue(objectKey(claim));
    if (claim.spec.volumeName !== undefined) volumeLoop.enqueue(claim.spec.volumeName);
  };
  const onVolume = ({ metadata, spec: { claimRef } }: PersistentVolume): void => {
    volumeLoop.enqueue(metadata.name);
    if (claimRef?.name !== undefined) claimLoop.enqueue(keyOf(claimRef.namespace, claimRef.name));
    else enqueuePending();
  };
  // Volumes and classes change seldom, so all that wait may look again.
  const enqueuePending = (): void => {
    for (const claim of binding.claims.list()) if (claim.status?.phase !== "Bound") claimLoop.enqueue(objectKey(claim));
  };
  const onPod = (pod: Pod): void => {
    for (const name of claimNamesOf(pod)) claimLoop.enqueue(keyOf(pod.metadata.namespace, name));
  };
  return assembleController({
    name: "persistent-volume",
    loops: [claimLoop, volumeLoop],
    subscribe: () => [
      binding.claims.subscribe({ add: onClaim, update: onClaim, delete: onClaim }),
      binding.volumes.subscribe({ add: onVolume, update: onVolume, delete: onVolume }),
      binding.classes.subscribe({ add: enqueuePending, update: enqueuePending }),
      binding.pods.subscribe({
        add: onPod,
        update(pod, previous) {
          if (pod.spec.nodeName !== previous.spec.nodeName || pod.status?.phase !== previous.status?.phase) onPod(pod);
        },
        delete: onPod,
      }),
    ],
  });
}
