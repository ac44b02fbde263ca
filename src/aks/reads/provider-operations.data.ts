/** One operation of the namespace: its name after `Microsoft.ContainerService/`, then how portals call it, of what, and in a sentence. */
export type OperationRow = readonly [name: string, operation: string, resource: string, description: string];

/**
 * The operations of the namespace that are served here, as role definitions name them.
 * Source: Azure/azure-rest-api-specs …/aks/preview/2025-09-02-preview/examples/Operation_List.json.
 * Unverified: words of the last four resources, and of trusted access.
 */
export const operationRows: readonly OperationRow[] = [
  [
    "locations/trustedAccessRoles/read",
    "List trusted access roles",
    "Trusted Access Role",
    "Lists the roles that Azure resources can be given in clusters",
  ],
  [
    "managedClusters/trustedAccessRoleBindings/read",
    "Get a trusted access role binding",
    "Trusted Access Role Binding",
    "Gets a trusted access role binding",
  ],
  [
    "managedClusters/trustedAccessRoleBindings/write",
    "Create or Update a trusted access role binding",
    "Trusted Access Role Binding",
    "Creates or updates a trusted access role binding",
  ],
  [
    "managedClusters/trustedAccessRoleBindings/delete",
    "Delete a trusted access role binding",
    "Trusted Access Role Binding",
    "Deletes a trusted access role binding",
  ],
  ["locations/operations/read", "Get Operation", "Operation", "Gets the status of an asynchronous operation"],
  ["locations/orchestrators/read", "List Orchestrators", "Orchestrator", "Lists the supported orchestrators"],
  [
    "operations/read",
    "List Available Container Service Operations",
    "Available Container Service Operations",
    "Lists operations available on Microsoft.ContainerService resource provider",
  ],
  [
    "register/action",
    "Register Subscription for Container Service",
    "Container Service Register Subscription",
    "Registers Subscription with Microsoft.ContainerService resource provider",
  ],
  [
    "unregister/action",
    "Unregister Subscription for Container Service",
    "Container Service Unregister Subscription",
    "Unregisters Subscription with Microsoft.ContainerService resource provider",
  ],
  ["locations/operationresults/read", "Get Operation Result", "OperationResult", "Gets the status of an asynchronous operation result"],
  ["managedClusters/read", "Get Managed Cluster", "Managed Clusters", "Get a managed cluster"],
  [
    "managedClusters/write",
    "Create or Update Managed Cluster",
    "Managed Clusters",
    "Creates a new managed cluster or updates an existing one",
  ],
  ["managedClusters/delete", "Delete Managed Cluster", "Managed Clusters", "Deletes a managed cluster"],
  [
    "managedClusters/maintenanceConfigurations/read",
    "Get a maintenance configuration",
    "Maintenance Configurations",
    "Gets a maintenance configuration",
  ],
  [
    "managedClusters/maintenanceConfigurations/write",
    "Create or Update maintenance configuratio",
    "Maintenance Configurations",
    "Creates a new MaintenanceConfiguration or updates an existing one",
  ],
  [
    "managedClusters/maintenanceConfigurations/delete",
    "Delete Maintenance Configuration",
    "Maintenance Configurations",
    "Deletes a maintenance configuration",
  ],
  ["managedClusters/agentPools/read", "Get Agent Pool", "Agent Pools", "Gets an agent pool"],
  ["managedClusters/agentPools/write", "Create or Update Agent Pool", "Agent Pools", "Creates a new agent pool or updates an existing one"],
  ["managedClusters/agentPools/delete", "Delete Agent Pool", "Agent Pools", "Deletes an agent pool"],
  [
    "managedClusters/agentPools/upgradeProfiles/read",
    "Get Agent Pool UpgradeProfile",
    "Agent Pools",
    "Gets the upgrade profile of the Agent Pool",
  ],
  [
    "managedClusters/availableAgentPoolVersions/read",
    "Get Available Agent Pool Versions",
    "Managed Clusters",
    "Gets the available agent pool versions of the cluster",
  ],
  [
    "managedClusters/accessProfiles/read",
    "Get Managed Cluster AccessProfile",
    "Managed Clusters",
    "Get a managed cluster access profile by role name",
  ],
  [
    "managedClusters/accessProfiles/listCredential/action",
    "Get Managed Cluster AccessProfile by List Credential",
    "Managed Clusters",
    "Get a managed cluster access profile by role name using list credential",
  ],
  ["managedClusters/upgradeProfiles/read", "Get UpgradeProfile", "UpgradeProfile", "Gets the upgrade profile of the cluster"],
  [
    "managedClusters/listClusterAdminCredential/action",
    "List clusterAdmin credential",
    "Managed Clusters",
    "List the clusterAdmin credential of a managed cluster",
  ],
  [
    "managedClusters/listClusterUserCredential/action",
    "List clusterUser credential",
    "Managed Clusters",
    "List the clusterUser credential of a managed cluster",
  ],
  [
    "managedClusters/listClusterMonitoringUserCredential/action",
    "List clusterMonitoringUser credential",
    "Managed Clusters",
    "List the clusterMonitoringUser credential of a managed cluster",
  ],
  ["managedClusters/runCommand/action", "RunCommand", "Managed Clusters", "Run user issued command against managed kubernetes server."],
  ["managedClusters/commandResults/read", "CommandResult", "Managed Clusters", "Retrieve result from previous issued command."],
  ["managedClusters/agentPools/machines/read", "Get Machine", "Machines", "Gets a machine of an agent pool"],
  ["snapshots/read", "Get Snapshot", "Snapshots", "Get a snapshot"],
  ["snapshots/write", "Create or Update Snapshot", "Snapshots", "Creates a new snapshot"],
  ["snapshots/delete", "Delete Snapshot", "Snapshots", "Deletes a snapshot"],
];
