import type { StoreEvent, Watch } from "../store.ts";

type OnEvents = (events: readonly StoreEvent[]) => void;

interface Watcher {
  readonly prefix: string;
  readonly onEvents: OnEvents;
  /** First revision that it has not been told of. */
  nextRevision: number;
}

/** Those who watch a store. Each is told of each revision once, in order. */
export class Watchers {
  readonly #watchers = new Set<Watcher>();
  readonly #onDefect: (error: unknown) => void;

  /** @param onDefect Gets what a watcher throws. */
  constructor(onDefect: (error: unknown) => void) {
    this.#onDefect = onDefect;
  }

  /** Tells the new watcher of the past events, then keeps it. */
  add({ prefix, onEvents, nextRevision }: Watcher, past: readonly StoreEvent[]): Watch {
    for (const events of byRevision(past)) this.#tell(onEvents, events);
    const watcher = { prefix, onEvents, nextRevision };
    this.#watchers.add(watcher);
    return { close: () => void this.#watchers.delete(watcher) };
  }

  /** Tells of the events of one revision. A watcher that another one closes meanwhile is not told any more. */
  tell(revision: number, events: readonly StoreEvent[]): void {
    for (const watcher of this.#watchers) {
      if (watcher.nextRevision > revision) continue;
      watcher.nextRevision = revision + 1;
      const matching = events.filter(({ key }) => key.startsWith(watcher.prefix));
      if (matching.length > 0) this.#tell(watcher.onEvents, matching);
    }
  }

  clear(): void {
    this.#watchers.clear();
  }

  #tell(onEvents: OnEvents, events: readonly StoreEvent[]): void {
    try {
      onEvents(events);
    } catch (error) {
      this.#onDefect(error);
    }
  }
}

function* byRevision(events: readonly StoreEvent[]): Iterable<readonly StoreEvent[]> {
  let start = 0;
  for (const [index, { revision }] of events.entries()) {
    if (events[index + 1]?.revision === revision) continue;
    yield events.slice(start, index + 1);
    start = index + 1;
  }
}
