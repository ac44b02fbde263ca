import type { Instance, ScaleSet, ScaleSetKey } from "./compute.ts";

const ID_LENGTH = 6;
const BASE = 36;
/** Digits of an instance's id in its key, so that keys sort as ids do. */
const KEY_DIGITS = 10;

/** Key of a scale set: its names without their letter case. */
export function scaleSetId({ subscriptionId, resourceGroup, name }: ScaleSetKey): string {
  return `${subscriptionId}/${resourceGroup}/${name}`.toLowerCase();
}

export function instanceId(key: ScaleSetKey, id: number): string {
  return `${scaleSetId(key)}/${String(id).padStart(KEY_DIGITS, "0")}`;
}

/**
 * `{name}{id in base 36, six characters}`; `{name}{id}` of a machine of its own, and the name alone of one that is alone.
 * Sources: azure-docs virtual-machine-scale-sets, instance ids and computer names; kubernetes/autoscaler
 * cluster-autoscaler/cloudprovider/azure/azure_vms_pool.go, `aks-nodes-32301838-vms0`. Unverified: whether the first virtual machine of a pool is always number 0.
 */
export function computerName({ name, standalone, single }: Pick<ScaleSet, "name" | "standalone" | "single">, id: number): string {
  if (single === true) return name;
  return standalone === true ? `${name}${id}` : `${name}${id.toString(BASE).padStart(ID_LENGTH, "0")}`;
}

/** The set as it is for a machine of that size. */
export function sizedAs(scaleSet: ScaleSet, vmSize: string | undefined): ScaleSet {
  return vmSize === undefined || vmSize === scaleSet.vmSize ? scaleSet : { ...scaleSet, vmSize };
}

/** How many machines a set has of each size, each with the set as it is for them. */
export function bySize(
  scaleSet: ScaleSet,
  instances: readonly Pick<Instance, "vmSize">[],
): readonly { readonly scaleSet: ScaleSet; readonly count: number }[] {
  if (scaleSet.standalone !== true) return [{ scaleSet, count: instances.length }];
  const counts = new Map<string, number>();
  for (const { vmSize = scaleSet.vmSize } of instances) counts.set(vmSize, (counts.get(vmSize) ?? 0) + 1);
  return [...counts].map(([vmSize, count]) => ({ scaleSet: sizedAs(scaleSet, vmSize), count }));
}

/** The zone with the fewest machines, the first of equals: best-effort balance, as scale sets place them. */
export function nextZone(scaleSet: ScaleSet, instances: readonly Pick<Instance, "zone">[]): string | undefined {
  const counts = scaleSet.zones.map((zone) => instances.filter((instance) => instance.zone === zone).length);
  return scaleSet.zones[counts.indexOf(Math.min(...counts))];
}

/** What an instance has become when its time has come; undefined when it is gone. */
export function afterDue(instance: Instance): Instance | undefined {
  const { dueMs = instance.createdMs, ...rest } = instance;
  switch (instance.state) {
    case "Creating":
    case "Updating":
    case "Starting":
      return { ...rest, state: "Running", settledMs: dueMs };
    case "Deallocating":
      return { ...rest, state: "Deallocated" };
    case "Deleting":
      return undefined;
    default:
      return instance;
  }
}
