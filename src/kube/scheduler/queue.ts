import { type Clock, Heap, type HeapItem, type Timer } from "#lib";
import type { PodFilters } from "./framework/filters.ts";
import type { PodToPlace } from "./pod-to-place.ts";

/** How often unschedulable pods are looked through for those that waited too long. Source: scheduling_queue.go, Run. */
export const FLUSH_PERIOD_MS = 30_000;

/** A pod that waits for a node. */
export interface QueuedPod {
  readonly pod: PodToPlace;
  /** The pod's filters, kept between attempts. */
  filters?: PodFilters;
  /** Plugins that refused nodes in the last attempt. */
  refusedBy: ReadonlySet<string>;
  attempts: number;
  /** Of the last attempt, milliseconds since the epoch. */
  attemptedMs: number;
}

const NONE: ReadonlySet<string> = new Set();

interface Entry extends HeapItem {
  queued: QueuedPod;
  /** Order of arrival. */
  sequence: number;
  where: "active" | "backoff" | "unschedulable" | "out";
  /** Milliseconds since the epoch; of a pod that backs off. */
  backoffEndMs: number;
}

export interface SchedulingQueueOptions {
  readonly clock: Clock;
  /** Called when a pod became active; not while {@link SchedulingQueue.pop} runs. */
  readonly onActive: () => void;
  readonly flushAfterMs: () => number;
  /** First and longest wait after a failed attempt; each failure doubles it. */
  readonly backoff: () => Backoff;
}

export interface Backoff {
  readonly initialBackoffMs: number;
  readonly maxBackoffMs: number;
}

/**
 * Pods that wait for a node. A pod is in one of three places, or out while an attempt is under way:
 *
 * ```
 *   add ──▶ active ──pop──▶ (attempt) ──no node──▶ unschedulable ──something could help, or 5 min──┐
 *             ▲  priority, then arrival   └─error─▶ back-off ◀──its back-off has not ended yet──────┤
 *             └──────────── back-off ended ────────────┘◀───────────────────back-off is over───────┘ (active)
 * ```
 *
 * Source: pkg/scheduler/backend/queue/scheduling_queue.go.
 */
