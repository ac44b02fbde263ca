/** What a role allows: patterns of actions, in which `*` stands for any text. */
export interface Permission {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly dataActions: readonly string[];
  readonly notDataActions: readonly string[];
}

/** A role that every tenant has. */
export interface BuiltInRole {
  readonly roleName: string;
  /** GUID, the same everywhere. */
  readonly name: string;
  readonly description: string;
  readonly permission: Permission;
}

type Lists = Partial<Permission>;

function role(roleName: string, name: string, description: string, lists: Lists): BuiltInRole {
  return { roleName, name, description, permission: { actions: [], notActions: [], dataActions: [], notDataActions: [], ...lists } };
}

/** What most roles of a service can read and do beside the service. */
const [READ_ROLES, ALERTS, HEALTH, DEPLOY, READ_GROUPS, SUPPORT] = [
  "Microsoft.Authorization/*/read",
  "Microsoft.Insights/alertRules/*",
  "Microsoft.ResourceHealth/availabilityStatuses/read",
  "Microsoft.Resources/deployments/*",
  "Microsoft.Resources/subscriptions/resourceGroups/read",
  "Microsoft.Support/*",
] as const;
const READ_SCOPES = [
  READ_ROLES,
  "Microsoft.Resources/subscriptions/operationresults/read",
  "Microsoft.Resources/subscriptions/read",
  READ_GROUPS,
];

const CLUSTER = "Microsoft.ContainerService/managedClusters";
const inCluster = (kinds: string, verb: string): readonly string[] => kinds.split(" ").map((kind) => `${CLUSTER}/${kind}/${verb}`);
const WORKLOADS = "apps/daemonsets apps/deployments apps/replicasets apps/statefulsets autoscaling/horizontalpodautoscalers batch/cronjobs";
const EXTENSIONS = "extensions/daemonsets extensions/deployments extensions/ingresses extensions/networkpolicies extensions/replicasets";
const SERVED =
  "networking.k8s.io/ingresses networking.k8s.io/networkpolicies persistentvolumeclaims pods policy/poddisruptionbudgets replicationcontrollers";
const METRICS = "limitranges metrics.k8s.io/pods metrics.k8s.io/nodes namespaces";

/**
 * The built-in roles that have to do with AKS.
 * Differs from AKS: Azure has some hundreds more.
 * Source: MicrosoftDocs/azure-docs:articles/role-based-access-control/built-in-roles.
 */
