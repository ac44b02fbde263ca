import type { Clock, Logger, Pace } from "#lib";
import type { Documents, Store } from "#store";
import type { Addresses } from "./addresses.ts";
import type { Instance, MachineFaults, ScaleSet } from "./compute.ts";
import type { OpenQuotas } from "./quota.ts";

export interface ComputeOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly pace: Pace;
  readonly log: Logger;
  /** What goes wrong on purpose; nothing when absent. */
  readonly faults?: MachineFaults | undefined;
}

export interface StoredScaleSet {
  readonly scaleSet: ScaleSet;
  /** Wanted gone: its instances are being deleted. */
  readonly isDeleting?: true;
}

/** What the calls and the reconciler work with. */
export interface Parts extends ComputeOptions {
  readonly scaleSets: Documents<StoredScaleSet>;
  readonly instances: Documents<Instance>;
  readonly quotas: OpenQuotas;
  readonly addresses: Addresses;
  /** Does the work after all that was asked for before has ended. */
  readonly inTurn: InTurn;
}

/** Where compute's documents lie in the store. */
export const PREFIX = "/compute/";

/** When something that takes `realMs` on Azure ends if it begins now. */
export function dueAfter({ clock, pace }: ComputeOptions, realMs: number): number {
  return clock.now() + pace(realMs);
}

type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

/** A queue for work that must not overlap. */
export function inTurns(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work, work);
    last = mine;
    return mine;
  };
}
