import type { Node } from "#api/kubernetes/core";

/** Share of a zone's nodes that must be down for it to count as disrupted. Source: kubernetes --unhealthy-zone-threshold. */
const UNHEALTHY_SHARE = 0.55;
/** Nodes up to which a disrupted zone is not tainted at all. Source: kubernetes --large-cluster-size-threshold. */
const LARGE_ZONE = 50;
/** Nodes tainted NoExecute per second. Source: kubernetes --node-eviction-rate, --secondary-node-eviction-rate. */
const RATE = 0.1;
const REDUCED_RATE = 0.01;

/** Counts of a zone's nodes. */
export interface ZoneCounts {
  readonly ready: number;
  readonly notReady: number;
}

/**
 * The name of a node's failure domain; the same text for all nodes without zones.
 * Source: component-helpers node/topology/helpers.go, GetZoneKey.
 */
export function zoneOf(node: Node): string {
  const labels = node.metadata.labels ?? {};
  const region = labels["topology.kubernetes.io/region"] ?? labels["failure-domain.beta.kubernetes.io/region"] ?? "";
  const zone = labels["topology.kubernetes.io/zone"] ?? labels["failure-domain.beta.kubernetes.io/zone"] ?? "";
  return region === "" && zone === "" ? "" : `${region}:${zone}`;
}

/**
 * Nodes of the zone that may be tainted NoExecute per second, 0 for none. A zone that is wholly down is tainted at the
 * full rate: whether the whole cluster is down is asked elsewhere.
 * Source: node_lifecycle_controller.go, ComputeZoneState and setLimiterInZone.
 */
export function taintingRate({ ready, notReady }: ZoneCounts): number {
  const partlyDown = ready > 0 && notReady > 2 && notReady / (ready + notReady) >= UNHEALTHY_SHARE;
  if (!partlyDown) return RATE;
  return ready + notReady > LARGE_ZONE ? REDUCED_RATE : 0;
}
