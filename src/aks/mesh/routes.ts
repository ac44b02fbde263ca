import type { ArmRequest, ArmResponse } from "#arm";
import { isKnown, object } from "#api/containerservice/field";
import { LAST_DAY } from "../catalog/index.ts";
import type { AksContext } from "../context.ts";
import { clusterId, type StoredCluster } from "../documents.ts";
import { refusals } from "../errors.ts";
import { requireCluster } from "../lookup.ts";
import { momentFor, momentOf } from "../moment.ts";
import { clusterOf, type Names, ok, type Route } from "../route.ts";
import { meshRefusals } from "./errors.ts";
import { compatibilityOf, compatibilityWith, inReleaseOrder, type MeshCluster, meshUpgrades, revisionsOn } from "./revisions.ts";
import { installedRevisions } from "./rules.ts";

/** Sources: Azure/azure-sdk-for-go armcontainerservice 4.4.0, of 2023-09-01. Unverified: the first preview. */
const KNOWN = { name: "meshRevisionProfiles", type: object("Mesh"), since: "2023-09-01", preview: "2023-08-02-preview" } as const;
const ISTIO = "istio";

/**
 * Which revisions of the mesh there are, and where a cluster's may go.
 * Sources: Azure/azure-cli, recorded `mesh get-revisions`; Azure/azure-rest-api-specs, ManagedClusters_ListMeshRevisionProfiles and
 * ManagedClusters_ListMeshUpgradeProfiles. Unverified: that every region has the same ones on the same day.
 */
export const meshRoutes: readonly Route[] = [
  { pattern: "locations/{location}/meshrevisionprofiles", methods: { GET: listRevisions } },
  { pattern: "locations/{location}/meshrevisionprofiles/{mode}", methods: { GET: getRevisions } },
  { pattern: "managedclusters/{cluster}/meshupgradeprofiles", methods: { GET: listUpgrades } },
  { pattern: "managedclusters/{cluster}/meshupgradeprofiles/{mode}", methods: { GET: getUpgrades } },
];

function listRevisions(context: AksContext, request: ArmRequest, names: Names): ArmResponse {
  return ok({ value: [revisionProfile(context, request, names)] });
}

function getRevisions(context: AksContext, request: ArmRequest, names: Names): ArmResponse {
  const profile = revisionProfile(context, request, names);
  requireIstio(names);
  return ok(profile);
}

function revisionProfile(context: AksContext, request: ArmRequest, names: Names): object {
  requireKnown(request);
  const { day = LAST_DAY } = momentOf(context, "current", request.apiVersion);
  const location = names["location"] ?? "";
  const meshRevisions = revisionsOn(day).map((revision) => row(revision, meshUpgrades(revision, day), compatibilityOf(revision, day)));
  return {
    id: `/subscriptions/${request.path.subscriptionId}/providers/Microsoft.ContainerService/locations/${location}/meshRevisionProfiles/${ISTIO}`,
    name: ISTIO,
    type: "Microsoft.ContainerService/locations/meshRevisionProfiles",
    properties: { meshRevisions },
  };
}

function row(revision: string, upgrades: readonly string[], compatibleWith: ReturnType<typeof compatibilityOf>): object {
  return { revision, ...(upgrades.length > 0 && { upgrades }), compatibleWith };
}

/** A cluster without a mesh has none. Source: azure-cli acs custom.py, aks_mesh_get_upgrades, which warns of an empty list. */
function listUpgrades(context: AksContext, request: ArmRequest, names: Names): ArmResponse {
  requireKnown(request);
  const profile = upgradeProfile(context, request, names);
  return ok({ value: profile === undefined ? [] : [profile] });
}

/** Unverified: that a cluster without a mesh answers 404. */
function getUpgrades(context: AksContext, request: ArmRequest, names: Names): ArmResponse {
  requireKnown(request);
  const profile = upgradeProfile(context, request, names);
  requireIstio(names);
  if (profile === undefined) throw meshRefusals.notFound();
  return ok(profile);
}

/** Unverified: that an upgrade under way is told of by the revision that it began from. */
function upgradeProfile(context: AksContext, request: ArmRequest, names: Names): object | undefined {
  const cluster = requireCluster(context, clusterOf(request, names)).value;
  const [revision] = inReleaseOrder(installedRevisions(cluster.properties["serviceMeshProfile"]));
  if (revision === undefined) return undefined;
  const { day = LAST_DAY } = momentFor(context, cluster, request.apiVersion);
  const own = meshClusterOf(cluster);
  return {
    id: `${clusterId(cluster)}/meshUpgradeProfiles/${ISTIO}`,
    name: ISTIO,
    type: "Microsoft.ContainerService/managedClusters/meshUpgradeProfiles",
    properties: row(revision, meshUpgrades(revision, day, own), compatibilityWith(revision, day, own)),
  };
}

/** A cluster as its mesh sees it. */
export function meshClusterOf({ version, properties }: Pick<StoredCluster, "version" | "properties">): MeshCluster {
  return { version, hasLongTermSupport: properties["supportPlan"] === "AKSLongTermSupport" };
}

function requireKnown({ apiVersion }: ArmRequest): void {
  if (!isKnown(KNOWN, apiVersion)) throw refusals.noSuchType(apiVersion);
}

function requireIstio(names: Names): void {
  if (names["mode"]?.toLowerCase() !== ISTIO) throw meshRefusals.notFound();
}
