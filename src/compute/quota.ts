import { openDocuments, type Store } from "#store";
import { AllocationError, type ScaleSet } from "./compute.ts";
import { PREFIX } from "./parts.ts";
import { sizesIn, type VmSize, vmSize } from "./sizes/sizes.ts";

/**
 * Cores that a subscription may use in a region where no other limit has been set: in all, and of each family.
 * Differs from AKS: a new subscription has 10 to 100; this is room for the largest cluster that AKS allows, 5,000 nodes.
 */
export const CORE_LIMIT = 100_000;

/** Names of the limits on the cores of all families together, and on those of spot machines, as Azure's usages name them. */
export const ALL_FAMILIES = "cores";
export const SPOT_CORES = "lowPriorityCores";

/** One line of a region's usage. */
export interface Usage {
  /** `cores`, `lowPriorityCores`, or the family. */
  readonly name: string;
  readonly current: number;
  readonly limit: number;
  /** Whether {@link Quotas.setLimit} set the limit. */
  readonly isSet: boolean;
}

/** What a subscription may use in each region. */
export interface Quotas {
  /** Cores in use and allowed: of all families, of spot machines, then of each family that the region offers. */
  usages(subscriptionId: string, location: string): readonly Usage[];
  /**
   * Sets the limit of `cores`, `lowPriorityCores` or a family, for what is created from now on.
   * @param limit 0 or more; undefined for the one that holds where none has been set.
   */
  setLimit(
    scope: { readonly subscriptionId: string; readonly location: string; readonly name: string },
    limit: number | undefined,
  ): Promise<void>;
}

export interface OpenQuotas extends Quotas {
  /**
   * @throws {AllocationError} QuotaExceeded when `count` more machines of the scale set are over a limit.
   * Source: azure-docs, error QuotaExceeded of Microsoft.Compute, as quoted in issues of MicrosoftDocs/azure-docs (62378).
   */
  check(scaleSet: ScaleSet, count: number): void;
  close(): void;
}

/** How many machines each scale set of a subscription has. */
type MachinesIn = (subscriptionId: string) => readonly { readonly scaleSet: ScaleSet; readonly count: number }[];

/** Opens the limits in the store. */
export async function openQuotas(store: Store, machinesIn: MachinesIn): Promise<OpenQuotas> {
  const limits = await openDocuments<{ readonly limit: number }>(store, `${PREFIX}quotas/`);
  const idOf = (...names: readonly string[]): string => names.map(plain).join("/");
  const limitSet = (subscriptionId: string, location: string, name: string): number | undefined =>
    limits.get(idOf(subscriptionId, location, name))?.value.limit;
  return {
    usages(subscriptionId, location) {
      const used = coresInUse(location, machinesIn(subscriptionId));
      const families = new Set(sizesIn(location).map(({ family }) => family));
      return [ALL_FAMILIES, SPOT_CORES, ...families].map((name) => {
        const limit = limitSet(subscriptionId, location, name);
        return { name, current: used.get(name) ?? 0, limit: limit ?? CORE_LIMIT, isSet: limit !== undefined };
      });
    },
    async setLimit({ subscriptionId, location, name }, limit) {
      const id = idOf(subscriptionId, location, name);
      await store.transact([], [limit === undefined ? limits.remove(id) : limits.put(id, { limit })]);
    },
    check(scaleSet, count) {
      const { subscriptionId, location } = scaleSet;
      const size = vmSize(scaleSet.vmSize);
      if (size === undefined) return;
      const used = coresInUse(location, machinesIn(subscriptionId));
      const required = size.vCPUs * count;
      for (const name of limitsOn(scaleSet, size)) {
        const current = used.get(name) ?? 0;
        const limit = limitSet(subscriptionId, location, name) ?? CORE_LIMIT;
        if (current + required > limit) throw quotaExceeded({ name, location, current, limit, required });
      }
    },
    close: () => limits.close(),
  };
}

/** Region names come in both forms, `East US` and `eastus`. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(" ", "");
}

/** What a machine counts against. Source: azure-docs virtual-machines/spot-vms.md: spot has a quota of its own, for all families. */
function limitsOn({ spot }: ScaleSet, { family }: VmSize): readonly string[] {
  return spot === undefined ? [ALL_FAMILIES, family] : [SPOT_CORES];
}

function coresInUse(location: string, machines: ReturnType<MachinesIn>): ReadonlyMap<string, number> {
  const used = new Map<string, number>();
  for (const { scaleSet, count } of machines) {
    const size = vmSize(scaleSet.vmSize);
    if (size === undefined || plain(scaleSet.location) !== plain(location)) continue;
    for (const name of limitsOn(scaleSet, size)) used.set(name, (used.get(name) ?? 0) + size.vCPUs * count);
  }
  return used;
}

interface Excess extends Omit<Usage, "isSet"> {
  readonly location: string;
  readonly required: number;
}

function quotaExceeded({ name, location, current, limit, required }: Excess): AllocationError {
  const label = { [ALL_FAMILIES]: "Total Regional", [SPOT_CORES]: "LowPriority" }[name] ?? name;
  return new AllocationError(
    "QuotaExceeded",
    `Operation could not be completed as it results in exceeding approved ${label} Cores quota. Additional details - Deployment Model: Resource Manager, Location: ${location}, Current Limit: ${limit}, Current Usage: ${current}, Additional Required: ${required}, (Minimum) New Limit Required: ${current + required}.`,
  );
}
