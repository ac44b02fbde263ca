import type { AzContext } from "../client.ts";
import { AzError, type AzArgs } from "../grammar.ts";
import { putAndShow } from "./clusters.ts";
import { type AgentPool, poolPath } from "./node-pools.ts";
import { type Scale, scaleOf, VIRTUAL_MACHINES } from "./virtual-machines.ts";

/** How az calls what is changed, and finds it in a pool of virtual machines. */
export interface ProfileKind<K extends keyof Scale> {
  readonly member: K;
  /** Whether letter case of a size makes a difference. */
  readonly isExact: boolean;
  /** What az says when no profile has the size. */
  readonly noun: string;
}

type Profile<K extends keyof Scale> = NonNullable<Scale[K]>[number];

/**
 * Changes the profiles of one kind of a pool of virtual machines, and shows the pool.
 * Source: azure-cli acs custom.py of 2.91, aks_agentpool_manual_scale_add, aks_agentpool_auto_scale_add and their neighbours.
 * @throws {AzError} for a pool of another kind.
 */
export async function changeProfiles<K extends keyof Scale>(
  context: AzContext,
  args: AzArgs,
  { member, doing }: ProfileKind<K> & { readonly doing: string },
  become: (profiles: readonly Profile<K>[]) => readonly Profile<K>[],
): Promise<unknown> {
  const path = poolPath(args);
  const { properties } = (await context.call("GET", path, VIRTUAL_MACHINES)).body as AgentPool;
  if (properties["type"] !== "VirtualMachines") throw new AzError(`Cannot ${doing} a non-virtualmachines node pool.`);
  const scale = scaleOf(properties);
  const profiles = (scale[member] ?? []) as readonly Profile<K>[];
  const body = { properties: { ...properties, virtualMachinesProfile: { scale: { ...scale, [member]: become(profiles) } } } };
  return await putAndShow(context, args, { path, body, apiVersion: VIRTUAL_MACHINES });
}

/** The profiles with what becomes of the one of the size. @throws {AzError} when there is none. */
export function eachOfSize<K extends keyof Scale>(
  args: AzArgs,
  { isExact, noun }: ProfileKind<K>,
  { size, profiles, become }: Sized<K>,
): readonly Profile<K>[] {
  const wanted = isExact ? size : size.toLowerCase();
  const isWanted = (profile: Profile<K>): boolean => (isExact ? profile.size : profile.size.toLowerCase()) === wanted;
  if (!profiles.some(isWanted)) throw new AzError(`${noun} with size ${wanted} doesn't exist in node pool ${args.required("name")}.`);
  return profiles.flatMap((profile) => (isWanted(profile) ? become(profile) : [profile]));
}

interface Sized<K extends keyof Scale> {
  readonly size: string;
  readonly profiles: readonly Profile<K>[];
  readonly become: (profile: Profile<K>) => readonly Profile<K>[];
}
