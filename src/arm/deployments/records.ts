import type { Principal } from "../provider.ts";
import { guidOf } from "../ids.ts";
import type { ParameterValues } from "./template/parameters.ts";
import type { PlannedResource } from "./template/resources.ts";

/** One resource of a deployment, as its list of operations shows it. */
export interface ResourceOperation {
  /** 16 hexadecimal digits, upper case. */
  readonly operationId: string;
  readonly resourceId: string;
  readonly resourceType: string;
  readonly resourceName: string;
  readonly state: "Running" | "Succeeded" | "Failed" | "Canceled";
  /** `Create` when absent. */
  readonly kind?: "Delete";
  readonly startMs: number;
  readonly endMs?: number;
  readonly trackingId: string;
  readonly serviceRequestId: string;
  /** URL that tells when the provider has finished; present once the provider has taken the request. */
  readonly asyncUrl?: string;
  readonly statusCode?: string;
  readonly statusMessage?: unknown;
}

export interface DeploymentFailure {
  readonly code: string;
  readonly message: string;
  readonly details?: readonly { readonly code: string; readonly message: string }[];
}

/** A deployment as it is stored; enough to go on after the program ended at any moment. */
export interface Deployment {
  readonly subscriptionId: string;
  /** Empty for a deployment to a subscription. */
  readonly resourceGroup: string;
  readonly name: string;
  readonly mode: "Incremental" | "Complete";
  /** Where a deployment to a subscription is kept; absent for one to a group. */
  readonly location?: string;
  readonly template: Readonly<Record<string, unknown>>;
  readonly parameters: ParameterValues;
  readonly templateHash: string;
  readonly resources: readonly Pick<PlannedResource, "id" | "type" | "name" | "location" | "dependsOn">[];
  readonly state: "Accepted" | "Running" | "Succeeded" | "Failed" | "Canceled";
  readonly operations: readonly ResourceOperation[];
  /** Last part of its status URL. */
  readonly statusId: string;
  readonly correlationId: string;
  /** Who asked: providers see this caller. */
  readonly principal: Principal;
  readonly baseUrl: string;
  readonly startMs: number;
  readonly endMs?: number;
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly error?: DeploymentFailure;
}

/** Key of a deployment's document: all parts in lower case. */
export function deploymentKey({
  subscriptionId,
  resourceGroup,
  name,
}: Pick<Deployment, "subscriptionId" | "resourceGroup" | "name">): string {
  return `${subscriptionId}/${resourceGroup}/${name}`.toLowerCase();
}

/** Full id of a deployment. */
export function deploymentId({
  subscriptionId,
  resourceGroup,
  name,
}: Pick<Deployment, "subscriptionId" | "resourceGroup" | "name">): string {
  const group = resourceGroup === "" ? "" : `/resourceGroups/${resourceGroup}`;
  return `/subscriptions/${subscriptionId}${group}/providers/Microsoft.Resources/deployments/${name}`;
}

/** Whether nothing more will happen in it. */
export function isEnded({ state }: Deployment): boolean {
  return state === "Succeeded" || state === "Failed" || state === "Canceled";
}

/** The operation of a resource in a deployment; the same one for the same resource. */
export function operationIdOf(deployment: Pick<Deployment, "correlationId">, resourceId: string): string {
  return guidOf(`${deployment.correlationId}${resourceId}`).replaceAll("-", "").slice(0, 16).toUpperCase();
}
