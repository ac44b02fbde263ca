import { type Groups, groupId } from "../groups/groups.ts";
import { sameName } from "../ids.ts";
import type { Deployment } from "./records.ts";
import type { DeploymentContext } from "./template/scope.ts";

/** What tells a deployment about the place it is for. */
export interface ContextOptions {
  readonly groups: Groups;
  readonly subscriptions: readonly { readonly id: string; readonly displayName: string }[];
  readonly tenantId: string;
}

type Placed = Pick<Deployment, "subscriptionId" | "resourceGroup" | "name" | "mode" | "location" | "baseUrl" | "startMs">;

/** Says what a deployment's expressions can ask about its place. @throws {ArmError} ResourceGroupNotFound. */
export function createContextOf({ groups, subscriptions, tenantId }: ContextOptions): (deployment: Placed) => DeploymentContext {
  return ({ subscriptionId, resourceGroup, name, mode, location, baseUrl, startMs }) => ({
    deploymentName: name,
    mode,
    ...(location === undefined ? {} : { location }),
    subscription: {
      id: `/subscriptions/${subscriptionId}`,
      subscriptionId,
      tenantId,
      displayName: subscriptions.find(({ id }) => sameName(id, subscriptionId))?.displayName ?? "",
    },
    ...(resourceGroup === "" ? {} : { resourceGroup: groupIn(groups, subscriptionId, resourceGroup) }),
    endpoint: baseUrl,
    startMs,
  });
}

function groupIn(groups: Groups, subscriptionId: string, wanted: string): NonNullable<DeploymentContext["resourceGroup"]> {
  const { name, location, tags, provisioningState } = groups.require(subscriptionId, wanted);
  return {
    id: groupId(subscriptionId, name),
    name,
    type: "Microsoft.Resources/resourceGroups",
    location,
    ...(tags === undefined ? {} : { tags }),
    properties: { provisioningState },
  };
}
