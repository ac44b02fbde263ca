import type { AgentPoolProperties } from "#api/containerservice/model";
import type { AksContext } from "../context.ts";
import type { PoolWork, StoredPool, WorkKind } from "../documents.ts";
import { remembered } from "./rollback/recent.ts";
import { withdraw } from "./conformance.ts";
import { blueGreenOf } from "./upgrade/blue-green/state.ts";
import { hasSameSizes } from "./virtual-machines.ts";

/**
 * What a PUT of a pool makes it do, and the state that shows meanwhile. An identical PUT is an update that finds nothing
 * to do. Source: recorded answers to PUTs, 2019 to 2026.
 */
export function kindOfChange(wanted: AgentPoolProperties, stored: AgentPoolProperties | undefined): WorkKind {
  if (stored === undefined) return "Creating";
  if (wanted.powerState?.code !== stored.powerState?.code) return wanted.powerState?.code === "Stopped" ? "Stopping" : "Starting";
  if (stored.orchestratorVersion !== wanted.orchestratorVersion) return "Upgrading";
  return stored.count !== wanted.count && isOnlyCount(wanted, stored) ? "Scaling" : "Updating";
}

/** Members that follow from others or from the service's work; a size of virtual machines follows from their profile. */
const DERIVED: ReadonlySet<string> = new Set(["count", "provisioningState", "eTag", "nodeImageVersion", "currentOrchestratorVersion"]);

/** Unverified: that a change of numbers in a profile of virtual machines is Scaling; other sizes do not, in recorded answers of 2025-09. */
function isOnlyCount(wanted: AgentPoolProperties, stored: AgentPoolProperties): boolean {
  const members = new Set([...Object.keys(wanted), ...Object.keys(stored)]);
  const isSame = (member: string): boolean =>
    member === "virtualMachinesProfile" ? hasSameSizes(wanted, stored) : textOf(wanted[member]) === textOf(stored[member]);
  return [...members].every((member) => DERIVED.has(member) || isSame(member));
}

/** The value as text; what is empty says as little as what is absent. */
function textOf(value: unknown): string {
  const isEmpty = value === undefined || value === false || (typeof value === "object" && Object.keys(value ?? {}).length === 0);
  return isEmpty ? "" : JSON.stringify(value);
}

/** The pool with new work on it. Withdrawn labels and taints stay noted until work has succeeded. */
export function withWork(pool: StoredPool, properties: AgentPoolProperties, work: Omit<PoolWork, "drains">): StoredPool {
  const { failure: _failure, recent: before, ...rest } = pool;
  const recent = remembered(pool.properties, properties, { recent: before, nowMs: work.startedMs });
  const blueGreen = blueGreenOf(pool, properties);
  return {
    ...rest,
    ...(recent !== undefined && { recent }),
    properties: { ...properties, provisioningState: work.kind },
    withdrawn: withdraw(pool, properties),
    ...(blueGreen !== undefined && { blueGreen }),
    ...(work.operationId !== undefined && { latestOperationId: work.operationId }),
    work: { ...work, drains: {} },
  };
}

/** Properties under a new tag of version. */
export function retagged(context: Pick<AksContext, "random">, properties: AgentPoolProperties): AgentPoolProperties {
  return { ...properties, eTag: context.random.uuid() };
}
