import type { Event, ObjectReference } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";
import { resources } from "#api/kubernetes/resources";
import { isStatus } from "#api/kubernetes/status";
import { formatMicroTime, formatTime } from "#kube/apimachinery";
import { type BackgroundQueue, type Clock, createBackgroundQueue, type Logger } from "#lib";
import type { KubeClient } from "./client.ts";

/** Something that happened to an object. */
export interface Occurrence {
  /** The object, or a reference made by the caller (kubelets name a node by its name as uid). */
  readonly about: KubeObject | ObjectReference;
  readonly type: "Normal" | "Warning";
  /** `Scheduled`, `FailedScheduling`. */
  readonly reason: string;
  readonly message: string;
  /** `spec.containers{web}`: the part of the object that is meant. */
  readonly fieldPath?: string;
  /** What was being done: `Binding`. Only in the newer form. */
  readonly action?: string;
  /** When it happened, if others may record what follows from it before it is recorded itself; now when absent. */
  readonly moment?: Moment;
}

/** A place in the order of all that is recorded by one clock; events are listed in that order. */
export interface Moment {
  /** Milliseconds since the epoch. */
  readonly ms: number;
  /** Nanoseconds since the epoch, each given out once. */
  readonly order: bigint;
}

/** Writes events of one component. */
export interface Recorder {
  /** Records an occurrence and returns at once; what cannot be written is logged. */
  record(occurrence: Occurrence): void;
  /** Now, for an occurrence that will be recorded later. */
  moment(): Moment;
  /** Resolves when everything recorded so far is written. */
  idle(): Promise<void>;
}

export interface RecorderOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
  /** `{component: "kubelet", host: node}`. */
  readonly source: { readonly component: string; readonly host?: string };
  /**
   * The version of the cluster, for components that write the form of events.k8s.io where they do so: times with
   * microseconds, `reportingComponent`, `series`. The older form when absent.
   */
  readonly version?: () => string;
}

/** Events that a recorder knows again at most. Source: client-go tools/record/events_cache.go, maxLruCacheEntries. */
export const MAX_KNOWN_EVENTS = 4096;
/** Events a source may write about one object at once, and the time after which it may write one more. Source: as above. */
const SPAM_BURST = 25;
const SPAM_REFILL_MS = 300_000;

/** An occurrence with all its repetitions. */
interface Known {
  readonly name: string;
  readonly namespace: string;
  readonly reference: ObjectReference;
  /** The first; the others say the same. */
  readonly occurrence: Occurrence;
  readonly firstMs: number;
  lastMs: number;
  count: number;
  isWritten: boolean;
  /** Waits to be written, or is being written. */
  isUnderWay: boolean;
  /** Happened again since the last write began. */
  isChanged: boolean;
}

interface Budget {
  tokens: number;
  atMs: number;
}

/**
 * Makes a recorder. The same occurrence again counts the first event up instead of making another one. Events are written
 * after everything else that goes on, in the order in which they were recorded; when too many wait, more are dropped.
 * Source: client-go tools/record/events_cache.go, EventCorrelator; tools/record/event.go, DropIfChannelFull.
 * Differs from AKS: events that differ only in their message are never combined into one.
 */
export function createRecorder(options: RecorderOptions): Recorder {
  return new EventRecorder(options);
}

/** The recorders of one client share a queue: a cluster has as many kubelets as nodes. */
const queues = new WeakMap<KubeClient, BackgroundQueue>();

function queueOf(client: KubeClient): BackgroundQueue {
  let queue = queues.get(client);
  if (queue === undefined) queues.set(client, (queue = createBackgroundQueue()));
  return queue;
}

