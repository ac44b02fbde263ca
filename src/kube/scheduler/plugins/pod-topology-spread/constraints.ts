import type { TopologySpreadConstraint } from "#api/kubernetes/core";
import type { LabelSelector } from "#api/kubernetes/meta";
import { nothing, type Selector } from "#kube/apimachinery";
import { readSelector } from "../../affinity-terms.ts";
import type { PodToPlace } from "../../pod-to-place.ts";

/** A constraint, read for one pod. Source: plugins/podtopologyspread/common.go, topologySpreadConstraint. */
export interface SpreadConstraint {
  readonly maxSkew: number;
  readonly topologyKey: string;
  readonly selector: Selector;
  readonly minDomains: number;
  /** Nodes that the pod's node selector or required affinity does not choose are no part of the topology. */
  readonly honorsAffinity: boolean;
  /** Nor are nodes with a taint that the pod does not tolerate. */
  readonly honorsTaints: boolean;
}

type Action = TopologySpreadConstraint["whenUnsatisfiable"];

/** The pod's own constraints of one action. Source: common.go, filterTopologySpreadConstraints. */
export function constraintsOf({ pod, labels }: PodToPlace, action: Action): readonly SpreadConstraint[] {
  const constraints = pod.spec.topologySpreadConstraints ?? NONE;
  if (constraints.length === 0) return NO_CONSTRAINTS;
  return constraints
    .filter(({ whenUnsatisfiable }) => whenUnsatisfiable === action)
    .map(({ maxSkew, topologyKey, labelSelector, minDomains, nodeAffinityPolicy, nodeTaintsPolicy, matchLabelKeys = [] }) => ({
      maxSkew,
      topologyKey,
      selector: readSelector(withLabelsOf(labelSelector, matchLabelKeys, labels ?? {})),
      minDomains: minDomains ?? 1,
      honorsAffinity: nodeAffinityPolicy !== "Ignore",
      honorsTaints: nodeTaintsPolicy === "Honor",
    }));
}

/**
 * What holds for pods without constraints that belong to a service or controller; all of them ScheduleAnyway.
 * Source: plugins/podtopologyspread/plugin.go, systemDefaultConstraints.
 */
export function defaultConstraints(kin: LabelSelector): readonly SpreadConstraint[] {
  let known = defaults.get(kin);
  if (known === undefined) defaults.set(kin, (known = constraintsFor(kin)));
  return known;
}

/** By the selector of a controller, which all its pods share. */
const defaults = new WeakMap<LabelSelector, readonly SpreadConstraint[]>();

function constraintsFor(kin: LabelSelector): readonly SpreadConstraint[] {
  const selector = readSelector(kin);
  if (selector.empty || selector === nothing) return NO_CONSTRAINTS;
  const rest = { selector, minDomains: 1, honorsAffinity: true, honorsTaints: false };
  return [
    { ...rest, maxSkew: 3, topologyKey: HOSTNAME },
    { ...rest, maxSkew: 5, topologyKey: "topology.kubernetes.io/zone" },
  ];
}

export const HOSTNAME = "kubernetes.io/hostname";

const NONE: readonly TopologySpreadConstraint[] = [];
const NO_CONSTRAINTS: readonly SpreadConstraint[] = [];

/** Narrows the selector to pods with the same values of these labels. A constraint without a selector selects no pod and stays so. */
function withLabelsOf(
  selector: LabelSelector | undefined,
  keys: readonly string[],
  labels: Readonly<Record<string, string>>,
): LabelSelector | undefined {
  const shared = keys.flatMap((key) => (Object.hasOwn(labels, key) ? [{ key, operator: "In" as const, values: [labels[key] ?? ""] }] : []));
  if (selector === undefined || shared.length === 0) return selector;
  return { ...selector, matchExpressions: [...(selector.matchExpressions ?? []), ...shared] };
}
