import { REGIONS, type Region } from "./regions.ts";

/** `East US 2`, `eastus2` and `EASTUS2` are all `eastus2`. */
export function normalLocation(location: string): string {
  return location.toLowerCase().replace(/\s/g, "");
}

const BY_NAME = new Map(REGIONS.map((region) => [region.name, region]));

/** The region of a name or display name in any letter case; undefined when Azure has none. */
export function findRegion(location: string): Region | undefined {
  return BY_NAME.get(normalLocation(location));
}

/** Names of all regions, in alphabetical order. */
export function regionNames(): readonly string[] {
  return REGIONS.map((region) => region.name).sort();
}

/** Versions from which a location has a regional display name and metadata, and from which it has a type. */
const METADATA_SINCE = "2019-10-01";
const TYPE_SINCE = "2020-01-01";

/**
 * A location as `/subscriptions/{id}/locations` shows it in an api-version.
 * Source: recorded list of 2016-06-01; Azure/azure-rest-api-specs Microsoft.Resources subscriptions.json for later ones.
 */
export function locationView(subscriptionId: string, region: Region, apiVersion: string): Record<string, unknown> {
  const idOf = (name: string): string => `/subscriptions/${subscriptionId}/locations/${name}`;
  const { name, displayName, longitude, latitude } = region;
  if (apiVersion < METADATA_SINCE) return { id: idOf(name), name, displayName, longitude, latitude };
  return {
    id: idOf(name),
    name,
    ...(apiVersion < TYPE_SINCE ? {} : { type: "Region" }),
    displayName,
    regionalDisplayName: `(${region.geographyGroup}) ${displayName}`,
    metadata: {
      regionType: "Physical",
      regionCategory: region.category,
      geography: region.geography,
      geographyGroup: region.geographyGroup,
      longitude,
      latitude,
      physicalLocation: region.place,
      pairedRegion: region.paired === undefined ? [] : [{ name: region.paired, id: idOf(region.paired) }],
    },
  };
}
