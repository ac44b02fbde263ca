import type { Pod, Taint } from "#api/kubernetes/core";
import { isReleaseAtLeast } from "#kube/apimachinery";

/** Filters in the order they run. A node's run ends with the first group that rejects; reasons within a group are gathered. */
export type FilterOrder = readonly (readonly FilterName[])[];

export type FilterName =
  | "NodeUnschedulable"
  | "NodeName"
  | "TaintToleration"
  | "NodeAffinity"
  | "NodePorts"
  | "NodeResourcesFit"
  | "VolumeRestrictions"
  | "NodeVolumeLimits"
  | "VolumeBinding"
  | "VolumeZone"
  | "PodTopologySpread"
  | "InterPodAffinity";

/** Plugins that prefer nodes. */
export type ScoreName =
  | "TaintToleration"
  | "NodeAffinity"
  | "NodeResourcesFit"
  | "SelectorSpread"
  | "PodTopologySpread"
  | "InterPodAffinity"
  | "NodeResourcesBalancedAllocation"
  | "ImageLocality";

/** Scores whose weight changed. The others weigh 1. */
export type Weights = Readonly<Record<"TaintToleration" | "NodeAffinity" | "PodTopologySpread" | "InterPodAffinity", number>>;

/** What of kube-scheduler's behaviour and texts changed between releases. */
export interface SchedulerRelease {
  readonly filterOrder: FilterOrder;
  readonly weights: Weights;
  /** `spec.topologySpreadConstraints` is looked at. */
  readonly hasTopologySpread: boolean;
  /** Pods of services and controllers are spread by constraints though they do not ask for it; before, by SelectorSpread. */
  readonly spreadsByDefault: boolean;
  taintReason(taint: Taint): string;
  readonly affinityReason: string;
  readonly nodeNameReason: string;
  readonly tooManyPodsReason: string;
  readonly volumeAffinityReason: string;
  /** Claims that are for one pod alone are kept so. */
  readonly hasReadWriteOncePod: boolean;
  /** A request beyond the node's allocatable is a rejection that preemption cannot lift. */
  readonly isOversizeUnresolvable: boolean;
  /** How pods that name their node by affinity (daemon sets) are handled: only that node is looked at, the others count under this reason. */
  readonly narrowing: { readonly reason: string | undefined } | undefined;
  /** A reason that no node is to blame for stands once, without their number. */
  readonly tellsRefusalOnce: boolean;
  /** Ends the message with what preemption found; the number of full stops differs. */
  readonly preemptionSuffix: "none" | "one stop" | "two stops";
  /** The plugin DynamicResources is on, which says of pods without claims too that it cannot help them. */
  readonly hasDynamicResources: boolean;
  /** Pods that ask for nothing are not compared by how evenly nodes are used. */
  readonly balancesOnlyRequests: boolean;
  /** Pods that have to make room are told so in a condition. */
  readonly marksVictims: boolean;
  /** What a pod is told that had to make room for another. */
  preemptedMessage(preemptor: Pod, nodeName: string): string;
  /** Unschedulable pods are tried again after this time even if nothing changed. */
  readonly flushAfterMs: number;
}

/**
 * Up to 1.16 four filters were one predicate that gathered all its reasons.
 * Source: pkg/scheduler/algorithm/predicates/predicates.go of 1.12, predicatesOrdering and GeneralPredicates.
 */
const PREDICATES: FilterOrder = [
  ["NodeUnschedulable"],
  ["NodeResourcesFit", "NodeName", "NodePorts", "NodeAffinity"],
  ["TaintToleration"],
  ["NodeVolumeLimits"],
  ["VolumeBinding"],
  ["VolumeZone"],
  ["InterPodAffinity"],
];

/** Source: pkg/scheduler/algorithmprovider/registry.go of 1.19. */
const FIRST_FRAMEWORK: FilterOrder = [
  ["NodeUnschedulable"],
  ["NodeResourcesFit"],
  ["NodeName"],
  ["NodePorts"],
  ["NodeAffinity"],
  ["VolumeRestrictions"],
  ["TaintToleration"],
  ["NodeVolumeLimits"],
  ["VolumeBinding"],
  ["VolumeZone"],
  ["PodTopologySpread"],
  ["InterPodAffinity"],
];

/** Source: pkg/scheduler/apis/config/v1/default_plugins.go; the order holds since algorithmprovider/registry.go of 1.20. */
const FRAMEWORK: FilterOrder = [
  ["NodeUnschedulable"],
  ["NodeName"],
  ["TaintToleration"],
  ["NodeAffinity"],
  ["NodePorts"],
  ["NodeResourcesFit"],
  ["VolumeRestrictions"],
  ["NodeVolumeLimits"],
  ["VolumeBinding"],
  ["VolumeZone"],
  ["PodTopologySpread"],
  ["InterPodAffinity"],
];

const FIVE_MINUTES_MS = 300_000;
const ONE_MINUTE_MS = 60_000;

type AtLeast = (minimum: string) => boolean;

/**
 * kube-scheduler's behaviour at a release.
 *
 * @param version the cluster's version, `1.12.6`.
 * Source: the files named at each member, at the release where its text or rule changed; kubernetes/kubernetes PRs 107775
 * and 108705 (preemption in the message), 117588 (its full stops), 134740 and 135023 (taints left out).
 */
