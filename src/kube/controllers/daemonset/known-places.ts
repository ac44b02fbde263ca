import type { Node, Pod } from "#api/kubernetes/core";
import type { DaemonSet } from "#api/kubernetes/workloads";
import { controllerOf, equalJson } from "#kube/apimachinery";
import { type Informer, objectKey } from "#kube/client";
import { keyOf } from "../keys.ts";
import { Places } from "./places.ts";

/** The informers that places are made of; that of pods has an index `owner`. */
export interface PlacesSources {
  readonly nodes: Informer<Node>;
  readonly pods: Informer<Pod>;
}

/** The places of all daemon sets that have been looked at, kept up to date by the informers. */
export class KnownPlaces {
  readonly #sources: PlacesSources;
  /** By key of the daemon set. */
  readonly #places = new Map<string, Places>();

  constructor(sources: PlacesSources) {
    this.#sources = sources;
  }

  /**
   * Follows nodes and pods, ahead of who is woken by them. Returns the ways to stop.
   * @param moved called when a node may be one for other daemon sets than before.
   */
  subscribe(moved: () => void): readonly (() => void)[] {
    const { nodes, pods } = this.#sources;
    const set = (node: Node): void => {
      for (const places of this.#places.values()) places.setNode(node);
      moved();
    };
    return [
      nodes.subscribe({
        add: set,
        update(node, previous) {
          if (isPlacementChanged(node, previous)) set(node);
        },
        delete: ({ metadata }) => {
          for (const places of this.#places.values()) places.removeNode(metadata.name);
          moved();
        },
      }),
      pods.subscribe({
        add: (pod) => this.#of(pod)?.setPod(pod),
        update: (pod, previous) => {
          const [now, before] = [this.#of(pod), this.#of(previous)];
          if (before !== now) before?.removePod(previous);
          now?.setPod(pod);
        },
        delete: (pod) => this.#of(pod)?.removePod(pod),
      }),
    ];
  }

  /** The places of a daemon set as it is now, made anew when what it asks for has changed. @param hash of its present template. */
  of(daemonSet: DaemonSet, hash: string): Places {
    const key = objectKey(daemonSet);
    const known = this.#places.get(key);
    if (known !== undefined && isSame(known, daemonSet, hash)) return known;
    const { nodes, pods } = this.#sources;
    const fresh = new Places({ daemonSet, hash }, nodes.list(), pods.byIndex("owner", daemonSet.metadata.uid ?? ""));
    this.#places.set(key, fresh);
    return fresh;
  }

  forget(key: string): void {
    this.#places.delete(key);
  }

  #of(pod: Pod): Places | undefined {
    const owner = controllerOf(pod);
    if (owner?.kind !== "DaemonSet") return undefined;
    const places = this.#places.get(keyOf(pod.metadata.namespace, owner.name));
    return places?.options.daemonSet.metadata.uid === owner.uid ? places : undefined;
  }
}

function isSame({ options }: Places, { metadata, spec }: DaemonSet, hash: string): boolean {
  return options.hash === hash && options.daemonSet.metadata.uid === metadata.uid && equalJson(options.daemonSet.spec, spec);
}

function isPlacementChanged(node: Node, previous: Node): boolean {
  return !equalJson(node.spec.taints ?? [], previous.spec.taints ?? []) || !equalJson(node.metadata.labels, previous.metadata.labels);
}
