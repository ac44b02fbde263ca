import type { ArmRequest, ArmResponse } from "#arm";
import type { AgentPoolProperties } from "#api/containerservice/model";
import type { AksContext } from "../../context.ts";
import { holdsMachines } from "../../machines/documents.ts";
import { machineRefusals } from "../../machines/errors.ts";
import { today } from "../../moment.ts";
import { type ImagedPool, nodeImageVersion } from "../../nodes/index.ts";
import { answerPool } from "../answer.ts";
import { beginPoolWork } from "../begin.ts";
import type { PoolRoute } from "../put.ts";
import { surgeRefusal } from "../rules/change.ts";
import { refuseUnsatisfiableBudgets } from "./budgets.ts";

/** The newest image on a day, `2026-07-16`, for a pool as it is. */
export function latestNodeImage(pool: ImagedPool & Pick<AgentPoolProperties, "orchestratorVersion">, day: string): string {
  return nodeImageVersion(pool, pool.orchestratorVersion, { day });
}

/**
 * POST `upgradeNodeImageVersion`: 202 with the pool as body and an operation. The nodes are reimaged as in an upgrade of
 * Kubernetes; the cluster stays Succeeded. A pool that has the newest image is answered the same and finds nothing to do.
 * Source: recorded answer of `nodepool upgrade --node-image-only`, 2020-09, of a pool made minutes before.
 * Unverified: that its `operationresults` is the pool and no 204. The definition's answers are 200 and 202 with the pool alone
 * (Azure/azure-rest-api-specs, AgentPools_UpgradeNodeImageVersion), and the SDK for JavaScript takes no other.
 * @throws 404, 409, and 400 for an upgrade that budgets or the size of the scale set do not allow.
 */
export async function upgradeNodeImageVersion(context: AksContext, request: ArmRequest, route: PoolRoute): Promise<ArmResponse> {
  const { cluster, pool, headers } = await beginPoolWork(
    context,
    { request, route, action: "upgradeNodeImageVersion" },
    (cluster, stored) => {
      if (holdsMachines(stored)) throw machineRefusals.lifeCycle("Upgrading node image version");
      const refusal = surgeRefusal(stored.properties, cluster.generation);
      if (refusal !== undefined) throw refusal;
      refuseUnsatisfiableBudgets(context, cluster);
      // A blue-green upgrade that is paused goes on with the image that it began with.
      const { blueGreen, properties } = stored;
      if (blueGreen !== undefined) return { kind: blueGreen.kind, properties, answersPool: true };
      return {
        kind: "UpgradingNodeImageVersion",
        properties: { ...properties, nodeImageVersion: latestNodeImage(properties, today(context)) },
        answersPool: true,
      };
    },
  );
  return { status: 202, layout: "provider", headers, body: answerPool(context, cluster, pool, request.apiVersion) };
}
