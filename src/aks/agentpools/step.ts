import type { InstanceState } from "#compute";
import type { Drain, Failure, GivenUp, WorkKind } from "../documents.ts";

/** A machine of the pool and the node it became. */
export interface Machine {
  readonly id: number;
  /** Of the instance and of its node. */
  readonly name: string;
  readonly state: InstanceState;
  /** Of a virtual machine of its own: machines of a scale set are all alike. */
  readonly size?: string;
  /** What it was last told to boot with, `1.12.6`. */
  readonly version: string;
  /** It booted from another image than the pool's, or before the cluster's certificates were replaced. */
  readonly stale?: boolean;
  /** Made for the time of an upgrade. */
  readonly surge?: boolean;
  /**
   * Its node could not be emptied, and another machine has taken its place: `held` as long as the node carries the label that
   * says so, `released` once somebody has taken the label off.
   */
  readonly blocked?: "held" | "released";
  readonly node?: ObservedNode;
}

export interface ObservedNode {
  readonly ready: boolean;
  /** As the kubelet reports it, without the `v`. */
  readonly version: string;
  readonly unschedulable: boolean;
  /** Carries the pool's labels and taints, and none that were withdrawn. */
  readonly conforms: boolean;
  /** Pods that a drain has to move; 0 where no drain is in question. */
  readonly podsLeft: number;
  /** Names of some of them, for people. */
  readonly podNames?: readonly string[];
  /** What keeps the first of them that may not be evicted; looked up for nodes that are not empty in time. */
  readonly blockade?: Blockade;
}

/** A pod that a disruption budget protects. */
export interface Blockade {
  readonly namespace: string;
  readonly pod: string;
  /** Name of the budget and what is known of it, in AKS's words. */
  readonly budget: string;
}

/** An upgrade in which new nodes take the places of all old ones. */
export interface ObservedBlueGreen {
  /** Names of nodes that it told to take no more pods. */
  readonly retired: readonly string[];
  /** Nodes that are emptied at a time. */
  readonly batch: number;
  /** Nothing soaks: a rollback, or somebody wants it done. */
  readonly rushed: boolean;
  readonly batchSoakMs: number;
  readonly finalSoakMs: number;
}

/** Everything a plan looks at. Times are milliseconds since the epoch, or milliseconds long, already at pace. */
export interface ObservedPool {
  readonly kind: WorkKind;
  /** Nodes that are to run: 0 for a pool that is stopped or stops. */
  readonly count: number;
  /** How many of each size, of a pool of virtual machines: together the count. */
  readonly sizes?: readonly { readonly size: string; readonly count: number }[];
  readonly version: string;
  /** Whether machines beyond the count are kept, deallocated. */
  readonly keepsMachines?: boolean;
  /** Names of single machines that are to go. */
  readonly removals?: readonly string[];
  /** Names of single machines that are to be deallocated. */
  readonly retirements?: readonly string[];
  /** Somebody wants the work to end before it is done; it is canceled at this time. */
  readonly canceledAtMs?: number;
  /** What is done about a node that is not empty in time. `upgrade` and `deletion` fail the work, `stop` and `notice` go on by force. */
  readonly drainFor?: "upgrade" | "deletion" | "stop" | "notice";
  readonly scaleSet: boolean;
  /** In order of id. */
  readonly machines: readonly Machine[];
  /** Nodes of the pool that no machine stands behind any more. */
  readonly orphans: readonly string[];
  readonly drains: Readonly<Record<string, Drain>>;
  /** Extra nodes an upgrade may add; 0 when it takes nodes out instead. */
  readonly surge: number;
  /** Nodes an upgrade takes out at a time. */
  readonly batch: number;
  /** Nodes that cannot be emptied and that an upgrade puts up with. */
  readonly tolerated?: number;
  /** Present in the place of an upgrade node by node. */
  readonly blueGreen?: ObservedBlueGreen;
  /** Present once an upgrade cannot go on: its extra nodes go, then it ends so. */
  readonly givenUp?: GivenUp;
  /** False while the cluster's operation has not come to this pool. */
  readonly turn: boolean;
  /** Whether the document says when its turn came. */
  readonly begun: boolean;
  readonly nowMs: number;
  /** The work does not end before this: what it takes on AKS at least. */
  readonly earliestEndMs: number;
  /** The work has failed when it has not ended by then. */
  readonly deadlineMs: number;
  readonly drainTimeoutMs: number;
  readonly soakMs: number;
}

