import type { Pod } from "#api/kubernetes/core";
import { type ContainerRecord, newRecord } from "./containers.ts";

/**
 * Takes in ephemeral containers that the pod has got since; true when there are such. They come before all others, since they start
 * whatever becomes of those. Source: pkg/kubelet/kuberuntime/kuberuntime_manager.go, SyncPod: step 6.
 */
export function addEphemeral(records: ContainerRecord[], { spec }: Pod): boolean {
  const known = new Set(records.map(({ name }) => name));
  const added = (spec.ephemeralContainers ?? []).filter(({ name }) => !known.has(name));
  const at = records.filter(({ kind }) => kind === "ephemeral").length;
  records.splice(at, 0, ...added.map((container) => newRecord(container, "ephemeral", { reason: "ContainerCreating" })));
  return added.length > 0;
}

/** The list of the pod's spec that the container is in. */
export function listOf(each: Pick<ContainerRecord, "kind"> | undefined): string {
  if (each?.kind === "main") return "containers";
  return each?.kind === "ephemeral" ? "ephemeralContainers" : "initContainers";
}