export const BUILT_IN_ROLES: readonly BuiltInRole[] = [
  role(
    "Owner",
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
    "Grants full access to manage all resources, including the ability to assign roles in Azure RBAC.",
    { actions: ["*"] },
  ),
  role(
    "Contributor",
    "b24988ac-6180-42a0-ab88-20f7382dd24c",
    "Grants full access to manage all resources, but does not allow you to assign roles in Azure RBAC, manage assignments in Azure Blueprints, or share image galleries.",
    {
      actions: ["*"],
      notActions: [
        "Microsoft.Authorization/*/Delete",
        "Microsoft.Authorization/*/Write",
        "Microsoft.Authorization/elevateAccess/Action",
        "Microsoft.Blueprint/blueprintAssignments/write",
        "Microsoft.Blueprint/blueprintAssignments/delete",
        "Microsoft.Compute/galleries/share/action",
        "Microsoft.Purview/consents/write",
        "Microsoft.Purview/consents/delete",
        "Microsoft.Resources/deploymentStacks/manageDenySetting/action",
        "Microsoft.Subscription/cancel/action",
        "Microsoft.Subscription/enable/action",
      ],
    },
  ),
  role("Reader", "acdd72a7-3385-48ef-bd42-f606fba81ae7", "View all resources, but does not allow you to make any changes.", {
    actions: ["*/read"],
  }),
  role("User Access Administrator", "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9", "Lets you manage user access to Azure resources.", {
    actions: ["*/read", "Microsoft.Authorization/*", SUPPORT],
  }),
  role(
    "Role Based Access Control Administrator",
    "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
    "Manage access to Azure resources by assigning roles using Azure RBAC. This role does not allow you to manage access using other ways, such as Azure Policy.",
    { actions: ["Microsoft.Authorization/roleAssignments/write", "Microsoft.Authorization/roleAssignments/delete", "*/read", SUPPORT] },
  ),
  role(
    "Azure Kubernetes Service Contributor Role",
    "ed7f3fbd-7b88-4dd4-9017-9adb7ce333f8",
    "Grants access to read and write Azure Kubernetes Service clusters",
    {
      actions: [
        READ_ROLES,
        "Microsoft.ContainerService/locations/*",
        `${CLUSTER}/*`,
        "Microsoft.ContainerService/managedclustersnapshots/*",
        "Microsoft.ContainerService/snapshots/*",
        ALERTS,
        DEPLOY,
        READ_GROUPS,
      ],
    },
  ),
  role("Azure Kubernetes Service Cluster Admin Role", "0ab0b1a8-8aac-4efd-b8c2-3ee1fb270be8", "List cluster admin credential action.", {
    actions: [
      `${CLUSTER}/listClusterAdminCredential/action`,
      `${CLUSTER}/accessProfiles/listCredential/action`,
      `${CLUSTER}/read`,
      `${CLUSTER}/runcommand/action`,
    ],
  }),
  role("Azure Kubernetes Service Cluster User Role", "4abbcc35-e782-43d8-92c5-2d3f1bd2253f", "List cluster user credential action.", {
    actions: [`${CLUSTER}/listClusterUserCredential/action`, `${CLUSTER}/read`],
  }),
  role(
    "Azure Kubernetes Service Cluster Monitoring User",
    "1afdec4b-e479-420e-99e7-f82237c7c5e6",
    "List cluster monitoring user credential action.",
    {
      actions: [`${CLUSTER}/listClusterMonitoringUserCredential/action`, `${CLUSTER}/read`],
    },
  ),
  role(
    "Azure Kubernetes Service RBAC Cluster Admin",
    "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b",
    "Lets you manage all resources in the cluster.",
    {
      actions: [...READ_SCOPES, `${CLUSTER}/listClusterUserCredential/action`],
      dataActions: [`${CLUSTER}/*`],
    },
  ),
  role(
    "Azure Kubernetes Service RBAC Admin",
    "3498e952-d568-435e-9b2c-8d77e338d7f7",
    "Lets you manage all resources under cluster/namespace, except update or delete resource quotas and namespaces.",
    {
      actions: [...READ_SCOPES, `${CLUSTER}/listClusterUserCredential/action`],
      dataActions: [`${CLUSTER}/*`],
      notDataActions: ["resourcequotas/write", "resourcequotas/delete", "namespaces/write", "namespaces/delete"].map(
        (kind) => `${CLUSTER}/${kind}`,
      ),
    },
  ),
  role(
    "Azure Kubernetes Service RBAC Reader",
    "7f6c6a51-bcf8-42ba-9220-52d62157d7db",
    "Allows read-only access to see most objects in a namespace. It does not allow viewing roles or role bindings. This role does not allow viewing Secrets, since reading the contents of Secrets enables access to ServiceAccount credentials in the namespace, which would allow API access as any ServiceAccount in the namespace (a form of privilege escalation). Applying this role at cluster scope will give access across all namespaces.",
    {
      actions: READ_SCOPES,
      dataActions: [
        ...inCluster(`apps/controllerrevisions ${WORKLOADS} batch/jobs configmaps discovery.k8s.io/endpointslices endpoints`, "read"),
        ...inCluster(`events.k8s.io/events events ${EXTENSIONS} ${METRICS} ${SERVED} resourcequotas serviceaccounts services`, "read"),
      ],
    },
  ),
  role(
    "Azure Kubernetes Service RBAC Writer",
    "a7ffa36f-339b-4b5c-8bdf-e2c188b2c0eb",
    "Allows read/write access to most objects in a namespace.This role does not allow viewing or modifying roles or role bindings. However, this role allows accessing Secrets and running Pods as any ServiceAccount in the namespace, so it can be used to gain the API access levels of any ServiceAccount in the namespace. Applying this role at cluster scope will give access across all namespaces.",
    {
      actions: READ_SCOPES,
      dataActions: [
        ...inCluster("apps/controllerrevisions", "read"),
        ...inCluster(WORKLOADS, "*"),
        ...["read", "write", "delete"].flatMap((verb) => inCluster("coordination.k8s.io/leases", verb)),
        ...inCluster("discovery.k8s.io/endpointslices", "read"),
        ...inCluster("batch/jobs configmaps endpoints", "*"),
        ...inCluster("events.k8s.io/events", "read"),
        ...inCluster(`events ${EXTENSIONS}`, "*"),
        ...inCluster(METRICS, "read"),
        ...inCluster(SERVED, "*"),
        ...inCluster("resourcequotas", "read"),
        ...inCluster("secrets serviceaccounts services", "*"),
      ],
    },
  ),
  role("Network Contributor", "4d97b98b-1d4f-4787-a291-c67834d212e7", "Lets you manage networks, but not access to them.", {
    actions: [READ_ROLES, ALERTS, "Microsoft.Network/*", HEALTH, DEPLOY, READ_GROUPS, SUPPORT],
  }),
  role(
    "Private DNS Zone Contributor",
    "b12aa53e-6015-4669-85d0-8515ebb3ae7f",
    "Lets you manage private DNS zone resources, but not the virtual networks they are linked to.",
    {
      actions: [
        ALERTS,
        DEPLOY,
        READ_GROUPS,
        SUPPORT,
        "Microsoft.Network/privateDnsZones/*",
        "Microsoft.Network/privateDnsOperationResults/*",
        "Microsoft.Network/privateDnsOperationStatuses/*",
        "Microsoft.Network/virtualNetworks/read",
        "Microsoft.Network/virtualNetworks/join/action",
        READ_ROLES,
      ],
    },
  ),
  role("Managed Identity Operator", "f1a07417-d97a-45cb-824c-7a7467783830", "Read and Assign User Assigned Identity", {
    actions: [
      "Microsoft.ManagedIdentity/userAssignedIdentities/*/read",
      "Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action",
      READ_ROLES,
      ALERTS,
      DEPLOY,
      READ_GROUPS,
      SUPPORT,
    ],
  }),
  role("Managed Identity Contributor", "e40ec5ca-96e0-45a2-b4ff-59039f2c2b59", "Create, Read, Update, and Delete User Assigned Identity", {
    actions: [
      "Microsoft.ManagedIdentity/userAssignedIdentities/read",
      "Microsoft.ManagedIdentity/userAssignedIdentities/write",
      "Microsoft.ManagedIdentity/userAssignedIdentities/delete",
      READ_ROLES,
      ALERTS,
      DEPLOY,
      READ_GROUPS,
      SUPPORT,
    ],
  }),
  role("AcrPull", "7f951dda-4ed3-4680-a7ca-43fe172d538d", "acr pull", { actions: ["Microsoft.ContainerRegistry/registries/pull/read"] }),
  role("AcrPush", "8311e382-0749-4cb8-b61a-304f252e45ec", "acr push", {
    actions: ["Microsoft.ContainerRegistry/registries/pull/read", "Microsoft.ContainerRegistry/registries/push/write"],
  }),
  role("AcrDelete", "c2f4ef07-c644-48eb-af81-4b1b4947fb11", "acr delete", {
    actions: ["Microsoft.ContainerRegistry/registries/artifacts/delete"],
  }),
  role("Monitoring Metrics Publisher", "3913510d-42f4-4e42-8a64-420c390055eb", "Enables publishing metrics against Azure resources", {
    actions: ["Microsoft.Insights/Register/Action", SUPPORT, READ_GROUPS],
    dataActions: ["Microsoft.Insights/Metrics/Write"],
  }),
  role(
    "Tag Contributor",
    "4a9ae827-6dc8-4573-8ac7-8239d42aa03f",
    "Lets you manage tags on entities, without providing access to the entities themselves.",
    {
      actions: [
        READ_ROLES,
        READ_GROUPS,
        "Microsoft.Resources/subscriptions/resourceGroups/resources/read",
        "Microsoft.Resources/subscriptions/resources/read",
        DEPLOY,
        ALERTS,
        SUPPORT,
        "Microsoft.Resources/tags/*",
      ],
    },
  ),
];
