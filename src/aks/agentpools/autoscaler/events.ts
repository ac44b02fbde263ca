import type { ObjectReference, Pod } from "#api/kubernetes/core";
import { createRecorder, type Recorder } from "#kube/client";
import type { ClusterView } from "../../cluster-view.ts";
import type { AksContext } from "../../context.ts";
import type { Removal } from "./scale-down.ts";
import { PRIORITIES, type PriorityWarning } from "./priorities.ts";
import type { Growth } from "./similar.ts";

/** Where the autoscaler keeps its status, and what its own events are about. */
export const STATUS = { namespace: "kube-system", name: "cluster-autoscaler-status" } as const;

/** Events of the autoscaler, about nodes, pods and its status. */
export interface AutoscalerEvents {
  node(name: string, reason: "ScaleDown" | "ScaleDownFailed", message: string): void;
  pod(pod: Pod, reason: "TriggeredScaleUp" | "NotTriggerScaleUp" | "ScaleDown", message: string): void;
  status(reason: "ScaledUpGroup" | "ScaleDown" | "ScaleDownEmpty", message: string): void;
  /** About the ConfigMap of the expander `priority`. */
  priorities(warning: PriorityWarning): void;
}

/** One recorder for each view: it knows what it has told already. */
const recorders = new WeakMap<ClusterView, Recorder>();

/** Source: cluster-autoscaler main.go and utils/kubernetes/factory.go, the component's name. */
export function eventsOf({ clock, log }: Pick<AksContext, "clock" | "log">, view: ClusterView): AutoscalerEvents {
  let known = recorders.get(view);
  if (known === undefined) {
    known = createRecorder({ clock, log, client: view.client, source: { component: "cluster-autoscaler" } });
    recorders.set(view, known);
  }
  const recorder = known;
  return {
    node(name, reason, message) {
      const type = reason === "ScaleDownFailed" ? "Warning" : "Normal";
      recorder.record({ about: { kind: "Node", name, uid: name }, type, reason, message });
    },
    pod: ({ metadata }, reason, message) => recorder.record({ about: referenceOf("Pod", metadata), type: "Normal", reason, message }),
    status: (reason, message) => recorder.record({ about: referenceOf("ConfigMap", STATUS), type: "Normal", reason, message }),
    priorities: ({ reason, message }) => recorder.record({ about: referenceOf("ConfigMap", PRIORITIES), type: "Warning", reason, message }),
  };
}

function referenceOf(kind: string, { name, namespace, uid, resourceVersion }: Partial<Pod["metadata"]>): ObjectReference {
  return {
    kind,
    apiVersion: "v1",
    name: name ?? "",
    ...(namespace !== undefined && { namespace }),
    ...(uid !== undefined && { uid }),
    ...(resourceVersion !== undefined && { resourceVersion }),
  };
}

/** `[{aks-nodepool1-28993262-vmss 1->3 (max: 5)}]`. Source: cluster-autoscaler processors/nodegroupset, ScaleUpInfo.String. */
export function growthsText(growths: readonly Growth[]): string {
  return `[${growths.map(({ group, from, to, max }) => `{${group} ${from}->${to} (max: ${max})}`).join(" ")}]`;
}

/** Source: cluster-autoscaler core/scaleup/orchestrator/executor.go. */
export function postGrowth(events: AutoscalerEvents, { group, from, to, max }: Growth): void {
  events.status("ScaledUpGroup", `Scale-up: setting group ${group} size to ${to} instead of ${from} (max: ${max})`);
  events.status("ScaledUpGroup", `Scale-up: group ${group} size set to ${to} instead of ${from} (max: ${max})`);
}

/** A node has been chosen. Source: cluster-autoscaler core/scaledown/actuation/actuator.go. */
export function postChosen(events: AutoscalerEvents, { node, pods, utilization: { cpu, memory, most } }: Removal): void {
  events.node(node, "ScaleDown", "marked the node as toBeDeleted/unschedulable");
  if (pods.length === 0) return events.status("ScaleDownEmpty", `Scale-down: removing empty node "${node}"`);
  const names = pods.map(({ metadata }) => metadata.name).join(",");
  const used = `{${cpu} ${memory} 0 ${most === cpu ? "cpu" : "memory"} ${most}}`;
  events.status("ScaleDown", `Scale-down: removing node ${node}, utilization: ${used}, pods to reschedule: ${names}`);
}

/** A node goes. Source: cluster-autoscaler core/scaledown/actuation/delete_in_batch.go. */
export function postRemoved(events: AutoscalerEvents, node: string): void {
  events.node(node, "ScaleDown", "node removed by cluster autoscaler");
}
