import type { Method, Principal } from "../provider.ts";

/** What somebody asks for: a write, deletion or action within a subscription. */
export interface Attempt {
  readonly method: Method;
  readonly subscriptionId: string;
  readonly resourceGroup?: string;
  /** `Microsoft.Resources` for groups. */
  readonly namespace: string;
  /** `Microsoft.ContainerService/managedClusters/agentPools`, letter case as sent. */
  readonly resourceType: string;
  /** `Microsoft.ContainerService/managedClusters/agentPools/write`. */
  readonly action: string;
  /** Full id of what it is done to, letter case as sent. */
  readonly resourceId: string;
  readonly principal: Principal;
  readonly correlationId: string;
  readonly clientRequestId?: string;
  readonly clientIp?: string;
}

export type EventStatus = "Started" | "Accepted" | "Succeeded" | "Failed";

/** One entry of the log as it is stored; what clients see follows from it. */
export interface ActivityEvent {
  readonly id: string;
  readonly timeMs: number;
  /** Shared by the entries of one request and of the operation that it began. */
  readonly operationId: string;
  readonly attempt: Attempt;
  readonly status: EventStatus;
  /** Status of the answer; absent for the beginning and for the end of an operation. */
  readonly httpStatus?: number;
  /** JSON of the error. */
  readonly statusMessage?: string;
}

/** A request whose operation goes on: its end is one more entry. */
export interface OpenRequest {
  readonly operationId: string;
  readonly attempt: Attempt;
}

/** What has ended, and how. */
export interface Ending {
  /** As {@link operationKey} and its kin make it. */
  readonly key: string;
  readonly error?: { readonly code: string; readonly message: string };
}

export const operationKey = (id: string): string => `operation/${id}`.toLowerCase();
export const groupKey = (subscriptionId: string, name: string): string => `group/${subscriptionId}/${name}`.toLowerCase();
export const deploymentKey = (subscriptionId: string, group: string, name: string): string =>
  `deployment/${subscriptionId}/${group}/${name}`.toLowerCase();
