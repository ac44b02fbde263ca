import type { ArmRequest, ArmResponse } from "#arm";
import { decodeManagedCluster } from "#api/containerservice/managed-cluster";
import { commit } from "../commit.ts";
import { refuseConflict } from "../conflicts.ts";
import type { AksContext } from "../context.ts";
import { type ClusterName } from "../documents.ts";
import { refusals } from "../errors.ts";
import { poolDocuments, requireCluster } from "../lookup.ts";
import { checkPreconditions } from "../preconditions.ts";
import { answerCluster } from "./answer.ts";
import { beginClusterOperation, withClusterWork } from "./work.ts";

/** PATCH of a managed cluster: its tags, nothing else. Source: Azure/azure-rest-api-specs, ManagedClusters_UpdateTags. */
export async function patchManagedCluster(context: AksContext, request: ArmRequest, route: ClusterName): Promise<ArmResponse> {
  const { tags, errors } = decodeManagedCluster(request.body, request.apiVersion);
  if (errors[0] !== undefined) throw refusals.unreadable(errors[0]);
  const { cluster, pools, operationId } = await commit(context, () => {
    const document = requireCluster(context, route);
    const siblings = poolDocuments(context, document.value);
    const pools = siblings.map(({ value }) => value);
    refuseConflict("patchManagedCluster", document.value, pools);
    checkPreconditions(request, document.value.eTag, "managed cluster");
    const { operation, op } = beginClusterOperation(context, document.value, "Updating");
    const work = { kind: "Updating", operationId: operation.id, startedMs: context.clock.now() } as const;
    const tagged = { ...document.value, ...(tags !== undefined && { tags }), eTag: context.random.uuid() };
    const cluster = withClusterWork(tagged, work);
    return {
      compares: [
        context.clusters.unchanged(document.id, document),
        ...siblings.map((sibling) => context.pools.unchanged(sibling.id, sibling)),
      ],
      ops: [context.clusters.put(document.id, cluster), op],
      result: { cluster, pools, operationId: operation.id },
    };
  });
  const operation = context.arm.operations.get(route.subscriptionId, operationId);
  return {
    status: 200,
    layout: "provider",
    ...(operation !== undefined && { headers: context.arm.operations.headers(request, operation) }),
    body: answerCluster(context, cluster, pools, request.apiVersion),
  };
}
