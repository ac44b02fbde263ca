import table from "./data/capabilities.json" with { type: "json" };
import type { VmSize } from "./sizes.ts";

/** What a host has beside a machine of a size, in bytes; 0 for none. */
export interface LocalDisks {
  readonly nvme: number;
  /** Cache of premium disks. */
  readonly cache: number;
  readonly temporary: number;
}

const NONE: LocalDisks = { nvme: 0, cache: 0, temporary: 0 };
const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/**
 * GiB of cache for each core, by name. Sources: azure-docs virtual-machines, the tables of each series ("cache size in GiB");
 * Azure/karpenter-provider-azure pkg/fake for Arm machines.
 */
const CACHE_PER_CORE: readonly (readonly [RegExp, number])[] = [
  [/^Standard_DS1[1-5](-\d+)?(_v2)?$/, 36],
  [/^Standard_DS[1-5](_v2)?$/, 43],
  [/^Standard_[DE]\d+(-\d+)?i?s_v3$/, 25],
  [/^Standard_[DE]\d+(-\d+)?a?i?d?s_v4$/, 25],
  [/^Standard_[DE]\d+p[ld]*s_v5$/, 25],
  [/^Standard_F\d+s_v2$/, 16],
  [/^Standard_F\d+s$/, 12],
];

/**
 * The disks on which a size can hold the system's; none for sizes that cannot.
 * Unverified: caches of sizes that are not on record follow from their series, and are 0 where the series is not known either.
 */
export function localDisks({ name, vCPUs, resourceDiskMB, premiumIO }: VmSize): LocalDisks {
  const recorded = (table.sizes as Readonly<Record<string, Readonly<Record<string, string>>>>)[name];
  if (recorded !== undefined) {
    if (recorded["EphemeralOSDiskSupported"] !== "True") return NONE;
    return {
      nvme: Number(recorded["NvmeDiskSizeInMiB"] ?? 0) * MIB,
      cache: Number(recorded["CachedDiskBytes"] ?? 0),
      temporary: resourceDiskMB * MIB,
    };
  }
  if (!premiumIO) return NONE;
  const perCore = CACHE_PER_CORE.find(([form]) => form.test(name))?.[1] ?? 0;
  return { nvme: 0, cache: perCore * vCPUs * GIB, temporary: resourceDiskMB * MIB };
}
