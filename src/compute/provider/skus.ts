import { type ArmRequest, type ArmResponse, findRegion, regionNames } from "#arm";
import { capabilitiesOf, capabilitiesOf2017 } from "../sizes/capabilities.ts";
import { sizesIn, type VmSize } from "../sizes/sizes.ts";
import { zonesOf } from "../sizes/zones.ts";
import { keepTexts } from "./kept-texts.ts";
import { refusals } from "./refusals.ts";

/** Answers `GET /subscriptions/{id}/providers/Microsoft.Compute/skus`. */
export interface SkuPages {
  /** @throws {ArmError} InvalidFilterInQueryString for a filter other than `location eq 'region'`. */
  answer(request: ArmRequest): ArmResponse;
}

/** Versions from which zones have details, and capabilities are those of today. Source: Azure/azure-rest-api-specs, Skus/skus.json. */
const TODAY_SINCE = "2019-04-01";
/** Regions in one page of the whole list: about 3 MB, the size of the whole list in 2018. */
const REGIONS_PER_PAGE = 4;
/** Regions whose text is kept: 600 kB each. */
const MOST_KEPT = 4;
const LOCATION = /^\s*location\s+eq\s+'([^']*)'\s*$/i;
const PAGE = /^\d{1,3}$/;

/**
 * The list is put together of one text a region, made when it is first asked for.
 * Differs from AKS: sizes of virtual machines only, no disks, snapshots or hosts, and the list of all regions comes in pages.
 * Differs from AKS: no size is restricted for the subscription.
 */
export function createSkuPages(): SkuPages {
  const ofToday = keepTexts(MOST_KEPT, (region) => itemsOf(region, true));
  const of2017 = keepTexts(MOST_KEPT, (region) => itemsOf(region, false));
  return {
    answer(request) {
      const { regions, nextLink } = pageOf(request);
      const parts = regions.map(request.apiVersion >= TODAY_SINCE ? ofToday : of2017).filter((text) => text !== "");
      const next = nextLink === undefined ? "" : `,"nextLink":${JSON.stringify(nextLink)}`;
      return { status: 200, text: `{"value":[${parts.join(",")}]${next}}` };
    },
  };
}

function itemsOf(region: string, isToday: boolean): string {
  return sizesIn(region)
    .map((size) => JSON.stringify(skuView(size, region, isToday)))
    .join(",");
}

/** @throws {ArmError} InvalidFilterInQueryString. */
function pageOf({ path, query, baseUrl }: ArmRequest): { readonly regions: readonly string[]; readonly nextLink?: string } {
  const filter = query.get("$filter");
  if (filter !== null && filter.trim() !== "") {
    const location = LOCATION.exec(filter)?.[1];
    if (location === undefined) throw refusals.filter(filter);
    const region = findRegion(location);
    return { regions: region === undefined ? [] : [region.name] };
  }
  const token = query.get("$skiptoken") ?? "0";
  if (!PAGE.test(token)) throw refusals.filter(`$skiptoken=${token}`);
  const all = regionNames();
  const end = (Number(token) + 1) * REGIONS_PER_PAGE;
  const regions = all.slice(end - REGIONS_PER_PAGE, end);
  if (end >= all.length) return { regions };
  const next = new URLSearchParams(query);
  next.set("$skiptoken", String(Number(token) + 1));
  return { regions, nextLink: `${baseUrl}/subscriptions/${path.subscriptionId}/providers/Microsoft.Compute/skus?${next.toString()}` };
}

/** Source: recorded `skus` of 2017-09-01; Azure/azure-rest-api-specs, Skus/skus.json, for the order since 2019-04-01. */
function skuView(size: VmSize, region: string, isToday: boolean): Record<string, unknown> {
  const [tier = "Standard"] = size.name.split("_", 1);
  return {
    resourceType: "virtualMachines",
    name: size.name,
    tier,
    size: size.name.slice(tier.length + 1),
    family: size.family,
    locations: [region],
    locationInfo: [{ location: region, zones: zonesOf(size, region), ...(isToday && { zoneDetails: [] }) }],
    capabilities: isToday ? capabilitiesOf(size) : capabilitiesOf2017(size),
    restrictions: [],
  };
}
