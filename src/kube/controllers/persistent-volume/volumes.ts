import type { PersistentVolume } from "#api/kubernetes/storage";
import { resources } from "#api/kubernetes/resources";
import { isStatus } from "#api/kubernetes/status";
import type { PersistentVolumeClaim } from "#api/kubernetes/workloads";
import type { Informer } from "#kube/client";
import type { ControllerContext } from "../context.ts";
import { keyOf } from "../keys.ts";
import { dropFinalizer, found, writeStatus } from "../writes.ts";

const PROTECTION = "kubernetes.io/pv-protection";

/** Says what state a volume is in, and deletes it when its claim is gone and its policy says so. */
export class VolumeRelease {
  readonly #volumes: Informer<PersistentVolume>;
  readonly #claims: Informer<PersistentVolumeClaim>;
  readonly #context: ControllerContext;

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#volumes = context.informers.of(resources.persistentVolumes);
    this.#claims = context.informers.of(resources.persistentVolumeClaims);
  }

  async reconcile(name: string): Promise<void> {
    const volume = this.#volumes.get(name);
    if (volume === undefined) return;
    const { deletionTimestamp, finalizers = [] } = volume.metadata;
    if (deletionTimestamp !== undefined) {
      if (volume.status?.phase === "Bound" && !(await this.#isReleased(volume))) return;
      await dropFinalizer(this.#context.client, resources.persistentVolumes, volume, PROTECTION);
      return;
    }
    if (!finalizers.includes(PROTECTION)) return this.#protect(volume, finalizers);
    const { claimRef, persistentVolumeReclaimPolicy } = volume.spec;
    if (claimRef?.uid === undefined) await this.#toPhase(volume, "Available");
    else if (await this.#isReleased(volume)) {
      await this.#toPhase(volume, "Released");
      if (persistentVolumeReclaimPolicy === "Delete") await found(this.#context.client.delete(resources.persistentVolumes, { name }));
    }
  }

  /** Asks the API when the copy has no such claim: what was made a moment ago may not be in it. */
  async #isReleased({ spec: { claimRef } }: PersistentVolume): Promise<boolean> {
    const { name = "", namespace = "", uid } = claimRef ?? {};
    if (this.#claims.get(keyOf(namespace, name))?.metadata.uid === uid) return false;
    try {
      return (await this.#context.client.get(resources.persistentVolumeClaims, { name, namespace })).metadata.uid !== uid;
    } catch (error) {
      if (isStatus(error, "NotFound")) return true;
      throw error;
    }
  }

  async #toPhase(volume: PersistentVolume, phase: string): Promise<void> {
    if (volume.status?.phase === phase) return;
    await writeStatus(this.#context.client, resources.persistentVolumes, volume, { ...volume.status, phase });
  }

  async #protect(volume: PersistentVolume, finalizers: readonly string[]): Promise<void> {
    const metadata = { ...volume.metadata, finalizers: [...finalizers, PROTECTION] };
    await found(this.#context.client.update(resources.persistentVolumes, { ...volume, metadata }));
  }
}
