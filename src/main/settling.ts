import type { Clock } from "#lib";
import type { Store, TransactionResult } from "#store";

/** What tells when the program has nothing more to do but wait: for time, or for a caller. */
export interface Settling {
  /** The store, with its transactions counted. */
  readonly store: Store;
  /** The function, with its calls counted until their promises end. */
  counting<A extends readonly unknown[], T>(work: (...args: A) => Promise<T>): (...args: A) => Promise<T>;
  /** Resolves when nothing counted is under way and the event loop has come to rest, at the latest after {@link MOST_SETTLING_MS}. */
  settle(): Promise<void>;
}

/** How long callers who never stop writing can hold time up at one moment. */
const MOST_SETTLING_MS = 2000;
/** Turns of the event loop without work after which promise chains of ordinary depth have run. */
const QUIET_TURNS = 3;

/**
 * Follows a store and whatever else takes the machine's time. All that is left are promise chains and turns of the event loop,
 * since the program's parts wait for nothing but these, time and callers.
 * @param wall The machine's clock.
 */
export function createSettling(store: Store, wall: Clock): Settling {
  let underWay = 0;
  let toldAtRest: (() => void)[] = [];

  const counting =
    <A extends readonly unknown[], T>(work: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      underWay++;
      try {
        return await work(...args);
      } finally {
        underWay--;
        if (underWay === 0) for (const tell of toldAtRest.splice(0)) tell();
      }
    };
  const restOrTimeout = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = wall.after(ms, done);
      toldAtRest.push(done);
      function done(): void {
        timer.cancel();
        toldAtRest = toldAtRest.filter((tell) => tell !== done);
        resolve();
      }
    });

  return {
    store: countingStore(store, counting),
    counting,
    async settle() {
      const endMs = wall.now() + MOST_SETTLING_MS;
      for (let quiet = 0; quiet < QUIET_TURNS && wall.now() < endMs;) {
        if (underWay > 0) await restOrTimeout(endMs - wall.now());
        await turn();
        quiet = underWay === 0 && !hasImmediates() ? quiet + 1 : 0;
      }
    },
  };
}

function countingStore(store: Store, counting: Settling["counting"]): Store {
  const transact: (...args: Parameters<Store["transact"]>) => Promise<TransactionResult> = counting((compares, ops) =>
    store.transact(compares, ops),
  );
  return {
    revision: () => store.revision(),
    compactedRevision: () => store.compactedRevision(),
    get: (key) => store.get(key),
    range: (options) => store.range(options),
    watch: (options, onEvents) => store.watch(options, onEvents),
    transact,
    compact: counting((revision) => store.compact(revision)),
    close: () => store.close(),
  };
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Whether parts of the program have put work off to the next turn of the event loop. */
function hasImmediates(): boolean {
  return process.getActiveResourcesInfo().includes("Immediate");
}
