import type { SpokenHeartbeats } from "#api/kubelet";

/** Nodes remembered at most: those of the largest cluster, and as many that are gone. The one that was silent longest goes first. */
const MOST_NODES = 10_000;

/** Heartbeats of one cluster, kept in memory: after a restart every node is given a new grace anyway. */
export function createHeartbeats(movesTo: () => number): SpokenHeartbeats {
  const lastMs = new Map<string, number>();
  return {
    movesTo,
    note(nodeName, atMs) {
      // Put at the end of the map: the first one is then the one silent longest.
      lastMs.delete(nodeName);
      lastMs.set(nodeName, atMs);
      const [oldest] = lastMs.size > MOST_NODES ? lastMs.keys() : [];
      if (oldest !== undefined) lastMs.delete(oldest);
    },
    last: (nodeName) => lastMs.get(nodeName),
  };
}
