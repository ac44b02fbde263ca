import type { Reconciler } from "#lib";

/** One controller of one cluster: a set of loops and what wakes them. */
export interface Controller {
  /** For log lines: `replicaset`. */
  readonly name: string;
  /** Subscribes to the shared informers, which have their first list by then. */
  start(): void;
  /** Unsubscribes and resolves when the runs under way have ended. */
  stop(): Promise<void>;
}

/** What a controller is made of. */
export interface ControllerParts {
  readonly name: string;
  readonly loops: readonly Reconciler[];
  /** Subscribes; returns the ways to stop. */
  subscribe(): readonly (() => void)[];
  /** Lets go of timers; called before the loops stop. */
  dispose?(): void;
}

/** Puts loops and subscriptions together. `start` and `stop` are each called once. */
export function assembleController(parts: ControllerParts): Controller {
  let unsubscribe: readonly (() => void)[] = [];
  return {
    name: parts.name,
    start() {
      unsubscribe = parts.subscribe();
    },
    async stop() {
      for (const stop of unsubscribe) stop();
      parts.dispose?.();
      await Promise.all(parts.loops.map((loop) => loop.stop()));
    },
  };
}
