import type { Pod } from "#api/kubernetes/core";
import type { Rehearsal } from "#api/kubernetes/rehearsal";
import { amountsOf, controllerOf } from "#kube/apimachinery";
import { type Choice, chosen, type Option } from "./expander.ts";
import { balanced, type Growth, isSimilar } from "./similar.ts";
import { replicaOf, type Template } from "./template.ts";
import { requestsOf } from "./usage.ts";

/** An autoscaled pool, as decisions see it. */
export interface Group {
  /** Of its scale set: what events call it. */
  readonly name: string;
  /** Nodes that it has or is about to have. */
  readonly size: number;
  readonly max: number;
  readonly template: Template;
  /** Why no nodes can be added now: something else is under way, or an addition has failed. */
  readonly barred?: "busy" | "backoff";
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
  /** The cluster, with the nodes that are about to come. Pods that have room there are put there; nothing else is left on it. */
  readonly stage: Rehearsal;
  /** Nodes on it that take pods. */
  readonly nodes: readonly string[];
  readonly balanceSimilar: boolean;
  readonly choice: Choice;
}

interface GroupOption extends Option {
  readonly of: Group;
}

/**
 * Which pools grow, and by how much: pods for which nodes are there or on their way need nothing; of the pools that would take
 * some of the others, the expander chooses one, and similar ones share what it would get.
 * Source: kubernetes/autoscaler cluster-autoscaler FAQ.md, "How does scale-up work?"; core/scaleup/orchestrator.
 */
export function planScaleUp(request: ScaleUpRequest): ScaleUp {
  const { groups, stage, choice, balanceSimilar } = request;
  const pods = withoutRoom(request);
  if (pods.length === 0) return { growths: [], triggered: [], helpless: [] };
  const usable = groups.filter(({ barred, size, max }) => barred === undefined && size < max);
  const options = usable.map((group) => optionOf(group, pods, stage)).filter(({ nodes }) => nodes > 0);
  const best = chosen(options, choice);
  if (best === undefined) return { growths: [], triggered: [], helpless: helplessOf(pods, options, request) };
  const similar = balanceSimilar
    ? usable.filter((group) => group !== best.of && isSimilar(group.template, best.template) && takesAll(group, best.pods, stage))
    : [];
  return { growths: balanced([best.of, ...similar], best.nodes), triggered: best.pods, helpless: [] };
}

/**
 * The pods that find no room on the nodes that are there or are about to come. Where one found none its siblings need not look:
 * rooms only fill up. Source: core/podlistprocessor/filter_out_schedulable.go, which goes by controllers too.
 */
function withoutRoom({ pods, nodes, stage }: ScaleUpRequest): readonly Pod[] {
  const hopeless = new Set<string>();
  return pods.filter((pod) => {
    const owner = ownerOf(pod);
    if (hopeless.has(owner)) return true;
    const node = stage.find(pod, nodes);
    if (node !== undefined) stage.put(pod, node);
    else if (owner !== "") hopeless.add(owner);
    return node === undefined;
  });
}

function ownerOf(pod: Pod): string {
  return controllerOf(pod)?.uid ?? "";
}

/**
 * The largest first, each onto the first new node with room. Siblings of a pod that found room on none of them look at the
 * newest alone, and a new node that stays empty is none that is needed.
 * Source: estimator/binpacking_estimator.go.
 */
function optionOf(of: Group, pods: readonly Pod[], stage: Rehearsal): GroupOption {
  const { template, name, size, max } = of;
  const taken: Pod[] = [];
  const used = new Set<string>();
  const reasons = fitting(of, pods, stage);
  const able = pods.filter((_, index) => reasons[index]?.length === 0);
  stage.attempt(() => {
    const bins: string[] = [];
    const narrow = new Set<string>();
    const binFor = (pod: Pod): string | undefined => {
      const owner = ownerOf(pod);
      const found = stage.find(pod, narrow.has(owner) ? bins.slice(-1) : bins);
      if (found !== undefined) return found;
      if (owner !== "") narrow.add(owner);
      const newest = bins.at(-1);
      if (size + bins.length >= max || (newest !== undefined && !used.has(newest))) return undefined;
      const { node, pods: daemons } = replicaOf(template, bins.length);
      stage.addNode(node, daemons);
      bins.push(node.metadata.name);
      return stage.find(pod, bins.slice(-1));
    };
    for (const pod of largestFirst(able, template)) {
      const bin = binFor(pod);
      if (bin === undefined) continue;
      stage.put(pod, bin);
      used.add(bin);
      taken.push(pod);
    }
  });
  return { of, group: name, template, pods: taken, nodes: used.size };
}

/** Source: estimator/decreasing_pod_orderer.go. */
function largestFirst(pods: readonly Pod[], { node }: Template): readonly Pod[] {
  const allocatable = amountsOf(node.status?.allocatable);
  const share = ({ spec }: Pod, resource: string): number => (requestsOf(spec).get(resource) ?? 0) / (allocatable.get(resource) ?? 1);
  const sized = pods.map((pod) => ({ pod, size: share(pod, "cpu") + share(pod, "memory") }));
  return sized.sort((a, b) => b.size - a.size).map(({ pod }) => pod);
}

/** For each pod why a new node of the group would not take it, alone as it would be there; empty when it would. */
function fitting({ template }: Group, pods: readonly Pod[], stage: Rehearsal): readonly (readonly string[])[] {
  return stage.attempt(() => {
    stage.addNode(template.node, template.pods);
    return pods.map((pod) => stage.refusals(pod, template.node.metadata.name));
  });
}

function takesAll(group: Group, pods: readonly Pod[], stage: Rehearsal): boolean {
  return fitting(group, pods, stage).every((reasons) => reasons.length === 0);
}

/** Source: core/scaleup/orchestrator/rejectedreasons.go, ExpansionOptionsFilteredOutReason. Unverified: since which release it is told. */
const FILTERED_OUT = "expansion options filtered out and no longer considered";

/** Source: processors/status/eventing_scale_up_processor.go, ReasonsMessage; core/scaleup/orchestrator/skippedreasons.go. */
function helplessOf(pods: readonly Pod[], options: readonly GroupOption[], { groups, stage }: ScaleUpRequest): ScaleUp["helpless"] {
  const rejections = groups.map((group) => {
    const skipped = skippedReason(group);
    if (skipped !== undefined) return pods.map(() => [skipped]);
    const isOption = options.some(({ of }) => of === group);
    return fitting(group, pods, stage).map((reasons) => (reasons.length === 0 && isOption ? [FILTERED_OUT] : reasons));
  });
  return pods.map((pod, index) => {
    const counts = new Map<string, number>();
    for (const rejection of rejections) for (const reason of rejection[index] ?? []) counts.set(reason, (counts.get(reason) ?? 0) + 1);
    return { pod, reasons: [...counts].map(([reason, count]) => `${count} ${reason}`).join(", ") };
  });
}

function skippedReason({ barred, size, max }: Group): string | undefined {
  if (barred === "busy") return "not ready for scale-up";
  if (barred === "backoff") return "in backoff after failed scale-up";
  return size >= max ? "max node group size reached" : undefined;
}
