/** A preview feature that a subscription can ask for. */
export interface CatalogueFeature {
  readonly namespace: string;
  readonly name: string;
  /** When Azure published it, where a source says so. */
  readonly releaseDate?: string;
}

const CONTAINER_SERVICE = [
  // The two that the article on multiple node pools registers.
  "MultiAgentpoolPreview",
  "VMSSPreview",
  // Recorded `az feature list` of June 2019.
  "AAD",
  "ACS-EUAP",
  "HTTP-Application-Routing",
  "MobyImage",
  "RBAC",
  // AKS docs and release notes, in order of appearance.
  "APIServerSecurityPreview",
  "AKSAzureStandardLoadBalancer",
  "AvailabilityZonePreview",
  "WindowsPreview",
  "PodSecurityPolicyPreview",
  "AKSAuditLog",
  "AKSLockingDownEgressPreview",
  "AKS-RegionEarlyAccess",
  "spotpoolpreview",
  "NodeImageUpgradePreview",
  "VMsAgentPoolAutoscalePreview",
  "Gen2VMPreview",
  "UseCustomizedContainerRuntime",
  "UseCustomizedUbuntuPreview",
  "GPUDedicatedVHDPreview",
  "EnablePodIdentityPreview",
  "StartStopPreview",
  "PreviewStartStopAgentPool",
  "AKS-ScaleDownModePreview",
  "CustomNodeConfigPreview",
  "SnapshotPreview",
  "NRGLockdownPreview",
  "AzureOverlayPreview",
  "AKS-PrometheusAddonPreview",
  "NodeOsUpgradeChannelPreview",
  "VMsAgentPoolPreview",
];

/**
 * Features that are listed though nobody has asked for them.
 * Sources: MicrosoftDocs/azure-aks-docs (`az feature register` lines), Azure/AKS CHANGELOG.md, recorded lists.
 */
export const FEATURES: readonly CatalogueFeature[] = [
  { namespace: "Microsoft.Compute", name: "EncryptionAtHost" },
  { namespace: "Microsoft.Compute", name: "InGuestAutoAssessmentVMPreview" },
  ...CONTAINER_SERVICE.map((name) => ({ namespace: "Microsoft.ContainerService", name })),
  { namespace: "Microsoft.Network", name: "AllowLBPreview", releaseDate: "2016-08-17T21:39:18.0538346Z" },
  { namespace: "Microsoft.Network", name: "AllowPrivateEndpointNSG" },
];
