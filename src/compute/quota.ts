import { AllocationError, type Instance, type ScaleSet } from "./compute.ts";
import { vmSize } from "./sizes/sizes.ts";

/**
 * Cores that a subscription may use in a region: in all, and of each family.
 * Differs from AKS: a new subscription has 10 to 100; this is room for the largest cluster that AKS allows, 5,000 nodes.
 */
export const CORE_LIMIT = 100_000;

/** One line of a region's usage. */
export interface Usage {
  /** `cores`, or the family. */
  readonly name: string;
  readonly current: number;
  readonly limit: number;
}

/** Cores that machines use in a region, by family. */
export function coresInUse(
  location: string,
  scaleSets: readonly ScaleSet[],
  instancesOf: (scaleSet: ScaleSet) => readonly Instance[],
): Map<string, number> {
  const used = new Map<string, number>();
  for (const scaleSet of scaleSets) {
    const size = vmSize(scaleSet.vmSize);
    if (size === undefined || scaleSet.location !== location) continue;
    const cores = size.vCPUs * instancesOf(scaleSet).length;
    used.set("cores", (used.get("cores") ?? 0) + cores);
    used.set(size.family, (used.get(size.family) ?? 0) + cores);
  }
  return used;
}

/**
 * @throws {AllocationError} QuotaExceeded when `count` more machines of the scale set are over a limit.
 * Source: azure-docs, error QuotaExceeded of Microsoft.Compute, as quoted in issues of MicrosoftDocs/azure-docs (62378).
 */
export function checkQuota(scaleSet: ScaleSet, count: number, used: ReadonlyMap<string, number>): void {
  const size = vmSize(scaleSet.vmSize);
  if (size === undefined) return;
  const required = size.vCPUs * count;
  for (const [name, label] of [
    ["cores", "Total Regional"],
    [size.family, size.family],
  ] as const) {
    const current = used.get(name) ?? 0;
    if (current + required <= CORE_LIMIT) continue;
    throw new AllocationError(
      "QuotaExceeded",
      `Operation could not be completed as it results in exceeding approved ${label} Cores quota. Additional details - Deployment Model: Resource Manager, Location: ${scaleSet.location}, Current Limit: ${CORE_LIMIT}, Current Usage: ${current}, Additional Required: ${required}, (Minimum) New Limit Required: ${current + required}.`,
    );
  }
}
