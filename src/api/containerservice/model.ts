import type { AgentPoolNetworkProfile, KubeletConfig, LinuxOSConfig, LocalDNSProfile, SecurityProfile } from "./profile-model.ts";

/**
 * Names and casing are those of the newest api-version; older ones are shaped from this model by the converters.
 * Sources of the rarer ones: Azure/azure-service-operator, blockingManagedClusterProvisioningStates; Azure/vscode-aks-tools,
 * ProvisionState. Unverified: DeletingMachines, which public tools expect of agent pools.
 */
export type ProvisioningState =
  | "Creating"
  | "Scaling"
  | "Upgrading"
  | "Updating"
  | "UpgradingNodeImageVersion"
  | "DeletingMachines"
  | "RotatingClusterCertificates"
  | "RefreshingServicePrincipalProfile"
  | "RefreshingAADProfile"
  | "Starting"
  | "Stopping"
  | "Deleting"
  | "Canceled"
  | "Failed"
  | "Succeeded";

/** Kept while new work goes on and shown of what is Failed alone. */
export interface ProvisioningStatus {
  readonly provisioningError: { readonly code: string; readonly message: string };
}

export interface UpgradeSettings {
  readonly maxSurge?: string;
  readonly maxUnavailable?: string;
  readonly maxBlockedNodes?: string;
  readonly drainTimeoutInMinutes?: number;
  readonly nodeSoakDurationInMinutes?: number;
  readonly undrainableNodeBehavior?: "Cordon" | "Schedule";
}

export interface BlueGreenUpgradeSettings {
  readonly drainBatchSize?: string;
  readonly drainTimeoutInMinutes?: number;
  readonly batchSoakDurationInMinutes?: number;
  readonly finalSoakDurationInMinutes?: number;
}

/** Sizes are as the caller wrote them. */
export interface VirtualMachinesProfile {
  readonly scale?: {
    readonly manual?: readonly { readonly size?: string; readonly count?: number }[];
    readonly autoscale?: readonly AutoscaleProfile[];
  };
}

/** One size whose machines the cluster autoscaler counts. */
export interface AutoscaleProfile {
  readonly size?: string;
  readonly minCount?: number;
  readonly maxCount?: number;
  /** How many it is to have now: the service's own, which no caller sets or sees. */
  readonly count?: number;
}

