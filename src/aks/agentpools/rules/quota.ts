import { isOfTime } from "#api/containerservice/times";
import { vmSize } from "#compute";
import { refusal } from "../../errors.ts";
import type { Rule } from "./candidate.ts";

/** The service looks at quotas itself from then on; before, machines failed. Unverified: the day, between late 2023 and early 2025. */
const LOOKED_AT_SINCE = "2025-01-01";

/**
 * The cores that more nodes of a pool need, of those that the subscription has left of the size's family.
 * Unverified: that spot machines and the total of a region are left to Azure Compute, as the service's words name families alone, and
 * that pools that are made with one cluster are looked at each for itself.
 */
const familyQuota: Rule = ({ wanted, stored, cluster, apiVersion, coresLeft }) => {
  const size = vmSize(wanted.vmSize);
  const isLookedAt = wanted.type !== "VirtualMachines" && wanted.scaleSetPriority !== "Spot" && wanted.powerState?.code !== "Stopped";
  if (coresLeft === undefined || size === undefined || !isLookedAt || !isOfTime(apiVersion, LOOKED_AT_SINCE)) return undefined;
  const requested = (wanted.count - (stored?.count ?? 0)) * size.vCPUs;
  if (requested <= 0) return undefined;
  const remaining = coresLeft(size.family);
  return requested > remaining
    ? insufficient({ requested, remaining: Math.max(0, remaining), family: size.family, location: cluster.location })
    : undefined;
};

/** Source: what Terraform printed in 2025 for northeurope, quoted on GitHub as "Terraform Troubleshooting 08"; 1ChristianAlex/motordesk#14. */
function insufficient({ requested, remaining, family, location }: Record<"requested" | "remaining", number> & Where): Error {
  return refusal(
    400,
    "ErrCode_InsufficientVCPUQuota",
    `Insufficient vcpu quota requested ${requested}, remaining ${remaining} for family ${family} for region ${location}. ` +
      "If you want to increase the quota, please follow this instruction: https://learn.microsoft.com/en-us/azure/quotas/view-quotas. " +
      "Surge nodes would also consume vcpu quota, please consider use smaller maxSurge or use maxUnavailable to proceed upgrade without surge nodes, " +
      "details: aka.ms/aks/maxUnavailable.",
  );
}

interface Where {
  readonly family: string;
  readonly location: string;
}

export const quotaRules: readonly Rule[] = [familyQuota];
