import type { Container, ContainerState, ContainerStatus, Pod } from "#api/kubernetes/core";
import { formatTime, parseTime } from "#kube/apimachinery";
import { imageIdentity } from "../images.ts";
import type { KubeletRelease } from "../release.ts";
import type { BackOff } from "./back-off.ts";
import type { ContainerLife } from "./container-life.ts";

export type ContainerKind = "ephemeral" | "init" | "sidecar" | "main";

/** How a run of a container ended. */
export interface Ending {
  readonly exitCode: number;
  /** `Completed`, `Error`, `OOMKilled`, `StartError`. */
  readonly reason: string;
  readonly message?: string;
  readonly startedMs: number;
  readonly finishedMs: number;
  readonly id: string;
}

/** One container of a pod on its node. */
export interface ContainerRecord {
  readonly name: string;
  readonly kind: ContainerKind;
  /** The image may be changed while the pod lives. */
  container: Container;
  /** Empty until it is created: 64 hexadecimal digits. */
  id: string;
  state: "waiting" | "running" | "terminated";
  /** Why it waits. */
  waiting: { readonly reason: string; readonly message?: string };
  startedMs: number;
  restartCount: number;
  /** Its startup probe has succeeded, if it has one. */
  isStarted: boolean;
  isReady: boolean;
  /** How its last run ended. */
  ending: Ending | undefined;
  /** When it may be started, or started again; milliseconds since the epoch. */
  notBeforeMs: number;
  /** Waits between starts, and between pulls; there is none before something fails. */
  crashes: BackOff | undefined;
  pulls: BackOff | undefined;
  /** What became of the last pull. */
  pullError: string | undefined;
  /** The run under way, once it has started. */
  life: ContainerLife | undefined;
}

/** The image that a container runs. */
export function imageOf({ container }: Pick<ContainerRecord, "container">): string {
  return container.image ?? "";
}

/** Containers in the order they are started: ephemeral ones, init containers and sidecars as declared, then the others. */
export function containerRecords({ spec }: Pod): ContainerRecord[] {
  const before = spec.initContainers ?? [];
  const waiting = { reason: before.length > 0 ? "PodInitializing" : "ContainerCreating" };
  const ephemeral = (spec.ephemeralContainers ?? []).map((container) => newRecord(container, "ephemeral", { reason: "ContainerCreating" }));
  const init = before.map((container) => newRecord(container, container.restartPolicy === "Always" ? "sidecar" : "init", waiting));
  return ephemeral.concat(
    init,
    spec.containers.map((container) => newRecord(container, "main", waiting)),
  );
}

/** A container that has not been started. */
export function newRecord(container: Container, kind: ContainerKind, waiting: ContainerRecord["waiting"]): ContainerRecord {
  return {
    name: container.name,
    kind,
    container,
    id: "",
    state: "waiting",
    waiting,
    startedMs: 0,
    restartCount: 0,
    isStarted: false,
    isReady: false,
    ending: undefined,
    notBeforeMs: 0,
    crashes: undefined,
    pulls: undefined,
    pullError: undefined,
    life: undefined,
  };
}

/**
 * Takes over what an earlier run of this program wrote about the containers. False when the pod had none yet: such a pod starts anew.
 * One that was being started begins that anew.
 */
export function adoptContainers(records: readonly ContainerRecord[], { status }: Pod): boolean {
  const { ephemeralContainerStatuses = [], initContainerStatuses = [], containerStatuses = [] } = status ?? {};
  const known = new Map([...ephemeralContainerStatuses, ...initContainerStatuses, ...containerStatuses].map((each) => [each.name, each]));
  if (status?.podIP === undefined || known.size === 0) return false;
  for (const each of records) {
    const before = known.get(each.name);
    if (before !== undefined) adopt(each, before);
  }
  return true;
}

function adopt(each: ContainerRecord, before: ContainerStatus): void {
  const { running, terminated } = before.state ?? {};
  const last = terminated ?? before.lastState?.terminated;
  each.restartCount = before.restartCount;
  if (last !== undefined) {
    each.ending = {
      exitCode: last.exitCode,
      reason: last.reason ?? "Error",
      startedMs: parseTime(last.startedAt) ?? 0,
      finishedMs: parseTime(last.finishedAt) ?? 0,
      id: idOf(last.containerID),
      ...(last.message === undefined ? {} : { message: last.message }),
    };
  }
  if (running !== undefined || terminated !== undefined) each.id = idOf(before.containerID);
  if (running !== undefined) {
    each.state = "running";
    each.startedMs = parseTime(running.startedAt) ?? 0;
    each.isReady = before.ready;
    each.isStarted = before.started ?? true;
  } else if (terminated !== undefined) {
    each.state = "terminated";
    each.isReady = each.kind === "init" && terminated.exitCode === 0;
  } else if (last !== undefined) {
    each.id = each.ending?.id ?? "";
    each.waiting = { reason: before.state?.waiting?.reason ?? "CrashLoopBackOff", ...messageOf(before.state?.waiting?.message) };
  }
}

function messageOf(message: string | undefined): { message?: string } {
  return message === undefined ? {} : { message };
}

function idOf(containerId: string | undefined): string {
  return (containerId ?? "").split("//")[1] ?? "";
}

/** Ends a container that runs. */
export function endContainer(each: ContainerRecord, end: Pick<Ending, "exitCode" | "message"> & { reason?: string }, nowMs: number): void {
  each.life?.end();
  each.life = undefined;
  each.ending = {
    exitCode: end.exitCode,
    reason: end.reason ?? (end.exitCode === 0 ? "Completed" : "Error"),
    startedMs: each.startedMs,
    finishedMs: nowMs,
    id: each.id,
    ...messageOf(end.message),
  };
  each.state = "terminated";
  each.isStarted = false;
  each.isReady = each.kind === "init" && end.exitCode === 0;
}

/** Source: pkg/kubelet/kubelet_pods.go, convertToAPIContainerStatuses. */
export function containerStatus(each: ContainerRecord, runtimeName: string, release: KubeletRelease): ContainerStatus {
  const identity = imageIdentity(imageOf(each), runtimeName);
  const isCreated = each.id !== "";
  const status: ContainerStatus = {
    name: each.name,
    image: isCreated ? identity.image : imageOf(each),
    imageID: isCreated ? identity.imageId : "",
    // Source: pkg/kubelet/prober/prober_manager.go, UpdatePodStatus: nobody asks whether ephemeral ones are.
    ready: each.isReady && each.kind !== "ephemeral",
    restartCount: each.restartCount,
    state: stateOf(each, runtimeName),
  };
  if (isCreated) status.containerID = `${runtimeName}://${each.id}`;
  if (release.hasStarted && each.kind !== "ephemeral") status.started = each.isStarted;
  if (each.ending !== undefined && each.state !== "terminated") status.lastState = terminated(each.ending, runtimeName);
  return status;
}

function stateOf(each: ContainerRecord, runtimeName: string): ContainerState {
  if (each.state === "running") return { running: { startedAt: formatTime(each.startedMs) } };
  return each.state === "terminated" && each.ending !== undefined ? terminated(each.ending, runtimeName) : { waiting: { ...each.waiting } };
}

function terminated({ exitCode, reason, message, startedMs, finishedMs, id }: Ending, runtimeName: string): ContainerState {
  return {
    terminated: {
      exitCode,
      reason,
      ...messageOf(message),
      startedAt: formatTime(startedMs),
      finishedAt: formatTime(finishedMs),
      containerID: `${runtimeName}://${id}`,
    },
  };
}
