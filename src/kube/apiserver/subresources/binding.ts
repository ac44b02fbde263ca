import type { Binding, Pod } from "#api/kubernetes/core";
import type { Status } from "#api/kubernetes/status";
import { formatTime, isJsonObject, withCondition } from "#kube/apimachinery";
import type { Core } from "../core.ts";
import { badRequest, conflict, invalid, success } from "../status.ts";
import { storable } from "../storage/codec.ts";
import { commit, type CommitTarget } from "../verbs/commit.ts";
import { checkAddress } from "../verbs/update.ts";

const OF = { group: "", resource: "pods/binding" };

/**
 * Puts a pod on a node. Binding a pod that is bound already, to the same node too, is a conflict.
 * Source: pkg/registry/core/pod/storage/storage.go, assignPod and setPodHostAndAnnotations.
 */
export async function bindPod(core: Core, call: CommitTarget & { readonly body: unknown }): Promise<Status> {
  const binding = bindingOf(call.body);
  checkAddress(call, binding);
  const nodeName = binding.target.name ?? "";
  const condition = {
    type: "PodScheduled",
    status: "True" as const,
    lastProbeTime: null,
    lastTransitionTime: formatTime(core.clock.now()),
  };
  await commit(core, call, ({ object }) => {
    const previous = object as Pod;
    refuseBinding(previous);
    const pod = storable(previous, call.resource.storedApiVersion, call.resource.storedKind);
    // What is spread with a member more has a hidden class of its own, which takes more than the pod's whole spec.
    pod.spec = Object.assign({}, previous.spec, { nodeName });
    pod.status = { ...previous.status, conditions: withCondition(previous.status?.conditions, condition) };
    const { annotations } = binding.metadata;
    if (annotations !== undefined) pod.metadata.annotations = { ...pod.metadata.annotations, ...annotations };
    return { kind: "replace", object: pod };
  });
  return success(201);
}

function refuseBinding({ metadata: { name, deletionTimestamp }, spec }: Pod): void {
  if (deletionTimestamp !== undefined) throw conflict(OF, name, `pod ${name} is being deleted, cannot be assigned to a host`);
  if (spec.nodeName !== undefined && spec.nodeName !== "")
    throw conflict(OF, name, `pod ${name} is already assigned to node "${spec.nodeName}"`);
  if (spec.schedulingGates !== undefined && spec.schedulingGates.length > 0)
    throw conflict(OF, name, `pod ${name} has non-empty .spec.schedulingGates`);
}

/** Source: pkg/apis/core/validation/validation.go, ValidatePodBinding. */
function bindingOf(body: unknown): Binding {
  if (!isJsonObject(body) || !isJsonObject(body["target"])) throw badRequest("the body must be a Binding with a target");
  const metadata = isJsonObject(body["metadata"]) ? body["metadata"] : {};
  const binding = { ...body, metadata } as unknown as Binding;
  const { kind, name } = binding.target;
  const subject = binding.metadata.name ?? "";
  if (kind !== undefined && kind !== "" && kind !== "Node")
    throw invalid({ group: "", kind: "Binding" }, subject, [
      { type: "NotSupported", field: "target.kind", value: kind, supported: ["Node", "<empty>"] },
    ]);
  if (typeof name !== "string" || name === "")
    throw invalid({ group: "", kind: "Binding" }, subject, [{ type: "Required", field: "target.name" }]);
  return binding;
}
