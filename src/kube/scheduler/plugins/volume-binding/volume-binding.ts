import type { ClusterView } from "../../framework/cluster-view.ts";
import type { FilterPlugin } from "../../framework/plugin.ts";
import { type Rejection, unresolvable } from "../../framework/status.ts";
import type { NodeState } from "../../node-state.ts";
import type { PodToPlace } from "../../pod-to-place.ts";
import type { SchedulerRelease } from "../../release.ts";
import type { VolumePlan } from "../../volumes/assumed-volumes.ts";
import { claimOf, isSameForClass, planOn, podVolumes, type VolumeConflict } from "./pod-volumes.ts";

const NAME = "VolumeBinding";
const UNBOUND_IMMEDIATE = unresolvable(NAME, "pod has unbound immediate PersistentVolumeClaims");

/**
 * Rejects pods whose claims do not exist, are going, or should have been bound before; and nodes from which the volumes of
 * bound claims cannot be reached, or for which no volume is there or could be made for the others.
 * Source: plugins/volumebinding/volume_binding.go, PreFilter and Filter.
 *
 * Differs from AKS: the storage that drivers say is left (CSIStorageCapacity) is not asked for; AKS's drivers say nothing of it.
 */
export const volumeBinding: FilterPlugin = {
  name: NAME,
  prepare(pod, { release }, cluster) {
    if (pod.claims.length === 0) return undefined;
    const refusal = pod.claims.map((key) => claimRefusal(key, cluster)).find((each) => each !== undefined);
    if (refusal !== undefined) return refusal;
    const volumes = podVolumes(pod, cluster.facts);
    if (volumes.hasUnboundImmediate) return UNBOUND_IMMEDIATE;
    const reasons = reasonsOf(release);
    return {
      scope: isSameForClass(volumes) ? "class" : "node",
      check(node) {
        const plan = planOn(volumes, node);
        return isPlan(plan)
          ? undefined
          : { code: "UnschedulableAndUnresolvable", plugins: [NAME], reasons: plan.map((conflict) => reasons[conflict]) };
      },
    };
  },
};

/** What has to happen to the pod's claims before it goes to the node, which can take it; nothing when all are bound. */
export function volumePlan(pod: PodToPlace, node: NodeState, { facts }: ClusterView): VolumePlan | undefined {
  if (pod.claims.length === 0) return undefined;
  const plan = planOn(podVolumes(pod, facts), node);
  return isPlan(plan) && plan.bindings.length + plan.provisions.length > 0 ? plan : undefined;
}

function isPlan(plan: VolumePlan | readonly VolumeConflict[]): plan is VolumePlan {
  return "nodeName" in plan;
}

/** Source: plugins/volumebinding/binder.go, ErrReason…. */
function reasonsOf({ volumeAffinityReason }: SchedulerRelease): Readonly<Record<VolumeConflict, string>> {
  return {
    affinity: volumeAffinityReason,
    unbound: "node(s) didn't find available persistent volumes to bind",
    missing: "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)",
  };
}

/** Source: plugins/volumebinding/volume_binding.go, podHasPVCs. */
function claimRefusal(key: string, { facts }: ClusterView): Rejection | undefined {
  const claim = claimOf(key, facts);
  const name = key.slice(key.indexOf("/") + 1);
  if (claim === undefined) return unresolvable(NAME, `persistentvolumeclaim "${name}" not found`);
  if (claim.status?.phase === "Lost")
    return unresolvable(NAME, `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec.volumeName ?? ""}"`);
  return claim.metadata.deletionTimestamp === undefined
    ? undefined
    : unresolvable(NAME, `persistentvolumeclaim "${name}" is being deleted`);
}
