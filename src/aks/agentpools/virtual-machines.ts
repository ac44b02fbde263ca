import type { AgentPoolProperties } from "#api/containerservice/model";
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
  return manual.map(({ size = "", count = 0 }) => ({ size: catalogued(size), count }));
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
  const manual = (profile?.scale?.manual ?? []).map(({ size = "", count = 0 }) => ({
    size,
    count: Math.max(countOf(catalogued(size), count), 0),
  }));
  return withSizeGroups({ ...pool, virtualMachinesProfile: { ...profile, scale: { ...profile?.scale, manual } } });
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

/** Whether two pools have the same sizes in the same order, whatever their numbers. */
export function hasSameSizes(a: Profile, b: Profile): boolean {
  const names = (pool: Profile): string => (sizeGroups(pool) ?? []).map(({ size }) => size).join();
  return names(a) === names(b);
}

/** Whether two pools are to have the same machines. */
export function hasSameGroups(a: Profile, b: Profile): boolean {
  return JSON.stringify(sizeGroups(a)) === JSON.stringify(sizeGroups(b));
}
