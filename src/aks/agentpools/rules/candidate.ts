import type { AgentPoolProperties } from "#api/containerservice/model";
import type { SnapshotProperties } from "#api/containerservice/snapshot";
import type { Networks } from "#network";
import type { BlueGreen, StoredCluster, StoredPool } from "../../documents.ts";
import type { AgentPoolOrigin, Generation } from "../../generations/index.ts";
import type { SentAgentPool } from "../defaults.ts";
import type { RecentVersion } from "../rollback/recent.ts";

/** A pool as it would be after a PUT, with everything that a rule may look at. */
export interface Candidate {
  readonly name: string;
  /** Through which the caller asks. */
  readonly apiVersion: string;
  /** Whether it is asked for by itself or through its cluster. */
  readonly origin: AgentPoolOrigin;
  /** What the caller set. */
  readonly sent: SentAgentPool;
  /** What would be stored. */
  readonly wanted: AgentPoolProperties;
  /** What is stored; undefined for a new pool. */
  readonly stored: AgentPoolProperties | undefined;
  /** The snapshot that the caller names. */
  readonly source?: SnapshotProperties | undefined;
  /** What the caller goes back to. */
  readonly returning?: RecentVersion | undefined;
  /** The newest image at the version that is wanted. */
  readonly newestImage: string;
  readonly cluster: Pick<
    StoredCluster,
    "subscriptionId" | "name" | "resourceGroup" | "location" | "version" | "properties" | "multiplePools" | "identity"
  >;
  readonly generation: Generation;
  /** Cores of a family of sizes that the subscription may still have in the region; everything fits when absent. */
  readonly coresLeft?: (family: string) => number;
  /** What there is by the id of a subnet; nothing is known when absent. */
  readonly findSubnet?: Networks["find"];
  /** The cluster's other pools. */
  readonly others: readonly Pick<StoredPool, "name" | "properties">[];
  /** The cluster's machines that are made one by one, each as a pool of one, but for the one that is asked for. */
  readonly machines: readonly AgentPoolProperties[];
  /** An upgrade of the pool that has not come to its end; paused when nothing is being done to the pool. */
  readonly blueGreen?: (BlueGreen & { readonly isPaused: boolean }) | undefined;
}

/** The pool and all that has nodes in the cluster beside it. */
export function allWithNodes({ wanted, others, machines }: Candidate): readonly AgentPoolProperties[] {
  return [wanted, ...others.map(({ properties }) => properties), ...machines];
}

/** One rule: the refusal when the candidate breaks it. */
export type Rule = (candidate: Candidate) => Error | undefined;

/** The first refusal, in the order of the rules. */
export function firstRefusal(candidate: Candidate, rules: readonly Rule[]): Error | undefined {
  for (const rule of rules) {
    const refusal = rule(candidate);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}
