import type { AgentPoolProperties, AutoscaleProfile } from "#api/containerservice/model";
import { type Instance, vmSize } from "#compute";

/** One size of a pool of virtual machines, by its name in the catalogue, and how many machines of it the pool is to have. */
export interface SizeGroup {
  readonly size: string;
  readonly count: number;
}

type Profile = Pick<AgentPoolProperties, "type" | "virtualMachinesProfile">;

/** The sizes of a pool of virtual machines; undefined for other pools, whose machines are all alike, and for one machine of its own. */
export function sizeGroups({ type, virtualMachinesProfile }: Profile): readonly SizeGroup[] | undefined {
  if (type !== "VirtualMachines" || virtualMachinesProfile === undefined) return undefined;
  const manual = virtualMachinesProfile.scale?.manual ?? [];
  const all = [...manual, ...autoscaleProfiles({ type, virtualMachinesProfile })];
  return all.map(({ size = "", count = 0 }) => ({ size: catalogued(size), count }));
}

/** One size that the autoscaler counts, by its name in the catalogue. */
export interface AutoscaledGroup extends SizeGroup {
  readonly min: number;
  readonly max: number;
}

/** The sizes of a pool of virtual machines that the cluster autoscaler counts; none of other pools. */
export function autoscaledGroups(pool: Profile): readonly AutoscaledGroup[] {
  return autoscaleProfiles(pool).map(({ size = "", minCount: min = 0, maxCount: max = min, count = min }) => ({
    size: catalogued(size),
    min,
    max,
    count,
  }));
}

/** What a pool of virtual machines says of sizes that are autoscaled: a list, though older previews send one alone. */
function autoscaleProfiles({ type, virtualMachinesProfile }: Profile): readonly AutoscaleProfile[] {
  const sent: AutoscaleProfile | readonly AutoscaleProfile[] | undefined = virtualMachinesProfile?.scale?.autoscale;
  if (type !== "VirtualMachines" || sent === undefined) return [];
  return [sent].flat();
}

/** The least nodes that a pool of virtual machines may come to have; its count where nothing is autoscaled. */
export function leastNodes(pool: AgentPoolProperties): number {
  return bounded(pool, ({ min }) => min);
}

/** The most nodes that a pool of virtual machines may come to have; its count where nothing is autoscaled. */
export function mostNodes(pool: AgentPoolProperties): number {
  return bounded(pool, ({ max }) => max);
}

function bounded(pool: AgentPoolProperties, bound: (group: AutoscaledGroup) => number): number {
  return autoscaledGroups(pool).reduce((sum, group) => sum + bound(group) - group.count, pool.count);
}

/**
 * The pool with the number that each autoscaled size is to have: what it had, however that was scaled, held to the bounds; the least
 * of a size that is new. A caller's is ignored.
 * Unverified: the number that a profile begins with.
 */
export function withAutoscaledSizes(pool: AgentPoolProperties, stored: AgentPoolProperties | undefined): AgentPoolProperties {
  const { virtualMachinesProfile: profile } = pool;
  if (profile?.scale?.autoscale === undefined) return pool;
  const had = new Map((stored === undefined ? [] : (sizeGroups(stored) ?? [])).map(({ size, count }) => [size, count]));
  const autoscale = autoscaleProfiles(pool).map((entry) => {
    const { minCount: min = 0, maxCount: max = min } = entry;
    return { ...entry, count: Math.max(min, Math.min(max, had.get(catalogued(entry.size ?? "")) ?? min)) };
  });
  return { ...pool, virtualMachinesProfile: { ...profile, scale: { ...profile.scale, autoscale } } };
}

/** The pool with another number of machines of one size. */
export function withCountOf(pool: AgentPoolProperties, size: string, count: number): AgentPoolProperties {
  return withCounts(pool, (other, before) => (other === size ? count : before));
}

