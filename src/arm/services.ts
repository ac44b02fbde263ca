import { attemptOf } from "./activity/attempt.ts";
import type { ActivityLog } from "./activity/log.ts";
import { renderResponse } from "./door/answer.ts";
import type { Features } from "./features/registrations.ts";
import type { Groups } from "./groups/groups.ts";
import type { OperationRecords } from "./operations.ts";
import type { ArmRequest, ArmServices } from "./provider.ts";

/** What the door offers to providers, from the rooms that hold it. */
export function createServices(rooms: {
  readonly activity: ActivityLog;
  readonly operations: OperationRecords;
  readonly features: Features;
  readonly groups: Groups;
  readonly tenantId: string;
}): ArmServices {
  const { activity, operations, features, groups, tenantId } = rooms;
  return {
    operations,
    feature(subscriptionId, namespace, name, headers = {}) {
      const { state, sinceMs } = features.state(subscriptionId, namespace, name);
      return asksFor(headers, namespace, name) ? { state: "Registered", sinceMs } : { state, sinceMs };
    },
    group: (subscriptionId, name) => groups.find(subscriptionId, name),
    async ensureManagedGroup(group) {
      await groups.put(group);
    },
    removeManagedGroup: (subscriptionId, name) => groups.remove(subscriptionId, name),
    note(request, response) {
      const attempt = attemptOf({ ...request, principal: { ...request.principal, tenantId } });
      if (attempt !== undefined) activity.begin(attempt)(renderResponse(response));
    },
  };
}

/**
 * `AKSHTTPCustomFeatures: Microsoft.ContainerService/A,Microsoft.ContainerService/B`.
 * Source: recorded `az aks create --aks-custom-headers`; AKS docs, enable-host-encryption and others of 2020 to 2022.
 */
function asksFor(headers: ArmRequest["headers"], namespace: string, name: string): boolean {
  const asked = headers["akshttpcustomfeatures"]?.toLowerCase().split(",") ?? [];
  return asked.some((feature) => feature.trim() === `${namespace}/${name}`.toLowerCase());
}
