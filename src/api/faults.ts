/**
 * What can be made to go wrong, by what it falls upon.
 *
 * `calls`: requests to Azure Resource Manager and its providers. `allocations`: machines that are to be made or started.
 * `boots`: machines that are made, started or reimaged. `machines`: machines that run.
 */
export const FAULT_KINDS = {
  respond: "calls",
  throttle: "calls",
  delay: "calls",
  hang: "calls",
  drop: "calls",
  allocationFailed: "allocations",
  zonalAllocationFailed: "allocations",
  overconstrainedAllocation: "allocations",
  skuNotAvailable: "allocations",
  quotaExceeded: "allocations",
  slowBoot: "boots",
  nodeNeverReady: "boots",
  kubeletLost: "machines",
  spotEviction: "machines",
} as const;

export type FaultKind = keyof typeof FAULT_KINDS;
export type FaultArea = (typeof FAULT_KINDS)[FaultKind];

/** The kinds that fall upon something. */
export function faultKinds(area: FaultArea): readonly FaultKind[] {
  return (Object.keys(FAULT_KINDS) as FaultKind[]).filter((kind) => FAULT_KINDS[kind] === area);
}

/** How machines come to boot. */
export const FAULT_PHASES = ["create", "start", "reimage", "reboot"] as const;
export type FaultPhase = (typeof FAULT_PHASES)[number];

/**
 * Which calls or machines are meant: those that every member fits. Letter case does not matter, and `*` stands for any text.
 * A call fits `cluster` and `pool` by its path.
 */
export interface FaultTarget {
  readonly subscription?: string;
  /** Group of the cluster. */
  readonly resourceGroup?: string;
  readonly cluster?: string;
  readonly pool?: string;
  /** Name of the node, and of its machine. */
  readonly node?: string;
  readonly phase?: FaultPhase;
  /** HTTP method. */
  readonly method?: string;
  /** Path without the query. */
  readonly path?: string;
  /** What the call does: `Microsoft.ContainerService/managedClusters/agentPools/write`. */
  readonly operation?: string;
}

/** What should go wrong: the body of `POST /lido/v1/faults`. */
export interface FaultSpec {
  readonly kind: FaultKind;
  /** Everything that the kind can fall upon when absent. */
  readonly target?: FaultTarget;
  /** Share of what fits that is struck, above 0 and at most 1, which it is when absent. */
  readonly rate?: number;
  /** Times that it strikes before it is spent; without end when absent. */
  readonly count?: number;
  /** What the share is drawn from: the same seed strikes the same. */
  readonly seed?: number;
  /** Seconds after which the rule ends. */
  readonly expiresInSeconds?: number;
  /** `respond`: 400 to 599; 500 when absent. */
  readonly status?: number;
  /** `respond`: the error's code; that of the status when absent. */
  readonly code?: string;
  readonly message?: string;
  /** `respond` and `throttle`. */
  readonly retryAfterSeconds?: number;
  /** `delay`: how long the call waits. `slowBoot`: what the boot takes longer. */
  readonly seconds?: number;
  /** Calls: carried out first, so that it is the answer that is late, lost or another one. */
  readonly afterwards?: boolean;
}

/** A rule as it is stored and shown. */
export interface FaultRule extends FaultSpec {
  readonly id: string;
  readonly target: FaultTarget;
  readonly rate: number;
  readonly seed: number;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly expiresAt?: string;
  /** What fitted so far, and how much of it was struck. */
  readonly seen: number;
  readonly hits: number;
}

/** The body of `GET /lido/v1/faults`. */
export interface FaultList {
  readonly value: readonly FaultRule[];
}

/** Where faults are asked for, listed and taken back. */
export const FAULTS_PATH = "/lido/v1/faults";
