import type { ScorePlugin } from "../../framework/plugin.ts";
import { PER_NODE_LABELS } from "../../node-class.ts";
import type { NodeState } from "../../node-state.ts";
import { constraintsFor, hasOwnConstraints, HOSTNAME } from "./constraints.ts";
import { SpreadDomains } from "./spread-domains.ts";

/** Not compared, because the node lacks a label. */
const IGNORED = -1;

/**
 * Prefers nodes in whose domains there are fewer of the pods that belong together: by the pod's own ScheduleAnyway
 * constraints, or by the profile's for pods of services and controllers. Source: plugins/podtopologyspread/scoring.go.
 */
export const podTopologySpreadScore: ScorePlugin = {
  name: "PodTopologySpread",
  prepare(pod, { cluster, profile, feasible }) {
    if (!profile.release.hasTopologySpread) return undefined;
    const constraints = constraintsFor(pod, "ScheduleAnyway", profile, cluster.facts);
    if (constraints.length === 0) return undefined;
    // Nodes without a zone are still spread over by name, but only by the system's own constraints.
    const areAllNeeded = hasOwnConstraints(pod) || profile.plugins.spread.defaults !== "system";
    const keys = areAllNeeded ? constraints.map(({ topologyKey }) => topologyKey) : [];
    const isIgnored = (node: NodeState): boolean => keys.some((key) => node.labels?.[key] === undefined);
    const compared = keys.length === 0 ? feasible : feasible.filter((node) => !isIgnored(node));
    const parts = constraints.map((constraint) => ({
      topologyKey: constraint.topologyKey,
      base: constraint.maxSkew - 1,
      weight: Math.log(domainsAmong(compared, constraint.topologyKey) + 2),
      domains: SpreadDomains.of(cluster, { pod, constraint, keys }),
    }));
    const ofNode = parts.filter(({ topologyKey }) => PER_NODE_LABELS.has(topologyKey));
    const others = parts.filter(({ topologyKey }) => !PER_NODE_LABELS.has(topologyKey));
    const ofClass = byClass((node) => sumOf(node, others));
    return {
      scope: "node",
      normalization: "fewest",
      score: (node) => (keys.length > 0 && isIgnored(node) ? IGNORED : Math.round(ofClass(node) + sumOf(node, ofNode))),
    };
  },
};

interface Part {
  readonly topologyKey: string;
  readonly base: number;
  readonly weight: number;
  readonly domains: SpreadDomains;
}

function sumOf(node: NodeState, parts: readonly Part[]): number {
  let sum = 0;
  const { labels } = node;
  for (let index = 0; index < parts.length; index++) {
    const { topologyKey, base, weight, domains } = parts[index] as Part;
    if (labels?.[topologyKey] === undefined) continue;
    sum += (topologyKey === HOSTNAME ? domains.on(node) : domains.around(node)) * weight + base;
  }
  return sum;
}

/** The same for all nodes of a class, so that it is worked out once for each. */
function byClass(answer: (node: NodeState) => number): (node: NodeState) => number {
  const known: number[] = [];
  return (node) => (node.nodeClass === undefined ? answer(node) : (known[node.nodeClass.index] ??= answer(node)));
}

/** Nodes without the label are one domain more. Nodes of a class are in one domain. */
function domainsAmong(nodes: readonly NodeState[], topologyKey: string): number {
  if (topologyKey === HOSTNAME) return nodes.length;
  const values = new Set<string>();
  const seen: boolean[] = [];
  for (const { nodeClass, labels } of nodes) {
    if (nodeClass !== undefined) {
      if (seen[nodeClass.index] === true) continue;
      seen[nodeClass.index] = true;
    }
    values.add(labels?.[topologyKey] ?? "");
  }
  return values.size;
}
