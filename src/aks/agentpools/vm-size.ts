import type { AgentPoolProperties } from "#api/containerservice/model";
import { isOfTime } from "#api/containerservice/times";
import { sizesIn, vmSize } from "#compute";
import type { AksContext } from "../context.ts";
import type { StoredCluster } from "../documents.ts";

/** Size of pools whose caller names none. Source: the article, "the nodes are created based on the defaults for the AKS cluster". */
const ONLY_SIZE = "Standard_DS2_v2";

/** The service looks for a size from then on. Unverified: the day; az left the size to the service from 2025-03 on. */
const PICKED_SINCE = "2025-03-01";

/**
 * Sizes that the service prefers, by mode: eight cores and a disk on the host for the system, four for applications.
 * Sources: recorded answers of 2025-08 (Standard_D8pds_v5 and Standard_D4ads_v5 in westus2); MicrosoftDocs/azure-aks-docs
 * articles/aks/create-node-pools.md, "VM SKU" (by quota and capacity of the region).
 * Unverified: which come first. Sizes of x64 do here, so that images of every kind run.
 */
const PREFERRED = {
  System: ["Standard_D8ads_v5", "Standard_D8ds_v5", "Standard_D8pds_v5", "Standard_D8s_v3"],
  User: ["Standard_D4ads_v5", "Standard_D4ds_v5", "Standard_D4pds_v5", "Standard_D4s_v3"],
} as const;

const REGIONAL = "cores";

/** The pool that needs a size. */
export interface Sizeless {
  readonly cluster: Pick<StoredCluster, "location" | "subscriptionId" | "generation">;
  readonly sent: Partial<Pick<AgentPoolProperties, "mode" | "count">>;
  readonly apiVersion: string;
}

/** The size of a new pool that names none: the first that the region offers and for which the subscription has cores left. */
export function pickedSize({ compute }: Pick<AksContext, "compute">, { cluster, sent, apiVersion }: Sizeless): string {
  if (cluster.generation === "2019-preview" || !isOfTime(apiVersion, PICKED_SINCE)) return ONLY_SIZE;
  const offered = new Set(sizesIn(cluster.location).map(({ name }) => name));
  const usages = compute.usages(cluster.subscriptionId, cluster.location);
  const left = new Map(usages.map(({ name, current, limit }) => [name, limit - current]));
  const candidates = PREFERRED[sent.mode === "System" ? "System" : "User"].filter((name) => offered.has(name));
  const fits = (name: string): boolean => {
    const size = vmSize(name);
    const needed = (size?.vCPUs ?? 0) * (sent.count ?? 1);
    return [REGIONAL, size?.family ?? ""].every((quota) => needed <= (left.get(quota) ?? 0));
  };
  return candidates.find(fits) ?? candidates[0] ?? ONLY_SIZE;
}
