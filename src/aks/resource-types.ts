import { REGIONS, type ResourceTypeDescription } from "#arm";
import { TRUSTED_ACCESS } from "#api/containerservice/trusted-access";
import { apiVersions, isAtLeast, isPreviewVersion } from "#api/containerservice/versions";

interface Served {
  readonly resourceType: string;
  readonly capabilities: string;
  /** First api-version; every one when absent. */
  readonly since?: string;
  /** First preview, when that is an earlier one. */
  readonly preview?: string;
  readonly previewOnly?: boolean;
  /** First api-version without it. */
  readonly until?: string;
}

/** Sources: `az provider show`; Azure/azure-rest-api-specs for the first version of each. */
const served: readonly Served[] = [
  { resourceType: "managedClusters", capabilities: "CrossResourceGroupResourceMove, SupportsTags, SupportsLocation" },
  { resourceType: "managedClusters/agentPools", capabilities: "None" },
  { resourceType: "managedClusters/agentPools/machines", capabilities: "None", since: "2024-07-01", preview: "2023-07-02-preview" },
  { resourceType: "managedClusters/maintenanceConfigurations", capabilities: "None", since: "2020-12-01" },
  { resourceType: "managedClusters/commandResults", capabilities: "None", since: "2021-02-01" },
  { resourceType: "managedClusters/privateEndpointConnections", capabilities: "None", since: "2020-06-01" },
  { resourceType: "managedClusters/trustedAccessRoleBindings", capabilities: "None", ...TRUSTED_ACCESS },
  { resourceType: "snapshots", capabilities: "SupportsTags, SupportsLocation", since: "2021-08-01" },
  {
    resourceType: "managedClusterSnapshots",
    capabilities: "SupportsTags, SupportsLocation",
    since: "2022-02-02-preview",
    previewOnly: true,
  },
  { resourceType: "operations", capabilities: "None" },
  { resourceType: "locations", capabilities: "None" },
  { resourceType: "locations/operations", capabilities: "None" },
  { resourceType: "locations/operationresults", capabilities: "None" },
  { resourceType: "locations/orchestrators", capabilities: "None" },
  { resourceType: "locations/kubernetesVersions", capabilities: "None" },
  { resourceType: "locations/trustedAccessRoles", capabilities: "None", ...TRUSTED_ACCESS },
  { resourceType: "locations/osOptions", capabilities: "None", since: "2021-03-01", until: "2024-05-01" },
];

function versionsOf({ since = "", preview, previewOnly = false, until }: Served): readonly string[] {
  return apiVersions.filter((version) => {
    if (previewOnly && !isPreviewVersion(version)) return false;
    if (until !== undefined && isAtLeast(version, until)) return false;
    return isAtLeast(version, isPreviewVersion(version) ? (preview ?? since) : since);
  });
}

/** What the namespace serves: api-versions newest first, as providers list them. */
export const resourceTypes: readonly ResourceTypeDescription[] = served.map((type) => ({
  resourceType: type.resourceType,
  capabilities: type.capabilities,
  locations: REGIONS.map(({ displayName }) => displayName),
  apiVersions: versionsOf(type),
}));
