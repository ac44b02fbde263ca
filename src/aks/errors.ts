import { ArmError, ProviderError } from "#arm";
import type { ClusterName } from "./documents.ts";

/** Beside code and message. AKS prints members in alphabetical order, `details` as null and `subcode` as "" when empty. */
interface Extra {
  /** Path of the member that is to blame: `agentPoolProfile.count`. */
  readonly target?: string;
  readonly subcode?: string;
  readonly details?: readonly unknown[];
}

/** A refusal in the service's envelope. */
export function refusal(status: number, code: string, message: string, extra: Extra = {}): ProviderError {
  const { target, subcode = "", details = null } = extra;
  const body = { code, details, message, subcode, ...(target !== undefined && { target }) };
  return new ProviderError({ status, layout: "provider", body });
}

/** Source: Azure support docs, invalidparameter-error. */
export function invalidParameter(target: string, detail?: string): ProviderError {
  const details = detail === undefined ? "" : ` Error details: ${detail}.`;
  const message = `The value of parameter ${target} is invalid.${details} Please see https://aka.ms/aks-naming-rules for more details.`;
  return refusal(400, "InvalidParameter", message, { target });
}

const SCALE_AND_AUTOSCALE = "Cannot manually scale and enable cluster autoscaler in the same update operation on VMSS Agentpool";
const GET_VERSIONS =
  "Please use [az aks get-versions] command to get the supported version list in this region. " +
  "For more information, please check https://aka.ms/supported-version-list";
const WAIT = "please wait for it to finish before starting a new operation. See https://aka.ms/aks-pending-operation for more details";

