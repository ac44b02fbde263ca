import { type ArmRequest, type ArmResponse, timestamp } from "#arm";
import { decodeMaintenanceConfiguration, encodeMaintenanceConfiguration } from "#api/containerservice/maintenance-configuration";
import { commit } from "../commit.ts";
import type { AksContext } from "../context.ts";
import { clusterId, clusterKey, type StoredCluster } from "../documents.ts";
import { refusals } from "../errors.ts";
import { requireCluster, requireParent } from "../lookup.ts";
import { resourceRefusals } from "../resource-errors.ts";
import { clusterOf, type Names, ok, type Route } from "../route.ts";
import { maintenanceKey, type StoredMaintenanceConfiguration } from "./documents.ts";
import { checkName, normalConfiguration } from "./rules.ts";

/**
 * Planned maintenance of a cluster, done when it is answered. Source: recorded answers of 2023-07 and 2026-01.
 * What it allows is said by opening.ts, and used by the upgrades of channels. Differs from AKS: its own weekly releases, which \`default\`
 * is for, do not come.
 */
export const maintenanceRoutes: readonly Route[] = [
  { pattern: "managedclusters/{cluster}/maintenanceconfigurations", methods: { GET: list } },
  { pattern: "managedclusters/{cluster}/maintenanceconfigurations/{configuration}", methods: { GET: get, PUT: put, DELETE: remove } },
];

/** Its id has `resourceGroups` as ARM writes it, unlike a pool's. Source: recorded answers. */
function answer(cluster: StoredCluster, { name, properties }: StoredMaintenanceConfiguration, apiVersion: string): Record<string, unknown> {
  const id = `${clusterId(cluster).replace("/resourcegroups/", "/resourceGroups/")}/maintenanceConfigurations/${name}`;
  return encodeMaintenanceConfiguration({ id, name }, properties, apiVersion);
}

function list(context: AksContext, request: ArmRequest, names: Names): ArmResponse {
  const cluster = requireCluster(context, clusterOf(request, names)).value;
  const found = context.maintenance.list(`${clusterKey(cluster)}/`);
  return ok({ value: found.map(({ value }) => answer(cluster, value, request.apiVersion)) });
}

function get(context: AksContext, request: ArmRequest, names: Names): ArmResponse {
  const cluster = requireCluster(context, clusterOf(request, names)).value;
  const name = names["configuration"] ?? "";
  const found = context.maintenance.get(maintenanceKey(cluster, name));
  if (found === undefined) throw resourceRefusals.maintenanceNotFound(cluster, name);
  return ok(answer(cluster, found.value, request.apiVersion));
}

/** A PUT replaces what there was. Its answer is 200, also for a new one (recorded). */
async function put(context: AksContext, request: ArmRequest, names: Names): Promise<ArmResponse> {
  const { properties: sent, errors } = decodeMaintenanceConfiguration(request.body, request.apiVersion);
  if (errors[0] !== undefined) throw refusals.unreadable(errors[0]);
  const name = names["configuration"] ?? "";
  const route = clusterOf(request, names);
  const made = await commit(context, () => {
    const document = requireParent(context, route);
    const { value: cluster } = document;
    if (cluster.work?.kind === "Deleting") throw refusals.clusterBusy(cluster.work.kind);
    checkName(name);
    const today = timestamp(context.clock.now()).slice(0, "2026-01-26".length);
    const properties = normalConfiguration(name, sent, { apiVersion: request.apiVersion, today });
    const key = maintenanceKey(route, name);
    const stored = context.maintenance.get(key);
    const configuration: StoredMaintenanceConfiguration = { name: stored?.value.name ?? name, properties };
    return {
      compares: [context.clusters.unchanged(document.id, document), context.maintenance.unchanged(key, stored)],
      ops: [context.maintenance.put(key, configuration)],
      result: { cluster, configuration },
    };
  });
  return ok(answer(made.cluster, made.configuration, request.apiVersion));
}

/** 200 for one that was there, 204 for none. Sources: recorded answer; Azure/azure-rest-api-specs, MaintenanceConfigurations_Delete. */
async function remove(context: AksContext, request: ArmRequest, names: Names): Promise<ArmResponse> {
  const cluster = requireCluster(context, clusterOf(request, names)).value;
  const key = maintenanceKey(cluster, names["configuration"] ?? "");
  const existed = await commit(context, () => {
    const document = context.maintenance.get(key);
    if (document === undefined) return { compares: [], ops: [], result: false };
    return { compares: [context.maintenance.unchanged(key, document)], ops: [context.maintenance.remove(key)], result: true };
  });
  return { status: existed ? 200 : 204 };
}
