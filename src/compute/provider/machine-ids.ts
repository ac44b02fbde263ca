import { guidOf } from "#arm";
import type { Instance, ScaleSet } from "../compute.ts";
import { scaleSetResourceId } from "./scale-set-view.ts";

/** Names the machine for good: the same one after a reimage, another one for another machine. */
export function vmIdOf(set: ScaleSet, { id, createdMs }: Instance): string {
  return guidOf(`${scaleSetResourceId(set).toLowerCase()} ${id} ${createdMs}`);
}

/** Name of the machine's disk: a reimage makes a new one. */
export function osDiskName(set: ScaleSet, instance: Instance): string {
  const unique = guidOf(`${vmIdOf(set, instance)} ${instance.boot}`).replaceAll("-", "");
  return set.standalone === true
    ? `${instance.computerName}_OsDisk_1_${unique}`
    : `${set.name}_${set.name}_${instance.id}_OsDisk_1_${unique}`;
}
