import type { PersistentVolume } from "#api/kubernetes/storage";
import type { PersistentVolumeClaim } from "#api/kubernetes/workloads";
import { BOUND_BY_CONTROLLER, SELECTED_NODE } from "#kube/apimachinery";

/** A free volume that a claim is to get. */
export interface VolumeForClaim {
  readonly claim: PersistentVolumeClaim;
  readonly volume: PersistentVolume;
}

/** What has to happen to a pod's claims before it can go to its node. */
export interface VolumePlan {
  readonly nodeName: string;
  readonly bindings: readonly VolumeForClaim[];
  /** Claims whose volumes are to be made for the node. */
  readonly provisions: readonly PersistentVolumeClaim[];
}

/**
 * Plans that are being carried out, as if the API showed them already: two pods that are placed one after the other do not
 * get the same volume, nor one claim for two nodes. Source: plugins/volumebinding/assume_cache.go.
 */
export class AssumedVolumes {
  readonly #nodes = new Map<string, string>();
  readonly #claims = new Map<string, PersistentVolumeClaim>();
  #version = 0;

  /** Rises when an assumption comes or goes. */
  get version(): number {
    return this.#version;
  }

  assume({ nodeName, bindings, provisions }: VolumePlan): void {
    this.#version++;
    for (const { claim, volume } of bindings) this.#claims.set(volume.metadata.name, claim);
    for (const claim of provisions) this.#nodes.set(claimKey(claim), nodeName);
  }

  forget({ bindings, provisions }: VolumePlan): void {
    this.#version++;
    for (const { volume } of bindings) this.#claims.delete(volume.metadata.name);
    for (const claim of provisions) this.#nodes.delete(claimKey(claim));
  }

  /** The claim as it will be. */
  claim(claim: PersistentVolumeClaim): PersistentVolumeClaim {
    const nodeName = this.#nodes.size === 0 ? undefined : this.#nodes.get(claimKey(claim));
    return nodeName === undefined ? claim : withSelectedNode(claim, nodeName);
  }

  /** The volume as it will be. */
  volume(volume: PersistentVolume): PersistentVolume {
    const claim = this.#claims.size === 0 ? undefined : this.#claims.get(volume.metadata.name);
    return claim === undefined || volume.spec.claimRef !== undefined ? volume : withClaim(volume, claim);
  }
}

/** `namespace/name`. */
export function claimKey({ metadata }: PersistentVolumeClaim): string {
  return `${metadata.namespace ?? "default"}/${metadata.name}`;
}

/** The claim with the node for which its volume is to be made. */
export function withSelectedNode(claim: PersistentVolumeClaim, nodeName: string): PersistentVolumeClaim {
  return { ...claim, metadata: { ...claim.metadata, annotations: { ...claim.metadata.annotations, [SELECTED_NODE]: nodeName } } };
}

/** The volume, kept for the claim. Source: component-helpers/storage/volume/pv_helpers.go, GetBindVolumeToClaim. */
export function withClaim(volume: PersistentVolume, { metadata }: PersistentVolumeClaim): PersistentVolume {
  const { name, namespace = "default", uid = "", resourceVersion = "" } = metadata;
  const claimRef = { apiVersion: "v1", kind: "PersistentVolumeClaim", name, namespace, uid, resourceVersion };
  const annotations = { ...volume.metadata.annotations, [BOUND_BY_CONTROLLER]: "yes" };
  return { ...volume, metadata: { ...volume.metadata, annotations }, spec: { ...volume.spec, claimRef } };
}
