import { resources } from "#api/kubernetes/resources";
import type { PersistentVolume } from "#api/kubernetes/storage";
import type { PersistentVolumeClaim } from "#api/kubernetes/workloads";
import { compileNodeSelectorTerms, isFullyBound, SELECTED_NODE } from "#kube/apimachinery";
import type { KubeClient } from "#kube/client";
import { type Clock, Defect, type Timer } from "#lib";
import type { NodeState } from "../node-state.ts";
import type { PodToPlace } from "../pod-to-place.ts";
import { type AssumedVolumes, claimKey, type VolumeForClaim, type VolumePlan, withClaim, withSelectedNode } from "./assumed-volumes.ts";

/** Claims and volumes as the API has them, without what is only assumed. */
export interface StoredVolumes {
  /** By `namespace/name`. */
  claim(key: string): PersistentVolumeClaim | undefined;
  volume(name: string): PersistentVolume | undefined;
}

export interface VolumeBinderOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly assumed: AssumedVolumes;
  readonly stored: StoredVolumes;
}

/** What has to be done before a pod is bound. */
export interface VolumeTask {
  readonly pod: PodToPlace;
  readonly node: NodeState;
  readonly plan: VolumePlan;
  /** How long the pod waits for its claims. */
  readonly timeoutMs: number;
}

/** A pod that has its node and waits for its claims. */
interface Wait {
  readonly pod: PodToPlace;
  readonly node: NodeState;
  readonly plan: VolumePlan;
  readonly end: (failure: Error | undefined) => void;
  timer: Timer | undefined;
  /** The claims to provision as they were written; what is stored can be judged by them. */
  written: readonly PersistentVolumeClaim[];
  isWritten: boolean;
}

const BOUND = "bound";
const WAITING = "waiting";

function versionOf({ metadata }: PersistentVolumeClaim): bigint {
  return BigInt(metadata.resourceVersion ?? "0");
}

/**
 * Sees to it that a pod's claims are bound before the pod is: writes what was planned and waits for the volume controller.
 *
 * ```
 *   begin ──▶ written (claimRef of volumes, selected-node of claims) ──claims and volumes change──▶ all bound ──▶ end()
 *                                    └── annotation gone, volume elsewhere, time over ──▶ end(failure)
 * ```
 *
 * A pod that waits costs no call. Source: plugins/volumebinding/binder.go, BindPodVolumes and checkBindings.
 */
export class VolumeBinder {
  readonly #options: VolumeBinderOptions;
  /** By pod. */
  readonly #waits = new Map<string, Wait>();
  readonly #byClaim = new Map<string, Set<Wait>>();

  constructor(options: VolumeBinderOptions) {
    this.#options = options;
  }

  /**
   * Begins to carry out the plan. Resolves when it is written.
   *
   * @param end called once, when all claims are bound or why they will not be; not after {@link cancel}.
   */
  async begin({ pod, node, plan, timeoutMs }: VolumeTask, end: Wait["end"]): Promise<void> {
    const wait: Wait = { pod, node, plan, end, timer: undefined, written: [], isWritten: false };
    this.#waits.set(pod.key, wait);
    for (const claim of pod.claims) {
      const waits = this.#byClaim.get(claim);
      if (waits === undefined) this.#byClaim.set(claim, new Set([wait]));
      else waits.add(wait);
    }
    this.#options.assumed.assume(plan);
    const written = await this.#write(plan);
    if (this.#waits.get(pod.key) !== wait) return;
    if (written instanceof Error) return this.#finish(wait, written);
    wait.written = written;
    wait.isWritten = true;
    wait.timer = this.#options.clock.after(timeoutMs, () => this.#finish(wait, new Error("binding volumes: context deadline exceeded")));
    this.#check(wait);
  }

  /** The claim, or the volume that is for it, changed. */
  claimChanged(key: string): void {
    for (const wait of this.#byClaim.get(key) ?? []) if (wait.isWritten) this.#check(wait);
  }

  /** The pod is gone, or has a node already: nobody waits any more. */
  cancel(podKey: string): void {
    const wait = this.#waits.get(podKey);
    if (wait !== undefined) this.#forget(wait);
  }

  /** Waits for nothing any more. */
  close(): void {
    for (const wait of this.#waits.values()) this.#forget(wait);
  }

  /** The claims as they were written, or why they were not. */
  async #write({ nodeName, bindings, provisions }: VolumePlan): Promise<readonly PersistentVolumeClaim[] | Error> {
    const { client, stored } = this.#options;
    const written: PersistentVolumeClaim[] = [];
    try {
      for (const { claim, volume } of bindings) await client.update(resources.persistentVolumes, withClaim(volume, claim));
      for (const claim of provisions) {
        const now = stored.claim(claimKey(claim)) ?? claim;
        const isSelected = now.metadata.annotations?.[SELECTED_NODE] === nodeName;
        written.push(isSelected ? now : await client.update(resources.persistentVolumeClaims, withSelectedNode(now, nodeName)));
      }
      return written;
    } catch (error) {
      if (error instanceof Error && !(error instanceof Defect)) return error;
      throw error;
    }
  }

  #check(wait: Wait): void {
    const states = [
      ...wait.plan.bindings.map((each) => this.#stateOfBinding(each)),
      ...wait.written.map((each) => this.#stateOf(each, wait)),
    ];
    const wrong = states.find((state) => state !== BOUND && state !== WAITING);
    if (wrong !== undefined) this.#finish(wait, new Error(`binding volumes: ${wrong}`));
    else if (!states.includes(WAITING)) this.#finish(wait, undefined);
  }

  #stateOfBinding({ claim, volume }: VolumeForClaim): string {
    const { stored } = this.#options;
    const { name } = volume.metadata;
    const now = stored.claim(claimKey(claim));
    if (stored.volume(name) === undefined) return `failed to check binding: could not find v1.PersistentVolume "${name}"`;
    if (now === undefined) return `failed to check binding: could not find v1.PersistentVolumeClaim "${claimKey(claim)}"`;
    return isFullyBound(now) ? BOUND : WAITING;
  }

  #stateOf(written: PersistentVolumeClaim, { plan, node }: Wait): string {
    const { stored } = this.#options;
    const key = claimKey(written);
    const now = stored.claim(key);
    if (now === undefined) return `failed to check provisioning pvc: could not find v1.PersistentVolumeClaim "${key}"`;
    if (versionOf(now) < versionOf(written)) return WAITING;
    if (now.metadata.annotations?.[SELECTED_NODE] !== plan.nodeName) return `provisioning failed for PVC "${now.metadata.name}"`;
    const volume = stored.volume(now.spec.volumeName ?? "");
    const terms = volume?.spec.nodeAffinity?.required?.nodeSelectorTerms;
    if (volume !== undefined && terms !== undefined && !compileNodeSelectorTerms(terms)(node))
      return `pv "${volume.metadata.name}" node affinity doesn't match node "${node.name}": no matching NodeSelectorTerms`;
    return isFullyBound(now) && volume !== undefined ? BOUND : WAITING;
  }

  #finish(wait: Wait, failure: Error | undefined): void {
    this.#forget(wait);
    wait.end(failure);
  }

  #forget(wait: Wait): void {
    wait.timer?.cancel();
    this.#waits.delete(wait.pod.key);
    for (const claim of wait.pod.claims) {
      const waits = this.#byClaim.get(claim);
      if (waits?.delete(wait) === true && waits.size === 0) this.#byClaim.delete(claim);
    }
    this.#options.assumed.forget(wait.plan);
  }
}
