import type { Event } from "#api/kubernetes/core";
import { parseTime } from "#kube/apimachinery";
import type { Timer } from "#lib";
import type { Core } from "./core.ts";
import type { Resource } from "./resources.ts";
import type { Entry } from "./storage/resource-cache.ts";

/** How long events are kept. Source: apiserver's default for --event-ttl. */
export const EVENT_TTL_MS = 3_600_000;
/**
 * Events of a cluster at most; when there are more, a tenth goes, the oldest first.
 * Differs from AKS: there the number is only bounded by what etcd holds.
 */
export const MAX_EVENTS = 100_000;
const KEPT_WHEN_TOO_MANY = MAX_EVENTS * 0.9;
/** Time between two sweeps. */
const SWEEP_MS = 300_000;
/** Events that are removed by one transaction. */
const BATCH = 512;

/** Removes events that have not been seen for {@link EVENT_TTL_MS}, every few minutes, and the oldest of too many. Returns the way to stop. */
export function expireEvents(core: Core): () => void {
  const resource = core.resources.preferred("", "events");
  if (resource === undefined) return () => undefined;
  const expiry = new EventExpiry(core, resource);
  expiry.sweepLater();
  resource.cache.bound(MAX_EVENTS, () => void expiry.trim());
  return () => expiry.stop();
}

class EventExpiry {
  readonly #core: Core;
  readonly #resource: Resource;
  /** How far the store was at what time, the earliest first. What has been written since is no older, and need not be looked at. */
  readonly #marks: { readonly atMs: number; readonly revision: number }[];
  #timer: Timer | undefined;
  #isTrimming = false;
  #isStopped = false;

  constructor(core: Core, resource: Resource) {
    this.#core = core;
    this.#resource = resource;
    this.#marks = [{ atMs: Number.NEGATIVE_INFINITY, revision: core.storage.store.revision() }];
  }

  sweepLater(): void {
    if (!this.#isStopped) this.#timer = this.#core.clock.after(SWEEP_MS, () => void this.#sweep().finally(() => this.sweepLater()));
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  /** Removes the oldest until there is room for a while. */
  async trim(): Promise<void> {
    if (this.#isTrimming || this.#isStopped) return;
    this.#isTrimming = true;
    // What tells of the event that was one too many is under way: others are told of it first.
    await Promise.resolve();
    const { cache } = this.#resource;
    const surplus = cache.size - KEPT_WHEN_TOO_MANY;
    const oldest = cache.values();
    const entries: Entry[] = [];
    for (let step = oldest.next(); step.done !== true && entries.length < surplus; step = oldest.next()) entries.push(step.value);
    await this.#remove(entries);
    this.#isTrimming = false;
  }

  async #sweep(): Promise<void> {
    const now = this.#core.clock.now();
    const before = now - EVENT_TTL_MS;
    this.#marks.push({ atMs: now, revision: this.#core.storage.store.revision() });
    while ((this.#marks[1]?.atMs ?? now) <= before) this.#marks.shift();
    const written = this.#marks[0]?.revision ?? 0;
    const isExpired = (entry: Entry): boolean => entry.revision <= written && lastSeenMs(entry.object as Event) <= before;
    await this.#remove([...this.#resource.cache.values()].filter(isExpired));
  }

  async #remove(entries: readonly Entry[]): Promise<void> {
    const { storage, log } = this.#core;
    const { target } = this.#resource;
    try {
      for (let at = 0; at < entries.length && !this.#isStopped; at += BATCH) {
        const batch = entries.slice(at, at + BATCH);
        // One of them was seen again meanwhile: it stays, and the others go.
        if (!(await storage.removeAll(target, batch))) await Promise.all(batch.map((entry) => storage.remove(target, entry)));
      }
    } catch (error) {
      log.error("events could not be removed", { error });
    }
  }
}

/** Events without any time are as old as can be. */
function lastSeenMs({ lastTimestamp, series, eventTime, metadata }: Event): number {
  const times = [lastTimestamp, series?.lastObservedTime, eventTime, metadata.creationTimestamp].map((each) => parseTime(each) ?? 0);
  return Math.max(...times);
}
