import { type DeploymentContext, TemplateFailure } from "./scope.ts";

/** A resource as its template places it. */
interface Placed {
  readonly type: string;
  readonly name: string;
  /** The members of these names, evaluated; absent for where the deployment itself is. */
  readonly resourceGroup: unknown;
  readonly subscriptionId: unknown;
}

export const DEPLOYMENTS = "Microsoft.Resources/deployments";
export const RESOURCE_GROUPS = "Microsoft.Resources/resourceGroups";

/**
 * The full id of a template's resource. Only a deployment in the template may be elsewhere than the deployment of it.
 * Source: learn.microsoft.com/azure/azure-resource-manager/templates/deploy-to-resource-group.
 * @throws {TemplateFailure}
 */
export function resourceIdOf({ type, name, resourceGroup, subscriptionId }: Placed, context: DeploymentContext): string {
  const isElsewhere = resourceGroup !== undefined || subscriptionId !== undefined;
  if (isElsewhere && type.toLowerCase() !== DEPLOYMENTS.toLowerCase()) {
    throw new TemplateFailure(`The elements 'resourceGroup' and 'subscriptionId' of a resource of type '${type}' are not emulated.`);
  }
  const subscription = textOf(subscriptionId, "subscriptionId") ?? context.subscription.subscriptionId;
  const ownGroup = subscriptionId === undefined ? context.resourceGroup?.name : undefined;
  const group = textOf(resourceGroup, "resourceGroup") ?? ownGroup;
  if (type.toLowerCase() === RESOURCE_GROUPS.toLowerCase()) return groupIdOf(name, context);
  const scope = `/subscriptions/${subscription}${group === undefined ? "" : `/resourceGroups/${group}`}`;
  const [namespace = "", ...types] = type.split("/");
  const names = name.split("/");
  return `${scope}/providers/${namespace}${types.map((part, index) => `/${part}/${names[index]}`).join("")}`;
}

function groupIdOf(name: string, { resourceGroup, subscription }: DeploymentContext): string {
  if (resourceGroup === undefined) return `${subscription.id}/resourceGroups/${name}`;
  throw new TemplateFailure(
    `The resource group '${name}' cannot be deployed to a resource group. Please see https://aka.ms/arm-deployment-subscription for usage details.`,
  );
}

function textOf(value: unknown, member: string): string | undefined {
  if (value === undefined || (typeof value === "string" && value !== "")) return value;
  throw new TemplateFailure(`The element '${member}' of a resource must be a text.`);
}
