import { stringify } from "yaml";
import type { ConfigMap } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import { isStatus } from "#api/kubernetes/status";
import { formatTime, isReleaseAtLeast } from "#kube/apimachinery";
import type { KubeClient } from "#kube/client";
import { STATUS } from "./events.ts";

/** Nodes of a pool, or of all. */
export interface NodeCounts {
  readonly registered: number;
  readonly ready: number;
  readonly unready: number;
  readonly notStarted: number;
}

/** What the status tells of a pool. */
export interface GroupStatus {
  readonly name: string;
  readonly counts: NodeCounts;
  readonly target: number;
  readonly min: number;
  readonly max: number;
  readonly scaleUp: "InProgress" | "NoActivity" | "Backoff";
  /** Why an addition failed, during a back-off. */
  readonly failure?: { readonly code: string; readonly message: string } | undefined;
  /** Nodes that are not needed. */
  readonly candidates: number;
}

/** Since when each condition has been what it is, by its name; kept between two looks. */
export type Transitions = Map<string, { readonly status: string; readonly sinceMs: number }>;

/** How the cluster is told to be. */
export interface ClusterStatus {
  readonly release: string;
  readonly nowMs: number;
  readonly healthy: boolean;
  readonly groups: readonly GroupStatus[];
}

/** Since this release the status is YAML. Source: kubernetes/autoscaler#6318. */
const YAML_SINCE = "1.30.0";

/**
 * The status as the ConfigMap has it.
 * Sources: cluster-autoscaler clusterstate/api/types.go and clusterstate/utils/status.go, GetReadableString, of 1.29 and 1.30.
 */
export function statusText(status: ClusterStatus, transitions: Transitions): string {
  return isReleaseAtLeast(status.release, YAML_SINCE) ? yamlStatus(status, transitions) : plainStatus(status, transitions);
}

interface Condition {
  readonly status: string;
  readonly sinceMs: number;
}

function condition(transitions: Transitions, name: string, status: string, nowMs: number): Condition {
  const known = transitions.get(name);
  if (known?.status === status) return known;
  const changed = { status, sinceMs: nowMs };
  transitions.set(name, changed);
  return changed;
}

function summed(groups: readonly GroupStatus[]): NodeCounts {
  const sum = (of: (counts: NodeCounts) => number): number => groups.reduce((total, { counts }) => total + of(counts), 0);
  return {
    registered: sum(({ registered }) => registered),
    ready: sum(({ ready }) => ready),
    unready: sum(({ unready }) => unready),
    notStarted: sum(({ notStarted }) => notStarted),
  };
}

/** Whether anything grows: in progress if any does, else held back if any is. */
function clusterScaleUp(groups: readonly GroupStatus[]): string {
  return groups.some(({ scaleUp }) => scaleUp === "InProgress") ? "InProgress" : "NoActivity";
}

function healthOf(healthy: boolean): string {
  return healthy ? "Healthy" : "Unhealthy";
}

function scaleDownOf(candidates: number): string {
  return candidates > 0 ? "CandidatesPresent" : "NoCandidates";
}

function candidatesOf(groups: readonly GroupStatus[]): number {
  return groups.reduce((total, { candidates }) => total + candidates, 0);
}

