import type { EndpointAddress, Endpoints } from "#api/kubernetes/core";
import { type EndpointSlice, newSlice, planContents, type SliceContent, type SliceEndpoint, type SlicePlan } from "../endpoints/slices.ts";

/** Who mirrors. Source: kubernetes pkg/controller/endpointslicemirroring/endpointslicemirroring_controller.go, controllerName. */
export const MIRRORING_CONTROLLER = "endpointslicemirroring-controller.k8s.io";
/** Source: kubernetes --mirroring-max-endpoints-per-subset. */
export const MAX_ENDPOINTS_PER_SUBSET = 1000;

const SKIP_MIRROR = "endpointslice.kubernetes.io/skip-mirror";
const LEADER = "control-plane.alpha.kubernetes.io/leader";
/** Annotations that are not taken along. */
const NOT_TAKEN: ReadonlySet<string> = new Set([
  "endpoints.kubernetes.io/last-change-trigger-time",
  "kubectl.kubernetes.io/last-applied-configuration",
]);

/** Whether Endpoints ask to be mirrored: those that elect leaders and those that say no are not. Source: as above, shouldMirror. */
export function isMirrored({ metadata }: Endpoints): boolean {
  return metadata.labels?.[SKIP_MIRROR] !== "true" && metadata.annotations?.[LEADER] === undefined;
}

/**
 * The slices that mirror Endpoints: one for each subset and family of addresses.
 * Source: kubernetes pkg/controller/endpointslicemirroring/reconciler.go, utils.go.
 */
export function planMirror(endpoints: Endpoints, slices: readonly EndpointSlice[]): SlicePlan {
  const plans = (["IPv4", "IPv6"] as const).map((family) =>
    planContents(
      contentsOf(endpoints, family),
      slices.filter(({ addressType }) => addressType === family),
      (content) => newMirror(endpoints, family, content),
    ),
  );
  return {
    create: plans.flatMap(({ create }) => create),
    update: plans.flatMap(({ update }) => update),
    delete: plans.flatMap((plan) => plan.delete),
  };
}

function contentsOf({ subsets = [] }: Endpoints, family: "IPv4" | "IPv6"): SliceContent[] {
  return subsets.flatMap(({ addresses = [], notReadyAddresses = [], ports = [] }) => {
    const all = [
      ...addresses.map((address) => endpointOf(address, true)),
      ...notReadyAddresses.map((address) => endpointOf(address, false)),
    ];
    const endpoints = all
      .slice(0, MAX_ENDPOINTS_PER_SUBSET)
      .filter(([of]) => of === family)
      .map(([, endpoint]) => endpoint);
    if (endpoints.length === 0) return [];
    return [{ endpoints, ports: ports.map(({ name = "", port, protocol = "TCP", ...more }) => ({ name, port, protocol, ...more })) }];
  });
}

function endpointOf({ ip, hostname, nodeName, targetRef }: EndpointAddress, ready: boolean): ["IPv4" | "IPv6", SliceEndpoint] {
  const endpoint = {
    addresses: [ip],
    conditions: { ready },
    ...(hostname !== undefined && hostname !== "" && { hostname }),
    ...(targetRef !== undefined && { targetRef }),
    ...(nodeName !== undefined && { nodeName }),
  };
  return [ip.includes(":") ? "IPv6" : "IPv4", endpoint];
}

function newMirror({ metadata }: Endpoints, addressType: "IPv4" | "IPv6", content: SliceContent): EndpointSlice {
  const owner = { apiVersion: "v1", kind: "Endpoints", metadata };
  const slice = newSlice(owner, { managedBy: MIRRORING_CONTROLLER, addressType, content });
  const taken = Object.entries(metadata.annotations ?? {}).filter(([key]) => !NOT_TAKEN.has(key));
  if (taken.length > 0) slice.metadata.annotations = Object.fromEntries(taken);
  return slice;
}
