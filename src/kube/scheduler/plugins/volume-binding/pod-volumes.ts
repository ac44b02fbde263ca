import type { NodeSelectorTerm } from "#api/kubernetes/core";
import type { PersistentVolume, StorageClass } from "#api/kubernetes/storage";
import type { PersistentVolumeClaim } from "#api/kubernetes/workloads";
import {
  claimRequest,
  compareQuantities,
  compileNodeSelectorTerms,
  isFullyBound,
  type NodeMatcher,
  NO_PROVISIONER,
  SELECTED_NODE,
  storageClassNameOf,
  volumesForClaim,
} from "#kube/apimachinery";
import type { ClusterFacts } from "../../cluster-facts.ts";
import type { NodeState } from "../../node-state.ts";
import type { PodToPlace } from "../../pod-to-place.ts";
import type { VolumeForClaim, VolumePlan } from "../../volumes/assumed-volumes.ts";

/** A volume, and from where it can be reached. */
interface Reachable {
  readonly volume: PersistentVolume;
  /** From everywhere when absent. */
  readonly matches: NodeMatcher | undefined;
}

/** A claim that gets its volume when its pod gets its node. */
interface WaitingClaim {
  readonly claim: PersistentVolumeClaim;
  /** The node that was chosen for it before. */
  readonly selectedNode: string | undefined;
  readonly kept: readonly Reachable[];
  readonly free: readonly Reachable[];
  readonly provisioner: StorageClass | undefined;
}

/** Why a node will not do for a pod's volumes. Source: plugins/volumebinding/binder.go, ConflictReason. */
export type VolumeConflict = "affinity" | "unbound" | "missing";

/** A pod's claims by what is still to be done about them. Source: plugins/volumebinding/binder.go, GetPodVolumeClaims. */
export interface PodVolumes {
  /** Of claims that are bound; undefined for volumes that do not exist. */
  readonly bound: readonly (Reachable | undefined)[];
  /** The smallest first. */
  readonly waiting: readonly WaitingClaim[];
  /** Claims whose class does not wait for a pod and that are not bound yet. */
  readonly hasUnboundImmediate: boolean;
}

/** Looks at the pod's claims, all of which exist. */
export function podVolumes({ claims }: PodToPlace, facts: ClusterFacts): PodVolumes {
  const bound: (Reachable | undefined)[] = [];
  const waiting: WaitingClaim[] = [];
  let hasUnboundImmediate = false;
  for (const key of claims) {
    const claim = claimOf(key, facts);
    if (claim === undefined) continue;
    if (isFullyBound(claim)) bound.push(reachable(facts.volume(claim.spec.volumeName ?? "")));
    else if (waitsForPod(claim, facts)) waiting.push(waitingClaim(claim, facts));
    else hasUnboundImmediate = true;
  }
  waiting.sort((one, other) => compareQuantities(claimRequest(one.claim), claimRequest(other.claim)));
  return { bound, waiting, hasUnboundImmediate };
}

/** The claim of this key, `namespace/name`. */
export function claimOf(key: string, facts: ClusterFacts): PersistentVolumeClaim | undefined {
  const slash = key.indexOf("/");
  return facts.claim(key.slice(0, slash), key.slice(slash + 1));
}

/** Claims that name their volume are for the volume controller. */
function waitsForPod(claim: PersistentVolumeClaim, facts: ClusterFacts): boolean {
  const storageClass = facts.storageClass(storageClassNameOf(claim) ?? "");
  return storageClass?.volumeBindingMode === "WaitForFirstConsumer" && !claim.spec.volumeName;
}

function waitingClaim(claim: PersistentVolumeClaim, facts: ClusterFacts): WaitingClaim {
  const className = storageClassNameOf(claim) ?? "";
  const selectedNode = claim.metadata.annotations?.[SELECTED_NODE];
  const { kept, free } = selectedNode === undefined ? volumesForClaim(claim, facts.volumesOfClass(className)) : { kept: [], free: [] };
  const storageClass = facts.storageClass(className);
  const isMade = storageClass !== undefined && storageClass.provisioner !== "" && storageClass.provisioner !== NO_PROVISIONER;
  return { claim, selectedNode, kept: kept.map(reachableOf), free: free.map(reachableOf), provisioner: isMade ? storageClass : undefined };
}

