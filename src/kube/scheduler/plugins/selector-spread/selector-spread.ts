import { selectorKey, readSelector } from "../../affinity-terms.ts";
import { MAX_NODE_SCORE, type ScorePlugin } from "../../framework/plugin.ts";
import type { NodeState } from "../../node-state.ts";
import { PodCount } from "../../placed-pods/pod-count.ts";

/** How much of the score is the zone's. Source: plugins/selectorspread/selector_spread.go, zoneWeighting. */
const ZONE_SHARE = 2 / 3;
const ZONE_LABELS = ["failure-domain.beta.kubernetes.io/zone", "topology.kubernetes.io/zone"];
const REGION_LABELS = ["failure-domain.beta.kubernetes.io/region", "topology.kubernetes.io/region"];

/**
 * Prefers nodes, and zones, with fewer of the pods that belong together with this one: what PodTopologySpread does by its own
 * constraints since 1.20. Source: plugins/selectorspread/selector_spread.go of 1.19, Score and NormalizeScore; before 1.18
 * pkg/scheduler/algorithm/priorities/selector_spreading.go.
 */
export const selectorSpreadScore: ScorePlugin = {
  name: "SelectorSpread",
  prepare(pod, { cluster, feasible, profile: { release } }) {
    if (release.hasTopologySpread && (pod.pod.spec.topologySpreadConstraints?.length ?? 0) > 0) return undefined;
    const kin = cluster.facts.kinOf(pod);
    if (kin === undefined) return undefined;
    const selector = readSelector(kin);
    if (selector.empty) return undefined;
    const reach = { namespaces: new Set([pod.namespace]), selector };
    const count = cluster.placedPods.observe(
      JSON.stringify(["selector-spread", pod.namespace, selectorKey(selector)]),
      () => new PodCount(reach, cluster.topology, ({ isTerminating, labels }) => !isTerminating && selector.matches(labels)),
    );
    return { scope: "node", normalization: "none", score: scoreBy((node) => count.on(node), feasible) };
  },
};

function scoreBy(countOn: (node: NodeState) => number, nodes: readonly NodeState[]): (node: NodeState) => number {
  const perZone = new Map<string, number>();
  let most = 0;
  for (const node of nodes) {
    const count = countOn(node);
    most = Math.max(most, count);
    const zone = zoneOf(node);
    if (zone !== "") perZone.set(zone, (perZone.get(zone) ?? 0) + count);
  }
  const mostInZone = Math.max(0, ...perZone.values());
  return (node) => {
    const ofNode = shareBelow(countOn(node), most);
    const zone = zoneOf(node);
    if (zone === "") return Math.trunc(ofNode);
    return Math.trunc(ofNode * (1 - ZONE_SHARE) + ZONE_SHARE * shareBelow(perZone.get(zone) ?? 0, mostInZone));
  };
}

function shareBelow(count: number, most: number): number {
  return most === 0 ? MAX_NODE_SCORE : MAX_NODE_SCORE * ((most - count) / most);
}

/** Source: component-helpers/node/topology/helpers.go, GetZoneKey. */
function zoneOf({ labels }: NodeState): string {
  const first = (names: readonly string[]): string => names.map((name) => labels?.[name]).find((each) => each !== undefined) ?? "";
  const region = first(REGION_LABELS);
  const zone = first(ZONE_LABELS);
  return region === "" && zone === "" ? "" : `${region}:\0:${zone}`;
}
