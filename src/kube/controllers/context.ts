import type { SpokenHeartbeats } from "#api/kubelet";
import type { KubeObject, ResourceType } from "#api/kubernetes/meta";
import { isStatus } from "#api/kubernetes/status";
import { type Clock, createReconciler, FIRST_BACKOFF_MS, type Logger, type Reconciler, type Requeue } from "#lib";
import { formatTime } from "#kube/apimachinery";
import type { KubeClient } from "#kube/client";
import { minorOf } from "./cluster-version.ts";
import type { ServedKinds, ServedListener } from "./served-kinds.ts";
import type { SharedInformers } from "./shared-informers.ts";

/** A kind that the cluster serves, with what can be done to it. */
export interface ServedResource extends ResourceType {
  /** All, when absent. */
  readonly verbs?: readonly string[];
  /** Set when the objects are another kind's too. */
  readonly storedAs?: unknown;
}

/** Writes events of one component; never fails the caller. */
export interface EventSink {
  normal(about: KubeObject, reason: string, message: string): void;
  warning(about: KubeObject, reason: string, message: string): void;
}

/** What every controller of a cluster shares. */
export interface ControllerContext {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly informers: SharedInformers;
  readonly heartbeats: SpokenHeartbeats | undefined;
  /** Kinds whose objects can be listed, watched and deleted, each stored kind once; asked each time, since upgrades change them. */
  readonly resources: readonly ServedResource[];
  /** Tells when {@link resources} changes. Returns the way to stop. */
  followServed(listener: ServedListener): () => void;
  /** Now, as the API writes times. */
  now(): string;
  /** Minor of the cluster's version; asked each time, since upgrades change it. */
  minor(): number;
  /** @param component event source: `replicaset-controller`. */
  events(component: string): EventSink;
  /** A loop whose lost races (409 Conflict) are tried again without a word. */
  loop(name: string, reconcile: (key: string) => Promise<Requeue | void>, concurrency?: number): Reconciler;
}

/** Keys of one loop that run at the same time unless said otherwise. Source: kubernetes --concurrent-*-syncs, 5. */
const CONCURRENCY = 5;

export interface ContextOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly version: () => string;
  readonly informers: SharedInformers;
  readonly heartbeats?: SpokenHeartbeats | undefined;
  readonly served: ServedKinds;
  readonly events: (component: string) => EventSink;
}

/** Puts the shared parts together. */
export function createContext(options: ContextOptions): ControllerContext {
  const { client, clock, log, informers, heartbeats, served, events, version } = options;
  return {
    client,
    clock,
    log,
    informers,
    heartbeats,
    get resources() {
      return served.all;
    },
    followServed: (listener) => served.subscribe(listener),
    events,
    now: () => formatTime(clock.now()),
    minor: () => minorOf(version()),
    loop: (name, reconcile, concurrency = CONCURRENCY) =>
      createReconciler({
        name,
        clock,
        log: log.with({ controller: name }),
        concurrency,
        reconcile: (key) => retryingConflicts(() => reconcile(key)),
      }),
  };
}

async function retryingConflicts(run: () => Promise<Requeue | void>): Promise<Requeue | void> {
  try {
    return await run();
  } catch (error) {
    if (isStatus(error, "Conflict")) return { requeueAfterMs: FIRST_BACKOFF_MS };
    throw error;
  }
}
