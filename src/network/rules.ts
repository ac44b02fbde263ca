import { aligned, contains, overlaps, parseRange, type Range } from "./cidr.ts";
import { networkId, type StoredNetwork, subnetId } from "./network.ts";
import { refusals } from "./refusals.ts";

/** Source: learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits, "Subnets per virtual network". */
const MAX_SUBNETS = 3000;

/** The ranges of a network, its subnets inside of it and apart from each other. @throws {ArmError} 400 for the first that breaks a rule. */
export function checkRanges(
  network: Pick<StoredNetwork, "subscriptionId" | "resourceGroup" | "name" | "addressPrefixes" | "subnets">,
): void {
  const { name, subnets } = network;
  if (subnets.length > MAX_SUBNETS) throw refusals.tooManySubnets(MAX_SUBNETS);
  const space = network.addressPrefixes.map((prefix) => rangeOf(prefix, networkId(network)));
  const taken: Range[] = [];
  for (const subnet of subnets) {
    const ranges = subnet.prefixes.map((prefix) => rangeOf(prefix, subnetId(network, subnet.name)));
    if (ranges.some((range) => !space.some((outer) => contains(outer, range)))) throw refusals.outside(subnet.name, name);
    for (const range of ranges) {
      if (taken.some((other) => overlaps(other, range))) throw refusals.overlap(subnet.name, name);
      taken.push(range);
    }
  }
}

/** @throws {ArmError} 400 InvalidAddressPrefixFormat or InvalidCIDRNotation. */
function rangeOf(prefix: string, id: string): Range {
  const range = parseRange(prefix);
  if (range === undefined) throw refusals.prefixFormat(prefix, id);
  if (!range.isAligned) throw refusals.cidrNotation(prefix, id, aligned(prefix));
  return range;
}
