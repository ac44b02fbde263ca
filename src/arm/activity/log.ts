import { type Clock, createBackgroundQueue, type Logger, type Random } from "#lib";
import { type Documents, MAX_OPS, openDocuments, type Op, type Store } from "#store";
import { endingKeyOf } from "./attempt.ts";
import { endingOf, followEndings } from "./endings.ts";
import type { ActivityEvent, Attempt, Ending, OpenRequest } from "./event.ts";

/** Entries kept at most; the oldest go first. */
export const MAX_EVENTS = 5000;
/** How long an entry is kept. Source: learn.microsoft.com/azure/azure-monitor/essentials/activity-log: 90 days. */
export const RETENTION_MS = 90 * 24 * 3_600_000;
/** Requests whose end is waited for, and ends that came before their request was written down. */
const MAX_OPEN = 1000;
/** Characters of an error that are kept. */
const MAX_MESSAGE = 2000;
/** Entries of one transaction: each may come with the removal of an old one, and of an open request. */
const BATCH = Math.floor(MAX_OPS / 4);
/** Entries beyond the most that are let be until there are so many, so that the oldest are looked for rarely. */
const SLACK = 100;
const SWEEP_EVERY_MS = 3_600_000;
const MOST_SWEPT = MAX_OPS - BATCH;
const KEY_DIGITS = 16;

/** An answer as far as the log looks at it. */
export interface Outcome {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The body, for refusals. */
  readonly text: string;
}

/** What happened in the subscriptions: every write, deletion and action, and how it ended. */
export interface ActivityLog {
  /** Notes that a request begins. @returns what notes its answer; call it once. Neither waits for the store. */
  begin(attempt: Attempt): (outcome: Outcome) => void;
  /** Entries of a subscription, newest first, from one time to another, ends included. */
  list(subscriptionId: string, fromMs: number, toMs: number): Promise<readonly ActivityEvent[]>;
  stop(): Promise<void>;
}

export interface ActivityOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/**
 * Opens the log that the store holds.
 * Entries are written soon after what they tell of, a batch in a transaction, so that no caller waits for them: a crash may lose
 * the newest ones, as Azure's own log is some minutes late.
 */
export async function openActivityLog(options: ActivityOptions): Promise<ActivityLog> {
  const events = await openDocuments<ActivityEvent>(options.store, "/arm/activity/events/");
  const open = await openDocuments<OpenRequest>(options.store, "/arm/activity/open/");
  const log = new StoredLog(options, events, open);
  for (const { id, value } of open.list()) {
    const ending = await endingOf(options.store, id, value);
    if (ending !== undefined) log.ended(ending);
  }
  return log;
}

class StoredLog implements ActivityLog {
  readonly #options: ActivityOptions;
  readonly #events: Documents<ActivityEvent>;
  readonly #open: Documents<OpenRequest>;
  readonly #queue = createBackgroundQueue();
  readonly #stopFollowing: () => void;
  /** Ends whose request may not have been noted yet, with their time; oldest first. */
  readonly #early = new Map<string, { readonly ending: Ending; readonly atMs: number }>();
  readonly #waiting = new Map<string, OpenRequest>();
  #pending: Op[] = [];
  #writing: Promise<void> | undefined;
  #sequence: number;
  #isScheduled = false;
  /** Entries in the store and pending, about. */
  #size: number;
  #sweepMs = 0;

  constructor(options: ActivityOptions, events: Documents<ActivityEvent>, open: Documents<OpenRequest>) {
    this.#options = options;
    this.#events = events;
    this.#open = open;
    const stored = events.list();
    this.#size = stored.length;
    // Entries of one millisecond stay in their order, also those of before and after a restart.
    this.#sequence = Number(stored.at(-1)?.id.split("/")[1] ?? -1) + 1;
    for (const { id, value } of open.list()) this.#waiting.set(id, value);
    this.#stopFollowing = followEndings(options.store, (ending) => this.ended(ending));
  }

