import type { ArmRequest, ArmResponse } from "#arm";
import type { AksContext } from "../context.ts";
import type { ClusterName, StoredCluster, StoredPool } from "../documents.ts";
import { refusals } from "../errors.ts";
import { beginClusterWork } from "./begin.ts";

/**
 * POST `stop`: 202. The nodes are drained and go, then the control plane: all objects are kept, and nobody answers for them.
 * Sources: azure-docs articles/aks/start-stop-cluster.md; MicrosoftDocs/azure-docs#80093, the machines are deleted.
 * @throws 404; 409 while something is under way; 400 for a cluster that is stopped, or of availability sets.
 */
export function stopManagedCluster(context: AksContext, request: ArmRequest, route: ClusterName): Promise<ArmResponse> {
  return beginClusterWork(context, { request, route, action: "stopManagedCluster" }, (cluster, pools) => {
    if (pools.some(({ properties }) => properties.type === "AvailabilitySet")) throw refusals.availabilitySetsCannotStop();
    // A pool that was stopped by itself stays so when the cluster starts again.
    const running = pools.filter((pool) => !isEmptied(pool));
    return { kind: "Stopping", cluster: powered(cluster, "Stopped"), pools: running.map((pool) => stopped(pool)) };
  });
}

/**
 * POST `start`: 202. The control plane comes back with all objects, then the pools that were stopped with the cluster, with
 * the nodes that they had, under new names. Source: azure-docs articles/aks/start-stop-cluster.md.
 * @throws 404; 409 while something is under way; 400 for a cluster that runs.
 */
export function startManagedCluster(context: AksContext, request: ArmRequest, route: ClusterName): Promise<ArmResponse> {
  return beginClusterWork(context, { request, route, action: "startManagedCluster" }, (cluster, pools) => ({
    kind: "Starting",
    cluster: powered(cluster, "Running"),
    pools: pools.filter(startsWithCluster).map(started),
  }));
}

/** Whether the pool's stop has come to its end. One whose start was aborted says that it is stopped, and has machines. */
function isEmptied({ properties }: StoredPool): boolean {
  return properties.powerState?.code === "Stopped" && properties.provisioningState === "Succeeded";
}

function powered(cluster: StoredCluster, code: "Running" | "Stopped"): StoredCluster {
  return { ...cluster, properties: { ...cluster.properties, powerState: { code } } };
}

function stopped(pool: StoredPool): StoredPool {
  return { ...pool, properties: { ...pool.properties, powerState: { code: "Stopped" } } };
}

/** Those that the cluster stopped, and those that run or were about to when it failed. */
function startsWithCluster({ parked, properties }: StoredPool): boolean {
  return parked?.withCluster === true || properties.powerState?.code !== "Stopped";
}

function started(pool: StoredPool): StoredPool {
  const { properties, parked } = pool;
  const count = properties.powerState?.code === "Stopped" ? (parked?.count ?? properties.count) : properties.count;
  return { ...pool, properties: { ...properties, count, powerState: { code: "Running" } } };
}
