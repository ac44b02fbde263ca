import { type GenericResource, timestamp } from "#arm";
import type { Instance, ScaleSet } from "../compute.ts";
import { sizedAs } from "../instance.ts";
import { instanceView } from "./instance-view.ts";
import { osDiskName, vmIdOf } from "./machine-ids.ts";
import { loginView, machineStates, osDiskView } from "./scale-set-view.ts";

/** A machine that is in no scale set, with what it has in common with those of its pool. */
export interface VirtualMachine {
  readonly set: ScaleSet;
  readonly instance: Instance;
}

type Place = Pick<ScaleSet, "subscriptionId" | "resourceGroup">;

/** Full id, in the letter case of the names. */
export function virtualMachineId({ subscriptionId, resourceGroup }: Place, { computerName }: Pick<Instance, "computerName">): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Compute/virtualMachines/${computerName}`;
}

/** Versions from which a machine says when it was made. Source: Azure/azure-rest-api-specs, ComputeRP. */
const TIME_SINCE = "2021-11-01";

/**
 * A virtual machine as Microsoft.Compute shows it.
 * Source: Azure/azure-rest-api-specs ComputeRP, VirtualMachine, and its example VirtualMachine_Get.
 * Unverified: which members the machines of AKS have; network interfaces are named and cannot be asked for.
 */
export function virtualMachineView(machine: VirtualMachine, isExpanded: boolean, apiVersion: string): Record<string, unknown> {
  const { instance } = machine;
  const set = sizedAs(machine.set, instance.vmSize);
  const { computerName: name } = instance;
  return {
    ...virtualMachineResource(machine),
    properties: {
      hardwareProfile: { vmSize: set.vmSize },
      provisioningState: machineStates[instance.state],
      vmId: vmIdOf(set, instance),
      storageProfile: {
        ...(instance.image !== undefined && { imageReference: instance.image }),
        osDisk: osDiskView(set, { name: osDiskName(set, instance), id: `${groupOf(set)}/disks/${osDiskName(set, instance)}` }),
        dataDisks: [],
      },
      osProfile: { computerName: name, ...loginView(set) },
      networkProfile: {
        networkInterfaces: [{ id: `${networkOf(set)}/networkInterfaces/${name}-nic`, properties: { primary: true } }],
      },
      ...(set.spot !== undefined && {
        priority: "Spot",
        evictionPolicy: set.spot.evictionPolicy,
        billingProfile: { maxPrice: set.spot.maxPrice },
      }),
      ...(isExpanded && { instanceView: instanceView(set, instance) }),
      ...(apiVersion >= TIME_SINCE && { timeCreated: timestamp(instance.createdMs) }),
    },
    ...(instance.zone !== undefined && { zones: [instance.zone] }),
  };
}

/** A machine among the resources of its group. */
export function virtualMachineResource({ set, instance }: VirtualMachine): GenericResource {
  return {
    id: virtualMachineId(set, instance),
    name: instance.computerName,
    type: "Microsoft.Compute/virtualMachines",
    location: set.location,
    tags: set.tags,
  };
}

function groupOf({ subscriptionId, resourceGroup }: Place): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Compute`;
}

function networkOf({ subscriptionId, resourceGroup }: Place): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Network`;
}