/** Every refusal of the service. Texts are AKS's own unless marked. */
export const refusals = {
  /** Source: recorded answers of `nodepool show`, 2021 to 2023. */
  agentPoolNotFound: ({ subscriptionId, resourceGroup, name }: ClusterName, pool: string) =>
    refusal(
      404,
      "NotFound",
      `Could not find the agentpool: ${pool} in subscription: ${subscriptionId}, resourceGroup: ${resourceGroup}, resourceName: ${name}.`,
      {
        subcode: "GetAgentPool_NotFound",
        details: [{ code: "Unspecified", message: "rpc error: code = NotFound desc = Agent Pool not found" }],
      },
    ),

  /**
   * @param scope What has the limit: `SubID='…'`, `agentpool /subscriptions/…`.
   * Source: support/azure/azure-kubernetes/error-codes/throttled-error of MicrosoftDocs/SupportArticles-docs for the sentence;
   * crossplane-contrib/provider-upjet-azure#809 for a pool's, which has no sentence of more information.
   */
  throttled: (handler: string, { scope, more }: { readonly scope: string; readonly more: boolean }, seconds: number) => {
    const link = more ? ". For more information, please visit aka.ms/aks/throttling" : "";
    const message = `The ${handler} request limit has been exceeded for ${scope}, please retry again in ${seconds} seconds${link}`;
    const { response } = refusal(429, "Throttled", message);
    return new ProviderError({ ...response, headers: { "Retry-After": String(seconds) } });
  },

  /** Source: recorded answer of `aks show`; the gateway knows that a cluster is absent, so the error is ARM's. */
  clusterNotFound: ({ resourceGroup, name }: Pick<ClusterName, "resourceGroup" | "name">) =>
    new ArmError(
      404,
      "ResourceNotFound",
      `The Resource 'Microsoft.ContainerService/managedClusters/${name}' under resource group '${resourceGroup}' was not found. ` +
        "For more details please go to https://aka.ms/ARMResourceNotFoundFix",
    ),

  /** Source: Azure Resource Manager's answer to a PUT below an absent resource, quoted in its docs as ParentResourceNotFound. */
  parentNotFound: (cluster: string) =>
    new ArmError(
      404,
      "ParentResourceNotFound",
      `Can not perform requested operation on nested resource. Parent resource '${cluster}' not found.`,
    ),

  /** Source: recorded answer for an unknown type, `Microsoft.Network` in place of ours. */
  noSuchType: (apiVersion: string) =>
    new ArmError(
      404,
      "InvalidResourceType",
      `The resource type could not be found in the namespace 'Microsoft.ContainerService' for api version '${apiVersion}'.`,
    ),

  /** Unverified: code and text of ARM's 405. */
  methodNotAllowed: (method: string) =>
    new ArmError(405, "MethodNotAllowed", `The requested resource does not support http method '${method}'.`),

  /** Differs from AKS: actions of the real service that are not emulated are refused instead of performed. */
  notEmulated: (what: string) =>
    refusal(400, "OperationNotAllowed", `${what} is not emulated by Lido. See docs/scope.md for what is and what is not.`),

  /** Source: recorded answer to a PUT of a pool while its cluster was Updating. */
  clusterBusy: (state: string) =>
    refusal(409, "OperationNotAllowed", `Operation is not allowed: Another operation (${state}) is in progress, ${WAIT}`),

  /** Source: answer quoted in cilium/cilium#25944. */
  agentPoolBusy: (pool: string, state: string) =>
    refusal(
      409,
      "OperationNotAllowed",
      `Operation is not allowed: Another agentpool operation (${pool} - ${state}) is in progress, ${WAIT}`,
    ),

  /** Source: recorded answer to a DELETE while another operation ran. */
  deleteWhileBusy: ({ subscriptionId, resourceGroup, name }: ClusterName) =>
    refusal(
      409,
      "EtagMismatch",
      `Failed to save managed cluster ${name} in subscription ${subscriptionId}, resource group ${resourceGroup}. ` +
        "Operation is not allowed: Another operation is in progress",
      { subcode: "PutManagedClusterAndAgentPools_FailedPrecondition" },
    ),

  /**
   * Source: MicrosoftDocs/azure-docs#85161 for the text of stopping what is stopped. Unverified: its code, and that other
   * wishes are refused in the same words.
   */
  powerForbids: ({ state, power, gerund }: { readonly state: string; readonly power: string; readonly gerund: string }) =>
    refusal(
      400,
      "OperationNotAllowed",
      `managed cluster is in Provisioning State(${state}) and Power State(${power}), ${gerund} cannot be performed`,
    ),

  /** Source: Azure/AKS#2349 for the text. Unverified: its code. */
  availabilitySetsCannotStop: () => refusal(400, "BadRequest", "Client Error: Availability Sets Not Supported"),

  /** Unverified: texts; the rules are those of azure-docs articles/aks/start-stop-nodepools.md. */
  poolPower: (pool: string, reason: string) =>
    refusal(400, "OperationNotAllowed", `Operation is not allowed on agent pool ${pool}: ${reason}`, {
      target: "agentPoolProfile.powerState",
    }),

  /** Source: azure-docs articles/aks/manage-abort-operations.md for the status. Unverified: code and text. */
  nothingToAbort: (what: string) =>
    refusal(409, "OperationNotAllowed", `Operation is not allowed: the latest operation of ${what} has already completed.`),

  /** Unverified: that AKS does not abort deletions, and its words. */
  deletionCannotBeAborted: (what: string) =>
    refusal(409, "OperationNotAllowed", `Operation is not allowed: the deletion of ${what} can not be aborted.`),

  /** Source: Azure/karpenter-provider-azure pkg/fake/aksagentpoolsapi.go. Unverified: that one unknown name is enough; the target. */
  machineUnknown: (pool: string, known: readonly string[]) => {
    const message = `Cannot find any valid machines to delete. Please check your input machine names. The valid machines to delete in agent pool '${pool}' are: ${known.join(", ")}.`;
    return refusal(400, "InvalidParameter", message, { target: "machineNames" });
  },

  /** Source: "rpc error … The entity was not found.", recorded for a machine. Unverified: that it is said of operations too. */
  operationUnknown: () => refusal(404, "NotFound", "The entity was not found."),

  /** Unverified: code and texts. */
  cannotReset: (reason: string) => refusal(400, "BadRequest", reason),

  /** Source: azure-docs articles/aks/use-etags.md for code and rules. Unverified: texts. */
  badPrecondition: (reason: string) => refusal(400, "BadRequest", reason),

  /** Source: Azure/azure-cli#30309. */
  preconditionOnNothing: () =>
    refusal(
      412,
      "PreconditionFailed",
      "Resource not found but ETag header is provided. If this is a request to create, please do not provide ETag.",
    ),

  /** Unverified: AKS's text for 412; the code is the one of Azure/azure-cli#30309. */
  preconditionFailed: (what: string) => refusal(412, "PreconditionFailed", `The ${what} has been modified (etag mismatch).`),

  /** A body that is no JSON of the expected types; `failure` says which member. */
  unreadable: (failure: { readonly code: string; readonly message: string; readonly target: string }) =>
    refusal(400, failure.code, failure.message, failure.target === "" ? {} : { target: failure.target }),

  /** The service's general answer to a value it does not take. Source: azure support docs, invalidparameter-error. */
  invalidParameter,

  /** A member that must be there. Unverified: text. */
  missing: (target: string) => refusal(400, "InvalidParameter", `Required parameter ${target} is missing (null).`, { target }),

  /** Source: answer quoted in jenkins-infra/azure#284. */
  windowsNameTooLong: () =>
    refusal(400, "WindowsAgentPoolNameTooLong", "Windows agent pool name can not be longer than 6 characters.", {
      target: "agentPoolProfile.name",
    }),

  /** Source: answer quoted in Azure/AKS#1101. */
  windowsNeedsAzureCni: () =>
    refusal(400, "AzureCNIOnlyForWindows", "Windows agent pools can only be added to AKS clusters using Azure-CNI.", {
      target: "networkProfile.networkPlugin",
    }),

  /** Source: answer quoted in Azure/AKS#2839. */
  windowsProfileMissing: () =>
    refusal(400, "WindowsProfileMissing", "Windows profile definition is missing for the cluster.", { target: "windowsProfile" }),

  /** Source: answer quoted in microsoft/dotnet core#8181, with the link of later ones. */
  sizeNotAllowed: (size: string, location: string, offered: readonly string[]) =>
    refusal(
      400,
      "BadRequest",
      `The VM size of ${size} is not allowed in your subscription in location '${location}'. ` +
        `The available VM sizes are '${offered.join(",")}'. For more details, please visit https://aka.ms/aks/quotas-skus-regions`,
      { target: "agentPoolProfile.vmSize" },
    ),

  /** Source: answers quoted in rancher/rancher#33679 for the code and in Azure/azure-cli#28719 for the text. */
  diskDoesNotFit: (size: string, disks: { readonly cache: number; readonly temporary: number }, osDiskSizeGB: number) =>
    refusal(
      400,
      "VMCacheSizeTooSmall",
      `The virtual machine size ${size} has a cache size of ${disks.cache} bytes and temporary disk size of ${disks.temporary} bytes, ` +
        `but the OS disk requires ${osDiskSizeGB * 1024 ** 3} bytes. ` +
        "Use a VM size with larger cache, larger temp disk, or disable ephemeral OS.",
    ),

  /** Source: answer quoted in pulumi/pulumi-azure-native#959. */
  propertyChange: (target: string) => refusal(400, "PropertyChangeNotAllowed", `Changing property '${target}' is not allowed.`, { target }),

  /** Source: answer quoted in Azure/ACS#82. */
  upgradeAndScale: () =>
    refusal(400, "OperationNotAllowed", "Updating Kubernetes version and agent node scaling are mutually exclusive operations"),

  /** Source: text quoted in Azure/AKS#1248, a 400. Unverified: the code. */
  scaleAndAutoscale: (pool: string) => refusal(400, "BadRequest", `${SCALE_AND_AUTOSCALE} '${pool}'.`),

  /** Source: answers quoted in azure_arc#28 and others. */
  poolVersionUnknown: (version: string) =>
    refusal(400, "AgentPoolK8sVersionNotSupported", `Version ${version} is not supported in this region. ${GET_VERSIONS}`),

  /** Source: Azure support docs, K8sVersionNotSupported. */
  clusterVersionUnknown: (cluster: string, version: string) =>
    refusal(
      400,
      "K8sVersionNotSupported",
      `Managed cluster ${cluster} is on version ${version} which is not supported in this region. ${GET_VERSIONS}`,
    ),

  /** The 2019 answer to a pool newer than its control plane. Source: Azure/AKS#1096. */
  poolVersionInvalid: () => invalidParameter("agentpool.Properties.OrchestratorVersion"),

  /** Source: answer quoted in rancher/rancher#33426; `reason` begins with "Minor version" or "Node pool". */
  versionsIncompatible: (pool: string, controlPlane: string, reason: string) =>
    refusal(
      400,
      "NodePoolMcVersionIncompatible",
      `Node pool version ${pool} and control plane version ${controlPlane} are incompatible. ${reason} ` +
        "For more information, please check https://aka.ms/version-skew-policy",
    ),

  /** Source: answer quoted in kubernetes-sigs/cluster-api-provider-azure#1883. */
  poolUpgradePath: (from: string, to: string) =>
    refusal(
      400,
      "AgentPoolUpgradeVersionNotAllowed",
      `Upgrade agent pool version from ${from} to ${to} is not allowed, you can only upgrade one minor version at a time. ` +
        "Please use [az aks get-upgrades] command to get the supported upgrade paths. " +
        "For more information, please check https://aka.ms/version-skew-policy",
    ),

  /** Source: answers quoted in rancher/rancher#33561 (downgrade) and the Azure support docs (skipping a minor version). */
  clusterUpgradePath: (verb: "Downgrading" | "Upgrading", from: string, to: string, available: readonly string[]) =>
    refusal(
      400,
      "OperationNotAllowed",
      `${verb} Kubernetes version ${from} to ${to} is not allowed. Available upgrades: ${available.join(",")}. ` +
        "Please see https://aka.ms/aks-supported-k8s-ver for version details.",
    ),

  /** Source: answer quoted in hashicorp/terraform-provider-azurerm#23436. */
  poolVersionsInClusterPut: () =>
    refusal(
      400,
      "NotAllAgentPoolOrchestratorVersionSpecifiedAndUnchanged",
      "Using managed cluster api, all Agent pools' OrchestratorVersion must be all specified or all unspecified. If all specified, " +
        "they must be stay unchanged or the same with control plane. For agent pool specific change, please use per agent pool operations: " +
        "https://aka.ms/agent-pool-rest-api",
    ),

  /** Source: answer quoted in MicrosoftDocs/azure-docs#24942. */
  poolsNeedScaleSets: () =>
    refusal(
      400,
      "AgentPoolAPIsNotSupported",
      "AgentPool APIs supported only for clusters with VMSS agentpools. For more information, please check https://aka.ms/multiagentpoollimitations",
    ),

  /** Unverified: the 2019 text for a cluster created before the features were registered; the code is its neighbour's. */
  poolsNeedFeatures: () =>
    refusal(
      400,
      "AgentPoolAPIsNotSupported",
      "Node pools can only be added to clusters created after the features Microsoft.ContainerService/MultiAgentpoolPreview and " +
        "Microsoft.ContainerService/VMSSPreview were registered for the subscription. " +
        "For more information, please check https://aka.ms/multiagentpoollimitations",
    ),

  /** Source of the code: Azure/aks-deployer:pkg/apierror/types.go. Unverified: text. The rule is the article's. */
  tooManyPools: (limit: number) =>
    refusal(400, "MaxAgentPoolCountReached", `The cluster has reached the maximum of ${limit} agent pools.`, {
      target: "agentPoolProfiles",
    }),

  /** Unverified: text; AKS's own was not found. The rule is the article's. */
  tooManyNodes: (limit: number, wanted: number) =>
    refusal(400, "InvalidParameter", `A cluster can have at most ${limit} nodes over all agent pools, but ${wanted} were asked for.`, {
      target: "agentPoolProfile.count",
    }),

  /** Unverified: text and code; the rule is the article's: pools are added by requests of their own, not by the cluster's template. */
  poolAddedByCluster: () =>
    refusal(
      400,
      "OperationNotAllowed",
      "Agent pools can not be added by an update of the managed cluster. Please use per agent pool operations: https://aka.ms/agent-pool-rest-api",
    ),

  /** Unverified: text and code; the rule is the article's "You can't delete the first node pool". */
  firstPool: (pool: string) =>
    refusal(400, "OperationNotAllowed", `The first agent pool of a cluster can not be deleted: ${pool} was created with the cluster.`),

  /** Source: answer quoted in pulumi/pulumi-azure-native#1575. */
  lastPool: () => refusal(400, "OperationNotAllowed", "There has to be at least one agent pool."),
  /** Source: test strings of rancher/hosted-providers-e2e. */
  lastSystemPool: () => refusal(400, "OperationNotAllowed", "There has to be at least one system agent pool."),
  /** Source: hashicorp/terraform-provider-azurerm, kubernetes_cluster_node_pool_resource.go. */
  noSystemPool: () => refusal(400, "MustDefineAtLeastOneSystemPool", "Must define at least one system pool."),

  /** Source: recorded answer. */
  systemPoolTaint: () =>
    refusal(
      400,
      "SystemPoolHasRestrictedTaint",
      "Placing custom taints on system pool is not supported(except 'CriticalAddonsOnly' taint or taint effect is 'PreferNoSchedule'). " +
        "Please refer to https://aka.ms/aks/system-taints for detail",
      { target: "agentPoolProfile.nodeTaints" },
    ),

  /** Source: answer quoted in aks-nvme-ssd-provisioner#5. */
  reservedLabel: (key: string) =>
    refusal(400, "BadRequest", `Invalid node label key ${key}. The 'kubernetes.azure.com' prefix is preserved by aks system labels`, {
      target: key,
    }),

  /** Source: answer quoted in hashicorp/terraform-provider-azurerm#18567. */
  kubernetesLabel: (label: string) =>
    refusal(
      400,
      "BadRequest",
      "For Kubernetes version greater than or equal to 1.16, node label keys in the 'kubernetes.io' or 'k8s.io' namespace must begin with " +
        "an allowed prefix (kubelet.kubernetes.io, node.kubernetes.io). For more information, please check https://aka.ms/aks-node-labels-116.",
      { target: label },
    ),

  /** Unverified: text; the rule is the article's "The cluster autoscaler … can't be used". */
  autoscalerNotAllowed: () =>
    refusal(400, "OperationNotAllowed", "The cluster autoscaler can not be used with multiple agent pools.", {
      target: "agentPoolProfile.enableAutoScaling",
    }),

  /** Unverified: text; the rule is the article's "The HTTP application routing add-on can't be used". */
  httpApplicationRoutingNotAllowed: () =>
    refusal(400, "OperationNotAllowed", "The HTTP application routing add-on can not be used with multiple agent pools.", {
      target: "addonProfiles.httpApplicationRouting",
    }),

  /** Unverified: text. The control plane serves no credentials before it has been created. */
  notCreated: (cluster: string) =>
    refusal(
      409,
      "OperationNotAllowed",
      `Operation is not allowed: the control plane of managed cluster ${cluster} has not been created yet.`,
    ),

  /** Unverified: text. */
  twice: (target: string, name: string) =>
    refusal(400, "InvalidParameter", `The agent pool name ${name} is used more than once.`, { target }),

  /** Unverified: text; a group of clusters cannot move between regions. */
  locationChange: (from: string, to: string) =>
    new ArmError(
      409,
      "InvalidResourceLocation",
      `The resource already exists in location '${from}' in the same resource group. A resource with the same name cannot be created in location '${to}'. Please select a new resource name.`,
    ),

  /** Source: recorded answer for another provider. */
  locationNotAvailable: (location: string, available: readonly string[]) =>
    new ArmError(
      400,
      "LocationNotAvailableForResourceType",
      `The provided location '${location}' is not available for resource type 'Microsoft.ContainerService/managedClusters'. ` +
        `List of available regions for the resource type is '${available.join(",")}'.`,
    ),

  /** Source: ARM's answer to a body without location. */
  locationRequired: () => new ArmError(400, "LocationRequired", "The location property is required for this definition."),
} as const;

/** How an operation ends that another one has replaced. Source: Azure support docs, aksoperationpreempted-error. */
export const preempted = {
  byDelete: { code: "AKSOperationPreemptedByDelete", message: "This operation has been preempted by Deleting operation." },
} as const;
