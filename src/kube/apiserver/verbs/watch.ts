import type { KubeObject, WatchEventType } from "#api/kubernetes/meta";
import { StatusError } from "#api/kubernetes/status";
import type { Timer } from "#lib";
import { CompactedError, type StoreEvent } from "#store";
import type { Core } from "../core.ts";
import { type Resource, shown } from "../resources.ts";
import type { Selection } from "../selection.ts";
import { tooLargeResourceVersion, tooOldResourceVersion } from "../status.ts";
import { atRevision, decode } from "../storage/codec.ts";
import type { Change } from "../storage/watcher-set.ts";
import type { WatchOptions } from "./list-options.ts";

/** Where a watch delivers. Calls come in order and never after `end`. */
export interface WatchSink {
  event(type: WatchEventType, object: KubeObject): void;
  /** The stream is over: its time is up, or it cannot go on for the reason given. */
  end(error?: StatusError): void;
}

/** Time between bookmarks. Source: apiserver pkg/storage/cacher, defaultBookmarkFrequency. */
export const BOOKMARK_MS = 60_000;
/** Marks the end of the initial events. Source: apimachinery pkg/apis/meta/v1/types.go, InitialEventsAnnotationKey. */
const INITIAL_EVENTS_END = "k8s.io/initial-events-end";

/**
 * Watches from where the options say: the state there, then every change. Returns the way to stop.
 * @throws {StatusError} Expired when the version asked for is compacted, Timeout when it is of the future.
 */
export function watchObjects(
  core: Core,
  resource: Resource,
  selection: Selection,
  call: { options: WatchOptions; sink: WatchSink },
): () => void {
  return new Watcher(core, resource, selection, call).start();
}

class Watcher {
  readonly #core: Core;
  readonly #resource: Resource;
  readonly #selection: Selection;
  readonly #options: WatchOptions;
  readonly #sink: WatchSink;
  /** Changes up to this revision have been told. */
  #revision = 0;
  #timers: Timer[] = [];
  #unsubscribe: () => void = () => undefined;
  #isOver = false;

  constructor(core: Core, resource: Resource, selection: Selection, { options, sink }: { options: WatchOptions; sink: WatchSink }) {
    this.#core = core;
    this.#resource = resource;
    this.#selection = selection;
    this.#options = options;
    this.#sink = sink;
  }

  start(): () => void {
    const { resourceVersion = 0, sendInitialEvents, timeoutSeconds, allowBookmarks } = this.#options;
    const current = this.#core.storage.store.revision();
    if (resourceVersion > current) throw tooLargeResourceVersion(resourceVersion, current);
    const past = resourceVersion === 0 || sendInitialEvents ? undefined : this.#past(resourceVersion);
    this.#revision = current;
    this.#unsubscribe = this.#resource.cache.watchers.add(this.#selection.scope, (change) => {
      if (change.revision > this.#revision) this.#tell(change);
    });
    if (past === undefined) this.#tellState(current);
    else for (const change of past) this.#tell(change);
    if (timeoutSeconds !== undefined && !this.#isOver) this.#timers.push(this.#core.wall.after(timeoutSeconds * 1000, () => this.#end()));
    if (allowBookmarks) this.#bookmarkLater();
    return () => this.#close();
  }

  /** Changes after `revision`, from the store's history. */
  #past(revision: number): readonly Change[] {
    const { store } = this.#core.storage;
    if (revision === store.revision() || this.#resource.cache.lastRevision <= revision) {
      if (revision < store.compactedRevision()) throw tooOldResourceVersion(revision, store.compactedRevision());
      return [];
    }
    const events: StoreEvent[] = [];
    try {
      store.watch({ prefix: this.#prefix(), fromRevision: revision + 1 }, (batch) => void events.push(...batch)).close();
    } catch (error) {
      if (error instanceof CompactedError) throw tooOldResourceVersion(revision, error.compacted);
      throw error;
    }
    return events.map((event) => this.#changeOf(event));
  }

  #prefix(): string {
    const { prefix } = this.#resource.target;
    const { namespace } = this.#selection.scope;
    return namespace === undefined ? prefix : `${prefix}${namespace}/`;
  }

  #changeOf(event: StoreEvent): Change {
    const { previous, revision } = event;
    return {
      revision,
      object: event.kind === "put" ? decode(event.pair.value, event.pair.modRevision) : undefined,
      previous: previous === undefined ? undefined : decode(previous.value, previous.modRevision),
    };
  }

  #tellState(revision: number): void {
    const { cache } = this.#resource;
    for (const { object } of cache.list(this.#selection.scope)) {
      if (this.#isOver) return;
      if (this.#selection.matches(object)) this.#sink.event("ADDED", shown(this.#resource, object));
    }
    if (this.#options.sendInitialEvents && this.#options.allowBookmarks && !this.#isOver)
      this.#bookmark(revision, { [INITIAL_EVENTS_END]: "true" });
  }

  /** With a selector, a change is an addition or deletion for whom it makes the object match or not match. */
  #tell({ object, previous, revision }: Change): void {
    if (this.#isOver) return;
    const matches = object !== undefined && this.#selection.matches(object);
    const matched = previous !== undefined && this.#selection.matches(previous);
    if (matches) this.#sink.event(matched ? "MODIFIED" : "ADDED", shown(this.#resource, object));
    else if (matched) this.#sink.event("DELETED", shown(this.#resource, atRevision(previous, revision)));
  }

  #bookmarkLater(): void {
    if (this.#isOver) return;
    const timer = this.#core.wall.after(BOOKMARK_MS, () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
      this.#bookmark(this.#core.storage.store.revision());
      this.#bookmarkLater();
    });
    this.#timers.push(timer);
  }

  #bookmark(revision: number, annotations?: Record<string, string>): void {
    const { apiVersion, kind } = this.#resource;
    const metadata = { resourceVersion: String(revision), creationTimestamp: null, ...(annotations === undefined ? {} : { annotations }) };
    this.#sink.event("BOOKMARK", { kind: kind.kind, apiVersion, metadata } as unknown as KubeObject);
  }

  #end(): void {
    if (this.#isOver) return;
    this.#close();
    this.#sink.end();
  }

  #close(): void {
    this.#isOver = true;
    this.#unsubscribe();
    for (const timer of this.#timers) timer.cancel();
    this.#timers = [];
  }
}
