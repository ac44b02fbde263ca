import type { ArmRequest } from "#arm";
import type { DecodedManagedCluster } from "#api/containerservice/managed-cluster";
import type { Attempt } from "../autoupgrade/plan.ts";
import type { AksContext } from "../context.ts";
import { clusterId, type ClusterName, type StoredCluster, type StoredPool, type WorkKind } from "../documents.ts";

/** A PUT that has been read. */
export interface ClusterPut {
  readonly request: ArmRequest;
  readonly route: ClusterName;
  readonly sent: DecodedManagedCluster;
  /** Of an upgrade that AKS does by itself: versions that were asked for as minor ones stay so. */
  readonly upkeep?: Attempt;
}

/** What a PUT has stored. */
export interface ClusterChange {
  readonly created: boolean;
  readonly cluster: StoredCluster;
  readonly pools: readonly StoredPool[];
  readonly operationId: string;
}

/** The operation that follows work on a cluster. */
export function beginClusterOperation(
  context: AksContext,
  cluster: StoredCluster,
  kind: WorkKind,
): ReturnType<AksContext["arm"]["operations"]["begin"]> {
  const { subscriptionId, location } = cluster;
  return context.arm.operations.begin({
    subscriptionId,
    namespace: "Microsoft.ContainerService",
    location,
    resourceId: clusterId(cluster),
    kind: `ManagedCluster.${kind}`,
    resultStatus: 204,
  });
}

/** The cluster with new work on it. */
export function withClusterWork(cluster: StoredCluster, work: NonNullable<StoredCluster["work"]>): StoredCluster {
  const { failure: _failure, ...rest } = cluster;
  return {
    ...rest,
    ...(work.operationId !== undefined && { latestOperationId: work.operationId }),
    work,
    properties: { ...cluster.properties, provisioningState: work.kind },
  };
}
