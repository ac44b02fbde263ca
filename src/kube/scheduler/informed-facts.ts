import type { Namespace, Service } from "#api/kubernetes/core";
import type { KubeObject, LabelSelector, ResourceType } from "#api/kubernetes/meta";
import { resources } from "#api/kubernetes/resources";
import { controllerOf, equalJson, selectorFromMap } from "#kube/apimachinery";
import { createInformer, type Informer, type KubeClient } from "#kube/client";
import type { Clock, Logger } from "#lib";
import type { ClusterFacts } from "./cluster-facts.ts";
import type { PodToPlace } from "./pod-to-place.ts";
import type { AssumedVolumes } from "./volumes/assumed-volumes.ts";
import { createVolumeFacts, type VolumeFacts, type VolumesChange } from "./volumes/volume-facts.ts";

export interface InformedFactsOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
  /** What is being done about claims and volumes. */
  readonly assumed: AssumedVolumes;
  /** A claim, a volume, a class or what drivers say of a node changed, so that a pod that waits for it may fare better. */
  readonly onVolumesChanged: (change: VolumesChange) => void;
}

/** The facts of a cluster, kept current by watching it. */
export interface InformedFacts extends ClusterFacts {
  readonly stored: VolumeFacts["stored"];
  /** Resolves when all that exists is known. */
  start(): Promise<void>;
  stop(): void;
}

export function createInformedFacts({ client, clock, log, assumed, onVolumesChanged }: InformedFactsOptions): InformedFacts {
  const informer = <T extends KubeObject>(type: ResourceType<T>, indexes = {}): Informer<T> =>
    createInformer(client, type, { clock, log, indexes });
  const namespaces = informer(resources.namespaces);
  const services = createInformer<Service>(client, resources.services, { clock, log, indexes: { [BY_PAIR]: firstPair } });
  const replicaSets = informer(resources.replicaSets);
  const statefulSets = informer(resources.statefulSets);
  const replicationControllers = informer(resources.replicationControllers);
  const volumes = createVolumeFacts({ informer, assumed, onChange: onVolumesChanged });
  const all = [namespaces, services, replicaSets, statefulSets, replicationControllers, volumes];
  let generation = 0;
  let kinGeneration = 0;
  const renew = (): void => void generation++;
  const renewKin = (): void => void kinGeneration++;
  const kin = [services, replicaSets, statefulSets, replicationControllers].map((each) => whenSelectionChanges(each, renewKin));
  const unsubscribe = namespaces.subscribe({
    add: renew,
    update: (next, previous) => isSameLabels(next, previous) || renew(),
    delete: renew,
  });
  const selectorOfController = (pod: PodToPlace): LabelSelector | undefined => {
    const owner = controllerOf(pod.pod);
    if (owner === undefined) return undefined;
    const key = `${pod.namespace}/${owner.name}`;
    if (owner.kind === "ReplicaSet") return replicaSets.get(key)?.spec.selector;
    if (owner.kind === "StatefulSet") return statefulSets.get(key)?.spec.selector;
    if (owner.kind !== "ReplicationController") return undefined;
    return { matchLabels: replicationControllers.get(key)?.spec.selector ?? {} };
  };
  return {
    get generation() {
      return generation;
    },
    get volumeGeneration() {
      return volumes.volumeGeneration;
    },
    get kinGeneration() {
      return kinGeneration;
    },
    namespaceLabels: (name) => namespaces.get(name)?.metadata.labels,
    *namespacesWhere(selector) {
      for (const { metadata } of namespaces.list()) if (selector.matches(metadata.labels)) yield metadata.name;
    },
    // Source: plugins/helper/spread.go, DefaultSelector.
    kinOf(pod) {
      const ofController = selectorOfController(pod);
      const chosenBy = servicesOf(pod, services);
      if (ofController === undefined && chosenBy.length === 0) return undefined;
      // As it is, so that what is made of it need not be made for each pod.
      if (chosenBy.length === 0) return ofController;
      const matchLabels: Record<string, string> = {};
      for (const { spec } of chosenBy) Object.assign(matchLabels, spec.selector);
      return { ...ofController, matchLabels: { ...matchLabels, ...ofController?.matchLabels } };
    },
    claim: volumes.claim,
    volume: volumes.volume,
    volumesOfClass: volumes.volumesOfClass,
    storageClass: volumes.storageClass,
    csiNode: volumes.csiNode,
    stored: volumes.stored,
    async start() {
      await Promise.all(all.map((each) => each.start()));
    },
    stop() {
      for (const end of [unsubscribe, ...kin]) end();
      for (const each of all) each.stop();
    },
  };
}

/** What chooses pods by their labels. */
type Selecting = KubeObject & { readonly spec?: { readonly selector?: unknown } };

function whenSelectionChanges(informer: Informer<Selecting>, renew: () => void): () => void {
  return informer.subscribe({
    add: renew,
    update: (next, previous) => equalJson(next.spec?.selector, previous.spec?.selector) || renew(),
    delete: renew,
  });
}

const BY_PAIR = "pair";

/** A service is found by one pair of its selector, so that pods need not ask all. */
function firstPair({ metadata, spec }: Service): readonly string[] {
  const [pair] = Object.entries(spec.selector ?? {});
  return pair === undefined ? [] : [`${metadata.namespace}/${pair[0]}=${pair[1]}`];
}

/** Services whose selector matches the pod; one without a selector matches none. */
function servicesOf({ namespace, labels = {} }: PodToPlace, services: Informer<Service>): readonly Service[] {
  return Object.entries(labels)
    .flatMap(([key, value]) => services.byIndex(BY_PAIR, `${namespace}/${key}=${value}`))
    .filter(({ spec }) => selectorFromMap(spec.selector).matches(labels));
}

function isSameLabels(next: Namespace, previous: Namespace): boolean {
  return equalJson(next.metadata.labels, previous.metadata.labels);
}
