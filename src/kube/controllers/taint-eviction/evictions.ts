import type { Node, Pod } from "#api/kubernetes/core";
import { taintEviction } from "#kube/apimachinery";

/** What the book says of a pod. */
export type EvictionChange =
  | { readonly kind: "none" }
  /** The pod has to go at this time, milliseconds since the epoch. */
  | { readonly kind: "due"; readonly atMs: number }
  /** An eviction that was planned is off. */
  | { readonly kind: "cancelled" };

interface Planned {
  readonly uid: string | undefined;
  /** When the pod was first seen to have to go. */
  readonly sinceMs: number;
  /** Its deletion has been asked for. */
  done: boolean;
}

/**
 * Which pods have to leave their nodes because of NoExecute taints, and since when. The time a pod may stay counts from
 * when its taint was first seen, however often taints or tolerations change after.
 * Source: kubernetes pkg/controller/tainteviction/taint_eviction.go, processPodOnNode.
 */
export class EvictionBook {
  readonly #planned = new Map<string, Planned>();

  /** Looks at a pod and its node; `node` is absent when it is unknown or gone. */
  assess(key: string, pod: Pod, node: Node | undefined, nowMs: number): EvictionChange {
    const known = this.#planned.get(key);
    const present = known?.uid === pod.metadata.uid ? known : undefined;
    if (pod.metadata.deletionTimestamp !== undefined && present?.done !== false) return { kind: "none" };
    const eviction = taintEviction(node?.spec.taints, pod.spec.tolerations);
    if (eviction.kind === "stays") return this.cancel(key);
    if (present?.done) return { kind: "none" };
    const sinceMs = present?.sinceMs ?? nowMs;
    this.#planned.set(key, { uid: pod.metadata.uid, sinceMs, done: false });
    return { kind: "due", atMs: eviction.afterMs === 0 ? nowMs : sinceMs + eviction.afterMs };
  }

  /** The pod is gone or may stay. */
  cancel(key: string): EvictionChange {
    const known = this.#planned.get(key);
    this.#planned.delete(key);
    return known === undefined || known.done ? { kind: "none" } : { kind: "cancelled" };
  }

  /** Whether the pod still has to go. */
  isPlanned(key: string, uid: string | undefined): boolean {
    const known = this.#planned.get(key);
    return known !== undefined && known.uid === uid && !known.done;
  }

  /** The pod's deletion has been asked for. */
  markDone(key: string): void {
    const known = this.#planned.get(key);
    if (known !== undefined) known.done = true;
  }
}
