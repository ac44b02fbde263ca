import { hasTerms, termConcerns } from "./affinity-terms.ts";
import type { ClusterView } from "./framework/cluster-view.ts";
import type { NodeState } from "./node-state.ts";
import { constraintsFor } from "./plugins/pod-topology-spread/constraints.ts";
import type { PodToPlace } from "./pod-to-place.ts";
import type { SchedulerProfile } from "./profiles/profile.ts";
import type { QueuedPod } from "./queue.ts";

/** Changed pods that are looked at one by one; beyond them, anything may have changed. */
const MAX_CHANGED_PODS = 256;

/** What has happened since waiting pods were last looked at. */
export interface Happenings {
  /** Nodes on which something got better. */
  readonly nodes: readonly NodeState[];
  /** Whether what has happened elsewhere could help this pod, by the plugins that refused it. */
  helps(queued: QueuedPod): boolean;
}

/**
 * Gathers what happens in the cluster and says which waiting pods it could help. What happens on a node itself is for the
 * filters to judge; pods that others attract or keep away can also be helped by what happens on other nodes.
 * Source: EventsToRegister and the queueing hints of podtopologyspread, interpodaffinity, volumebinding, volumezone, volumerestrictions and nodevolumelimits.
 */
export class Wakeups {
  readonly #cluster: ClusterView;
  readonly #improved = new Set<NodeState>();
  #changedPods: PodToPlace[] = [];
  #areManyChanged = false;
  #areVolumesChanged = false;
  readonly #changedClaims = new Set<string>();
  #topologyVersion = 0;

  constructor(cluster: ClusterView) {
    this.#cluster = cluster;
  }

  improved(node: NodeState): void {
    this.#improved.add(node);
  }

  /** A pod came to a node, left it, or changed its labels there. */
  podChanged(pod: PodToPlace): void {
    if (this.#changedPods.length < MAX_CHANGED_PODS) this.#changedPods.push(pod);
    else this.#areManyChanged = true;
  }

  /** Volumes or classes changed, of which any pod may have waited. */
  volumesChanged(): void {
    this.#areVolumesChanged = true;
  }

  /** One claim came or changed, which helps only pods that use it. Source: volume_binding.go, isSchedulableAfterPersistentVolumeClaimChange. */
  claimChanged(key: string): void {
    if (this.#changedClaims.size < MAX_CHANGED_PODS) this.#changedClaims.add(key);
    else this.#areVolumesChanged = true;
  }

  /** What has happened, which is forgotten; nothing when nothing has. */
  take(): Happenings | undefined {
    const { version } = this.#cluster.topology;
    const isTopologyChanged = version !== this.#topologyVersion;
    const pods = this.#changedPods;
    const volumes = this.#areVolumesChanged;
    const anything = isTopologyChanged || this.#areManyChanged;
    if (this.#improved.size + pods.length + this.#changedClaims.size === 0 && !volumes && !anything) return undefined;
    const claims = new Set(this.#changedClaims);
    this.#changedClaims.clear();
    const nodes = [...this.#improved].filter(({ node }) => node !== undefined);
    this.#improved.clear();
    this.#changedPods = [];
    this.#areManyChanged = false;
    this.#areVolumesChanged = false;
    this.#topologyVersion = version;
    return {
      nodes,
      helps: ({ pod, refusedBy, filters }) =>
        ((volumes || pod.claims.some((claim) => claims.has(claim))) && [...refusedBy].some((plugin) => ASKING_VOLUMES.has(plugin))) ||
        (refusedBy.has("PodTopologySpread") && (anything || pods.some((other) => this.#unbalances(other, pod, filters?.profile)))) ||
        (refusedBy.has("VolumeRestrictions") &&
          (anything || pods.some(({ claims: used }) => used.some((key) => pod.claims.includes(key))))) ||
        (refusedBy.has("InterPodAffinity") && (anything || pods.some((other) => this.#attracts(other, pod)))),
    };
  }

  /** Whether a pod of a node counts for the constraints of one that waits. */
  #unbalances(other: PodToPlace, pod: PodToPlace, profile: SchedulerProfile | undefined): boolean {
    if (other.namespace !== pod.namespace || profile === undefined) return false;
    const constraints = constraintsFor(pod, "DoNotSchedule", profile, this.#cluster.facts);
    return constraints.some(({ selector }) => selector.matches(other.labels));
  }

  #attracts(other: PodToPlace, pod: PodToPlace): boolean {
    const labels = this.#cluster.facts.namespaceLabels(other.namespace);
    const { required, requiredAnti } = pod.terms;
    if (hasTerms(other.terms) && other.terms.requiredAnti.length > 0) return true;
    return [...required, ...requiredAnti].some((term) => termConcerns(term, other, labels));
  }
}

/** Plugins whose refusals can end by what happens to claims and volumes. */
const ASKING_VOLUMES: ReadonlySet<string> = new Set([
  "VolumeBinding",
  "VolumeZone",
  "VolumeRestrictions",
  "NodeVolumeLimits",
  "AzureDiskLimits",
]);

/** Plugins whose refusals can end by what happens on other nodes. */
export const ASKING_OTHERS: ReadonlySet<string> = new Set(["PodTopologySpread", "InterPodAffinity", "VolumeRestrictions"]);
