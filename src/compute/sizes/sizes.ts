import table from "./data/sizes.json" with { type: "json" };

/** A virtual machine size. Memory and disks are in MiB, as Azure states them. */
export interface VmSize {
  /** `Standard_DS2_v2`, in Azure's own letter case. */
  readonly name: string;
  readonly vCPUs: number;
  readonly memoryMB: number;
  readonly maxDataDisks: number;
  /** The temporary disk; 0 for sizes without one. */
  readonly resourceDiskMB: number;
  readonly osDiskMaxMB: number;
  /** Quota family: `standardDSv2Family`. */
  readonly family: string;
  readonly premiumIO: boolean;
  readonly gpus: number;
}

type SizeRow = readonly [string, number, number, number, number, number, string, number, number, number];

let byName: ReadonlyMap<string, VmSize> | undefined;

/**
 * Sizes by name in lower case, read from the table on first use.
 * Source: `sources` of the table names where each row's figures were read; `premiumIO` of sizes without a recorded
 * capability follows from the `s` in their name. Source: azure-docs virtual-machines/vm-naming-conventions.md.
 */
function catalogue(): ReadonlyMap<string, VmSize> {
  byName ??= new Map((table.rows as unknown as readonly SizeRow[]).map((row) => [row[0].toLowerCase(), sizeOf(row)]));
  return byName;
}

function sizeOf([name, vCPUs, memoryMB, maxDataDisks, resourceDiskMB, osDiskMaxMB, family, premium, gpus]: SizeRow): VmSize {
  return { name, vCPUs, memoryMB, maxDataDisks, resourceDiskMB, osDiskMaxMB, family, premiumIO: premium === 1, gpus };
}

/** The size of that name, whatever its letter case; undefined when Azure has none. */
export function vmSize(name: string): VmSize | undefined {
  return catalogue().get(name.toLowerCase());
}

/**
 * Sizes that a region offers, in order of name.
 * Unverified: the regions of three sizes are on record, as of 2018; regions that have opened since offer them, and every other
 * size is offered everywhere. Source: recorded clusters of Standard_DS2_v2 in westus3, which opened in 2021.
 */
export function sizesIn(location: string): readonly VmSize[] {
  const region = location.toLowerCase().replaceAll(" ", "");
  const onRecord = table.regions as Readonly<Record<string, readonly string[]>>;
  const isOnRecord = Object.values(onRecord).some((regions) => regions.includes(region));
  return [...catalogue().values()].filter(({ name }) => !isOnRecord || (onRecord[name]?.includes(region) ?? true));
}
