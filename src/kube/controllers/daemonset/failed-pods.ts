/** Source: kubernetes pkg/controller/daemon/daemon_controller.go: failed pods of a node are replaced after 1 s, doubling to 15 min. */
const FIRST_DELAY_MS = 1000;
const MAX_DELAY_MS = 900_000;

interface Failures {
  delayMs: number;
  atMs: number;
}

/** How long to wait before the next failed pod of a node is replaced, so that one that always fails is no storm. */
export class FailedPodBackoff {
  readonly #byPlace = new Map<string, Failures>();

  /**
   * Notes that a failed pod is about to be replaced.
   * @param place daemon set and node.
   * @returns 0 when it may be now, else the milliseconds to wait.
   */
  delay(place: string, nowMs: number): number {
    const known = this.#byPlace.get(place);
    // After twice the longest delay without failures the place starts afresh.
    if (known === undefined || nowMs - known.atMs > 2 * MAX_DELAY_MS) {
      this.#byPlace.set(place, { delayMs: FIRST_DELAY_MS, atMs: nowMs });
      return 0;
    }
    const waitMs = known.atMs + known.delayMs - nowMs;
    if (waitMs > 0) return waitMs;
    this.#byPlace.set(place, { delayMs: Math.min(known.delayMs * 2, MAX_DELAY_MS), atMs: nowMs });
    return 0;
  }

  /** Forgets the places of a daemon set. */
  forget(daemonSet: string): void {
    for (const place of this.#byPlace.keys()) if (place.startsWith(`${daemonSet}@`)) this.#byPlace.delete(place);
  }
}

/** The name of a daemon set's place on a node. */
export function placeOf(daemonSet: string, nodeName: string): string {
  return `${daemonSet}@${nodeName}`;
}
