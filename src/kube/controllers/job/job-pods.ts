import type { Pod, PodSpec } from "#api/kubernetes/core";
import type { Job, PodTemplate } from "#api/kubernetes/workloads";
import { findCondition, nameSuffix, parseTime } from "#kube/apimachinery";
import { type PodOwner, podFromTemplate } from "../pod-control.ts";

/** Keeps a pod that has ended until it is counted. */
export const TRACKING_FINALIZER = "batch.kubernetes.io/job-tracking";
const INDEX = "batch.kubernetes.io/job-completion-index";
/** First minor version whose jobs keep track by finalizers. Source: kubernetes CHANGELOG-1.23, JobTrackingWithFinalizers beta. */
const TRACKED_SINCE_MINOR = 23;
/** First minor version whose pods have their index as a label too. Source: kubernetes CHANGELOG-1.28, PodIndexLabel. */
const INDEX_LABEL_SINCE_MINOR = 28;

export function isIndexed({ spec }: Job): boolean {
  return spec.completionMode === "Indexed";
}

export function isTracked(pod: Pod): boolean {
  return pod.metadata.finalizers?.includes(TRACKING_FINALIZER) === true;
}

export function usesFinalizers(minor: number): boolean {
  return minor >= TRACKED_SINCE_MINOR;
}

/** The index that a pod completes; undefined for a pod that has none. */
export function completionIndex(pod: Pod): number | undefined {
  const text = pod.metadata.annotations?.[INDEX];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** Whether the pod counts as failed: it is, or it was deleted before it ended. Source: job_controller.go, isPodFailed. */
export function isFailed(pod: Pod, { spec }: Job): boolean {
  if (pod.status?.phase === "Failed") return true;
  if (spec.podReplacementPolicy === "Failed") return false;
  return pod.metadata.deletionTimestamp !== undefined && pod.status?.phase !== "Succeeded";
}

/** When a pod ended, milliseconds since the epoch. Source: pkg/controller/job/backoff_utils.go, getFinishedTime. */
export function finishedMs({ metadata, status }: Pod): number {
  const ends = (status?.containerStatuses ?? []).map(({ state }) => parseTime(state?.terminated?.finishedAt));
  if (ends.length > 0 && ends.every((end) => end !== undefined)) return Math.max(...ends);
  const ready = findCondition(status?.conditions, "Ready");
  const notReady = ready?.status === "False" ? parseTime(ready.lastTransitionTime) : undefined;
  const deleted = parseTime(metadata.deletionTimestamp);
  return (
    notReady ??
    (deleted === undefined ? (parseTime(metadata.creationTimestamp) ?? 0) : deleted - (metadata.deletionGracePeriodSeconds ?? 0) * 1000)
  );
}

/** A new pod of the job, for an index when it has any. Source: job_controller.go, manageJob. */
export function jobPod(job: Job & PodOwner, index: number | undefined, { minor, random }: { minor: number; random: () => number }): Pod {
  const template: PodTemplate = job.spec.template ?? { spec: { containers: [] } };
  const pod = podFromTemplate(job, template, index === undefined ? {} : { spec: indexedSpec(job, template.spec, index) });
  if (usesFinalizers(minor)) pod.metadata.finalizers = [...(pod.metadata.finalizers ?? []), TRACKING_FINALIZER];
  if (index === undefined) return pod;
  pod.metadata.annotations = { ...pod.metadata.annotations, [INDEX]: String(index) };
  if (minor >= INDEX_LABEL_SINCE_MINOR) pod.metadata.labels = { ...pod.metadata.labels, [INDEX]: String(index) };
  // The index is part of the name, so the name cannot be left to the server.
  const { generateName: _, ...metadata } = pod.metadata;
  return { ...pod, metadata: { ...metadata, name: `${job.metadata.name}-${index}-${nameSuffix(random)}` } };
}

function indexedSpec({ metadata }: Job, spec: PodSpec, index: number): PodSpec {
  const variable = { name: "JOB_COMPLETION_INDEX", valueFrom: { fieldRef: { fieldPath: `metadata.annotations['${INDEX}']` } } };
  const withIndex = <T extends { env?: { name: string }[] }>(container: T): T =>
    container.env?.some(({ name }) => name === variable.name) === true
      ? container
      : { ...container, env: [...(container.env ?? []), variable] };
  return {
    ...spec,
    hostname: `${metadata.name}-${index}`,
    containers: spec.containers.map(withIndex),
    ...(spec.initContainers !== undefined && { initContainers: spec.initContainers.map(withIndex) }),
  };
}
