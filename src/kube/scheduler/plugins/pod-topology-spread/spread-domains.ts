import { findUntoleratedTaint, type NodeMatcher, requiredNodeMatcher } from "#kube/apimachinery";
import { selectorKey } from "../../affinity-terms.ts";
import type { ClusterView } from "../../framework/cluster-view.ts";
import type { NodeState } from "../../node-state.ts";
import type { Reach } from "../../placed-pods/label-buckets.ts";
import type { PodObserver } from "../../placed-pods/placed-pods.ts";
import { addToNode } from "../../placed-pods/tally.ts";
import type { PodToPlace } from "../../pod-to-place.ts";
import type { SpreadConstraint } from "./constraints.ts";

export interface DomainsOptions {
  readonly pod: PodToPlace;
  readonly constraint: SpreadConstraint;
  /** Labels that a node needs all of to count. */
  readonly keys: readonly string[];
}

/**
 * How the pods that a constraint counts are spread over the domains of its topology, kept up while pods come and go:
 *
 * ```
 *   zone-1: 3 pods   zone-2: 1   zone-3: 1   → least 1; one more pod in zone-2 makes the domains with 1 one fewer,
 *   histogram: 1 → 2 domains, 3 → 1 domain     and none with 1 left makes the next number the least
 * ```
 *
 * Source: plugins/podtopologyspread/filtering.go, preFilterState.
 */
export class SpreadDomains implements PodObserver {
  readonly reach: Reach;
  readonly #constraint: SpreadConstraint;
  readonly #cluster: ClusterView;
  readonly #counts: (node: NodeState) => boolean;
  readonly #perNode = new Map<NodeState, number>();
  readonly #perDomain = new Map<string, number>();
  /** Domains by the number of pods in them. */
  readonly #histogram = new Map<number, number>();
  #least = 0;
  #version = -1;

  private constructor(cluster: ClusterView, options: DomainsOptions) {
    const { pod, constraint } = options;
    this.#cluster = cluster;
    this.#constraint = constraint;
    this.#counts = eligibility(options);
    this.reach = { namespaces: new Set([pod.namespace]), selector: constraint.selector };
  }

  /** The domains as all pods share them that ask the same. */
  static of(cluster: ClusterView, options: DomainsOptions): SpreadDomains {
    return cluster.placedPods.observe(keyOf(options), () => new SpreadDomains(cluster, options));
  }

  get domainCount(): number {
    this.#refresh();
    return this.#perDomain.size;
  }

  /** Pods in the domain with the fewest; 0 without domains. */
  get least(): number {
    this.#refresh();
    return this.#least;
  }

  /** Pods in the node's domain, those on nodes that do not count left out. */
  around(node: NodeState): number {
    this.#refresh();
    const value = node.labels?.[this.#constraint.topologyKey];
    return value === undefined ? 0 : (this.#perDomain.get(value) ?? 0);
  }

  /** Pods on the node itself. */
  on(node: NodeState): number {
    return this.#perNode.get(node) ?? 0;
  }

  /** Source: common.go, countPodsMatchSelector: pods that are being deleted do not count, and an empty selector counts none. */
  changed({ isTerminating, labels }: PodToPlace, node: NodeState, sign: 1 | -1): void {
    const { selector } = this.#constraint;
    if (isTerminating || selector.empty || !selector.matches(labels)) return;
    addToNode(this.#perNode, node, sign);
    if (this.#version === this.#cluster.topology.version && node.node !== undefined && this.#counts(node)) this.#add(node, sign);
  }

  #refresh(): void {
    const { topology, nodes } = this.#cluster;
    if (this.#version === topology.version) return;
    this.#version = topology.version;
    this.#perDomain.clear();
    for (const node of nodes) {
      const value = node.labels?.[this.#constraint.topologyKey];
      if (value !== undefined && this.#counts(node)) this.#perDomain.set(value, (this.#perDomain.get(value) ?? 0) + this.on(node));
    }
    this.#histogram.clear();
    this.#least = Infinity;
    for (const count of this.#perDomain.values()) {
      this.#histogram.set(count, (this.#histogram.get(count) ?? 0) + 1);
      this.#least = Math.min(this.#least, count);
    }
    if (this.#perDomain.size === 0) this.#least = 0;
  }

  #add(node: NodeState, sign: 1 | -1): void {
    const value = node.labels?.[this.#constraint.topologyKey] ?? "";
    const count = this.#perDomain.get(value) ?? 0;
    this.#perDomain.set(value, count + sign);
    const left = (this.#histogram.get(count) ?? 0) - 1;
    if (left > 0) this.#histogram.set(count, left);
    else this.#histogram.delete(count);
    this.#histogram.set(count + sign, (this.#histogram.get(count + sign) ?? 0) + 1);
    // A domain that moved by one from the least, which nobody else is at, takes the least along.
    if (count + sign < this.#least || (count === this.#least && left <= 0)) this.#least = count + sign;
  }
}

/** Source: common.go, matchNodeInclusionPolicies and nodeLabelsMatchSpreadConstraints. */
function eligibility({ pod: { pod }, constraint, keys }: DomainsOptions): (node: NodeState) => boolean {
  const { spec } = pod;
  const matches: NodeMatcher = constraint.honorsAffinity ? requiredNodeMatcher(spec) : () => true;
  return (node) =>
    keys.every((key) => node.labels?.[key] !== undefined) &&
    matches(node) &&
    !(constraint.honorsTaints && findUntoleratedTaint(node.taints, spec.tolerations) !== undefined);
}

function keyOf({ pod: { namespace, pod }, constraint, keys }: DomainsOptions): string {
  const { honorsAffinity, honorsTaints } = constraint;
  const { nodeSelector, affinity, tolerations } = pod.spec;
  const chosen = honorsAffinity ? [nodeSelector, affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution] : [];
  return JSON.stringify(["spread", namespace, countedBy(constraint), keys, chosen, honorsTaints ? tolerations : []]);
}

const counted = new WeakMap<SpreadConstraint, string>();

/** What a constraint counts, and by which label. */
function countedBy(constraint: SpreadConstraint): string {
  let text = counted.get(constraint);
  if (text === undefined) {
    text = JSON.stringify([constraint.topologyKey, selectorKey(constraint.selector)]);
    counted.set(constraint, text);
  }
  return text;
}
