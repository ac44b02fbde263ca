import type { Node } from "#api/kubernetes/core";

const SCALE_DOWN_DISABLED = "cluster-autoscaler.kubernetes.io/scale-down-disabled";
const REASON = "kubernetes.azure.com/azure-cluster-autoscaler-scale-down-disabled-reason";

/**
 * The merge patch that cordons a node; one that is being upgraded also says so, for the autoscaler and for repair.
 * Source: azure-docs articles/aks/node-auto-repair.md, "A node is being upgraded and has the following annotations".
 * Unverified: that it says so from the cordon on.
 */
export function cordonPatch(isUpgrade: boolean): object {
  const spec = { unschedulable: true };
  return isUpgrade ? { metadata: { annotations: { [SCALE_DOWN_DISABLED]: "true", [REASON]: "upgrade" } }, spec } : { spec };
}

/** The merge patch that makes a node take pods again; what somebody else annotated stays. */
export function uncordonPatch(node: Node | undefined): object {
  const spec = { unschedulable: null };
  const isMarked = node?.metadata.annotations?.[REASON] === "upgrade";
  return isMarked ? { metadata: { annotations: { [SCALE_DOWN_DISABLED]: null, [REASON]: null } }, spec } : { spec };
}
