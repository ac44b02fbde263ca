import type { Compute } from "../compute.ts";
import { ALL_FAMILIES, type Quotas, SPOT_CORES } from "../quota.ts";

/** Limits that are not on cores. Source: azure-docs azure-subscription-service-limits.md, limits of virtual machines and scale sets. */
const LIMITS = { availabilitySets: 2500, virtualMachines: 25_000, virtualMachineScaleSets: 2500 } as const;

const NAMES: Readonly<Record<string, string>> = {
  [ALL_FAMILIES]: "Total Regional vCPUs",
  [SPOT_CORES]: "Total Regional Low-priority vCPUs",
};

/**
 * What a subscription uses in a region and what it may use, from the same figures that creations are checked against.
 * Source: recorded `locations/{location}/usages`, and `az vm list-usage` as users print it.
 * Differs from AKS: kinds of which Lido has none, such as disks and dedicated hosts, have no line.
 */
export function usageViews(compute: Compute & Quotas, subscriptionId: string, location: string): readonly Record<string, unknown>[] {
  const sets = compute.scaleSets({ subscriptionId }).filter((set) => set.location === location);
  const scaleSets = sets.filter(({ standalone }) => standalone !== true);
  const machines = sets.reduce((sum, set) => sum + compute.instances(set).length, 0);
  const cores = compute.usages(subscriptionId, location);
  const [all, spot, ...families] = cores.map(({ name, current, limit }) => view({ name, label: labelOf(name), current, limit }));
  return [
    view({ name: "availabilitySets", label: "Availability Sets", current: 0, limit: LIMITS.availabilitySets }),
    all ?? {},
    view({ name: "virtualMachines", label: "Virtual Machines", current: machines, limit: LIMITS.virtualMachines }),
    view({
      name: "virtualMachineScaleSets",
      label: "Virtual Machine Scale Sets",
      current: scaleSets.length,
      limit: LIMITS.virtualMachineScaleSets,
    }),
    spot ?? {},
    ...families,
  ];
}

interface Line {
  readonly name: string;
  readonly label: string;
  readonly current: number;
  readonly limit: number;
}

function view({ name, label, current, limit }: Line): Record<string, unknown> {
  return { limit, unit: "Count", currentValue: current, name: { value: name, localizedValue: label } };
}

/** `standardDSv2Family` is `Standard DSv2 Family vCPUs`; families named since 2020 have their spaces already. */
function labelOf(name: string): string {
  if (NAMES[name] !== undefined) return NAMES[name];
  const spaced = name.includes(" ") ? name : name.replace(/^(standard|basic)(.+?)(Promo)?Family$/i, joined).replaceAll("_", "-");
  return `${spaced.charAt(0).toUpperCase()}${spaced.slice(1)} vCPUs`;
}

function joined(_name: string, tier: string, family: string, promo: string | undefined): string {
  return [tier, family, promo, "Family"].filter(Boolean).join(" ");
}
