import type { FilterPlugin } from "../../framework/plugin.ts";
import { unschedulable } from "../../framework/status.ts";
import { claimOf } from "../volume-binding/pod-volumes.ts";

const NAME = "VolumeRestrictions";
const IN_USE = unschedulable(NAME, "node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode");
const ONE_POD = "ReadWriteOncePod";

/**
 * Rejects every node while another pod, on whichever node, uses a claim that is for one pod alone.
 * Source: plugins/volumerestrictions/volume_restrictions.go, satisfyReadWriteOncePod; the disks of other clouds have no rule here.
 */
export const volumeRestrictions: FilterPlugin = {
  name: NAME,
  prepare({ claims }, { release }, { facts, placedPods }) {
    if (claims.length === 0 || !release.hasReadWriteOncePod) return undefined;
    const exclusive = claims.filter((key) => claimOf(key, facts)?.spec.accessModes?.includes(ONE_POD));
    if (exclusive.length === 0) return undefined;
    return { scope: "class", check: () => (exclusive.some((key) => placedPods.claims.usersOf(key) > 0) ? IN_USE : undefined) };
  },
};
