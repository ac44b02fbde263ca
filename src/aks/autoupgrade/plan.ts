import type { Opening } from "../maintenanceconfigurations/opening.ts";

/** What AKS began of its own accord, and when. In one window the same is not begun twice. */
export interface Attempt {
  /** A Kubernetes version, or a node image. */
  readonly goal: string;
  readonly atMs: number;
}

/** Something that is not as its channel wants it. */
export interface Due {
  /** What it is to be. */
  readonly goal: string;
  /** What was begun last. */
  readonly attempt?: Attempt | undefined;
}

/** A cluster at rest whose channels are on, as the plan looks at it. */
export interface UpkeepState {
  readonly nowMs: number;
  /** Absent without a channel for the version; without `due` when nothing is to be done. */
  readonly version?: { readonly opening: Opening; readonly due?: Due | undefined };
  /** The same of node images, with the pools that are behind in their order. */
  readonly images?: { readonly opening: Opening; readonly due: readonly (Due & { readonly pool: string })[] };
}

export type UpkeepStep =
  | { readonly kind: "version"; readonly goal: string }
  | { readonly kind: "image"; readonly pool: string; readonly goal: string }
  | { readonly kind: "wait"; readonly untilMs: number };

/** Goals come with days: nobody waits longer than to the next one. */
const DAY_MS = 86_400_000;

/**
 * What to begin now, one thing at a time: the version before the images, which it brings along, and one pool after another. What failed
 * waits for the next window.
 * Source: Azure docs planned-maintenance, "When the window closes, AKS does not start any new upgrade operations", and auto-upgrade-cluster.
 * Unverified: that it is tried once in a window.
 */
export function planUpkeep({ nowMs, version, images }: UpkeepState): UpkeepStep {
  if (version?.due !== undefined && mayBegin(version.opening, version.due)) return { kind: "version", goal: version.due.goal };
  const next = images?.due.find((due) => mayBegin(images.opening, due));
  if (next !== undefined) return { kind: "image", pool: next.pool, goal: next.goal };
  const tomorrowMs = (Math.floor(nowMs / DAY_MS) + 1) * DAY_MS;
  const openings = [version?.opening, images?.opening].filter((opening) => opening !== undefined);
  return { kind: "wait", untilMs: Math.min(tomorrowMs, ...openings.map((opening) => changeOf(opening) ?? tomorrowMs)) };
}

function mayBegin(opening: Opening, { goal, attempt }: Due): boolean {
  if (!opening.open) return false;
  return attempt === undefined || attempt.goal !== goal || attempt.atMs < opening.sinceMs;
}

function changeOf(opening: Opening): number | undefined {
  return opening.open ? opening.untilMs : opening.nextMs;
}
