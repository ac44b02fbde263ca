import { guidOf, timestamp } from "#arm";
import type { ImageReference, Instance, PublicAddresses, ScaleSet, ScaleSetKey } from "../compute.ts";
import { vmSize } from "../sizes/sizes.ts";

/** Full id, in the letter case of the names. */
export function scaleSetResourceId({ subscriptionId, resourceGroup, name }: ScaleSetKey): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Compute/virtualMachineScaleSets/${name}`;
}

/** The size that a scale set's machines have, with its tier. */
export function skuOf({ vmSize: name }: ScaleSet): { readonly name: string; readonly tier: string } {
  return { name, tier: name.startsWith("Basic_") ? "Basic" : "Standard" };
}

/** The state of a machine as its resource shows it. */
export const machineStates: Readonly<Record<Instance["state"], string>> = {
  Creating: "Creating",
  Running: "Succeeded",
  Updating: "Updating",
  Starting: "Updating",
  Deallocating: "Updating",
  Deallocated: "Succeeded",
  Deleting: "Deleting",
  Failed: "Failed",
};

/** Versions from which a scale set says how it is orchestrated, and when it was made. Source: Azure/azure-rest-api-specs, ComputeRP. */
const ORCHESTRATION_SINCE = "2020-12-01";
const TIME_SINCE = "2021-11-01";

/**
 * A scale set as Microsoft.Compute shows it.
 * Source: recorded scale sets in Azure/azure-cli:src/azure-cli/azure/cli/command_modules/vm/tests/latest/recordings/test_vmss_nics.yaml
 * for order and defaults; Azure/aks-engine parts/k8s for what those of node pools are like.
 * Differs from AKS: extensions, identities and load balancers of scale sets are not shown: none of them exists here.
 */
export function scaleSetView(set: ScaleSet, instances: readonly Instance[], apiVersion: string): Record<string, unknown> {
  const standing = instances.filter(({ state }) => state !== "Deleting").length;
  return {
    name: set.name,
    id: scaleSetResourceId(set),
    type: "Microsoft.Compute/virtualMachineScaleSets",
    location: set.location,
    tags: set.tags,
    sku: { ...skuOf(set), capacity: standing },
    properties: {
      singlePlacementGroup: false,
      ...(apiVersion >= ORCHESTRATION_SINCE && { orchestrationMode: "Uniform" }),
      upgradePolicy: { mode: "Manual" },
      virtualMachineProfile: machineProfile(set),
      provisioningState: stateOf(set, instances),
      overprovision: false,
      doNotRunExtensionsOnOverprovisionedVMs: false,
      uniqueId: guidOf(`${scaleSetResourceId(set).toLowerCase()} ${set.createdMs ?? 0}`),
      platformFaultDomainCount: set.zones.length === 0 ? FAULT_DOMAINS : 1,
      ...placementView(set),
      ...(set.hasUltraDisks === true && { additionalCapabilities: { ultraSSDEnabled: true } }),
      ...(apiVersion >= TIME_SINCE && set.createdMs !== undefined && { timeCreated: timestamp(set.createdMs) }),
    },
    ...(set.zones.length > 0 && { zones: set.zones }),
  };
}

/** Source: azure-docs virtual-machine-scale-sets-manage-fault-domains.md: 5 where there are no zones. */
const FAULT_DOMAINS = 5;

/** Unverified: the state while machines come, change and go. */
function stateOf(set: ScaleSet, instances: readonly Instance[]): string {
  if (set.isDeleting === true) return "Deleting";
  return instances.some(({ dueMs }) => dueMs !== undefined) ? "Updating" : "Succeeded";
}

function machineProfile(set: ScaleSet): Record<string, unknown> {
  return {
    osProfile: { computerNamePrefix: set.name, ...loginView(set) },
    storageProfile: {
      osDisk: osDiskView(set, {}),
      ...(set.image !== undefined && { imageReference: set.image }),
    },
    networkProfile: networkView(set),
    ...securityView(set),
    ...reservationView(set),
    ...(set.spot !== undefined && {
      priority: "Spot",
      evictionPolicy: set.spot.evictionPolicy,
      billingProfile: { maxPrice: set.spot.maxPrice },
    }),
  };
}

/** What a machine and the model have in common of the operating system. */
export function loginView({ login, osType }: ScaleSet): Record<string, unknown> {
  const { adminUsername = "azureuser", publicKeys = [] } = login ?? {};
  const path = `/home/${adminUsername}/.ssh/authorized_keys`;
  const ssh = publicKeys.length > 0 && { ssh: { publicKeys: publicKeys.map((keyData) => ({ path, keyData })) } };
  return {
    adminUsername,
    ...(osType === "Windows"
      ? { windowsConfiguration: { provisionVMAgent: true, enableAutomaticUpdates: false } }
      : { linuxConfiguration: { disablePasswordAuthentication: true, ...ssh, provisionVMAgent: true } }),
    secrets: [],
    allowExtensionOperations: true,
    requireGuestProvisionSignal: true,
  };
}

/** @param place What a machine's own disk has besides: its name and id. */
export function osDiskView(set: ScaleSet, place: { readonly name?: string; readonly id?: string }): Record<string, unknown> {
  const isPremium = vmSize(set.vmSize)?.premiumIO ?? false;
  return {
    osType: set.osType,
    ...(set.isOsDiskEphemeral === true && { diffDiskSettings: { option: "Local" } }),
    ...(place.name !== undefined && { name: place.name }),
    createOption: "FromImage",
    // Source: azure-aks-docs concepts-storage.md: the host caches reads of a node's OS disk.
    caching: "ReadOnly",
    managedDisk: {
      storageAccountType: isPremium && set.isOsDiskEphemeral !== true ? "Premium_LRS" : "Standard_LRS",
      ...(place.id !== undefined && { id: place.id }),
    },
    diskSizeGB: set.osDiskSizeGb,
  };
}

/** Source: Azure/azure-rest-api-specs ComputeRP, VirtualMachineScaleSetProperties. */
function placementView({ placement: { proximityPlacementGroupId, hostGroupId } = {} }: ScaleSet): Record<string, unknown> {
  return {
    ...(proximityPlacementGroupId !== undefined && { proximityPlacementGroup: { id: proximityPlacementGroupId } }),
    ...(hostGroupId !== undefined && { hostGroup: { id: hostGroupId } }),
  };
}

/** Source: as above, SecurityProfile and UefiSettings. */
export function securityView({ security: { encryptionAtHost, trustedLaunch } = {} }: ScaleSet): Record<string, unknown> {
  if (encryptionAtHost !== true && trustedLaunch === undefined) return {};
  return {
    securityProfile: {
      ...(trustedLaunch !== undefined && {
        uefiSettings: { secureBootEnabled: trustedLaunch.secureBoot, vTpmEnabled: trustedLaunch.vTpm },
      }),
      ...(encryptionAtHost === true && { encryptionAtHost: true }),
      ...(trustedLaunch !== undefined && { securityType: "TrustedLaunch" }),
    },
  };
}

/** Source: as above, CapacityReservationProfile. */
function reservationView({ placement }: ScaleSet): Record<string, unknown> {
  const id = placement?.capacityReservationGroupId;
  return id === undefined ? {} : { capacityReservation: { capacityReservationGroup: { id } } };
}

/**
 * Source: Azure/azure-rest-api-specs ComputeRP, VirtualMachineScaleSetPublicIPAddressConfiguration; Azure/aks-engine
 * parts/k8s/kubernetesagentresourcesvmss for the name and the time that node pools give it.
 */
function publicAddressView({ prefixId, tags = [] }: PublicAddresses): Record<string, unknown> {
  return {
    name: PUBLIC_ADDRESS,
    properties: {
      idleTimeoutInMinutes: PUBLIC_IDLE_MINUTES,
      ipTags: tags.map(({ type, tag }) => ({ ipTagType: type, tag })),
      ...(prefixId !== undefined && { publicIPPrefix: { id: prefixId } }),
      publicIPAddressVersion: "IPv4",
    },
  };
}

export const PUBLIC_ADDRESS = "pub1";
export const PUBLIC_IDLE_MINUTES = 30;

/** Source: Azure/aks-engine parts/k8s/kubernetesagentresourcesvmss.t for the configurations beside the first, one for each pod that may be. */
export function networkView({
  name,
  subnetId,
  network,
  publicAddresses,
  moreAddresses = 0,
  applicationSecurityGroups = [],
}: ScaleSet): Record<string, unknown> {
  const groups = applicationSecurityGroups.map((id) => ({ id }));
  const subnet = { id: subnetId ?? network.id };
  return {
    networkInterfaceConfigurations: [
      {
        name,
        properties: {
          primary: true,
          enableAcceleratedNetworking: false,
          dnsSettings: { dnsServers: [] },
          enableIPForwarding: true,
          ipConfigurations: [
            {
              name: "ipconfig1",
              properties: {
                primary: true,
                subnet,
                privateIPAddressVersion: "IPv4",
                ...(publicAddresses !== undefined && { publicIPAddressConfiguration: publicAddressView(publicAddresses) }),
                ...(groups.length > 0 && { applicationSecurityGroups: groups }),
              },
            },
            ...Array.from({ length: moreAddresses }, (_, index) => ({
              name: `ipconfig${index + 2}`,
              properties: {
                primary: false,
                subnet,
                privateIPAddressVersion: "IPv4",
                ...(groups.length > 0 && { applicationSecurityGroups: groups }),
              },
            })),
          ],
        },
      },
    ],
  };
}

/** Whether two images are the same version of the same image. */
export function isSameImage(a: ImageReference | undefined, b: ImageReference | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
