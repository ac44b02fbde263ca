import type { TopologySpreadConstraint } from "#api/kubernetes/core";
import type { LabelSelector } from "#api/kubernetes/meta";
import { nothing, type Selector } from "#kube/apimachinery";
import { readSelector } from "../../affinity-terms.ts";
import type { ClusterFacts } from "../../cluster-facts.ts";
import type { PodToPlace } from "../../pod-to-place.ts";
import type { DefaultConstraint } from "../../profiles/plugin-arguments.ts";
import type { SchedulerProfile } from "../../profiles/profile.ts";

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
    .map((constraint) => {
      const { labelSelector, matchLabelKeys = [] } = constraint;
      return constraintOf(constraint, readSelector(withLabelsOf(labelSelector, matchLabelKeys, labels ?? {})));
    });
}

/**
 * The constraints that hold for a pod: its own, or those that the profile has for pods without. System constraints are all
 * ScheduleAnyway. Source: plugins/podtopologyspread/filtering.go, getConstraints; scoring.go, initPreScoreState.
 */
export function constraintsFor(
  pod: PodToPlace,
  action: Action,
  profile: SchedulerProfile,
  facts: ClusterFacts,
): readonly SpreadConstraint[] {
  if (hasOwnConstraints(pod)) return constraintsOf(pod, action);
  const defaults = defaultsOf(profile, action);
  const kin = defaults.length === 0 ? undefined : facts.kinOf(pod);
  return kin === undefined ? NO_CONSTRAINTS : withSelector(defaults, kin);
}

export function hasOwnConstraints({ pod }: PodToPlace): boolean {
  return (pod.spec.topologySpreadConstraints?.length ?? 0) > 0;
}

/** Whether nodes are refused by the profile's own constraints. */
export function refusesByDefault({ plugins: { spread } }: SchedulerProfile): boolean {
  return spread.defaults !== "system" && spread.defaults.some(({ whenUnsatisfiable }) => whenUnsatisfiable === "DoNotSchedule");
}

/** Source: plugins/podtopologyspread/plugin.go, systemDefaultConstraints. */
const SYSTEM_CONSTRAINTS: readonly DefaultConstraint[] = [
  { maxSkew: 3, topologyKey: "kubernetes.io/hostname", whenUnsatisfiable: "ScheduleAnyway" },
  { maxSkew: 5, topologyKey: "topology.kubernetes.io/zone", whenUnsatisfiable: "ScheduleAnyway" },
];

const NO_DEFAULTS: readonly DefaultConstraint[] = [];

function defaultsOf({ plugins: { spread }, release }: SchedulerProfile, action: Action): readonly DefaultConstraint[] {
  if (spread.defaults === "system") return action === "ScheduleAnyway" && release.spreadsByDefault ? SYSTEM_CONSTRAINTS : NO_DEFAULTS;
  return ofAction(spread.defaults, action);
}

/** A profile's constraints of each action, which are asked for with every pod. */
const byAction = new WeakMap<readonly DefaultConstraint[], Readonly<Record<Action, readonly DefaultConstraint[]>>>();

function ofAction(defaults: readonly DefaultConstraint[], action: Action): readonly DefaultConstraint[] {
  let known = byAction.get(defaults);
  if (known === undefined) {
    const of = (wanted: Action): readonly DefaultConstraint[] => defaults.filter(({ whenUnsatisfiable }) => whenUnsatisfiable === wanted);
    byAction.set(defaults, (known = { DoNotSchedule: of("DoNotSchedule"), ScheduleAnyway: of("ScheduleAnyway") }));
  }
  return known[action];
}

/** By the selector of a controller, which all its pods share. */
const selected = new WeakMap<readonly DefaultConstraint[], WeakMap<LabelSelector, readonly SpreadConstraint[]>>();

/** Source: plugins/podtopologyspread/common.go, buildDefaultConstraints. */
function withSelector(defaults: readonly DefaultConstraint[], kin: LabelSelector): readonly SpreadConstraint[] {
  let ofDefaults = selected.get(defaults);
  if (ofDefaults === undefined) selected.set(defaults, (ofDefaults = new WeakMap()));
  let known = ofDefaults.get(kin);
  if (known === undefined) {
    const selector = readSelector(kin);
    known = selector.empty || selector === nothing ? NO_CONSTRAINTS : defaults.map((each) => constraintOf(each, selector));
    ofDefaults.set(kin, known);
  }
  return known;
}

function constraintOf(constraint: DefaultConstraint, selector: Selector): SpreadConstraint {
  const { maxSkew, topologyKey, minDomains = 1, nodeAffinityPolicy, nodeTaintsPolicy } = constraint;
  return {
    maxSkew,
    topologyKey,
    selector,
    minDomains,
    honorsAffinity: nodeAffinityPolicy !== "Ignore",
    honorsTaints: nodeTaintsPolicy === "Honor",
  };
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