function yamlStatus({ nowMs, healthy, groups }: ClusterStatus, transitions: Transitions): string {
  const times = (name: string, status: string): object => ({
    lastProbeTime: formatTime(nowMs),
    lastTransitionTime: formatTime(condition(transitions, name, status, nowMs).sinceMs),
  });
  const nodeCounts = ({ registered, ready, notStarted, unready }: NodeCounts): object => ({
    registered: { total: registered, ready, notStarted, unready: { total: unready, resourceUnready: 0 } },
    longUnregistered: 0,
    unregistered: 0,
  });
  const part = (name: string, status: string, more: object = {}): object => ({ status, ...more, ...times(name, status) });
  const down = (name: string, candidates: number): object => part(`${name}/down`, scaleDownOf(candidates), { candidates });
  return stringify({
    time: plainTime(nowMs),
    autoscalerStatus: "Running",
    clusterWide: {
      health: part("/health", healthOf(healthy), { nodeCounts: nodeCounts(summed(groups)) }),
      scaleUp: part("/up", clusterScaleUp(groups)),
      scaleDown: down("", candidatesOf(groups)),
    },
    nodeGroups: groups.map(({ name, counts, target, min, max, scaleUp, failure, candidates }) => ({
      name,
      health: part(`${name}/health`, healthOf(healthy), {
        nodeCounts: nodeCounts(counts),
        cloudProviderTarget: target,
        minSize: min,
        maxSize: max,
      }),
      scaleUp: part(
        `${name}/up`,
        scaleUp,
        failure === undefined ? {} : { backoffInfo: { errorCode: failure.code, errorMessage: failure.message } },
      ),
      scaleDown: down(name, candidates),
    })),
  });
}

/** `2026-01-27 21:57:30.462764772 +0000 UTC`, as Go prints a time. */
function plainTime(ms: number): string {
  return `${new Date(ms).toISOString().replace("T", " ").replace("Z", "")}000000 +0000 UTC`;
}

const INDENT = " ".repeat(15);

function plainStatus({ nowMs, healthy, groups }: ClusterStatus, transitions: Transitions): string {
  const block = (title: string, name: string, status: string, detail: string): string => {
    const { sinceMs } = condition(transitions, name, status, nowMs);
    const head = `  ${`${title}:`.padEnd(13)}${status} (${detail})`;
    return [head, `${INDENT}LastProbeTime:      ${plainTime(nowMs)}`, `${INDENT}LastTransitionTime: ${plainTime(sinceMs)}`, ""].join("\n");
  };
  const counts = ({ ready, unready, notStarted, registered }: NodeCounts): string =>
    `ready=${ready} unready=${unready} notStarted=${notStarted} longNotStarted=0 registered=${registered} longUnregistered=0`;
  const all = summed(groups);
  const wide = [
    block("Health", "/health", healthOf(healthy), counts(all)),
    block("ScaleUp", "/up", clusterScaleUp(groups), `ready=${all.ready} registered=${all.registered}`),
    block("ScaleDown", "/down", scaleDownOf(candidatesOf(groups)), `candidates=${candidatesOf(groups)}`),
  ];
  const each = groups.map((group) => {
    const sizes = `cloudProviderTarget=${group.target} (minSize=${group.min}, maxSize=${group.max})`;
    return [
      `  Name:        ${group.name}\n`,
      block("Health", `${group.name}/health`, healthOf(healthy), `${counts(group.counts)} ${sizes}`),
      block("ScaleUp", `${group.name}/up`, group.scaleUp, `ready=${group.counts.ready} cloudProviderTarget=${group.target}`),
      block("ScaleDown", `${group.name}/down`, scaleDownOf(group.candidates), `candidates=${group.candidates}`),
    ].join("");
  });
  return `Cluster-autoscaler status at ${plainTime(nowMs)}:\nCluster-wide:\n${wide.join("")}\nNodeGroups:\n${each.join("\n")}\n`;
}

/** Writes the status; makes its ConfigMap when there is none. */
export async function writeStatus(client: KubeClient, text: string, nowMs: number): Promise<void> {
  const annotations = { "cluster-autoscaler.kubernetes.io/last-updated": plainTime(nowMs) };
  const body = { metadata: { annotations }, data: { status: text } };
  try {
    await client.patch<ConfigMap>(resources.configMaps, STATUS, { type: "merge", body });
  } catch (error) {
    if (!isStatus(error, "NotFound")) throw error;
    await client.create<ConfigMap>(resources.configMaps, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { ...STATUS, annotations },
      data: { status: text },
    });
  }
}
