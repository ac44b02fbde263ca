import type { TextSink } from "../request.ts";
import { tooManyRequests } from "../status.ts";

/** Logs of a cluster that are followed at once. */
export const MAX_FOLLOWERS = 1_000;

/** Sends text as it comes; returns the way to stop. */
export type Follow = (sink: TextSink) => () => void;

const counts = new WeakMap<object, number>();

/**
 * A follower that counts among those of its cluster from its start until it is stopped.
 * @throws {StatusError} TooManyRequests when there are {@link MAX_FOLLOWERS} already.
 */
export function limited(cluster: object, follow: Follow): Follow {
  const count = (by: number): void => void counts.set(cluster, (counts.get(cluster) ?? 0) + by);
  if ((counts.get(cluster) ?? 0) >= MAX_FOLLOWERS) throw tooManyRequests();
  return (sink) => {
    count(1);
    let isOver = false;
    const stop = follow(sink);
    return () => {
      if (isOver) return;
      isOver = true;
      count(-1);
      stop();
    };
  };
}
