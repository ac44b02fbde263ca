import { armErrors, type ArmError, type ProviderError } from "#arm";
import type { ClusterName } from "./documents.ts";
import { invalidParameter, refusal } from "./errors.ts";

/** A code and text of what is absent below a cluster, in the form that is known of agent pools. */
function absent(what: string, subcode: string, { subscriptionId, resourceGroup, name }: ClusterName): ProviderError {
  const message = `Could not find the ${what} in subscription: ${subscriptionId}, resourceGroup: ${resourceGroup}, resourceName: ${name}.`;
  return refusal(404, "NotFound", message, { subcode });
}

/** Refusals of what is beside clusters and pools: groups and images of machines, snapshots, maintenance configurations, machines, commands. */
export const resourceRefusals = {
  /** Source: answers quoted in Azure-Terraform/terraform-azurerm-kubernetes#33, Azure/azure-cli#27215, hashicorp/terraform-provider-azurerm#7562. */
  nodeGroupTooLong: (most: number, length: number) =>
    refusal(
      400,
      "InvalidParameter",
      `The length of the node resource group name is too long. The maximum length is ${most} and the length of the value provided is ${length}. Please see https://aka.ms/aks-naming-rules for more details.`,
      { target: "name" },
    ),
  nodeGroupIsOwn: (group: string, own: string) =>
    refusal(
      400,
      "NodeResourceGroupSameAsResourceGroup",
      `Node resource group '${group}' is the same as ResourceGroup '${own}', which is not allowed, please provide a different node resource group.`,
    ),
  nodeGroupExists: (group: string, subscriptionId: string) =>
    refusal(
      400,
      "NodeResourceGroupAlreadyExists",
      `Node resource group '${group}' under subscription '${subscriptionId}' already exists, please provide a new one.`,
    ),

  /** Source: answer quoted in Azure/azure-cli#24966. */
  osSku: (sku: string) => refusal(400, "InvalidOSSKU", `OSSKU='${sku}' is invalid, details: Unrecognized OSSKU`),

  /** Snapshots are known to the gateway, as clusters are. Source: its answer for an absent cluster. */
  snapshotNotFound: (type: string, name: string, group: string): ArmError =>
    armErrors.resourceNotFound(`Microsoft.ContainerService/${type}/${name}`, group),

  /** Unverified: text. */
  sourceNotFound: (parameter: string, id: string) => invalidParameter(parameter, `the resource ${id} could not be found`),

  /** Unverified: text; the rule is that of MicrosoftDocs/azure-aks-docs articles/aks/node-pool-snapshot.md, "Limitations". */
  snapshotRegion: (snapshot: string, pool: string) =>
    refusal(400, "InvalidParameter", `A snapshot must be in the region of its source: ${pool}, not ${snapshot}.`, { target: "location" }),

  /** Unverified: text; the rule is that of articles/aks/node-pool-snapshot.md, "Limitations". */
  snapshotFamily: (wanted: string, captured: string) =>
    invalidParameter(
      "agentPoolProfile.vmSize",
      `${wanted} is not of the virtual machine family of ${captured}, which the snapshot was taken of`,
    ),

  /** Unverified: text; images of another system, or without FIPS, are not what the snapshot holds. */
  snapshotImage: (member: string, wanted: string, captured: string) =>
    invalidParameter(`agentPoolProfile.${member}`, `${wanted} differs from ${captured}, which the snapshot was taken of`),

  /** Source: answer quoted in Azure/ARO-HCP#3260. */
  maintenanceName: () =>
    refusal(
      400,
      "InvalidParameter",
      "Only 'default', 'aksManagedAutoUpgradeSchedule' and 'aksManagedNodeOSUpgradeSchedule' are allowed configNames for maintenance configuration.",
    ),
  /** Source: answer quoted in Azure/AgentBaker#6529. */
  maintenanceWeekly: (name: string) =>
    refusal(400, "InvalidParameter", `Only weekly schedule is supported for control plane upgrade maintenance configuration: ${name}.`),
  /** Unverified: text. */
  maintenanceNotFound: (cluster: ClusterName, name: string) =>
    absent(`maintenance configuration: ${name}`, "GetMaintenanceConfiguration_NotFound", cluster),

  /** Unverified: text. */
  bindingNotFound: (cluster: ClusterName, name: string) =>
    absent(`trusted access role binding: ${name}`, "GetTrustedAccessRoleBinding_NotFound", cluster),
  /** Source: answer quoted in Azure/azure-cli#28171. */
  roleUnknown: (role: string) =>
    invalidParameter("properties.roles", `non-exist role: ${role}, please refer to http://aka.ms/aks/ta/role to list available roles`),
  /** Unverified: code and text. */
  bindingBusy: (name: string, state: string) =>
    refusal(409, "OperationNotAllowed", `Another operation (${state}) is in progress on trusted access role binding ${name}.`),
  /** Unverified: code and text; the number is that of articles/aks/trusted-access-feature.md. */
  tooManyBindings: (limit: number) =>
    refusal(400, "BadRequest", `A managed cluster can have at most ${limit} trusted access role bindings.`),

  /** Unverified: text. */
  machineNotFound: (cluster: ClusterName, pool: string, machine: string) =>
    absent(`machine: ${machine} of agentpool: ${pool}`, "GetMachine_NotFound", cluster),

  /** Unverified: text. */
  commandNotFound: (cluster: ClusterName, id: string) => absent(`command result: ${id}`, "GetCommandResult_NotFound", cluster),
  /** Unverified: code and text. */
  tooManyCommands: (limit: number) =>
    refusal(429, "TooManyRequests", `At most ${limit} commands of a cluster can run at the same time. Please try again later.`),

  /** Unverified: code and text; `apiServerAccessProfile.disableRunCommand` is set. */
  commandsDisabled: (cluster: string) => refusal(400, "BadRequest", `Run command is disabled for managed cluster ${cluster}.`),

  /** Unverified: code and text; a cluster that is not private has no private endpoint. */
  notPrivate: (cluster: string) =>
    refusal(400, "BadRequest", `Managed cluster ${cluster} is not a private cluster: it has no private endpoint connections.`),
} as const;
