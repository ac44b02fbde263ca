import type { VmSize } from "./sizes.ts";

/** Regions with availability zones. Source: learn.microsoft.com/azure/reliability/availability-zones-region-support. */
const ZONED: ReadonlySet<string> = new Set(
  (
    "australiaeast austriaeast belgiumcentral brazilsouth canadacentral centralindia centralus chilecentral eastasia eastus eastus2 " +
    "francecentral germanywestcentral indonesiacentral israelcentral italynorth japaneast japanwest koreacentral malaysiawest " +
    "mexicocentral newzealandnorth northeurope norwayeast polandcentral qatarcentral southafricanorth southcentralus southeastasia " +
    "spaincentral swedencentral switzerlandnorth uaenorth uksouth westeurope westus2 westus3"
  ).split(" "),
);
const ALL = ["1", "2", "3"] as const;

/** Sizes of before there were zones. */
const WITHOUT_ZONES = /^(Basic_|Standard_(A|D|DS|G|GS)\d+(_Promo)?$)/;

/**
 * The zones of a region in which a size is offered.
 * Unverified: which sizes are missing in single zones.
 */
export function zonesOf({ name }: VmSize, location: string): readonly string[] {
  return ZONED.has(location) && !WITHOUT_ZONES.test(name) ? ALL : [];
}