export class SchedulingQueue {
  readonly #options: SchedulingQueueOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #active = new Heap<Entry>(
    (one, other) =>
      one.queued.pod.priority > other.queued.pod.priority ||
      (one.queued.pod.priority === other.queued.pod.priority && one.sequence < other.sequence),
  );
  readonly #backoff = new Heap<Entry>((one, other) => one.backoffEndMs < other.backoffEndMs);
  readonly #unschedulable = new Set<Entry>();
  #sequence = 0;
  #backoffTimer: Timer | undefined;
  #flushTimer: Timer | undefined;
  #isClosed = false;

  constructor(options: SchedulingQueueOptions) {
    this.#options = options;
  }

  /** Pods in the queue by place. */
  get sizes(): { readonly active: number; readonly backoff: number; readonly unschedulable: number } {
    return { active: this.#active.size, backoff: this.#backoff.size, unschedulable: this.#unschedulable.size };
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  /** Puts a new pod, or a changed one that could fare better now, in its place; keeps its attempts. */
  add(pod: PodToPlace): void {
    const known = this.#entries.get(pod.key);
    if (known?.queued.pod.uid !== pod.uid) {
      this.remove(pod.key);
      const entry: Entry = {
        queued: { pod, refusedBy: NONE, attempts: 0, attemptedMs: 0 },
        sequence: this.#sequence++,
        where: "out",
        backoffEndMs: 0,
        place: -1,
      };
      this.#entries.set(pod.key, entry);
      return this.#activate(entry);
    }
    const { where, queued } = known;
    this.#takeOut(known);
    known.queued = { pod, refusedBy: NONE, attempts: queued.attempts, attemptedMs: queued.attemptedMs };
    if (where === "unschedulable") this.#retry(known);
    else this.#put(known, where);
  }

  /** Forgets a pod wherever it is. */
  remove(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#takeOut(entry);
    this.#entries.delete(key);
  }

  /** Takes the first active pod out for an attempt. It stays known until {@link remove}. */
  pop(): QueuedPod | undefined {
    const entry = this.#active.peek();
    if (entry === undefined) return undefined;
    this.#takeOut(entry);
    entry.queued.attempts++;
    entry.queued.attemptedMs = this.#options.clock.now();
    return entry.queued;
  }

  /** The attempt found no node: the pod waits until something could help. */
  addUnschedulable(queued: QueuedPod): void {
    const entry = this.#attempted(queued);
    if (entry === undefined) return;
    this.#put(entry, "unschedulable");
    this.#flushTimer ??= this.#options.clock.after(FLUSH_PERIOD_MS, () => this.#flush());
  }

  /** The attempt failed for a reason that may pass by itself: the pod backs off. */
  addBackoff(queued: QueuedPod): void {
    const entry = this.#attempted(queued);
    if (entry !== undefined) this.#put(entry, "backoff");
  }

  /** Lets one pod try again, if it waits. */
  retry(key: string): void {
    const entry = this.#entries.get(key);
    if (entry?.where === "unschedulable") this.#retry(entry);
  }

  /** Lets the unschedulable pods try again for which `couldHelp` holds. */
  retryWhere(couldHelp: (queued: QueuedPod) => boolean): void {
    for (const entry of this.#unschedulable) if (couldHelp(entry.queued)) this.#retry(entry);
  }

  /** Sets no more timers and hands out nothing. */
  close(): void {
    this.#isClosed = true;
    this.#backoffTimer?.cancel();
    this.#flushTimer?.cancel();
    for (const key of this.#entries.keys()) this.remove(key);
  }

  /** The entry of an attempt that ended, unless the pod has gone or been replaced meanwhile. */
  #attempted({ pod }: QueuedPod): Entry | undefined {
    const entry = this.#entries.get(pod.key);
    return entry?.where === "out" && entry.queued.pod.uid === pod.uid && !this.#isClosed ? entry : undefined;
  }

  #retry(entry: Entry): void {
    this.#takeOut(entry);
    if (entry.queued.attempts > 0 && this.#backoffEndMs(entry.queued) > this.#options.clock.now()) this.#put(entry, "backoff");
    else this.#activate(entry);
  }

  #activate(entry: Entry): void {
    this.#put(entry, "active");
    this.#options.onActive();
  }

  #put(entry: Entry, where: Entry["where"]): void {
    entry.where = where;
    if (where === "active") this.#active.add(entry);
    if (where === "unschedulable") this.#unschedulable.add(entry);
    if (where === "backoff") {
      entry.backoffEndMs = this.#backoffEndMs(entry.queued);
      this.#backoff.add(entry);
      if (this.#backoff.peek() === entry) this.#waitForBackoff();
    }
  }

  #takeOut(entry: Entry): void {
    if (entry.where === "active") this.#active.remove(entry);
    if (entry.where === "backoff") this.#backoff.remove(entry);
    if (entry.where === "unschedulable") this.#unschedulable.delete(entry);
    entry.where = "out";
  }

  /** One timer for all, set for the first to end. */
  #waitForBackoff(): void {
    this.#backoffTimer?.cancel();
    this.#backoffTimer = undefined;
    const first = this.#backoff.peek();
    if (first === undefined) return;
    this.#backoffTimer = this.#options.clock.after(Math.max(first.backoffEndMs - this.#options.clock.now(), 0), () => {
      const now = this.#options.clock.now();
      for (let entry = this.#backoff.peek(); entry !== undefined && entry.backoffEndMs <= now; entry = this.#backoff.peek()) {
        this.#takeOut(entry);
        this.#activate(entry);
      }
      this.#waitForBackoff();
    });
  }

  #backoffEndMs({ attempts, attemptedMs }: QueuedPod): number {
    const { initialBackoffMs, maxBackoffMs } = this.#options.backoff();
    return attemptedMs + Math.min(initialBackoffMs * 2 ** Math.max(attempts - 1, 0), maxBackoffMs);
  }

  #flush(): void {
    const oldest = this.#options.clock.now() - this.#options.flushAfterMs();
    this.retryWhere(({ attemptedMs }) => attemptedMs < oldest);
    this.#flushTimer = this.#unschedulable.size === 0 ? undefined : this.#options.clock.after(FLUSH_PERIOD_MS, () => this.#flush());
  }
}
