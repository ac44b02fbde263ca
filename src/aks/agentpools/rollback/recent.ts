import type { AgentPoolProperties } from "#api/containerservice/model";

/** What a pool ran before its last upgrade. */
export interface RecentVersion {
  readonly orchestratorVersion: string;
  readonly nodeImageVersion: string;
  /** When it was last used: as the upgrade began. */
  readonly atMs: number;
}

/** Source: Azure docs roll-back-node-pool-version, "Available only for seven days after upgrade completion". */
const KEPT_MS = 7 * 86_400_000;

type Versions = Pick<AgentPoolProperties, "orchestratorVersion" | "nodeImageVersion">;

/**
 * What is remembered of a pool's versions once it is to have others: what it had, one entry; nothing after it has gone back.
 * Sources: Azure docs roll-back-node-pool-version, "You can't perform consecutive rollbacks"; Azure/karpenter-provider-azure, design of the
 * node image rollback: "Only one recently-used entry is retained, matching AKS RP semantics", with a time that stays.
 * Unverified: that nothing is left after a rollback.
 */
export function remembered(
  before: Versions,
  wanted: Versions,
  { recent, nowMs }: { readonly recent: RecentVersion | undefined; readonly nowMs: number },
): RecentVersion | undefined {
  const { orchestratorVersion, nodeImageVersion } = before;
  const isSame = orchestratorVersion === wanted.orchestratorVersion && nodeImageVersion === wanted.nodeImageVersion;
  if (isSame || nodeImageVersion === undefined) return recent;
  const goesBack =
    recent !== undefined &&
    recent.orchestratorVersion === wanted.orchestratorVersion &&
    (recent.nodeImageVersion === wanted.nodeImageVersion || orchestratorVersion !== wanted.orchestratorVersion);
  return goesBack ? undefined : { orchestratorVersion, nodeImageVersion, atMs: nowMs };
}

/** What the pool can go back to at a time. */
export function returnable(recent: RecentVersion | undefined, nowMs: number): RecentVersion | undefined {
  return recent !== undefined && nowMs < recent.atMs + KEPT_MS ? recent : undefined;
}