class EventRecorder implements Recorder {
  readonly #options: RecorderOptions;
  readonly #queue: BackgroundQueue;
  /** In order of last use. */
  readonly #known = new Map<string, Known>();
  readonly #budgets = new Map<string, Budget>();
  #underWay = 0;
  #idleWaiters: (() => void)[] = [];

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#queue = queueOf(options.client);
  }

  moment(): Moment {
    return momentOf(this.#options.clock);
  }

  record(occurrence: Occurrence): void {
    const reference = referenceTo(occurrence);
    const about = `${reference.kind}/${reference.namespace}/${reference.name}/${reference.uid}`;
    if (!this.#mayWrite(about)) return;
    const { type, reason, message } = occurrence;
    const key = `${about}\n${reference.fieldPath}\n${type}\n${reason}\n${message}`;
    const moment = occurrence.moment ?? this.moment();
    const known = this.#known.get(key) ?? newlyKnown(occurrence, reference, moment);
    remember(this.#known, key, known);
    known.count++;
    known.lastMs = moment.ms;
    known.isChanged = true;
    if (!known.isUnderWay) this.#writeLater(known);
  }

  idle(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#underWay === 0) resolve();
      else this.#idleWaiters.push(resolve);
    });
  }

  #mayWrite(key: string): boolean {
    const now = this.#options.clock.now();
    const budget = this.#budgets.get(key) ?? { tokens: SPAM_BURST, atMs: now };
    budget.tokens = Math.min(SPAM_BURST, budget.tokens + (now - budget.atMs) / SPAM_REFILL_MS);
    budget.atMs = now;
    remember(this.#budgets, key, budget);
    if (budget.tokens < 1) return false;
    budget.tokens--;
    return true;
  }

  #writeLater(known: Known): void {
    if (!this.#queue.add(() => this.#write(known))) {
      this.#options.log.warn("an event was dropped: too many wait to be written", { event: known.name });
      return;
    }
    known.isUnderWay = true;
    this.#underWay++;
  }

  async #write(known: Known): Promise<void> {
    known.isChanged = false;
    try {
      await (known.isWritten ? this.#countUp(known) : this.#create(known));
      known.isWritten = true;
    } catch (error) {
      this.#options.log.warn("an event could not be written", { error });
    }
    known.isUnderWay = false;
    this.#underWay--;
    if (known.isChanged) this.#writeLater(known);
    if (this.#underWay > 0) return;
    for (const wake of this.#idleWaiters.splice(0)) wake();
  }

  /** An event that has expired meanwhile is written anew, with its count. */
  async #countUp(known: Known): Promise<void> {
    try {
      await this.#options.client.patch(resources.events, known, { type: "merge", body: this.#repetition(known) });
    } catch (error) {
      if (!isStatus(error, "NotFound")) throw error;
      await this.#create(known);
    }
  }

  async #create(known: Known): Promise<void> {
    const event = this.#event(known);
    await this.#options.client.create(resources.events, known.count > 1 ? { ...event, ...this.#repetition(known) } : event);
  }

  #repetition({ count, lastMs }: Known): Partial<Event> {
    return this.#isNewForm()
      ? { series: { count, lastObservedTime: formatMicroTime(lastMs) } }
      : { count, lastTimestamp: formatTime(lastMs) };
  }

  #isNewForm(): boolean {
    const version = this.#options.version?.();
    return version !== undefined && usesNewForm(version);
  }

  #event({ name, namespace, occurrence, reference: involvedObject, firstMs }: Known): Event {
    const { source } = this.#options;
    const { type, reason, message } = occurrence;
    const metadata = { name, namespace };
    // Written out twice: there are several for each pod, and to spread one object into another costs more than all else here.
    if (!this.#isNewForm()) {
      const time = formatTime(firstMs);
      return {
        apiVersion: "v1",
        kind: "Event",
        metadata,
        involvedObject,
        reason,
        message,
        type,
        source,
        firstTimestamp: time,
        lastTimestamp: time,
        count: 1,
        reportingComponent: "",
        reportingInstance: "",
      };
    }
    return {
      apiVersion: "v1",
      kind: "Event",
      metadata,
      involvedObject,
      reason,
      message,
      type,
      source: {},
      firstTimestamp: null,
      lastTimestamp: null,
      eventTime: formatMicroTime(firstMs),
      action: occurrence.action ?? reason,
      reportingComponent: source.component,
      reportingInstance: `${source.component}-${source.host ?? "control-plane"}`,
    };
  }
}

function newlyKnown(occurrence: Occurrence, reference: ObjectReference, { ms, order }: Moment): Known {
  const name = `${reference.name}.${order.toString(16)}`;
  const progress = { lastMs: ms, count: 0, isWritten: false, isUnderWay: false, isChanged: false };
  return { name, namespace: reference.namespace ?? "default", reference, occurrence, firstMs: ms, ...progress };
}

/** The scheduler writes events.k8s.io since 1.16. Source: kubernetes#78447. */
function usesNewForm(version: string): boolean {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  return major > 1 || (major === 1 && minor >= 16);
}

/** What was last given out, by the clock that it came from: recorders of one clock share the order of their events. */
const lastOrders = new WeakMap<Clock, bigint>();

/** Events are named by the nanosecond, as client-go names them; what the clock does not tell apart is counted up. */
function momentOf(clock: Clock): Moment {
  const ms = clock.now();
  const now = BigInt(Math.floor(ms)) * 1_000_000n;
  const last = lastOrders.get(clock) ?? 0n;
  const order = now > last ? now : last + 1n;
  lastOrders.set(clock, order);
  return { ms, order };
}

function referenceTo({ about, fieldPath }: Occurrence): ObjectReference {
  if (!("metadata" in about)) return fieldPath === undefined ? about : { ...about, fieldPath };
  const { apiVersion, kind, metadata } = about;
  const { name, namespace, uid, resourceVersion } = metadata;
  // Members that are there, in the order of Go's type.
  const reference: ObjectReference = kind === undefined ? {} : { kind };
  if (namespace !== undefined) reference.namespace = namespace;
  reference.name = name;
  if (uid !== undefined) reference.uid = uid;
  if (apiVersion !== undefined) reference.apiVersion = apiVersion;
  if (resourceVersion !== undefined) reference.resourceVersion = resourceVersion;
  if (fieldPath !== undefined) reference.fieldPath = fieldPath;
  return reference;
}

/** Sets a key as the last used one, and forgets the longest unused beyond {@link MAX_KNOWN_EVENTS}. */
function remember<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= MAX_KNOWN_EVENTS) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}
