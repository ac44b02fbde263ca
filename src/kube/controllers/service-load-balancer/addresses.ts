import type { Service } from "#api/kubernetes/core";

/** Source: cloud-provider-azure pkg/consts, ServiceAnnotationLoadBalancerInternal and ServiceAnnotationLoadBalancerIPDualStack. */
const INTERNAL = "service.beta.kubernetes.io/azure-load-balancer-internal";
const WANTED_IPV4 = "service.beta.kubernetes.io/azure-load-balancer-ipv4";

/**
 * Where public addresses come from. Differs from AKS: these are the ranges for documentation, which lead nowhere, so that
 * nobody's traffic goes to a stranger. Source: RFC 5737.
 */
const PUBLIC_RANGES = ["203.0.113", "198.51.100", "192.0.2"];
const LAST_OF_RANGE = 254;

/** Whether the cloud makes a load balancer for the service. Source: kubernetes cloud-provider controllers/service/controller.go, wantsLoadBalancer. */
export function wantsLoadBalancer({ spec }: Service): boolean {
  return spec.type === "LoadBalancer" && spec["loadBalancerClass"] === undefined;
}

/** The addresses a service has been given. */
export function addressesOf({ status }: Service): readonly string[] {
  return (status?.loadBalancer?.ingress ?? []).map(({ ip }) => ip).filter((ip) => ip !== "");
}

/**
 * The address a service shall have: the one it asks for, the one it has, or the first that is free. An internal one comes
 * from the end of the nodes' /16. Undefined when all are taken.
 * Differs from AKS: an address that is asked for need not exist; the subnet is taken to be a /16, AKS's own default.
 * Source: Azure docs load-balancer-standard and internal-lb.
 * @param nodeAddress of any node, `10.224.0.4`
 */
export function addressFor(service: Service, nodeAddress: string, taken: ReadonlySet<string>): string | undefined {
  const wanted = service.metadata.annotations?.[WANTED_IPV4] ?? service.spec["loadBalancerIP"];
  if (typeof wanted === "string" && wanted !== "") return wanted;
  const candidates = isInternal(service) ? internalRange(nodeAddress) : publicRange();
  const pool = new Set(candidates);
  return addressesOf(service).find((address) => pool.has(address)) ?? candidates.find((address) => !taken.has(address));
}

function isInternal({ metadata }: Service): boolean {
  return metadata.annotations?.[INTERNAL] === "true";
}

function publicRange(): readonly string[] {
  return PUBLIC_RANGES.flatMap((range) => ascending(LAST_OF_RANGE).map((last) => `${range}.${last}`));
}

function internalRange(nodeAddress: string): readonly string[] {
  const network = nodeAddress.split(".").slice(0, 2).join(".");
  return ascending(LAST_OF_RANGE)
    .toReversed()
    .map((last) => `${network}.255.${last}`);
}

function ascending(last: number): readonly number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}
