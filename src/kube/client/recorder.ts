import type { Event, ObjectReference } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";
import { resources } from "#api/kubernetes/resources";
import { isStatus } from "#api/kubernetes/status";
import { formatMicroTime, formatTime } from "#kube/apimachinery";
import type { Clock, Logger } from "#lib";
import type { KubeClient } from "./client.ts";
import { createWriteGate, type WriteGate } from "./write-gate.ts";

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
}

/** Writes events of one component. */
export interface Recorder {
  /** Records an occurrence and returns at once; what cannot be written is logged. */
  record(occurrence: Occurrence): void;
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

/** An event that was written, and the writes of it that are under way, one after the other. */
interface Known {
  readonly name: string;
  readonly namespace: string;
  count: number;
  tail: Promise<void>;
}

interface Budget {
  tokens: number;
  atMs: number;
}

/**
 * Makes a recorder. The same occurrence again counts the first event up instead of making another one.
 * Source: client-go tools/record/events_cache.go, EventCorrelator.
 * Differs from AKS: events that differ only in their message are never combined into one.
 */
export function createRecorder(options: RecorderOptions): Recorder {
  return new EventRecorder(options);
}

/** The recorders of one client share a gate. */
const gates = new WeakMap<KubeClient, WriteGate>();

function gateOf(client: KubeClient): WriteGate {
  const gate = gates.get(client) ?? createWriteGate();
  gates.set(client, gate);
  return gate;
}

class EventRecorder implements Recorder {
  readonly #options: RecorderOptions;
  readonly #gate: WriteGate;
  /** In order of last use. */
  readonly #known = new Map<string, Known>();
  readonly #budgets = new Map<string, Budget>();
  readonly #writes = new Set<Promise<void>>();

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#gate = gateOf(options.client);
  }

  record(occurrence: Occurrence): void {
    const reference = referenceTo(occurrence);
    if (!this.#mayWrite(`${reference.kind}/${reference.namespace}/${reference.name}/${reference.uid}`)) return;
    const key = JSON.stringify([
      reference.kind,
      reference.namespace,
      reference.name,
      reference.uid,
      reference.fieldPath,
      occurrence.type,
      occurrence.reason,
      occurrence.message,
    ]);
    const known = this.#known.get(key);
    const write = known === undefined ? this.#first(key, occurrence, reference) : this.#again(key, known, { occurrence, reference });
    this.#writes.add(write);
    void write.finally(() => this.#writes.delete(write));
  }

  async idle(): Promise<void> {
    while (this.#writes.size > 0) await Promise.all(this.#writes);
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

  #first(key: string, occurrence: Occurrence, reference: ObjectReference): Promise<void> {
    const event = this.#event(occurrence, reference);
    const { name, namespace = "default" } = event.metadata;
    const tail = this.#logged(async () => void (await this.#options.client.create(resources.events, event)));
    remember(this.#known, key, { name, namespace, count: 1, tail });
    return tail;
  }

  #again(key: string, known: Known, made: { occurrence: Occurrence; reference: ObjectReference }): Promise<void> {
    remember(this.#known, key, known);
    const count = ++known.count;
    const previous = known.tail;
    known.tail = previous.then(() => this.#logged(() => this.#countUp(known, count, made)));
    return known.tail;
  }

  /** An event that has expired meanwhile is written anew, with its count. */
  async #countUp(
    known: Known,
    count: number,
    { occurrence, reference }: { occurrence: Occurrence; reference: ObjectReference },
  ): Promise<void> {
    const { client, clock } = this.#options;
    const now = clock.now();
    const body = this.#isNewForm()
      ? { series: { count, lastObservedTime: formatMicroTime(now) } }
      : { count, lastTimestamp: formatTime(now) };
    try {
      await client.patch(resources.events, known, { type: "merge", body });
    } catch (error) {
      if (!isStatus(error, "NotFound")) throw error;
      const { metadata, ...event } = this.#event(occurrence, reference);
      await client.create(resources.events, { ...event, ...body, metadata: { ...metadata, name: known.name } });
    }
  }

  async #logged(write: () => Promise<void>): Promise<void> {
    try {
      const passed = this.#gate.pass(write);
      if (passed === undefined) this.#options.log.warn("an event was dropped: too many wait to be written");
      else await passed;
    } catch (error) {
      this.#options.log.warn("an event could not be written", { error });
    }
  }

  #isNewForm(): boolean {
    const version = this.#options.version?.();
    return version !== undefined && usesNewForm(version);
  }

  #event(occurrence: Occurrence, involvedObject: ObjectReference): Event {
    const { clock, source } = this.#options;
    const { type, reason, message } = occurrence;
    const now = clock.now();
    const namespace = involvedObject.namespace ?? "default";
    const metadata = { name: `${involvedObject.name}.${nextNanoseconds(clock)}`, namespace };
    const event: Event = { apiVersion: "v1", kind: "Event", metadata, involvedObject, reason, message, type };
    if (!this.#isNewForm()) {
      const time = formatTime(now);
      return { ...event, source, firstTimestamp: time, lastTimestamp: time, count: 1, reportingComponent: "", reportingInstance: "" };
    }
    return {
      ...event,
      source: {},
      firstTimestamp: null,
      lastTimestamp: null,
      eventTime: formatMicroTime(now),
      action: occurrence.action ?? reason,
      reportingComponent: source.component,
      reportingInstance: `${source.component}-${source.host ?? "control-plane"}`,
    };
  }
}

/** The scheduler writes events.k8s.io since 1.16. Source: kubernetes#78447. */
function usesNewForm(version: string): boolean {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  return major > 1 || (major === 1 && minor >= 16);
}

/** What was last given out, by the clock that it came from: recorders of one clock share the order of their events. */
const lastNanoseconds = new WeakMap<Clock, bigint>();

/**
 * Hexadecimal nanoseconds since the epoch, as client-go names events; never the same or less than before, so that the
 * events of one millisecond stay in order.
 */
function nextNanoseconds(clock: Clock): string {
  const now = BigInt(Math.floor(clock.now())) * 1_000_000n;
  const last = lastNanoseconds.get(clock) ?? 0n;
  const next = now > last ? now : last + 1n;
  lastNanoseconds.set(clock, next);
  return next.toString(16);
}

function referenceTo({ about, fieldPath }: Occurrence): ObjectReference {
  const reference = "metadata" in about ? referenceOf(about) : about;
  return fieldPath === undefined ? reference : { ...reference, fieldPath };
}

function referenceOf({ apiVersion, kind, metadata }: KubeObject): ObjectReference {
  const { name, namespace, uid, resourceVersion } = metadata;
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(namespace === undefined ? {} : { namespace }),
    name,
    ...(uid === undefined ? {} : { uid }),
    ...(apiVersion === undefined ? {} : { apiVersion }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  };
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
