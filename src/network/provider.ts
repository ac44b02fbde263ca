import { REGIONS, type ResourceProvider, type ResourceTypeDescription } from "#arm";
import { beginNetworkDeletion } from "./changes.ts";
import type { OpenNetworks } from "./open-networks.ts";
import { networksIn, routeNetwork } from "./routes.ts";
import { genericNetwork } from "./views.ts";

/** Microsoft.Network as far as owners of clusters bring their own: virtual networks and subnets. */
export function createNetworkProvider({ parts }: OpenNetworks): ResourceProvider {
  return {
    namespace: "Microsoft.Network",
    server: "Microsoft-HTTPAPI/2.0",
    resourceTypes,
    handle: (request) => routeNetwork(parts, request),
    resources: (scope) => networksIn(parts, scope).map(genericNetwork),
    async beginDelete({ id, name }) {
      const [, subscriptionId = "", resourceGroup = ""] = /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\//i.exec(id) ?? [];
      await beginNetworkDeletion(parts, { subscriptionId, resourceGroup, name });
    },
  };
}

/** Newest first. Source: the folders of Azure/azure-rest-api-specs, specification/network/resource-manager/Microsoft.Network. */
const apiVersions: readonly string[] = [
  "2024-10-01",
  "2024-07-01",
  "2024-05-01",
  "2024-03-01",
  "2024-01-01",
  "2023-11-01",
  "2023-09-01",
  "2023-06-01",
  "2023-05-01",
  "2023-04-01",
  "2023-02-01",
  "2022-11-01",
  "2022-09-01",
  "2022-07-01",
  "2022-05-01",
  "2022-01-01",
  "2021-08-01",
  "2021-05-01",
  "2021-03-01",
  "2021-02-01",
  "2020-11-01",
  "2020-08-01",
  "2020-07-01",
  "2020-06-01",
  "2020-05-01",
  "2020-04-01",
  "2020-03-01",
  "2019-12-01",
  "2019-11-01",
  "2019-09-01",
  "2019-08-01",
  "2019-07-01",
  "2019-06-01",
  "2019-04-01",
  "2019-02-01",
  "2018-12-01",
  "2018-11-01",
  "2018-10-01",
  "2018-08-01",
  "2018-07-01",
  "2018-06-01",
  "2018-04-01",
  "2018-02-01",
  "2018-01-01",
  "2017-11-01",
  "2017-10-01",
  "2017-09-01",
  "2017-08-01",
  "2017-06-01",
  "2017-04-01",
  "2017-03-01",
  "2016-12-01",
  "2016-11-01",
  "2016-10-01",
  "2016-09-01",
  "2016-08-01",
  "2016-07-01",
  "2016-06-01",
  "2016-03-30",
  "2015-06-15",
];

const locations = REGIONS.map(({ displayName }) => displayName);

const resourceTypes: readonly ResourceTypeDescription[] = [
  { resourceType: "virtualNetworks", locations, apiVersions, capabilities: "SupportsTags, SupportsLocation" },
  { resourceType: "virtualNetworks/subnets", locations, apiVersions, capabilities: "None" },
  { resourceType: "locations", locations: [], apiVersions },
  { resourceType: "locations/operations", locations, apiVersions },
  { resourceType: "locations/operationResults", locations, apiVersions },
];
