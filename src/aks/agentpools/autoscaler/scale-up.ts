import type { Pod } from "#api/kubernetes/core";
import { controllerOf } from "#kube/apimachinery";
import type { Random } from "#lib";
import { fits, type Place, refusals, withPod } from "./place.ts";
import type { AutoscalerSettings } from "./settings.ts";

/** An autoscaled pool, as decisions see it. */
export interface Group {
  /** Of its scale set: what events call it. */
  readonly name: string;
  /** Nodes that it has or is about to have. */
  readonly size: number;
  readonly max: number;
  /** A node of it as it boots, with the pods that daemon sets put there. */
  readonly template: Place;
  /** Why no nodes can be added now: something else is under way, or an addition has failed. */
  readonly barred?: "busy" | "backoff";
}

/** An addition of nodes. */
export interface Growth {
  readonly group: string;
  readonly from: number;
  readonly to: number;
  readonly max: number;
}

export interface ScaleUp {
  readonly growths: readonly Growth[];
  /** Pods that will have room then. */
  readonly triggered: readonly Pod[];
  /** Pods that no pool helps, each with what is counted over the pools; empty when nodes are added. */
  readonly helpless: readonly { readonly pod: Pod; readonly reasons: string }[];
}

/** Pools whose nodes a decision looks at, and the choices of the cluster. */
export interface ScaleUpRequest {
  /** That the scheduler has found no node for. */
  readonly pods: readonly Pod[];
  readonly groups: readonly Group[];
  /** Nodes that take pods, and those that are about to come. */
  readonly places: readonly Place[];
  readonly settings: Pick<AutoscalerSettings, "expander" | "balanceSimilar">;
  readonly release: string;
  readonly random: Pick<Random, "int">;
}

/** Nodes of one pool that would take some of the pods. */
interface Option {
  readonly group: Group;
  readonly pods: readonly Pod[];
  readonly bins: readonly Place[];
}

/**
 * Which pools grow, and by how much: pods for which nodes are there or on their way need nothing; of the pools that would take
 * some of the others, the expander chooses one, and similar ones share what it would get.
 * Source: kubernetes/autoscaler cluster-autoscaler FAQ.md, "How does scale-up work?"; core/scaleup/orchestrator.
 */
export function planScaleUp(request: ScaleUpRequest): ScaleUp {
  const { groups, settings, random } = request;
  const pods = withoutRoom(request);
  const usable = groups.filter(({ barred, size, max }) => barred === undefined && size < max);
  const options = usable.map((group) => optionOf(group, pods, request.release)).filter((option) => option.bins.length > 0);
  const best = chosen(options, settings.expander, random);
  if (best === undefined) return { growths: [], triggered: [], helpless: pods.map((pod) => ({ pod, reasons: reasonsOf(pod, request) })) };
  const similar = settings.balanceSimilar
    ? usable.filter((group) => group !== best.group && isSimilar(group, best.group) && takesAll(group, best.pods, request.release))
    : [];
  return { growths: balanced([best.group, ...similar], best.bins.length), triggered: best.pods, helpless: [] };
}

/**
 * The pods that find no room on the nodes that are there or are about to come. Where one found none its siblings need not look:
 * rooms only fill up. Source: core/podlistprocessor/filter_out_schedulable.go, which goes by controllers too.
 */
function withoutRoom({ pods, places, release }: ScaleUpRequest): readonly Pod[] {
  const rooms = [...places];
  const hopeless = new Set<string>();
  return pods.filter((pod) => {
    const owner = controllerOf(pod)?.uid ?? "";
    if (hopeless.has(owner)) return true;
    const index = rooms.findIndex((room) => fits(pod, room, release));
    const room = rooms[index];
    if (room !== undefined) rooms[index] = withPod(room, pod);
    else if (owner !== "") hopeless.add(owner);
    return room === undefined;
  });
}

