import {
  type ArmRequest,
  type ArmResponse,
  type GenericResource,
  REGIONS,
  type ResourceProvider,
  type ResourceTypeDescription,
} from "#arm";
import type { Compute, ScaleSetKey } from "../compute.ts";
import type { Quotas } from "../quota.ts";
import { refusals } from "./refusals.ts";
import { type ComputeReads, createSizeTexts, routeCompute, scaleSetsOf, virtualMachinesOf } from "./routes.ts";
import { scaleSetResourceId } from "./scale-set-view.ts";
import { createSkuPages } from "./skus.ts";
import { virtualMachineResource } from "./virtual-machine-view.ts";

/**
 * Microsoft.Compute as far as owners of clusters read it: sizes, quota, and the scale sets and machines behind node pools.
 * Differs from AKS: nothing can be changed here. On Azure changes beside AKS are possible, and not supported.
 */
export function createComputeProvider(compute: Compute & Quotas): ResourceProvider {
  const reads: ComputeReads = { compute, skus: createSkuPages(), sizes: createSizeTexts() };
  return {
    namespace: "Microsoft.Compute",
    server: "Microsoft-HTTPAPI/2.0",
    resourceTypes,
    // eslint-disable-next-line typescript/require-await -- a refusal rejects, as callers of providers expect.
    async handle(request: ArmRequest): Promise<ArmResponse> {
      return routeCompute(reads, request);
    },
    resources: (scope) => [
      ...scaleSetsOf(compute, scope).map(asResource),
      ...virtualMachinesOf(compute, scope).map(virtualMachineResource),
    ],
    beginDelete: async (resource) => {
      throw refusals.change(resource.id);
    },
  };
}

function asResource(scaleSet: ReturnType<Compute["scaleSets"]>[number]): GenericResource {
  return {
    id: scaleSetResourceId(scaleSet satisfies ScaleSetKey),
    name: scaleSet.name,
    type: "Microsoft.Compute/virtualMachineScaleSets",
    location: scaleSet.location,
    tags: scaleSet.tags,
  };
}

/** Newest first. Source: `az provider show -n Microsoft.Compute`, and the folders of Azure/azure-rest-api-specs. */
const apiVersions: readonly string[] = [
  "2024-11-01",
  "2024-07-01",
  "2024-03-01",
  "2023-09-01",
  "2023-07-01",
  "2023-03-01",
  "2022-11-01",
  "2022-08-01",
  "2022-03-01",
  "2021-11-01",
  "2021-07-01",
  "2021-04-01",
  "2021-03-01",
  "2020-12-01",
  "2020-06-01",
  "2019-12-01",
  "2019-07-01",
  "2019-03-01",
  "2018-10-01",
  "2018-06-01",
  "2018-04-01",
  "2017-12-01",
  "2017-03-30",
  "2016-08-30",
  "2016-04-30-preview",
  "2016-03-30",
  "2015-06-15",
];
const skuApiVersions: readonly string[] = ["2021-07-01", "2019-04-01", "2017-09-01", "2017-03-30"];

const locations = REGIONS.map(({ displayName }) => displayName);

const resourceTypes: readonly ResourceTypeDescription[] = [
  { resourceType: "availabilitySets", locations, apiVersions, capabilities: "SupportsTags, SupportsLocation" },
  { resourceType: "virtualMachines", locations, apiVersions, capabilities: "SupportsTags, SupportsLocation" },
  { resourceType: "disks", locations, apiVersions, capabilities: "SupportsTags, SupportsLocation" },
  { resourceType: "virtualMachineScaleSets", locations, apiVersions, capabilities: "SupportsTags, SupportsLocation" },
  { resourceType: "virtualMachineScaleSets/virtualMachines", locations, apiVersions },
  { resourceType: "virtualMachineScaleSets/publicIPAddresses", locations, apiVersions },
  { resourceType: "locations", locations: [], apiVersions },
  { resourceType: "locations/vmSizes", locations, apiVersions },
  { resourceType: "locations/usages", locations, apiVersions },
  { resourceType: "locations/operations", locations, apiVersions },
  { resourceType: "skus", locations, apiVersions: skuApiVersions },
];