function reachable(volume: PersistentVolume | undefined): Reachable | undefined {
  return volume === undefined ? undefined : reachableOf(volume);
}

function reachableOf(volume: PersistentVolume): Reachable {
  const terms = volume.spec.nodeAffinity?.required?.nodeSelectorTerms;
  return { volume, matches: terms === undefined ? undefined : matcherOf(terms) };
}

/** Objects of the API never change: what a volume's terms mean is found once. */
const matchers = new WeakMap<readonly NodeSelectorTerm[], NodeMatcher>();

function matcherOf(terms: NodeSelectorTerm[]): NodeMatcher {
  let matcher = matchers.get(terms);
  if (matcher === undefined) matchers.set(terms, (matcher = compileNodeSelectorTerms(terms)));
  return matcher;
}

function isReached({ matches }: Reachable, node: NodeState): boolean {
  return matches === undefined || matches(node);
}

/**
 * What would have to happen for the pod to go to the node, or why it cannot.
 * Source: plugins/volumebinding/binder.go, FindPodVolumes, findMatchingVolumes and checkVolumeProvisions.
 */
export function planOn({ bound, waiting }: PodVolumes, node: NodeState): VolumePlan | readonly VolumeConflict[] {
  const conflicts: VolumeConflict[] = [];
  // The first volume that will not do decides, one that does not exist too.
  const failing = bound.findIndex((each) => each === undefined || !isReached(each, node));
  const isMissing = failing >= 0 && bound[failing] === undefined;
  if (failing >= 0 && !isMissing) conflicts.push("affinity");
  const plan = planWaiting(waiting, node);
  if (plan === undefined) conflicts.push("unbound");
  if (isMissing) conflicts.push("missing");
  return plan === undefined || conflicts.length > 0 ? conflicts : plan;
}

function planWaiting(waiting: readonly WaitingClaim[], node: NodeState): VolumePlan | undefined {
  const bindings: VolumeForClaim[] = [];
  const provisions: PersistentVolumeClaim[] = [];
  const taken = new Set<PersistentVolume>();
  for (const each of waiting) {
    if (each.selectedNode !== undefined && each.selectedNode !== node.name) return undefined;
    const volume = matchingVolume(each, node, taken);
    if (volume !== undefined) {
      taken.add(volume);
      bindings.push({ claim: each.claim, volume });
    } else if (each.provisioner !== undefined && isAllowed(each.provisioner, node)) provisions.push(each.claim);
    else return undefined;
  }
  return { nodeName: node.name, bindings, provisions };
}

/** A volume that is kept for the claim is the only one for it. */
function matchingVolume({ kept, free }: WaitingClaim, node: NodeState, taken: ReadonlySet<PersistentVolume>): PersistentVolume | undefined {
  const [own] = kept;
  if (own !== undefined) return isReached(own, node) ? own.volume : undefined;
  return free.find((each) => !taken.has(each.volume) && isReached(each, node))?.volume;
}

/** Source: pkg/apis/core/v1/helper/helpers.go, MatchTopologySelectorTerms. */
function isAllowed({ allowedTopologies = [] }: StorageClass, { labels }: NodeState): boolean {
  return (
    allowedTopologies.length === 0 ||
    allowedTopologies.some(({ matchLabelExpressions = [] }) =>
      matchLabelExpressions.every(({ key, values = [] }) => labels?.[key] !== undefined && values.includes(labels[key])),
    )
  );
}

/** Whether the same holds for every node of a class, so that one need not ask each. */
export function isSameForClass({ bound, waiting }: PodVolumes): boolean {
  return (
    bound.every((each) => each === undefined || each.matches === undefined) &&
    waiting.every(
      ({ selectedNode, kept, free, provisioner }) =>
        selectedNode === undefined &&
        [...kept, ...free].every(({ matches }) => matches === undefined) &&
        (provisioner?.allowedTopologies ?? []).length === 0,
    )
  );
}
