import type { Node, Pod } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import { equalJson, isPodTerminal } from "#kube/apimachinery";
import { createInformer, createRecorder, type Informer, type KubeClient, objectKey } from "#kube/client";
import type { Clock, Logger, Random } from "#lib";
import { SchedulerCache } from "./cache.ts";
import { createPodWrites } from "./pod-writes.ts";
import { podToPlace } from "./pod-to-place.ts";
import { SchedulingQueue } from "./queue.ts";
import { SchedulingLoop } from "./scheduling-loop.ts";

/** Pods that name no scheduler are for this one. Source: kubernetes/api core/v1/types.go, DefaultSchedulerName. */
export const DEFAULT_SCHEDULER_NAME = "default-scheduler";

export interface SchedulerOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  /** Decides between nodes that are equally good. */
  readonly random: Random;
  readonly log: Logger;
  /** The cluster's version, `1.12.6`, asked anew for every pod: texts and rules follow an upgrade. */
  readonly version: () => string;
  /** Only pods whose `spec.schedulerName` is this; {@link DEFAULT_SCHEDULER_NAME} when absent. */
  readonly schedulerName?: string;
}

/** Gives pods their nodes, as kube-scheduler does. */
export interface Scheduler {
  /** Resolves when the nodes and pods that exist are known; pods that wait are then being placed. */
  start(): Promise<void>;
  /** Places no more pods and resolves when the writes under way have ended. */
  stop(): Promise<void>;
}

/** A scheduler for one cluster. It may be started once. */
export function createScheduler(options: SchedulerOptions): Scheduler {
  const { client, clock, random, log, version, schedulerName = DEFAULT_SCHEDULER_NAME } = options;
  const nodes = createInformer<Node>(client, resources.nodes, { clock, log });
  const pods = createInformer<Pod>(client, resources.pods, { clock, log });
  const recorder = createRecorder({ client, clock, log, source: { component: schedulerName }, version });
  const cache = new SchedulerCache();
  const queue: SchedulingQueue = new SchedulingQueue({
    clock,
    onActive: () => loop.wake(),
    flushAfterMs: () => loop.release.flushAfterMs,
  });
  const writes = createPodWrites({ client, clock, log, recorder });
  const loop: SchedulingLoop = new SchedulingLoop({ cache, queue, writes, random, log, version, latest: (key) => pods.get(key) });
  const unsubscribe = [watchNodes(nodes, cache, loop), watchPods(pods, { cache, queue, loop, schedulerName })];
  return {
    async start() {
      // Nodes first: pods that wait are placed as soon as they are seen.
      await nodes.start();
      await pods.start();
    },
    async stop() {
      for (const stop of unsubscribe) stop();
      nodes.stop();
      pods.stop();
      queue.close();
      await loop.stop();
      await recorder.idle();
    },
  };
}

function watchNodes(nodes: Informer<Node>, cache: SchedulerCache, loop: SchedulingLoop): () => void {
  const set = (node: Node): void => loop.improved(cache.setNode(node));
  return nodes.subscribe({ add: set, update: set, delete: (node) => cache.removeNode(node.metadata.name) });
}

interface PodSinks {
  readonly cache: SchedulerCache;
  readonly queue: SchedulingQueue;
  readonly loop: SchedulingLoop;
  readonly schedulerName: string;
}

/** Source: pkg/scheduler/eventhandlers.go. */
function watchPods(pods: Informer<Pod>, sinks: PodSinks): () => void {
  const { cache, queue, loop } = sinks;
  const gone = (key: string): void => {
    queue.remove(key);
    loop.improved(cache.removePod(key));
  };
  return pods.subscribe({
    add: (pod) => changed(pod, undefined),
    update: changed,
    delete: (pod) => gone(objectKey(pod)),
  });

  function changed(pod: Pod, previous: Pod | undefined): void {
    const key = objectKey(pod);
    const nodeName = pod.spec.nodeName ?? "";
    if (isPodTerminal(pod)) gone(key);
    else if (nodeName !== "") {
      queue.remove(key);
      cache.addPod(key, pod, nodeName);
    } else if (!isWaiting(pod, sinks.schedulerName)) queue.remove(key);
    else if (previous === undefined || !queue.has(key) || previous.metadata.uid !== pod.metadata.uid || !isSameSpec(previous, pod)) {
      queue.add(podToPlace(pod));
    }
  }
}

/** Whether the pod is for this scheduler, nothing holds it back and nobody has deleted it. */
function isWaiting({ metadata, spec }: Pod, schedulerName: string): boolean {
  const isHeldBack = (spec.schedulingGates?.length ?? 0) > 0;
  return metadata.deletionTimestamp === undefined && !isHeldBack && (spec.schedulerName ?? DEFAULT_SCHEDULER_NAME) === schedulerName;
}

/** Changes of status alone, the scheduler's own among them, are no reason to try again. */
function isSameSpec(previous: Pod, pod: Pod): boolean {
  return equalJson(previous.spec, pod.spec) && equalJson(previous.metadata.labels, pod.metadata.labels);
}
