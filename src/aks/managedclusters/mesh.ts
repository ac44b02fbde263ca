import type { ArmRequest } from "#arm";
import type { DecodedManagedCluster } from "#api/containerservice/managed-cluster";
import { LAST_DAY } from "../catalog/index.ts";
import type { AksContext } from "../context.ts";
import type { StoredCluster } from "../documents.ts";
import { meshClusterOf } from "../mesh/routes.ts";
import { settledMesh } from "../mesh/rules.ts";
import { momentFor } from "../moment.ts";

/** The member of a cluster that says what mesh it has; none when nothing is asked of it. @throws as {@link settledMesh}. */
export function meshOf(
  context: AksContext,
  { apiVersion }: ArmRequest,
  { sent, cluster, stored }: { readonly sent: DecodedManagedCluster; readonly cluster: StoredCluster; readonly stored?: StoredCluster },
): { readonly serviceMeshProfile?: unknown } {
  const { day = LAST_DAY } = momentFor(context, cluster, apiVersion);
  const profile = settledMesh({
    sent: sent.properties["serviceMeshProfile"],
    stored: stored?.properties["serviceMeshProfile"],
    cluster: meshClusterOf(cluster),
    day,
  });
  return profile === undefined ? {} : { serviceMeshProfile: profile };
}
