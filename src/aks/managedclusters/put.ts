import type { ArmRequest, ArmResponse } from "#arm";
import { decodeManagedCluster } from "#api/containerservice/managed-cluster";
import { commitSent } from "../commit.ts";
import type { AksContext } from "../context.ts";
import { clusterKey, type ClusterName } from "../documents.ts";
import { refusals } from "../errors.ts";
import { answerCluster } from "./answer.ts";
import { createCluster } from "./create.ts";
import { updateCluster } from "./update.ts";

/**
 * PUT of a managed cluster: 201 for a new one, 200 for a change, with the goal as body and an operation that follows the
 * work. Cluster, pools and operation are stored in one transaction. @throws the refusals of the rules, 409 and 412.
 */
export async function putManagedCluster(context: AksContext, request: ArmRequest, route: ClusterName): Promise<ArmResponse> {
  const sent = decodeManagedCluster(request.body, request.apiVersion);
  if (sent.errors[0] !== undefined) throw refusals.unreadable(sent.errors[0]);
  const put = { request, route, sent };
  const { created, cluster, pools, operationId } = await commitSent(context, () => {
    const stored = context.clusters.get(clusterKey(route));
    return stored === undefined ? createCluster(context, put) : updateCluster(context, put, stored);
  });
  const operation = context.arm.operations.get(cluster.subscriptionId, operationId);
  return {
    status: created ? 201 : 200,
    layout: "provider",
    ...(operation !== undefined && { headers: context.arm.operations.headers(request, operation) }),
    body: answerCluster(context, cluster, pools, request.apiVersion),
  };
}