/** The one thing to do next. Steps that name several nodes or machines do the same to each. */
export type Step =
  | { readonly kind: "wait"; readonly reason: string; readonly untilMs?: number }
  | { readonly kind: "begin" }
  | { readonly kind: "ensureScaleSet" }
  /** @property instead Nodes that take pods again when the machines cannot be had. */
  | {
      readonly kind: "createInstances";
      readonly count: number;
      readonly surge: boolean;
      readonly instead?: readonly string[];
      readonly size?: string;
    }
  | { readonly kind: "deleteInstances"; readonly ids: readonly number[] }
  | { readonly kind: "deallocateInstances"; readonly ids: readonly number[] }
  | { readonly kind: "startInstances"; readonly ids: readonly number[]; readonly nodes: readonly string[] }
  | { readonly kind: "deleteNodes"; readonly nodes: readonly string[] }
  | { readonly kind: "startDrain"; readonly nodes: readonly string[] }
  /** Notes that others take the places of these nodes. */
  | { readonly kind: "retire"; readonly nodes: readonly string[] }
  | { readonly kind: "cordon"; readonly nodes: readonly string[] }
  | { readonly kind: "evict"; readonly nodes: readonly string[] }
  /** @property soak What the nodes soak for; each its own time when absent. */
  | { readonly kind: "drained"; readonly nodes: readonly string[]; readonly soak?: "batch" | "final" | "none" }
  | { readonly kind: "reimage"; readonly ids: readonly number[] }
  | { readonly kind: "upgraded"; readonly nodes: readonly string[] }
  | { readonly kind: "uncordon"; readonly nodes: readonly string[] }
  /** Leaves nodes cordoned that cannot be emptied, marks them, and has others take their places. */
  | { readonly kind: "quarantine"; readonly nodes: readonly string[] }
  | { readonly kind: "conform"; readonly nodes: readonly string[] }
  | { readonly kind: "deleteScaleSet" }
  | { readonly kind: "forget" }
  | { readonly kind: "finish" }
  | { readonly kind: "cancel"; readonly uncordon: readonly string[] }
  /** Notes that the work cannot reach what was wanted; it ends when its extra nodes are gone. */
  | { readonly kind: "giveUp"; readonly failure: Failure; readonly state: GivenUp["state"] }
  | { readonly kind: "fail"; readonly failure: Failure; readonly uncordon: readonly string[]; readonly state?: GivenUp["state"] };

/** Whether the machine serves as a node with the software it was told to boot with. */
export function isReady(machine: Machine): boolean {
  return machine.state === "Running" && machine.node?.ready === true && machine.node.version === machine.version;
}

/** On its way out: it no longer counts as one of the pool's nodes. */
export function isLeaving(machine: Machine): boolean {
  return machine.state === "Deleting";
}

/** It is kept, but does not run. */
export function isAsleep({ state }: Machine): boolean {
  return state === "Deallocating" || state === "Deallocated";
}

/**
 * Names of nodes that this work was to empty and that are to take pods again when it ends early. Those that new nodes have taken
 * the places of are not: they wait for the upgrade to go on, or back.
 */
export function givenBack(pool: Pick<ObservedPool, "drains" | "machines" | "blueGreen" | "count" | "version">): readonly string[] {
  const { drains, machines, blueGreen, count } = pool;
  const replaced = (machine: Machine): boolean => blueGreen !== undefined && isOutdated(machine, pool);
  const taken = machines.filter((machine) => !replaced(machine) && isReady(machine)).length >= count;
  const left = machines.filter((machine) => machine.blocked !== undefined || (taken && replaced(machine))).map(({ name }) => name);
  return [...new Set([...Object.keys(drains), ...(blueGreen?.retired ?? [])])].filter((name) => !left.includes(name));
}

/** Whether the machine has to boot anew to be what the pool wants. */
export function isOutdated(machine: Machine, { version }: Pick<ObservedPool, "version">): boolean {
  return machine.version !== version || machine.stale === true;
}

/** Nothing to do until something changes, or until `untilMs`. */
export function waitFor(reason: string, untilMs?: number): Step {
  return { kind: "wait", reason, ...(untilMs !== undefined && { untilMs }) };
}
