import { hash } from "node:crypto";
import type { Event, ObjectReference } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";
import { resources } from "#api/kubernetes/resources";
import { isStatus } from "#api/kubernetes/status";
import { formatMicroTime, formatTime, isReleaseAtLeast } from "#kube/apimachinery";
import { type BackgroundQueue, type Clock, createBackgroundQueue, type Logger } from "#lib";
import type { KubeClient } from "./client.ts";

/** The scheduler writes events.k8s.io since this release. Source: kubernetes#78447. */
const NEW_FORM_SINCE = "1.16";

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

/**
 * Events that the recorders of one client know again at most. client-go has 4,096 for each component's process (tools/record/events_cache.go,
 * maxLruCacheEntries); here one process has thousands of kubelets.
 */
export const MAX_KNOWN_EVENTS = 65_536;
/** Objects whose events a recorder counts at most. Source: as above. */
const MAX_BUDGETS = 4096;
/** Events a source may write about one object at once, and the time after which it may write one more. Source: as above. */
const SPAM_BURST = 25;
const SPAM_REFILL_MS = 300_000;

/** What is remembered of an occurrence with all its repetitions: as little as can be, since there are as many as events. */
interface Known {
  /** The part of its event's name that is behind that of the object. */
  readonly suffix: string;
  readonly firstMs: number;
  lastMs: number;
  count: number;
  isWritten: boolean;
  /** Waits to be written, or is being written. */
  isUnderWay: boolean;
  /** Happened again since the last write began. */
  isChanged: boolean;
}

/** An occurrence as it is written. */
interface Entry extends Omit<Occurrence, "about" | "fieldPath" | "moment"> {
  readonly known: Known;
  readonly reference: ObjectReference;
  readonly name: string;
  readonly namespace: string;
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

/** What the recorders of one client share: a cluster has as many kubelets as nodes. */
interface Shared {
  readonly queue: BackgroundQueue;
  /** By the digest of what is known, in order of last use. */
  readonly known: Map<string, Known>;
}

const sharedBy = new WeakMap<KubeClient, Shared>();

function sharedOf(client: KubeClient): Shared {
  let shared = sharedBy.get(client);
  if (shared === undefined) sharedBy.set(client, (shared = { queue: createBackgroundQueue(), known: new Map() }));
  return shared;
}

class EventRecorder implements Recorder {
  readonly #options: RecorderOptions;
  readonly #shared: Shared;
  readonly #budgets = new Map<string, Budget>();
  #underWay = 0;
  #idleWaiters: (() => void)[] = [];

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#shared = sharedOf(options.client);
  }

  moment(): Moment {
    return momentOf(this.#options.clock);
  }

  record(occurrence: Occurrence): void {
    const reference = referenceTo(occurrence);
    const about = `${reference.kind}/${reference.namespace}/${reference.name}/${reference.uid}`;
    if (!this.#mayWrite(reference.uid ?? about)) return;
    const { type, reason, message, action } = occurrence;
    const { component, host } = this.#options.source;
    const key = hash("sha1", [component, host, about, reference.fieldPath, type, reason, message].join("\n"), "base64");
    const moment = occurrence.moment ?? this.moment();
    const known = this.#shared.known.get(key) ?? newlyKnown(moment);
    remember(this.#shared.known, key, known, MAX_KNOWN_EVENTS);
    known.count++;
    known.lastMs = moment.ms;
    known.isChanged = true;
    if (known.isUnderWay) return;
    const named = { name: `${reference.name}.${known.suffix}`, namespace: reference.namespace ?? "default" };
    this.#writeLater({ known, reference, ...named, type, reason, message, ...(action !== undefined && { action }) });
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
    remember(this.#budgets, key, budget, MAX_BUDGETS);
    if (budget.tokens < 1) return false;
    budget.tokens--;
    return true;
  }

  #writeLater(entry: Entry): void {
    if (!this.#shared.queue.add(() => this.#write(entry))) {
      this.#options.log.warn("an event was dropped: too many wait to be written", { event: entry.name });
      return;
    }
    entry.known.isUnderWay = true;
    this.#underWay++;
  }

  async #write(entry: Entry): Promise<void> {
    const { known } = entry;
    known.isChanged = false;
    try {
      await (known.isWritten ? this.#countUp(entry) : this.#create(entry));
      known.isWritten = true;
    } catch (error) {
      this.#options.log.warn("an event could not be written", { error });
    }
    known.isUnderWay = false;
    this.#underWay--;
    if (known.isChanged) this.#writeLater(entry);
    if (this.#underWay > 0) return;
    for (const wake of this.#idleWaiters.splice(0)) wake();
  }

  /** An event that has expired meanwhile is written anew, with its count. */
  async #countUp(entry: Entry): Promise<void> {
    const { name, namespace, known } = entry;
    try {
      await this.#options.client.patch(resources.events, { name, namespace }, { type: "merge", body: this.#repetition(known) });
    } catch (error) {
      if (!isStatus(error, "NotFound")) throw error;
      await this.#create(entry);
    }
  }

  async #create(entry: Entry): Promise<void> {
    const { known } = entry;
    const event = this.#event(entry);
    await this.#options.client.create(resources.events, known.count > 1 ? { ...event, ...this.#repetition(known) } : event);
  }

  #repetition({ count, lastMs }: Known): Partial<Event> {
    return this.#isNewForm()
      ? { series: { count, lastObservedTime: formatMicroTime(lastMs) } }
      : { count, lastTimestamp: formatTime(lastMs) };
  }

  #isNewForm(): boolean {
    const version = this.#options.version?.();
    return version !== undefined && isReleaseAtLeast(version, NEW_FORM_SINCE);
  }

  #event({ name, namespace, reference: involvedObject, type, reason, message, action, known: { firstMs } }: Entry): Event {
    const { source } = this.#options;
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
      action: action ?? reason,
      reportingComponent: source.component,
      reportingInstance: `${source.component}-${source.host ?? "control-plane"}`,
    };
  }
}

function newlyKnown({ ms, order }: Moment): Known {
  return { suffix: order.toString(16), firstMs: ms, lastMs: ms, count: 0, isWritten: false, isUnderWay: false, isChanged: false };
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

/** Sets a key as the last used one, and forgets the longest unused beyond the most that there may be. */
function remember<V>(map: Map<string, V>, key: string, value: V, most: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= most) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}
