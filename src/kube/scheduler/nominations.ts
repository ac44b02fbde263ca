import type { PodToPlace } from "./pod-to-place.ts";

interface Nomination {
  readonly pod: PodToPlace;
  readonly nodeName: string;
}

const NONE: readonly PodToPlace[] = [];

/**
 * Pods that wait for a node on which room is being made for them. They are not on it yet, but pods of the same or lower
 * priority have to leave them their room. Source: pkg/scheduler/backend/queue/nominator.go.
 */
export class Nominations {
  readonly #byPod = new Map<string, Nomination>();
  readonly #byNode = new Map<string, Set<PodToPlace>>();

  get isEmpty(): boolean {
    return this.#byPod.size === 0;
  }

  nodeOf(podKey: string): string | undefined {
    return this.#byPod.get(podKey)?.nodeName;
  }

  /** Pods nominated to the node that this pod has to leave room for. */
  aheadOf({ key, priority }: PodToPlace, nodeName: string): readonly PodToPlace[] {
    if (this.#byNode.size === 0) return NONE;
    return [...(this.#byNode.get(nodeName) ?? NONE)].filter((other) => other.key !== key && other.priority >= priority);
  }

  /** Pods nominated to the node that have to give way to this one. */
  behind({ priority }: PodToPlace, nodeName: string): readonly PodToPlace[] {
    return [...(this.#byNode.get(nodeName) ?? NONE)].filter((other) => other.priority < priority);
  }

  nominate(pod: PodToPlace, nodeName: string): void {
    this.remove(pod.key);
    this.#byPod.set(pod.key, { pod, nodeName });
    let pods = this.#byNode.get(nodeName);
    if (pods === undefined) this.#byNode.set(nodeName, (pods = new Set()));
    pods.add(pod);
  }

  remove(podKey: string): void {
    const known = this.#byPod.get(podKey);
    if (known === undefined) return;
    this.#byPod.delete(podKey);
    const pods = this.#byNode.get(known.nodeName);
    pods?.delete(known.pod);
    if (pods?.size === 0) this.#byNode.delete(known.nodeName);
  }
}
