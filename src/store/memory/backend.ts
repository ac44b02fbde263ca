import type { Backend, Commit, PageOptions } from "../engine/backend.ts";
import { SortedKeys } from "../sorted-keys.ts";
import type { KeyValue, RangeResult, StoreEvent } from "../store.ts";

/** Revision of a store that nothing has been written to. */
const FIRST_REVISION = 1;

/** Keeps everything in this process, and nothing longer than it. */
export class MemoryBackend implements Backend {
  readonly opened = { revision: FIRST_REVISION, compactedRevision: 0 };
  readonly #pairs = new Map<string, KeyValue>();
  readonly #keys = new SortedKeys();
  /** Events of revisions that are not compacted, a list for each, without gaps. */
  readonly #history: StoreEvent[][] = [[]];
  #firstKept = FIRST_REVISION;

  get(key: string): KeyValue | undefined {
    return this.#pairs.get(key);
  }

  page({ prefix, after, limit = Infinity }: PageOptions): Omit<RangeResult, "revision"> {
    const pairs: KeyValue[] = [];
    let remaining = 0;
    for (const key of this.#keys.withPrefix(prefix, after)) {
      const pair = this.#pairs.get(key);
      if (pairs.length >= limit) remaining++;
      else if (pair !== undefined) pairs.push(pair);
    }
    return { pairs, remaining };
  }

  eventsAfter(revision: number, prefix: string): readonly StoreEvent[] {
    return this.#history
      .slice(revision + 1 - this.#firstKept)
      .flat()
      .filter(({ key }) => key.startsWith(prefix));
  }

  commit({ events, compactTo }: Commit): undefined {
    for (const event of events) {
      const ofRevision = (this.#history[event.revision - this.#firstKept] ??= []);
      ofRevision.push(event);
      if (event.kind === "put") this.#put(event.pair);
      else this.#delete(event.key);
    }
    if (compactTo === undefined) return;
    this.#history.splice(0, compactTo + 1 - this.#firstKept);
    this.#firstKept = compactTo + 1;
  }

  async close(): Promise<void> {
    this.#pairs.clear();
  }

  #put(pair: KeyValue): void {
    if (!this.#pairs.has(pair.key)) this.#keys.add(pair.key);
    this.#pairs.set(pair.key, pair);
  }

  #delete(key: string): void {
    this.#pairs.delete(key);
    this.#keys.remove(key);
  }
}
