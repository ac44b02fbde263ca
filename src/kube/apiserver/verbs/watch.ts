import type { KubeObject, WatchEventType } from "#api/kubernetes/meta";
import { StatusError } from "#api/kubernetes/status";
import type { Timer } from "#lib";
import { CompactedError, type StoreEvent } from "#store";
import type { Core } from "../core.ts";
import { Ordered } from "./ordered.ts";
import { type Resource, shown } from "../resources.ts";
import type { Selection } from "../selection.ts";
import { tooLargeResourceVersion, tooOldResourceVersion } from "../status.ts";
import { atRevision, decode } from "../storage/codec.ts";
import { objectsOf } from "../storage/resource-cache.ts";
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
  #resource: Resource;
  readonly #selection: Selection;
  readonly #options: WatchOptions;
  readonly #sink: WatchSink;
  /** Changes up to this revision have been told. */
  #revision = 0;
  #timers: Timer[] = [];
  #unsubscribe: () => void = () => undefined;
  #isOver = false;
  /** What has to be converted before it is told. */
  readonly #ordered: Ordered<KubeObject> | undefined;

  constructor(core: Core, resource: Resource, selection: Selection, { options, sink }: { options: WatchOptions; sink: WatchSink }) {
    this.#core = core;
    this.#resource = resource;
    this.#selection = selection;
    this.#options = options;
    this.#sink = sink;
    if (resource.converted !== undefined)
      this.#ordered = new Ordered(core.wall, { ready: (objects) => this.#convert(objects), overflow: () => this.#end() });
  }

  /** By what the definition says now. */
  #convert(objects: readonly KubeObject[]): Promise<void> | undefined {
    const { group, version, kind } = this.#resource;
    this.#resource = this.#core.resources.find(group, version, kind.resource) ?? this.#resource;
    return this.#core.conversions.ready(this.#resource, objects);
  }

  /** Tells in its turn. */
  #inOrder(needs: readonly (KubeObject | undefined)[], tell: () => void): void {
    if (this.#ordered === undefined) return tell();
    this.#ordered.add({ needs: needs.filter((object) => object !== undefined), tell });
  }

  start(): () => void {
    const { resourceVersion = 0, sendInitialEvents, timeoutSeconds, allowBookmarks } = this.#options;
    const current = this.#core.storage.store.revision();
    if (resourceVersion > current) throw tooLargeResourceVersion(resourceVersion, current);
    const past = resourceVersion === 0 || sendInitialEvents ? undefined : this.#past(resourceVersion);
    this.#revision = current;
    this.#unsubscribe = this.#resource.cache.watchers.add(this.#selection.scope, (change) => {
      if (change.revision > this.#revision) this.#tellLater(change);
    });
    if (past !== undefined) for (const change of past) this.#tellLater(change);
    else if (this.#ordered === undefined) this.#tellState(current);
    else this.#tellConverted(current);
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

  #tellLater(change: Change): void {
    this.#inOrder([change.object, change.previous], () => this.#tell(change));
  }

  /** The state as it is now, told when it is converted. */
  #tellConverted(revision: number): void {
    const objects = [...objectsOf(this.#resource.cache.list(this.#selection.scope))];
    this.#inOrder(objects, () => this.#tellState(revision, objects));
  }

  #tellState(revision: number, objects: Iterable<KubeObject> = objectsOf(this.#resource.cache.list(this.#selection.scope))): void {
    for (const each of objects) {
      if (this.#isOver) return;
      const object = this.#seen(each);
      if (this.#selection.matches(object)) this.#sink.event("ADDED", shown(this.#resource, object));
    }
    if (this.#options.sendInitialEvents && this.#options.allowBookmarks && !this.#isOver)
      this.#bookmark(revision, { [INITIAL_EVENTS_END]: "true" });
  }

  /** With a selector, a change is an addition or deletion for whom it makes the object match or not match. */
  #tell(change: Change): void {
    if (this.#isOver) return;
    const { revision } = change;
    const [object, previous] = [change.object && this.#seen(change.object), change.previous && this.#seen(change.previous)];
    const matches = object !== undefined && this.#selection.matches(object);
    const matched = previous !== undefined && this.#selection.matches(previous);
    if (matches) this.#sink.event(matched ? "MODIFIED" : "ADDED", shown(this.#resource, object));
    else if (matched) this.#sink.event("DELETED", shown(this.#resource, atRevision(previous, revision)));
  }

  /** What is selected by is what is shown, of kinds whose versions have other fields. */
  #seen(object: KubeObject): KubeObject {
    return this.#resource.kept === undefined ? object : shown(this.#resource, object);
  }

  #bookmarkLater(): void {
    if (this.#isOver) return;
    const timer = this.#core.wall.after(BOOKMARK_MS, () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
      if (this.#ordered?.isIdle !== false) this.#bookmark(this.#core.storage.store.revision());
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
    this.#ordered?.close();
    for (const timer of this.#timers) timer.cancel();
    this.#timers = [];
  }
}
