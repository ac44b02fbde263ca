import type { PodExplanation } from "#api/explain";
import type { Node, Pod } from "#api/kubernetes/core";
import type { Rehearsal } from "#api/kubernetes/rehearsal";
import { resources } from "#api/kubernetes/resources";
import { equalJson, isPodTerminal } from "#kube/apimachinery";
import { createInformer, type Informer, type KubeClient, objectKey } from "#kube/client";
import type { Clock, Logger, Random } from "#lib";
import { SchedulerCache } from "./cache.ts";
import { explainPod } from "./explain/explain-pod.ts";
import { createInformedFacts } from "./informed-facts.ts";
import { createPodWrites } from "./pod-writes.ts";
import { podToPlace } from "./pod-to-place.ts";
import { ActiveProfiles, type SchedulerConfiguration } from "./profiles/active-profiles.ts";
import { createRecorders } from "./recorders.ts";
import { createRehearsal } from "./rehearsal/rehearsal.ts";
import { SchedulingQueue } from "./queue.ts";
import { schedulerRelease } from "./release.ts";
import { SchedulingLoop } from "./scheduling-loop.ts";
import { AssumedVolumes } from "./volumes/assumed-volumes.ts";
import { VolumeBinder } from "./volumes/volume-binder.ts";

export interface SchedulerOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  /** Decides between nodes that are equally good. */
  readonly random: Random;
  readonly log: Logger;
  /** The cluster's version, `1.12.6`, asked anew for every pod: texts and rules follow an upgrade. */
  readonly version: () => string;
}

/** Gives pods their nodes, as kube-scheduler does. */
export interface Scheduler {
  /** Resolves when the nodes and pods that exist are known; pods that wait are then being placed. */
  start(): Promise<void>;
  /** Places no more pods and resolves when the writes under way have ended. */
  stop(): Promise<void>;
  /** Places pods by this configuration from now on; those that wait are tried again, and those of schedulers that it lacks are left alone. */
  configure(configuration: SchedulerConfiguration): void;
  /** Why the pod is where it is, or nowhere; nothing when there is no such pod. Costs a look at every node and changes nothing. */
  explain(namespace: string, name: string): PodExplanation | undefined;
  /** Nodes and pods to try things on, by the rules of now and with the cluster's namespaces, claims and volumes. */
  rehearse(): Rehearsal;
}

/** A scheduler for one cluster. It may be started once. */
export function createScheduler(options: SchedulerOptions): Scheduler {
  const { client, clock, random, log, version } = options;
  const nodes = createInformer<Node>(client, resources.nodes, { clock, log });
  const pods = createInformer<Pod>(client, resources.pods, { clock, log });
  const recorders = createRecorders({ client, clock, log, version });
  const profiles = new ActiveProfiles(version);
  const budgets = createInformer(client, resources.podDisruptionBudgets, { clock, log });
  const assumed = new AssumedVolumes();
  const facts = createInformedFacts({ client, clock, log, assumed, onVolumesChanged: (change) => loop.volumesChanged(change) });
  const cache = new SchedulerCache(facts);
  const queue: SchedulingQueue = new SchedulingQueue({
    clock,
    onActive: () => loop.wake(),
    flushAfterMs: () => schedulerRelease(version()).flushAfterMs,
    backoff: () => profiles.configuration,
  });
  const writes = createPodWrites({ client, clock, log, recorder: recorders.of });
  const volumes = new VolumeBinder({ client, clock, assumed, stored: facts.stored });
  const loop: SchedulingLoop = new SchedulingLoop({
    cache,
    queue,
    writes,
    volumes,
    clock,
    random,
    log,
    profiles,
    budgets: () => budgets.list(),
    latest: (key) => pods.get(key),
  });
  const watchedPods = watchPods(pods, { cache, queue, loop, volumes, profiles });
  const unsubscribe = [watchNodes(nodes, cache, loop), watchedPods.stop];
  return {
    async start() {
      // Pods last: those that wait are placed as soon as they are seen.
      await Promise.all([facts.start(), budgets.start(), nodes.start()]);
      await pods.start();
    },
    async stop() {
      for (const stop of unsubscribe) stop();
      for (const informer of [nodes, pods, budgets, facts]) informer.stop();
      queue.close();
      volumes.close();
      await loop.stop();
      await recorders.idle();
    },
    configure(configuration) {
      profiles.configuration = configuration;
      watchedPods.lookAgain();
      queue.retryWhere(() => true);
    },
    explain(namespace, name) {
      const pod = pods.get(`${namespace}/${name}`);
      return pod === undefined ? undefined : explainPod(pod, { cache, profile: profiles.of(pod), version: version() });
    },
    rehearse: () => createRehearsal({ version: version(), facts }),
  };
}

