import type { Affinity, Node, PodSpec } from "#api/kubernetes/core";
import type { DaemonSet } from "#api/kubernetes/workloads";
import { daemonTolerations, findUntoleratedTaint, isTolerated, nodeIdentity, requiredNodeMatcher } from "#kube/apimachinery";

/** What a daemon set wants of a node. */
export interface Eligibility {
  /** A pod should be started there. */
  readonly shouldRun: boolean;
  /** A pod that is there may stay. */
  readonly shouldStay: boolean;
}

/** The spec of a daemon set's pods before they are pinned to a node: the template's with the daemons' tolerations. */
export function daemonPodSpec(daemonSet: DaemonSet): PodSpec {
  const { spec } = daemonSet.spec.template;
  const present = spec.tolerations ?? [];
  const missing = daemonTolerations(spec.hostNetwork === true).filter(
    (wanted) =>
      !present.some(
        (toleration) => toleration.key === wanted.key && toleration.effect === wanted.effect && toleration.operator === "Exists",
      ),
  );
  return { ...spec, tolerations: [...present, ...missing] };
}

const RUNS: Eligibility = { shouldRun: true, shouldStay: true };
const STAYS: Eligibility = { shouldRun: false, shouldStay: true };
const LEAVES: Eligibility = { shouldRun: false, shouldStay: false };

/**
 * Whether each node is one for the daemon set; made once, asked for each node.
 * Source: kubernetes pkg/controller/daemon/daemon_controller.go, NodeShouldRunDaemonPod.
 */
export function eligibilityOf(daemonSet: DaemonSet): (node: Node) => Eligibility {
  const spec = daemonPodSpec(daemonSet);
  const matches = requiredNodeMatcher(spec);
  return (node) => {
    if (spec.nodeName && spec.nodeName !== node.metadata.name) return LEAVES;
    if (!matches(nodeIdentity(node))) return LEAVES;
    const taints = node.spec.taints ?? [];
    if (findUntoleratedTaint(taints, spec.tolerations) === undefined) return RUNS;
    const drivesOut = taints.some((taint) => taint.effect === "NoExecute" && !isTolerated(taint, spec.tolerations));
    return drivesOut ? LEAVES : STAYS;
  };
}

/**
 * The affinity that pins a pod to a node by its name; it takes the place of what nodes the template asked for, which were
 * checked already. Source: kubernetes pkg/controller/daemon/util/daemonset_util.go, ReplaceDaemonSetPodNodeNameNodeAffinity.
 */
export function pinnedTo(nodeName: string, affinity: Affinity | undefined): Affinity {
  const pin = { matchFields: [{ key: "metadata.name", operator: "In" as const, values: [nodeName] }] };
  const requiredDuringSchedulingIgnoredDuringExecution = { nodeSelectorTerms: [pin] };
  return { ...affinity, nodeAffinity: { ...affinity?.nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution } };
}

/** The node a daemon pod is for: where it runs, or where it is pinned. Source: daemonset_util.go, GetTargetNodeName. */
export function targetNodeOf(spec: PodSpec): string | undefined {
  if (spec.nodeName) return spec.nodeName;
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  for (const term of terms) {
    const field = term.matchFields?.find(({ key, operator }) => key === "metadata.name" && operator === "In");
    if (field?.values?.[0] !== undefined) return field.values[0];
  }
  return undefined;
}
