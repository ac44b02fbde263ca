import type { ArmPath, Method, Principal } from "../provider.ts";
import { type Attempt, deploymentKey, groupKey, operationKey } from "./event.ts";

/** What is known of a request, however it came. */
export interface Asked {
  readonly method: Method;
  readonly path: ArmPath;
  readonly principal: Principal;
  readonly correlationId: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly clientIp?: string;
}

const VERBS: Readonly<Partial<Record<Method, string>>> = { PUT: "write", PATCH: "write", DELETE: "delete", POST: "action" };
const SUBSCRIPTIONS = "Microsoft.Resources/subscriptions";
/** What a group is, to the log. Source: learn.microsoft.com/azure/role-based-access-control/permissions/management-and-governance. */
const GROUPS = `${SUBSCRIPTIONS}/resourceGroups`;

/** Characters of an id that can be one of a resource; longer ones name nothing. */
const MAX_ID = 1024;
const MAX_REQUEST_ID = 128;

/**
 * The entry that a request makes in the log; undefined for reads, and for what lies outside a subscription.
 * Source: learn.microsoft.com/azure/azure-monitor/essentials/activity-log-schema: writes, deletions and actions, no reads.
 */
export function attemptOf({ method, path, principal, correlationId, headers, clientIp }: Asked): Attempt | undefined {
  const verb = VERBS[method];
  if (verb === undefined || path.subscriptionId === "") return undefined;
  const { subscriptionId, resourceGroup, namespace = "Microsoft.Resources", segments } = path;
  // An action is the last word of a path that has one more word than names: `managedClusters/c/listClusterUserCredential`.
  const doer = method === "POST" && segments.length % 2 === 1 ? segments.at(-1) : undefined;
  const named = doer === undefined ? segments : segments.slice(0, -1);
  const types = named.filter((_, index) => index % 2 === 0);
  const owner = path.namespace ?? (resourceGroup === undefined ? SUBSCRIPTIONS : GROUPS);
  const resourceType = [owner, ...types].join("/");
  const clientRequestId = headers["x-ms-client-request-id"]?.slice(0, MAX_REQUEST_ID);
  const resourceId = idOf(path, named);
  if (resourceId.length > MAX_ID) return undefined;
  return {
    method,
    subscriptionId,
    ...(resourceGroup !== undefined && { resourceGroup }),
    namespace,
    resourceType,
    action: [resourceType, ...(doer === undefined ? [] : [doer]), verb].join("/"),
    resourceId,
    principal,
    correlationId,
    ...(clientRequestId !== undefined && { clientRequestId }),
    ...(clientIp !== undefined && { clientIp }),
  };
}

function idOf({ subscriptionId, resourceGroup, namespace }: ArmPath, named: readonly string[]): string {
  const group = resourceGroup === undefined ? "" : `/resourcegroups/${resourceGroup}`;
  const below = [...(namespace === undefined ? [] : ["providers", namespace]), ...named].map((word) => `/${word}`).join("");
  return `/subscriptions/${subscriptionId}${group}${below}`;
}

const OPERATION = /\/operations\/([0-9a-f-]{36})(?:\?|$)/i;
const DEPLOYMENT_STATUS = /\/deployments\/([^/]+)\/operationStatuses\//i;

/** Names the end that an answer makes the caller wait for; undefined when all is done with the answer. */
export function endingKeyOf(
  attempt: Attempt,
  answer: { readonly status: number; readonly headers: Readonly<Record<string, string>> },
): string | undefined {
  const url = answer.headers["Azure-AsyncOperation"] ?? "";
  const operation = OPERATION.exec(url)?.[1];
  if (operation !== undefined) return operationKey(operation);
  const { subscriptionId, resourceGroup = "" } = attempt;
  const deployment = DEPLOYMENT_STATUS.exec(url)?.[1];
  if (deployment !== undefined) return deploymentKey(subscriptionId, resourceGroup, decodeURIComponent(deployment));
  const isGroupDeletion = attempt.method === "DELETE" && attempt.resourceType === GROUPS && answer.status === 202;
  return isGroupDeletion ? groupKey(subscriptionId, resourceGroup) : undefined;
}