/** The largest first, each onto the first node with room. Source: estimator/binpacking_estimator.go. */
function optionOf(group: Group, pods: readonly Pod[], release: string): Option {
  const bins: Place[] = [];
  const taken: Pod[] = [];
  const able = pods.filter((pod) => fits(pod, group.template, release));
  const sized = able.map((pod) => ({ pod, size: sizeOf(pod, group.template) })).sort((a, b) => b.size - a.size);
  for (const { pod } of sized) {
    const index = bins.findIndex((bin) => fits(pod, bin, release));
    const bin = bins[index];
    if (bin === undefined && group.size + bins.length >= group.max) continue;
    if (bin === undefined) bins.push(withPod(group.template, pod));
    else bins[index] = withPod(bin, pod);
    taken.push(pod);
  }
  return { group, pods: taken, bins };
}

function sizeOf(pod: Pod, { allocatable, taken }: Place): number {
  const after = withPod({ name: "", labels: {}, taints: [], allocatable, taken, pods: 0, ports: new Set() }, pod).taken;
  const share = (resource: string): number => (after.get(resource) ?? 0) / (allocatable.get(resource) ?? 1);
  return share("cpu") + share("memory");
}

/** Source: expander/random, expander/mostpods and expander/waste; equals are drawn from. */
function chosen(options: readonly Option[], expander: AutoscalerSettings["expander"], random: Pick<Random, "int">): Option | undefined {
  if (options.length === 0) return undefined;
  const score = { random: () => 0, "most-pods": ({ pods }: Option) => -pods.length, "least-waste": wasteOf }[expander];
  const least = Math.min(...options.map(score));
  const best = options.filter((option) => score(option) === least);
  return best[random.int(best.length)];
}

/** The share of cpu and of memory that would stay unused. Source: expander/waste/waste.go. */
function wasteOf({ bins }: Option): number {
  const unused = (resource: string): number => {
    const sum = (of: (bin: Place) => Place["taken"]): number => bins.reduce((total, bin) => total + (of(bin).get(resource) ?? 0), 0);
    const all = sum(({ allocatable }) => allocatable);
    return all === 0 ? 0 : 1 - sum(({ taken }) => taken) / all;
  };
  return unused("cpu") + unused("memory");
}

/**
 * Labels by which nodes of similar pools may differ.
 * Source: processors/nodegroupset/azure_nodegroups.go and compare_nodegroups.go, BasicIgnoredLabels.
 */
const OWN_LABELS: ReadonlySet<string> = new Set([
  "agentpool",
  "kubernetes.azure.com/agentpool",
  "kubernetes.azure.com/node-image-version",
  "kubernetes.io/hostname",
  "topology.kubernetes.io/zone",
  "failure-domain.beta.kubernetes.io/zone",
  "topology.disk.csi.azure.com/zone",
]);

function isSimilar(one: Group, other: Group): boolean {
  const shape = ({ template: { labels, allocatable } }: Group): string => {
    const shared = Object.entries(labels).filter(([key]) => !OWN_LABELS.has(key));
    return [...shared, ...allocatable]
      .map((pair) => pair.join("="))
      .sort((a, b) => (a < b ? -1 : 1))
      .join();
  };
  return shape(one) === shape(other);
}

function takesAll(group: Group, pods: readonly Pod[], release: string): boolean {
  return pods.every((pod) => fits(pod, group.template, release));
}

/** New nodes go one by one to the smallest of the groups. Source: processors/nodegroupset/balancing_processor.go. */
function balanced(groups: readonly Group[], added: number): readonly Growth[] {
  const sizes = groups.map(({ name, size, max }) => ({ group: name, from: size, to: size, max }));
  for (let count = 0; count < added; count++) {
    const open = sizes.filter(({ to, max }) => to < max).sort((a, b) => a.to - b.to)[0];
    if (open !== undefined) open.to++;
  }
  return sizes.filter(({ from, to }) => to > from);
}

/** Source: processors/status/eventing_scale_up_processor.go, ReasonsMessage; core/scaleup/orchestrator/skippedreasons.go. */
function reasonsOf(pod: Pod, { groups, release }: ScaleUpRequest): string {
  const counts = new Map<string, number>();
  for (const group of groups) for (const reason of rejection(pod, group, release)) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].map(([reason, count]) => `${count} ${reason}`).join(", ");
}

function rejection(pod: Pod, { barred, size, max, template }: Group, release: string): readonly string[] {
  if (barred === "busy") return ["not ready for scale-up"];
  if (barred === "backoff") return ["in backoff after failed scale-up"];
  return size >= max ? ["max node group size reached"] : refusals(pod, template, release);
}
