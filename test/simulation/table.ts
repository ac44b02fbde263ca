import type { Random } from "#lib";
import type { Intents } from "./intents.ts";
import type { ClusterRecord } from "./ledger.ts";
import { type Answer, GROUP, SUBSCRIPTION, type World } from "./world.ts";

/** What a move works on. */
export interface Table {
  readonly world: World;
  readonly random: Random;
  readonly intents: Intents;
}

/** Something that somebody does. Returns what was done and what came of it, for the trace. */
export type Move = (table: Table) => Promise<string>;

export const POOLS = ["first", "second", "third", "fourth"] as const;
/** One of the preview of 2019, one of today. */
export type ClusterName = "old" | "new";

export function pick<T>(random: Random, from: readonly T[]): T {
  return from[random.int(from.length)] as T;
}

export const chance = (random: Random, share: number): boolean => random.next() < share;

const CLUSTERS: readonly ClusterName[] = ["old", "new"];
/** How often a cluster that is there is taken rather than any. */
const PRESENT = 0.85;

/** Mostly one that is there. */
export function clusterName(table: Pick<Table, "world" | "random">): ClusterName {
  const present = CLUSTERS.filter((name) => recordOf(table, name) !== undefined);
  return pick(table.random, present.length > 0 && chance(table.random, PRESENT) ? present : CLUSTERS);
}

export function clusterKeyOf(name: string): string {
  return `${SUBSCRIPTION}/${GROUP}/${name}`;
}

export function recordOf({ world }: Pick<Table, "world">, name: string): ClusterRecord | undefined {
  return world.ledger.clusters.get(clusterKeyOf(name));
}

export const told = (what: string, { status, body }: Answer): string => {
  const code = (body as { readonly code?: string } | undefined)?.code;
  return `${what} -> ${status}${code === undefined ? "" : ` ${code}`}`;
};
