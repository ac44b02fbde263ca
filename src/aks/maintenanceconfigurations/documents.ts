import type { MaintenanceConfiguration } from "#api/containerservice/maintenance-configuration";
import type { Documents, Op } from "#store";
import { clusterKey, type ClusterName } from "../documents.ts";

export interface StoredMaintenanceConfiguration {
  /** In the letter case of the request that made it, which answers keep. Source: recorded answers of 2026-01. */
  readonly name: string;
  readonly properties: MaintenanceConfiguration;
}

export type MaintenanceConfigurations = Documents<StoredMaintenanceConfiguration>;

export const MAINTENANCE_PREFIX = "/aks/maintenance-configurations/";

/** Id of a configuration's document; those of one cluster share a beginning. */
export function maintenanceKey(cluster: ClusterName, name: string): string {
  return `${clusterKey(cluster)}/${name.toLowerCase()}`;
}

/** What goes with a cluster: its configurations, three at most. */
export function removeMaintenance(
  { maintenance }: { readonly maintenance: MaintenanceConfigurations },
  cluster: ClusterName,
): readonly Op[] {
  return maintenance.list(`${clusterKey(cluster)}/`).map(({ id }) => maintenance.remove(id));
}