function watchNodes(nodes: Informer<Node>, cache: SchedulerCache, loop: SchedulingLoop): () => void {
  const set = (node: Node): void => loop.improved(cache.setNode(node));
  return nodes.subscribe({
    add: set,
    update: set,
    delete(node) {
      cache.removeNode(node.metadata.name);
      // Where a domain is gone, others may be the emptiest now.
      loop.wake();
    },
  });
}

interface PodSinks {
  readonly cache: SchedulerCache;
  readonly queue: SchedulingQueue;
  readonly loop: SchedulingLoop;
  readonly volumes: VolumeBinder;
  readonly profiles: ActiveProfiles;
}

/** Source: pkg/scheduler/eventhandlers.go. */
function watchPods(pods: Informer<Pod>, sinks: PodSinks): { stop(): void; lookAgain(): void } {
  const { cache, queue, loop, volumes, profiles } = sinks;
  const gone = (pod: Pod): void => {
    const key = objectKey(pod);
    volumes.cancel(key);
    queue.remove(key);
    cache.nominations.remove(key);
    loop.improved(cache.removePod(key));
    if (pod.spec.nodeName) loop.podChanged(() => podToPlace(pod));
  };
  const stop = pods.subscribe({ add: (pod) => changed(pod, undefined), update: changed, delete: gone });
  return {
    stop,
    lookAgain() {
      for (const pod of pods.list()) if (!pod.spec.nodeName) changed(pod, pod);
    },
  };

  function changed(pod: Pod, previous: Pod | undefined): void {
    const key = objectKey(pod);
    const nodeName = pod.spec.nodeName ?? "";
    if (isPodTerminal(pod)) gone(pod);
    else if (nodeName !== "") {
      queue.remove(key);
      cache.nominations.remove(key);
      cache.addPod(key, pod, nodeName);
      if (previous === undefined || !countsAs(previous, pod)) {
        loop.podChanged(() => podToPlace(pod));
        if (previous?.spec.nodeName) loop.podChanged(() => podToPlace(previous));
      }
    } else if (!isWaiting(pod, profiles)) {
      volumes.cancel(key);
      // What was assumed of a pod that waits for its claims is not true any more.
      loop.improved(cache.removePod(key));
      queue.remove(key);
      cache.nominations.remove(key);
    } else waits(pod, previous);
  }

  function waits(pod: Pod, previous: Pod | undefined): void {
    const key = objectKey(pod);
    const isKnown = previous !== undefined && queue.has(key) && previous.metadata.uid === pod.metadata.uid && isSameSpec(previous, pod);
    const nominated = pod.status?.nominatedNodeName ?? "";
    if (nominated !== (previous?.status?.nominatedNodeName ?? "")) {
      if (nominated === "") cache.nominations.remove(key);
      else cache.nominations.nominate(podToPlace(pod), nominated);
    }
    if (!isKnown) queue.add(podToPlace(pod));
  }
}

/** Whether the pod counts on its node for other pods as it did before. */
function countsAs({ metadata: before, spec }: Pod, { metadata, spec: next }: Pod): boolean {
  return (
    spec.nodeName === next.nodeName &&
    (before.deletionTimestamp === undefined) === (metadata.deletionTimestamp === undefined) &&
    equalJson(before.labels, metadata.labels)
  );
}

/** Whether the pod is for one of the profiles, nothing holds it back and nobody has deleted it. */
function isWaiting(pod: Pod, profiles: ActiveProfiles): boolean {
  const isHeldBack = (pod.spec.schedulingGates?.length ?? 0) > 0;
  return pod.metadata.deletionTimestamp === undefined && !isHeldBack && profiles.of(pod) !== undefined;
}

/** Changes of status alone, the scheduler's own among them, are no reason to try again. */
function isSameSpec(previous: Pod, pod: Pod): boolean {
  return equalJson(previous.spec, pod.spec) && equalJson(previous.metadata.labels, pod.metadata.labels);
}
