import {
  type Compare,
  CompactedError,
  FutureRevisionError,
  type KeyValue,
  type Op,
  type RangeOptions,
  type RangeResult,
  type Store,
  StoreClosedError,
  type StoreEvent,
  type TransactionResult,
  type Watch,
  type WatchOptions,
} from "../store.ts";
import type { Backend } from "./backend.ts";
import { type Batch, evaluateBatch, type Request } from "./batch.ts";
import { checkSize } from "./evaluate.ts";
import { pageOf, rewind } from "./rewind.ts";
import { Watchers } from "./watchers.ts";

/** Requests in one commit at most: beyond it a commit only gets later, not cheaper. */
const MAX_BATCH = 1024;
/** Requests that may wait for a commit; more are refused, since the disk is then slower than all who write. */
const MAX_WAITING = 100_000;

export interface EngineOptions {
  /** Gets what a watcher throws. */
  readonly onDefect?: (error: unknown) => void;
}

/**
 * A store over a backend: the order of transactions, what is visible when, watches and compaction.
 *
 * ```
 *   transact → waiting → batch: evaluated in order, each seeing the ones before → backend.commit
 *                                                            └→ visible → watchers, revision by revision → promises resolve
 * ```
 */
export class StoreEngine implements Store {
  readonly #backend: Backend;
  readonly #watchers: Watchers;
  #revision: number;
  #compactedRevision: number;
  #waiting: Request[] = [];
  #isCommitting = false;
  /** Resolves when what is waiting now is done; absent when nothing is. */
  #running: Promise<void> | undefined;
  /** Commits wait while watchers are being told of the past, so that they hear of everything in order. */
  #isReplaying = false;
  #closed: StoreClosedError | undefined;
  #released: Promise<void> | undefined;

  constructor(backend: Backend, { onDefect = throwAtTheEdge }: EngineOptions = {}) {
    this.#backend = backend;
    this.#watchers = new Watchers(onDefect);
    this.#revision = backend.opened.revision;
    this.#compactedRevision = backend.opened.compactedRevision;
  }

  revision(): number {
    return this.#revision;
  }

  compactedRevision(): number {
    return this.#compactedRevision;
  }

  async get(key: string): Promise<KeyValue | undefined> {
    this.#checkOpen();
    return this.#backend.get(key);
  }

  async range(options: RangeOptions): Promise<RangeResult> {
    this.#checkOpen();
    const { prefix, revision = this.#revision } = options;
    if (options.revision === undefined) return { revision, ...this.#backend.page(options) };
    if (revision > this.#revision) throw new FutureRevisionError(revision, this.#revision);
    this.#checkKept(revision);
    if (revision === this.#revision) return { revision, ...this.#backend.page(options) };
    const pairs = rewind(this.#backend.page({ prefix }).pairs, this.#backend.eventsAfter(revision, prefix));
    return { revision, ...pageOf(pairs, options) };
  }

  async transact(compares: readonly Compare[], ops: readonly Op[]): Promise<TransactionResult> {
    checkSize(ops);
    return new Promise((resolve, reject) => this.#enqueue({ transaction: { compares, ops }, resolve, reject }));
  }

  watch({ prefix, fromRevision = this.#revision + 1 }: WatchOptions, onEvents: (events: readonly StoreEvent[]) => void): Watch {
    this.#checkOpen();
    this.#checkKept(fromRevision);
    const past = fromRevision > this.#revision ? [] : this.#backend.eventsAfter(fromRevision - 1, prefix);
    const wasReplaying = this.#isReplaying;
    this.#isReplaying = true;
    const watch = this.#watchers.add({ prefix, onEvents, nextRevision: Math.max(fromRevision, this.#revision + 1) }, past);
    this.#isReplaying = wasReplaying;
    this.#run();
    return watch;
  }

  async compact(revision: number): Promise<void> {
    return new Promise((resolve, reject) => this.#enqueue({ compactTo: revision, resolve, reject }));
  }

  async close(): Promise<void> {
    this.#closed ??= new StoreClosedError("the store is closed");
    while (this.#running !== undefined) await this.#running;
    this.#watchers.clear();
    this.#released ??= this.#backend.close();
    await this.#released;
  }

  #enqueue(request: Request): void {
    this.#checkOpen();
    if (this.#waiting.length >= MAX_WAITING) throw new Error(`more than ${MAX_WAITING} transactions wait for the store`);
    this.#waiting.push(request);
    this.#run();
  }

  #run(): void {
    if (this.#isCommitting || this.#isReplaying || this.#waiting.length === 0) return;
    this.#isCommitting = true;
    this.#running = this.#commitAll().finally(() => {
      this.#isCommitting = false;
      this.#running = undefined;
      this.#run();
    });
  }

  /** Runs to its end at once when the backend commits at once. */
  async #commitAll(): Promise<void> {
    if (this.#backend.gather !== undefined) await this.#backend.gather();
    while (this.#waiting.length > 0) {
      const requests = this.#waiting.splice(0, MAX_BATCH);
      const batch = evaluateBatch(requests, {
        revision: this.#revision,
        compactedRevision: this.#compactedRevision,
        get: (key) => this.#backend.get(key),
      });
      try {
        const committed = batch.commit && this.#backend.commit(batch.commit);
        if (committed !== undefined) await committed;
      } catch (error) {
        this.#fail(requests, error);
        return;
      }
      this.#publish(batch);
    }
  }

  #publish({ commit, tellings, settle }: Batch): void {
    if (commit !== undefined) {
      this.#revision = commit.revision;
      this.#compactedRevision = commit.compactTo ?? this.#compactedRevision;
    }
    for (const { revision, events } of tellings) this.#watchers.tell(revision, events);
    settle();
  }

  /** A commit that failed may be half on the disk, so nothing may build on what is thought to be stored. */
  #fail(requests: readonly Request[], cause: unknown): void {
    this.#closed ??= new StoreClosedError("the store could not write and has closed itself", { cause });
    for (const { reject } of [...requests, ...this.#waiting.splice(0)]) reject(this.#closed);
  }

  #checkOpen(): void {
    if (this.#closed !== undefined) throw this.#closed;
  }

  #checkKept(revision: number): void {
    if (revision <= this.#compactedRevision) throw new CompactedError(revision, this.#compactedRevision);
  }
}

function throwAtTheEdge(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