/** `Standard_D2s_v3` for `standard_d2s_v3`; as it is when nobody knows it. */
function catalogued(size: string): string {
  return vmSize(size)?.name ?? size;
}

/**
 * A pool of virtual machines with what follows from its sizes: how many nodes it is to have, and a size for those that look at one
 * alone. Neither shows. A pool that is stopped has the nodes of its profile again when it starts.
 */
export function withSizeGroups(pool: AgentPoolProperties): AgentPoolProperties {
  const groups = sizeGroups(pool);
  if (groups === undefined) return pool;
  const count = groups.reduce((sum, group) => sum + group.count, 0);
  return { ...pool, vmSize: groups[0]?.size ?? pool.vmSize, count: pool.powerState?.code === "Stopped" ? pool.count : count };
}

/** The pool after machines are gone for good: each size by as many as went. Other pools stay as they are. */
export function withoutMachines(pool: AgentPoolProperties, gone: readonly Machine[]): AgentPoolProperties {
  return gone.length === 0 ? pool : withCounts(pool, (size, count) => count - ofSize(gone, size));
}

/** The pool when it is to have the machines that are left, and no others in place of those that went. */
export function withStanding(pool: AgentPoolProperties, standing: readonly Machine[]): AgentPoolProperties {
  if (sizeGroups(pool) === undefined) return { ...pool, count: standing.length };
  return withCounts(pool, (size, count) => Math.min(count, ofSize(standing, size)));
}

type Machine = Pick<Instance, "vmSize">;

function ofSize(machines: readonly Machine[], size: string): number {
  return machines.filter((machine) => machine.vmSize === size).length;
}

function withCounts(pool: AgentPoolProperties, countOf: (size: string, count: number) => number): AgentPoolProperties {
  const { virtualMachinesProfile: profile } = pool;
  if (sizeGroups(pool) === undefined) return pool;
  const recount = <T extends { readonly size?: string; readonly count?: number }>(entry: T): T => ({
    ...entry,
    count: Math.max(countOf(catalogued(entry.size ?? ""), entry.count ?? 0), 0),
  });
  const { manual, autoscale } = profile?.scale ?? {};
  const scale = {
    ...(manual !== undefined && { manual: manual.map(recount) }),
    ...(autoscale !== undefined && { autoscale: autoscale.map(recount) }),
  };
  return withSizeGroups({ ...pool, virtualMachinesProfile: { ...profile, scale } });
}

/**
 * The pool as it shows: how many of its machines run, by size; nothing while none does.
 * Sources: `az aks show` of 2025-11 for the form; kubernetes/autoscaler cluster-autoscaler/cloudprovider/azure/azure_vms_pool.go,
 * getNodeCountFromAgentPool: "it only contains VMs in the running state".
 */
export function withNodesStatus(pool: AgentPoolProperties, instances: () => readonly Instance[]): AgentPoolProperties {
  if (sizeGroups(pool) === undefined) return pool;
  const counts = new Map<string, number>();
  for (const { state, vmSize: size = pool.vmSize } of instances()) {
    if (state === "Running") counts.set(size, (counts.get(size) ?? 0) + 1);
  }
  return { ...pool, virtualMachineNodesStatus: [...counts].map(([size, count]) => ({ size, count })) };
}

/** Whether two pools have the same sizes in the same order, whatever their numbers, and the same bounds of those that are autoscaled. */
export function hasSameSizes(a: Profile, b: Profile): boolean {
  const names = (pool: Profile): string => {
    const bounds = autoscaledGroups(pool).map(({ size, min, max }) => `${size} ${min} ${max}`);
    return [...(sizeGroups(pool) ?? []).map(({ size }) => size), ...bounds].join();
  };
  return names(a) === names(b);
}

/** Whether two pools are to have the same machines. */
export function hasSameGroups(a: Profile, b: Profile): boolean {
  return JSON.stringify(sizeGroups(a)) === JSON.stringify(sizeGroups(b));
}
