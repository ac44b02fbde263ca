import { LISTED_LOCATIONS, type LogicalLocation } from "./listed-locations.ts";
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

/** Versions from which a location has a regional display name and metadata, a type, and zones. */
const METADATA_SINCE = "2019-10-01";
const TYPE_SINCE = "2020-01-01";
const ZONES_SINCE = "2022-12-01";

/**
 * The locations of a subscription as `/subscriptions/{id}/locations` shows them in an api-version: regions alone until 2019,
 * then logical locations too.
 * Source: recorded lists of 2016-06-01 (2019) and 2022-12-01 (2025); Azure/azure-rest-api-specs Microsoft.Resources
 * subscriptions.json for those between.
 */
export function locationViews(subscriptionId: string, apiVersion: string): readonly Record<string, unknown>[] {
  if (apiVersion >= METADATA_SINCE) return LISTED_LOCATIONS.map((location) => locationView(subscriptionId, location, apiVersion));
  return REGIONS.map(({ name, displayName, longitude, latitude }) => ({
    id: `/subscriptions/${subscriptionId}/locations/${name}`,
    name,
    displayName,
    longitude,
    latitude,
  }));
}

function locationView(subscriptionId: string, location: Region | LogicalLocation, apiVersion: string): Record<string, unknown> {
  const idOf = (name: string): string => `/subscriptions/${subscriptionId}/locations/${name}`;
  const { name, displayName } = location;
  const head = { id: idOf(name), name, ...(apiVersion < TYPE_SINCE ? {} : { type: "Region" }), displayName };
  if (!("geography" in location)) {
    return { ...head, regionalDisplayName: displayName, metadata: { regionType: "Logical", regionCategory: "Other" } };
  }
  const { category, geography, geographyGroup, longitude, latitude, place, paired, zones } = location;
  return {
    ...head,
    regionalDisplayName: `(${geographyGroup}) ${displayName}`,
    metadata: {
      regionType: "Physical",
      regionCategory: category,
      geography,
      geographyGroup,
      longitude: String(Number(longitude)),
      latitude: String(Number(latitude)),
      physicalLocation: place,
      pairedRegion: paired === undefined ? [] : [{ name: paired, id: idOf(paired) }],
    },
    ...(apiVersion < ZONES_SINCE || zones === 0 ? {} : { availabilityZoneMappings: zoneMappings(name, zones) }),
  };
}

/**
 * Which physical zone each logical one is; the same in every subscription.
 * Differs from AKS: a subscription's own numbering is drawn when it is made.
 */
function zoneMappings(region: string, zones: number): readonly Record<string, string>[] {
  return Array.from({ length: zones }, (_, index) => ({
    logicalZone: String(index + 1),
    physicalZone: `${region}-az${((index + zones - 1) % zones) + 1}`,
  }));
}