/** An agent pool as the service keeps it: every default filled in, every member a caller sent. */
export interface AgentPoolProperties {
  readonly count: number;
  readonly vmSize: string;
  readonly osDiskSizeGB: number;
  readonly osDiskType?: "Managed" | "Ephemeral";
  readonly kubeletDiskType?: "OS" | "Temporary";
  readonly vnetSubnetID?: string;
  readonly podSubnetID?: string;
  readonly maxPods: number;
  readonly osType: "Linux" | "Windows";
  readonly osSKU?: string;
  readonly minCount?: number;
  readonly maxCount?: number;
  readonly enableAutoScaling?: boolean;
  readonly scaleDownMode?: "Delete" | "Deallocate";
  readonly type: "VirtualMachineScaleSets" | "AvailabilitySet" | "VirtualMachines";
  readonly mode: "System" | "User" | "Gateway" | "Machines";
  /** Full version, `1.12.6`. */
  readonly orchestratorVersion: string;
  readonly currentOrchestratorVersion?: string;
  /** `1.33` when the pool was asked for by its minor version alone: what answers show as its version. Never on the wire. */
  readonly versionAlias?: string | undefined;
  readonly nodeImageVersion?: string;
  readonly upgradeStrategy?: "Rolling" | "BlueGreen";
  readonly upgradeSettings?: UpgradeSettings;
  readonly upgradeSettingsBlueGreen?: BlueGreenUpgradeSettings;
  readonly provisioningState: ProvisioningState;
  /** Why it is Failed. */
  readonly status?: ProvisioningStatus;
  readonly powerState?: { readonly code: "Running" | "Stopped" };
  readonly availabilityZones?: readonly string[];
  readonly enableNodePublicIP?: boolean;
  readonly scaleSetPriority?: "Regular" | "Spot" | "Low";
  readonly scaleSetEvictionPolicy?: "Delete" | "Deallocate";
  readonly spotMaxPrice?: number;
  readonly tags?: Readonly<Record<string, string>>;
  readonly nodeLabels?: Readonly<Record<string, string>>;
  readonly nodeTaints?: readonly string[];
  readonly nodeInitializationTaints?: readonly string[];
  readonly enableEncryptionAtHost?: boolean;
  readonly enableUltraSSD?: boolean;
  readonly enableFIPS?: boolean;
  /** Of a pool of type VirtualMachines: the sizes of its machines and how many of each. */
  readonly virtualMachinesProfile?: VirtualMachinesProfile;
  /** How many machines of each size run, of such a pool; made for each answer. */
  readonly virtualMachineNodesStatus?: readonly { readonly size: string; readonly count: number }[];
  /** Of a pool of mode Gateway. */
  readonly gatewayProfile?: { readonly publicIPPrefixSize?: number };
  readonly securityProfile?: SecurityProfile;
  readonly kubeletConfig?: KubeletConfig;
  readonly linuxOSConfig?: LinuxOSConfig;
  readonly networkProfile?: AgentPoolNetworkProfile;
  readonly localDNSProfile?: LocalDNSProfile;
  readonly windowsProfile?: { readonly disableOutboundNat?: boolean };
  readonly gpuProfile?: { readonly driver?: string };
  readonly artifactStreamingProfile?: { readonly enabled?: boolean };
  readonly gpuInstanceProfile?: string;
  /** Base64. */
  readonly messageOfTheDay?: string;
  readonly workloadRuntime?: string;
  /** Full ids of what lies outside of the cluster. */
  readonly proximityPlacementGroupID?: string;
  readonly hostGroupID?: string;
  readonly capacityReservationGroupID?: string;
  readonly nodePublicIPPrefixID?: string;
  /** The snapshot that it was made from. */
  readonly creationData?: { readonly sourceResourceId?: string };
  /** Members the service stores and echoes without acting on them. */
  readonly [passedThrough: string]: unknown;
}

export interface ManagedClusterProperties {
  readonly provisioningState: ProvisioningState;
  /** Why it is Failed. */
  readonly status?: ProvisioningStatus;
  readonly powerState?: { readonly code: "Running" | "Stopped" };
  readonly kubernetesVersion: string;
  readonly dnsPrefix: string;
  readonly fqdn: string;
  readonly linuxProfile?: unknown;
  readonly windowsProfile?: unknown;
  readonly servicePrincipalProfile?: { readonly clientId: string };
  readonly addonProfiles?: Readonly<Record<string, { readonly enabled: boolean; readonly config?: Readonly<Record<string, string>> }>>;
  readonly nodeResourceGroup: string;
  readonly enableRBAC?: boolean;
  readonly networkProfile: Readonly<Record<string, unknown>>;
  readonly [passedThrough: string]: unknown;
}

export interface ManagedClusterIdentity {
  readonly type: "SystemAssigned" | "UserAssigned" | "None";
  readonly principalId?: string;
  readonly tenantId?: string;
  readonly userAssignedIdentities?: Readonly<Record<string, unknown>>;
}

/** Words of the newest api-version; older ones say `Basic` and `Paid`. */
export interface ManagedClusterSku {
  readonly name: string;
  readonly tier: string;
}

/** A managed cluster as the service keeps it; its pools are resources of their own. */
export interface ManagedCluster {
  readonly id: string;
  readonly name: string;
  /** Region, as in `eastus`. */
  readonly location: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly kind?: string;
  readonly identity?: ManagedClusterIdentity;
  readonly sku?: ManagedClusterSku;
  readonly eTag?: string;
  readonly systemData?: Readonly<Record<string, unknown>>;
  readonly properties: ManagedClusterProperties;
}