  begin(attempt: Attempt): (outcome: Outcome) => void {
    const request: OpenRequest = { operationId: this.#options.random.uuid(), attempt };
    const beganMs = this.#options.clock.now();
    this.#add(request, { status: "Started" });
    return (outcome) => this.#answered(request, outcome, beganMs);
  }

  #answered(request: OpenRequest, outcome: Outcome, beganMs: number): void {
    const httpStatus = outcome.status;
    if (httpStatus >= 400) return this.#add(request, { status: "Failed", httpStatus, statusMessage: outcome.text.slice(0, MAX_MESSAGE) });
    const key = endingKeyOf(request.attempt, outcome);
    if (key === undefined) return this.#add(request, { status: "Succeeded", httpStatus });
    this.#add(request, { status: "Accepted", httpStatus });
    const early = this.#early.get(key);
    if (early !== undefined && early.atMs >= beganMs) return this.#addEnd(request, early.ending);
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size >= MAX_OPEN && oldest !== undefined) this.#forget(oldest);
    this.#waiting.set(key, request);
    this.#pending.push(this.#open.put(key, request));
    this.#schedule();
  }

  /** Notes the end of what a request began, now or a little later. */
  ended(ending: Ending): void {
    const request = this.#waiting.get(ending.key);
    if (request !== undefined) {
      this.#forget(ending.key);
      return this.#addEnd(request, ending);
    }
    const [oldest] = this.#early.keys();
    if (this.#early.size >= MAX_OPEN && oldest !== undefined) this.#early.delete(oldest);
    this.#early.set(ending.key, { ending, atMs: this.#options.clock.now() });
  }

  #forget(key: string): void {
    this.#waiting.delete(key);
    this.#pending.push(this.#open.remove(key));
    this.#schedule();
  }

  #addEnd(request: OpenRequest, { error }: Ending): void {
    if (error === undefined) return this.#add(request, { status: "Succeeded" });
    this.#add(request, { status: "Failed", statusMessage: JSON.stringify({ error }).slice(0, MAX_MESSAGE) });
  }

  #add({ operationId, attempt }: OpenRequest, what: Pick<ActivityEvent, "status" | "httpStatus" | "statusMessage">): void {
    const { clock, random } = this.#options;
    const timeMs = Math.trunc(clock.now());
    const id = random.uuid();
    const key = `${String(timeMs).padStart(KEY_DIGITS, "0")}/${String(this.#sequence++).padStart(KEY_DIGITS, "0")}/${id}`;
    this.#pending.push(this.#events.put(key, { id, timeMs, operationId, attempt, ...what }));
    this.#size++;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = this.#queue.add(() => {
      this.#isScheduled = false;
      return this.#write();
    });
  }

  /** Writes what is pending, after what is being written; never rejects. */
  #write(): Promise<void> {
    const before = this.#writing ?? Promise.resolve();
    this.#writing = before.then(() => this.#writeBatches());
    return this.#writing;
  }

  async #writeBatches(): Promise<void> {
    while (this.#pending.length > 0) {
      const batch = this.#pending.splice(0, BATCH);
      const surplus = this.#surplus();
      try {
        await this.#options.store.transact([], [...batch, ...surplus]);
      } catch (error) {
        this.#options.log.error("entries of the activity log were lost", { error });
      }
    }
  }

  /** Removals of what is too old or too much; looked for when there is too much, and now and then. */
  #surplus(): Op[] {
    const nowMs = this.#options.clock.now();
    const tooMany = this.#size - MAX_EVENTS;
    if (tooMany <= SLACK && nowMs < this.#sweepMs) return [];
    const surplus = this.#events
      .list()
      .slice(0, MOST_SWEPT)
      .filter(({ value }, index) => index < tooMany || value.timeMs < nowMs - RETENTION_MS);
    this.#size -= surplus.length;
    // What one transaction does not take, the next one does.
    if (surplus.length < MOST_SWEPT) this.#sweepMs = nowMs + SWEEP_EVERY_MS;
    return surplus.map(({ id }) => this.#events.remove(id));
  }

  async list(subscriptionId: string, fromMs: number, toMs: number): Promise<readonly ActivityEvent[]> {
    await this.#write();
    const wanted = subscriptionId.toLowerCase();
    return this.#events
      .list()
      .map(({ value }) => value)
      .filter(({ timeMs, attempt }) => timeMs >= fromMs && timeMs <= toMs && attempt.subscriptionId.toLowerCase() === wanted)
      .toReversed();
  }

  async stop(): Promise<void> {
    this.#stopFollowing();
    await this.#write();
    this.#events.close();
    this.#open.close();
  }
}
