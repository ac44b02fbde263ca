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

/** `{name}{id in base 36, six characters}`. Source: azure-docs virtual-machine-scale-sets, instance ids and computer names. */
export function computerName(scaleSet: ScaleSetKey, id: number): string {
  return `${scaleSet.name}${id.toString(BASE).padStart(ID_LENGTH, "0")}`;
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
