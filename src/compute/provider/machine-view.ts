import type { Instance, ScaleSet } from "../compute.ts";
import { instanceView } from "./instance-view.ts";
import { osDiskName, vmIdOf } from "./machine-ids.ts";
import {
  isSameImage,
  loginView,
  machineStates,
  networkView,
  osDiskView,
  scaleSetResourceId,
  securityView,
  skuOf,
} from "./scale-set-view.ts";

/**
 * A machine of a scale set as Microsoft.Compute shows it.
 * Source: recorded lists of machines in
 * Azure/azure-cli:src/azure-cli/azure/cli/command_modules/vm/tests/latest/recordings/test_vmss_nics.yaml.
 */
export function machineView(set: ScaleSet, instance: Instance, isExpanded: boolean): Record<string, unknown> {
  const id = `${scaleSetResourceId(set)}/virtualMachines/${instance.id}`;
  return {
    name: `${set.name}_${instance.id}`,
    id,
    type: "Microsoft.Compute/virtualMachineScaleSets/virtualMachines",
    location: set.location,
    tags: set.tags,
    instanceId: String(instance.id),
    sku: skuOf(set),
    properties: {
      latestModelApplied: isSameImage(instance.image, set.image),
      modelDefinitionApplied: "VirtualMachineScaleSet",
      ...(isExpanded && { instanceView: instanceView(set, instance) }),
      networkProfileConfiguration: networkView(set),
      vmId: vmIdOf(set, instance),
      hardwareProfile: {},
      storageProfile: storageView(set, instance),
      osProfile: { computerName: instance.computerName, ...loginView(set) },
      ...securityView(set),
      networkProfile: { networkInterfaces: [{ id: `${id}/networkInterfaces/${set.name}` }] },
      provisioningState: machineStates[instance.state],
    },
    ...(instance.zone !== undefined && { zones: [instance.zone] }),
  };
}

function storageView(set: ScaleSet, instance: Instance): Record<string, unknown> {
  const name = osDiskName(set, instance);
  const id = `/subscriptions/${set.subscriptionId}/resourceGroups/${set.resourceGroup}/providers/Microsoft.Compute/disks/${name}`;
  return {
    ...(instance.image !== undefined && { imageReference: instance.image }),
    osDisk: osDiskView(set, { name, id }),
    dataDisks: [],
  };
}
