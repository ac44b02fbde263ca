import type { Event } from "#api/kubernetes/core";
import { parseTime } from "#kube/apimachinery";
import type { Timer } from "#lib";
import type { Core } from "./core.ts";
import type { Entry } from "./storage/resource-cache.ts";

/** How long events are kept. Source: apiserver's default for --event-ttl. */
export const EVENT_TTL_MS = 3_600_000;
/** Time between two sweeps. */
const SWEEP_MS = 300_000;
/** Removals under way at once. */
const CONCURRENCY = 64;

/** Removes events that have not been seen for {@link EVENT_TTL_MS}, every few minutes. Returns the way to stop. */
export function expireEvents(core: Core): () => void {
  let timer: Timer | undefined;
  let isStopped = false;
  const later = (): void => {
    if (!isStopped) timer = core.clock.after(SWEEP_MS, () => void sweep().finally(later));
  };
  const sweep = async (): Promise<void> => {
    try {
      await removeExpired(core, () => isStopped);
    } catch (error) {
      core.log.error("events could not be removed", { error });
    }
  };
  later();
  return () => {
    isStopped = true;
    timer?.cancel();
  };
}

async function removeExpired(core: Core, isStopped: () => boolean): Promise<void> {
  const resource = core.resources.preferred("", "events");
  if (resource === undefined) return;
  const before = core.clock.now() - EVENT_TTL_MS;
  const expired = [...resource.cache.values()].filter((entry) => lastSeenMs(entry) <= before);
  for (let at = 0; at < expired.length && !isStopped(); at += CONCURRENCY)
    await Promise.all(expired.slice(at, at + CONCURRENCY).map((entry) => core.storage.remove(resource.target, entry)));
}

/** Events without any time are as old as can be. */
function lastSeenMs({ object }: Entry): number {
  const { lastTimestamp, series, eventTime, metadata } = object as Event;
  const times = [lastTimestamp, series?.lastObservedTime, eventTime, metadata.creationTimestamp].map((each) => parseTime(each) ?? 0);
  return Math.max(...times);
}
