import type { ArmServices } from "#arm";
import type { Compute, Quotas } from "#compute";
import type { Clock, Logger, Pace, Random } from "#lib";
import type { Networks } from "#network";
import type { Store } from "#store";
import type { ClusterViews } from "./cluster-view.ts";
import type { Commands } from "./commands/documents.ts";
import type { CommandRunner } from "./commands/run.ts";
import type { ControlPlanes } from "./control-planes.ts";
import type { Clusters, Pools } from "./documents.ts";
import type { GenerationName } from "./generations/index.ts";
import type { MaintenanceConfigurations } from "./maintenanceconfigurations/documents.ts";
import type { Snapshots } from "./snapshots/documents.ts";
import type { RoleBindings } from "./trustedaccess/documents.ts";

/** What every part of the service works with. */
export interface AksContext {
  readonly store: Store;
  readonly arm: ArmServices;
  readonly compute: Compute & Pick<Quotas, "usages">;
  /** Networks that callers bring; none is known when absent. */
  readonly networks?: Networks;
  readonly controlPlanes: ControlPlanes;
  readonly clock: Clock;
  readonly pace: Pace;
  readonly random: Random;
  readonly log: Logger;
  /** The rules that new clusters get; `auto` goes by the way each is made. */
  readonly generation: "auto" | GenerationName;
  /** The day, `2024-10-15`, as of which Kubernetes versions are offered and supported; absent: every catalogued one can be asked for. */
  readonly supportWindow?: string | undefined;
  readonly clusters: Clusters;
  readonly pools: Pools;
  /** Machines of pools of mode Machines, each kept as a pool of one. */
  readonly machines: Pools;
  readonly snapshots: Snapshots;
  readonly maintenance: MaintenanceConfigurations;
  readonly roleBindings: RoleBindings;
  readonly commands: Commands;
  readonly runner: CommandRunner;
  readonly views: ClusterViews;
  /** When this process began to work: bounds count from here at the earliest, so that no time is lost to a stop. */
  readonly startedMs: number;
}
