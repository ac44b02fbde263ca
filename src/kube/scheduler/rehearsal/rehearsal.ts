import type { Node, Pod } from "#api/kubernetes/core";
import type { Rehearsal } from "#api/kubernetes/rehearsal";
import { SchedulerCache } from "../cache.ts";
import { type ClusterFacts, NO_FACTS } from "../cluster-facts.ts";
import { type ClassVerdicts, filterNode, filterNodePlainly, PodFilters } from "../framework/filters.ts";
import { type PodToPlace, podToPlace } from "../pod-to-place.ts";
import { defaultProfile, type SchedulerProfile } from "../profiles/profile.ts";

export interface RehearsalOptions {
  /** Whose rules hold: `1.34.2`. */
  readonly version: string;
  /** What the cluster knows besides nodes and pods; nothing when absent. */
  readonly facts?: ClusterFacts;
}

/** An empty {@link Rehearsal}. Every filter of the version is asked, as when a pod is placed. */
export function createRehearsal({ version, facts = NO_FACTS }: RehearsalOptions): Rehearsal {
  return new CachedRehearsal(defaultProfile(version), facts);
}

interface Staged {
  readonly node: Node;
  /** By key. */
  readonly pods: Map<string, Pod>;
}

/** A cache of its own, and how each change of it is undone. */
class CachedRehearsal implements Rehearsal {
  readonly #profile: SchedulerProfile;
  readonly #cache: SchedulerCache;
  readonly #nodes = new Map<string, Staged>();
  /** Where pods are, by key. */
  readonly #places = new Map<string, string>();
  readonly #filters = new WeakMap<Pod, PodFilters>();
  /** The last change last; kept only during an attempt. */
  readonly #undo: (() => void)[] = [];
  #attempts = 0;

  constructor(profile: SchedulerProfile, facts: ClusterFacts) {
    this.#profile = profile;
    this.#cache = new SchedulerCache(facts);
  }

  addNode(node: Node, pods: readonly Pod[] = []): void {
    const { name } = node.metadata;
    this.removeNode(name);
    this.#nodes.set(name, { node, pods: new Map() });
    this.#cache.setNode(node);
    this.#done(() => {
      this.#nodes.delete(name);
      this.#cache.removeNode(name);
    });
    for (const pod of pods) this.put(pod, name);
  }

  removeNode(name: string): void {
    const staged = this.#nodes.get(name);
    if (staged === undefined) return;
    for (const pod of staged.pods.values()) this.remove(pod);
    this.#nodes.delete(name);
    this.#cache.removeNode(name);
    this.#done(() => {
      this.#nodes.set(name, staged);
      this.#cache.setNode(staged.node);
    });
  }

  put(pod: Pod, node: string): void {
    const staged = this.#nodes.get(node);
    const state = this.#cache.byName(node);
    if (staged === undefined || state === undefined) return;
    this.remove(pod);
    const place = placeOf(pod);
    staged.pods.set(place.key, pod);
    this.#places.set(place.key, node);
    this.#cache.assume(place, state);
    this.#done(() => this.#take(place.key));
  }

  remove(pod: Pod): void {
    const { key } = placeOf(pod);
    const node = this.#places.get(key);
    const present = node === undefined ? undefined : this.#nodes.get(node)?.pods.get(key);
    if (node === undefined || present === undefined) return;
    this.#take(key);
    this.#done(() => this.put(present, node));
  }

  refusals(pod: Pod, node: string): readonly string[] {
    const state = this.#cache.byName(node);
    if (state === undefined) return ["node(s) not found"];
    const filters = this.#filtersOf(pod).current;
    return (filters.refusal ?? filterNodePlainly(filters, state))?.reasons ?? [];
  }

  find(pod: Pod, nodes: Iterable<string>): string | undefined {
    const filters = this.#filtersOf(pod).current;
    if (filters.refusal !== undefined) return undefined;
    const verdicts: ClassVerdicts = [];
    for (const name of nodes) {
      const state = this.#cache.byName(name);
      if (state !== undefined && filterNode(filters, state, verdicts) === undefined) return name;
    }
    return undefined;
  }

  attempt<T>(run: () => T, keep: (result: T) => boolean = () => false): T {
    const before = this.#undo.length;
    let kept = false;
    this.#attempts++;
    try {
      const result = run();
      kept = keep(result);
      return result;
    } finally {
      this.#attempts--;
      if (!kept) this.#revert(before);
      if (this.#attempts === 0) this.#undo.length = 0;
    }
  }

  #done(undo: () => void): void {
    if (this.#attempts > 0) this.#undo.push(undo);
  }

  /** What undoing does is not undone. */
  #revert(before: number): void {
    const attempts = this.#attempts;
    const undone = this.#undo.splice(before).reverse();
    this.#attempts = 0;
    for (const undo of undone) undo();
    this.#attempts = attempts;
  }

  #take(key: string): void {
    const node = this.#places.get(key);
    if (node !== undefined) this.#nodes.get(node)?.pods.delete(key);
    this.#places.delete(key);
    this.#cache.removePod(key);
  }

  #filtersOf(pod: Pod): PodFilters {
    let filters = this.#filters.get(pod);
    if (filters === undefined) {
      filters = new PodFilters(podToPlace(withoutNode(pod)), this.#profile, this.#cache);
      this.#filters.set(pod, filters);
    }
    return filters;
  }
}

/** Where a pod is now does not bind it. */
function withoutNode(pod: Pod): Pod {
  const { nodeName, ...spec } = pod.spec;
  return nodeName === undefined ? pod : { ...pod, spec };
}

/** Objects of the API are shared and never change: what follows from a pod is found once. */
const places = new WeakMap<Pod, PodToPlace>();

function placeOf(pod: Pod): PodToPlace {
  let known = places.get(pod);
  if (known === undefined) places.set(pod, (known = podToPlace(pod)));
  return known;
}
