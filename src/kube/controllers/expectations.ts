/** After this long, what was not seen is given up. Source: kubernetes pkg/controller/controller_utils.go, ExpectationsTimeout. */
export const EXPECTATION_TIMEOUT_MS = 300_000;

interface Expectation {
  creations: number;
  /** Keys of the objects whose deletion has not been seen. */
  readonly deletions: Set<string>;
  sinceMs: number;
}

/**
 * What a controller did and its informer has not shown yet, per key of the controlling object. While anything is
 * outstanding the controller must not create or delete more: its view is behind its own writes.
 */
export interface Expectations {
  /** Call before the creates. */
  expectCreations(key: string, count: number): void;
  /** Call before the deletes. */
  expectDeletions(key: string, objects: readonly string[]): void;
  /** An object appeared, or a create failed. */
  creationObserved(key: string): void;
  /** An object disappeared or got a deletion time, or a delete failed. */
  deletionObserved(key: string, object: string): void;
  /** Milliseconds until the view may be trusted at the latest; 0 when it may be now. */
  outstandingMs(key: string, nowMs: number): number;
  forget(key: string): void;
}

/** @param now milliseconds since the epoch. */
export function createExpectations(now: () => number): Expectations {
  const byKey = new Map<string, Expectation>();
  const of = (key: string): Expectation => {
    const present = byKey.get(key);
    if (present !== undefined) {
      present.sinceMs = now();
      return present;
    }
    const fresh: Expectation = { creations: 0, deletions: new Set(), sinceMs: now() };
    byKey.set(key, fresh);
    return fresh;
  };
  const dropWhenDone = (key: string, expectation: Expectation): void => {
    if (expectation.creations <= 0 && expectation.deletions.size === 0) byKey.delete(key);
  };
  return {
    expectCreations(key, count) {
      if (count > 0) of(key).creations += count;
    },
    expectDeletions(key, objects) {
      if (objects.length === 0) return;
      const expectation = of(key);
      for (const object of objects) expectation.deletions.add(object);
    },
    creationObserved(key) {
      const expectation = byKey.get(key);
      if (expectation === undefined || expectation.creations === 0) return;
      expectation.creations--;
      dropWhenDone(key, expectation);
    },
    deletionObserved(key, object) {
      const expectation = byKey.get(key);
      if (expectation === undefined) return;
      expectation.deletions.delete(object);
      dropWhenDone(key, expectation);
    },
    outstandingMs(key, nowMs) {
      const expectation = byKey.get(key);
      if (expectation === undefined) return 0;
      const left = expectation.sinceMs + EXPECTATION_TIMEOUT_MS - nowMs;
      if (left > 0) return left;
      byKey.delete(key);
      return 0;
    },
    forget: (key) => void byKey.delete(key),
  };
}