export function schedulerRelease(version: string): SchedulerRelease {
  const atLeast: AtLeast = (minimum) => isReleaseAtLeast(version, minimum);
  return {
    filterOrder: atLeast("1.20") ? FRAMEWORK : atLeast("1.17") ? FIRST_FRAMEWORK : PREDICATES,
    weights: weights(atLeast),
    // Source: pkg/features/kube_features.go, EvenPodsSpread (on since 1.18) and DefaultPodTopologySpread (on since 1.20).
    hasTopologySpread: atLeast("1.18"),
    spreadsByDefault: atLeast("1.20"),
    taintReason: taintReason(atLeast),
    affinityReason: affinityReason(atLeast),
    // Source: pkg/scheduler/framework/plugins/nodename/node_name.go. Unverified: the release of the change.
    nodeNameReason: atLeast("1.21") ? "node(s) didn't match the requested node name" : "node(s) didn't match the requested hostname",
    // Source: plugins/noderesources/fit.go; before, predicates/error.go, InsufficientResourceError of the resource `pods`.
    tooManyPodsReason: atLeast("1.18") ? "Too many pods" : "Insufficient pods",
    // Source: plugins/volumebinding/binder.go, ErrReasonNodeConflict.
    volumeAffinityReason: atLeast("1.33")
      ? "node(s) didn't match PersistentVolume's node affinity"
      : "node(s) had volume node affinity conflict",
    // Source: pkg/features/kube_features.go, ReadWriteOncePod (on since 1.27).
    hasReadWriteOncePod: atLeast("1.27"),
    // Source: plugins/noderesources/fit.go, InsufficientResource.Unresolvable.
    isOversizeUnresolvable: atLeast("1.34"),
    narrowing: narrowing(atLeast),
    // Source: pkg/scheduler/framework/types.go, Diagnosis.PreFilterMsg.
    tellsRefusalOnce: atLeast("1.26"),
    preemptionSuffix: preemptionSuffix(atLeast),
    // Source: pkg/features/kube_features.go, DynamicResourceAllocation.
    hasDynamicResources: atLeast("1.34"),
    // Source: plugins/noderesources/balanced_allocation.go, isBestEffortPod.
    balancesOnlyRequests: atLeast("1.33"),
    // Source: pkg/features/kube_features.go, PodDisruptionConditions (on since 1.26).
    marksVictims: atLeast("1.26"),
    preemptedMessage: preemptedMessage(atLeast),
    // Source: pkg/scheduler/internal/queue/scheduling_queue.go, DefaultPodMaxInUnschedulablePodsDuration.
    flushAfterMs: atLeast("1.24") ? FIVE_MINUTES_MS : ONE_MINUTE_MS,
  };
}

/** Source: pkg/scheduler/apis/config/v1beta3/default_plugins.go, the first with weights above 1 but for the spread's 2 of 1.19. */
function weights(atLeast: AtLeast): Weights {
  if (atLeast("1.23")) return { TaintToleration: 3, NodeAffinity: 2, PodTopologySpread: 2, InterPodAffinity: 2 };
  return { TaintToleration: 1, NodeAffinity: 1, PodTopologySpread: atLeast("1.19") ? 2 : 1, InterPodAffinity: 1 };
}

/** Source: framework/preemption/preemption.go, the event Preempted. */
function preemptedMessage(atLeast: AtLeast): SchedulerRelease["preemptedMessage"] {
  if (atLeast("1.29")) return ({ metadata: { uid = "" } }, node) => `Preempted by pod ${uid} on node ${node}`;
  if (atLeast("1.27")) return (_, node) => `Preempted by a pod on node ${node}`;
  return ({ metadata: { namespace = "default", name } }, node) => `Preempted by ${namespace}/${name} on node ${node}`;
}

/** Source: plugins/tainttoleration/taint_toleration.go; up to 1.17 predicates/error.go, ErrTaintsTolerationsNotMatch. */
function taintReason(atLeast: AtLeast): (taint: Taint) => string {
  if (atLeast("1.34.2")) return () => "node(s) had untolerated taint(s)";
  if (atLeast("1.24")) return ({ key, value = "" }) => `node(s) had untolerated taint {${key}: ${value}}`;
  if (atLeast("1.18")) return ({ key, value = "" }) => `node(s) had taint {${key}: ${value}}, that the pod didn't tolerate`;
  return () => "node(s) had taints that the pod didn't tolerate";
}

/** Source: plugins/nodeaffinity/node_affinity.go; up to 1.17 predicates/error.go, ErrNodeSelectorNotMatch. */
function affinityReason(atLeast: AtLeast): string {
  if (atLeast("1.21")) return "node(s) didn't match Pod's node affinity/selector";
  return atLeast("1.20") ? "node(s) didn't match Pod's node affinity" : "node(s) didn't match node selector";
}

/** Source: plugins/nodeaffinity/node_affinity.go, PreFilter; what is said of the other nodes: pkg/scheduler/schedule_one.go, findNodesThatFitPod. */
function narrowing(atLeast: AtLeast): SchedulerRelease["narrowing"] {
  if (!atLeast("1.25")) return undefined;
  if (atLeast("1.32")) return { reason: "node(s) didn't satisfy plugin(s) [NodeAffinity]" };
  return { reason: atLeast("1.30") && !atLeast("1.31") ? "node is filtered out by the prefilter result" : undefined };
}

/** Source: pkg/scheduler/framework/types.go, SeparatorFormat. */
function preemptionSuffix(atLeast: AtLeast): SchedulerRelease["preemptionSuffix"] {
  if (!atLeast("1.24")) return "none";
  return atLeast("1.26") && !atLeast("1.29") ? "two stops" : "one stop";
}
