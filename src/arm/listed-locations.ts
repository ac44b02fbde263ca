import { REGIONS, type Region } from "./regions.ts";

/** A place that stands for several regions, or for none that a resource could be put in. */
export interface LogicalLocation {
  readonly name: string;
  readonly displayName: string;
}

const SHORT_NAMES: ReadonlyMap<string, string> = new Map([
  ["United Arab Emirates", "uae"],
  ["United Kingdom", "uk"],
]);

/** Source: recorded `az account list-locations` of 2025-03, api-version 2022-12-01. */
const LOGICAL: readonly LogicalLocation[] = [
  "Asia",
  "Asia Pacific",
  "Australia",
  "Brazil",
  "Canada",
  "Europe",
  "France",
  "Germany",
  "Global",
  "India",
  "Israel",
  "Italy",
  "Japan",
  "Korea",
  "New Zealand",
  "Norway",
  "Poland",
  "Qatar",
  "Singapore",
  "South Africa",
  "Sweden",
  "Switzerland",
  "United Arab Emirates",
  "United Kingdom",
  "United States",
  "United States EUAP",
].map((displayName) => ({ name: SHORT_NAMES.get(displayName) ?? displayName.toLowerCase().replaceAll(" ", ""), displayName }));

/** The recommended regions as they are listed today. Source: as of {@link LOGICAL}. */
const FIRST = [
  "eastus",
  "southcentralus",
  "westus2",
  "westus3",
  "australiaeast",
  "southeastasia",
  "northeurope",
  "swedencentral",
  "uksouth",
  "westeurope",
  "centralus",
  "southafricanorth",
  "centralindia",
  "eastasia",
  "japaneast",
  "koreacentral",
  "newzealandnorth",
  "canadacentral",
  "francecentral",
  "germanywestcentral",
  "italynorth",
  "norwayeast",
  "polandcentral",
  "spaincentral",
  "switzerlandnorth",
  "mexicocentral",
  "uaenorth",
  "brazilsouth",
  "israelcentral",
  "qatarcentral",
];

/** The other regions as they are listed today, after the logical locations. Source: as of {@link LOGICAL}; unverified: the last four. */
const LAST = [
  "eastus2",
  "northcentralus",
  "westus",
  "japanwest",
  "jioindiawest",
  "centraluseuap",
  "eastus2euap",
  "westcentralus",
  "southafricawest",
  "australiacentral",
  "australiacentral2",
  "australiasoutheast",
  "jioindiacentral",
  "koreasouth",
  "southindia",
  "westindia",
  "canadaeast",
  "francesouth",
  "germanynorth",
  "norwaywest",
  "switzerlandwest",
  "ukwest",
  "uaecentral",
  "brazilsoutheast",
];

const BY_NAME = new Map(REGIONS.map((region) => [region.name, region]));
const regionsOf = (names: readonly string[]): readonly Region[] => names.flatMap((name) => BY_NAME.get(name) ?? []);

/** Regions and logical locations in the order in which Azure Resource Manager lists them in the api-versions that have both. */
export const LISTED_LOCATIONS: readonly (Region | LogicalLocation)[] = [...regionsOf(FIRST), ...LOGICAL, ...regionsOf(LAST)];
