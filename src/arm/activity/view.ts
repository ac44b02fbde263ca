import { statusName } from "../status-name.ts";
import { ticks, timestamp } from "../time.ts";
import type { ActivityEvent } from "./event.ts";

/** What operations are called in words. Source: the operations of Microsoft.Resources; others are shown by their names. */
const LABELS: Readonly<Record<string, string>> = {
  "microsoft.resources/subscriptions/resourcegroups/write": "Update resource group",
  "microsoft.resources/subscriptions/resourcegroups/delete": "Delete resource group",
  "microsoft.resources/deployments/write": "Create Deployment",
  "microsoft.resources/deployments/delete": "Delete Deployment",
};

interface Localizable {
  readonly value: string;
  readonly localizedValue: string;
}

function same(value: string): Localizable {
  return { value, localizedValue: value };
}

/**
 * An entry as `eventtypes/management/values` shows it.
 * Source: learn.microsoft.com/azure/azure-monitor/essentials/activity-log-schema, administrative category; order as answers have it.
 * Unverified: names in words of what providers do.
 */
export function eventView(event: ActivityEvent): Record<string, unknown> {
  const { attempt, httpStatus } = event;
  const { resourceId, principal, action } = attempt;
  const isBegin = event.status === "Started";
  return {
    authorization: { action, scope: resourceId },
    caller: principal.name,
    channels: "Operation",
    claims: claimsOf(event),
    correlationId: attempt.correlationId,
    description: "",
    eventDataId: event.id,
    eventName: isBegin
      ? { value: "BeginRequest", localizedValue: "Begin request" }
      : { value: "EndRequest", localizedValue: "End request" },
    category: same("Administrative"),
    httpRequest: {
      clientRequestId: attempt.clientRequestId ?? attempt.correlationId,
      clientIpAddress: attempt.clientIp ?? "127.0.0.1",
      method: attempt.method,
    },
    id: `${resourceId}/events/${event.id}/ticks/${ticks(event.timeMs)}`,
    level: event.status === "Failed" ? "Error" : "Informational",
    ...(attempt.resourceGroup !== undefined && { resourceGroupName: attempt.resourceGroup }),
    resourceProviderName: same(attempt.namespace),
    resourceId,
    resourceType: same(attempt.resourceType),
    operationId: event.operationId,
    operationName: { value: action, localizedValue: LABELS[action.toLowerCase()] ?? action },
    properties: propertiesOf(event),
    status: same(event.status),
    subStatus: httpStatus === undefined || isBegin ? same("") : subStatusOf(httpStatus),
    eventTimestamp: timestamp(event.timeMs),
    submissionTimestamp: timestamp(event.timeMs),
    subscriptionId: attempt.subscriptionId,
    tenantId: principal.tenantId,
  };
}

function claimsOf({ attempt: { principal } }: ActivityEvent): Record<string, string> {
  const { tenantId, objectId, applicationId, name } = principal;
  return {
    aud: "https://management.azure.com/",
    iss: `https://sts.windows.net/${tenantId}/`,
    ...(applicationId !== undefined && { appid: applicationId }),
    "http://schemas.microsoft.com/identity/claims/objectidentifier": objectId,
    "http://schemas.microsoft.com/identity/claims/tenantid": tenantId,
    ...(name.includes("@") && { "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": name }),
    ver: "1.0",
  };
}

function propertiesOf({ attempt, httpStatus, statusMessage }: ActivityEvent): Record<string, string> {
  return {
    ...(httpStatus !== undefined && { statusCode: statusName(httpStatus) }),
    ...(statusMessage !== undefined && { statusMessage }),
    eventCategory: "Administrative",
    entity: attempt.resourceId,
    message: attempt.action,
    hierarchy: `${attempt.principal.tenantId}/${attempt.subscriptionId}`,
  };
}

function subStatusOf(status: number): Localizable {
  const name = statusName(status);
  return { value: name, localizedValue: `${name} (HTTP Status Code: ${status})` };
}
