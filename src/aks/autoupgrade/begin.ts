import { type ArmRequest, type ArmResponse, ProviderError } from "#arm";
import { beginPoolWork } from "../agentpools/begin.ts";
import { surgeRefusal } from "../agentpools/rules/change.ts";
import { refuseUnsatisfiableBudgets } from "../agentpools/upgrade/budgets.ts";
import { upgradeRefusals } from "../agentpools/upgrade/errors.ts";
import { commit } from "../commit.ts";
import type { AksContext } from "../context.ts";
import { clusterKey, type ClusterName, type StoredCluster } from "../documents.ts";
import { poolsInOrder, requireCluster } from "../lookup.ts";
import { holdsMachines } from "../machines/documents.ts";
import { updateCluster } from "../managedclusters/update.ts";
import type { UpkeepStep } from "./plan.ts";

/** The requests that AKS makes itself are as those of the newest clients. */
const API_VERSION = "2026-04-01";

/**
 * AKS as its own client, under its name in every tenant.
 * Source: learn.microsoft.com/troubleshoot/azure/entra/entra-id/governance/verify-first-party-apps-sign-in, AzureContainerService.
 * Unverified: that upgrades of channels are made under it.
 */
const SERVICE = "7319c514-987d-4e9b-ac3d-d38c4f427f4c";

/**
 * Begins what is due as the same work that a caller's request begins, with the same checks and an operation of its own.
 * @returns the refusal when it cannot be begun now: nothing has happened then.
 */
export async function beginUpkeep(
  context: AksContext,
  cluster: StoredCluster,
  step: Exclude<UpkeepStep, { kind: "wait" }>,
): Promise<Error | undefined> {
  try {
    const { request, response } =
      step.kind === "version" ? await upgradeVersion(context, cluster, step.goal) : await upgradeImage(context, cluster, step);
    context.arm.note(request, response);
    return undefined;
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    return error;
  }
}

/** What the activity log is told. Source: Azure docs planned-maintenance: "To view the status of your automatic upgrades, look up activity logs". */
interface Begun {
  readonly request: ArmRequest;
  readonly response: ArmResponse;
}

/** Control plane and pools, as a PUT of the cluster that names the version everywhere. */
async function upgradeVersion(context: AksContext, cluster: StoredCluster, goal: string): Promise<Begun> {
  const request = requestOf(context, cluster, { method: "PUT", segments: [] });
  const { operationId } = await commit(context, () => {
    const document = requireCluster(context, cluster);
    const agentPoolProfiles = poolsInOrder(context, document.value).map((pool) => ({
      name: pool.name,
      properties: holdsMachines(pool) ? {} : { orchestratorVersion: goal },
    }));
    const sent = { properties: { kubernetesVersion: goal }, agentPoolProfiles, errors: [] };
    const upkeep = { goal, atMs: context.clock.now() };
    return updateCluster(context, { request, route: cluster, sent, upkeep }, document);
  });
  const operation = context.arm.operations.get(cluster.subscriptionId, operationId);
  const headers = operation === undefined ? {} : context.arm.operations.headers(request, operation);
  return { request, response: { status: 200, headers } };
}

async function upgradeImage(
  context: AksContext,
  cluster: StoredCluster,
  { pool, goal }: Extract<UpkeepStep, { kind: "image" }>,
): Promise<Begun> {
  const request = requestOf(context, cluster, { method: "POST", segments: ["agentPools", pool, "upgradeNodeImageVersion"] });
  const route = { ...cluster, pool };
  const { headers } = await beginPoolWork(context, { request, route, action: "upgradeNodeImageVersion" }, (current, stored) => {
    if (stored.blueGreen !== undefined) throw upgradeRefusals.blueGreenUnfinished(pool, "the node image");
    const refusal = surgeRefusal(stored.properties, current.generation);
    if (refusal !== undefined) throw refusal;
    refuseUnsatisfiableBudgets(context, current);
    return {
      kind: "UpgradingNodeImageVersion",
      properties: { ...stored.properties, nodeImageVersion: goal },
      upkeep: { goal, atMs: context.clock.now() },
    };
  });
  return { request, response: { status: 202, headers } };
}

function requestOf(
  { random }: AksContext,
  { subscriptionId, resourceGroup, name }: ClusterName,
  { method, segments }: Pick<ArmRequest, "method"> & Pick<ArmRequest["path"], "segments">,
): ArmRequest {
  return {
    method,
    path: {
      subscriptionId,
      resourceGroup,
      namespace: "Microsoft.ContainerService",
      segments: ["managedClusters", name, ...segments],
    },
    apiVersion: API_VERSION,
    query: new URLSearchParams(),
    headers: {},
    body: undefined,
    baseUrl: "",
    principal: { tenantId: "", objectId: SERVICE, applicationId: SERVICE, name: SERVICE },
    correlationId: random.uuid(),
  };
}

/** Whether nothing is under way on the cluster or its pools, and it runs. */
export function isAtRest({ views, pools }: Pick<AksContext, "views" | "pools">, cluster: StoredCluster): boolean {
  if (cluster.work !== undefined || cluster.controlPlane === undefined) return false;
  if (cluster.properties.powerState?.code === "Stopped" || views.get(clusterKey(cluster)) === undefined) return false;
  return pools.list(`${clusterKey(cluster)}/`).every(({ value }) => value.work === undefined);
}
