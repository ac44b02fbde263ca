import type { Container, ContainerState, ContainerStatus, Pod } from "#api/kubernetes/core";
import { formatTime, parseTime } from "#kube/apimachinery";
import { imageIdentity } from "../images.ts";
import type { KubeletRelease } from "../release.ts";

export type ContainerKind = "init" | "sidecar" | "main";

interface Ending {
  readonly exitCode: number;
  readonly startedMs: number;
  readonly finishedMs: number;
  readonly id: string;
}

/** One container of a pod on its node. */
export interface ContainerRecord {
  readonly name: string;
  readonly kind: ContainerKind;
  readonly image: string;
  readonly container: Container;
  /** Empty until it is created: 64 hexadecimal digits. */
  id: string;
  state: "waiting" | "running" | "terminated";
  /** Why it waits. */
  waiting: { readonly reason: string; readonly message?: string };
  startedMs: number;
  restartCount: number;
  isReady: boolean;
  ending: Ending | undefined;
}

/** Containers in the order they are started: init containers and sidecars as declared, then the others. */
export function containerRecords({ spec }: Pod): ContainerRecord[] {
  const before = spec.initContainers ?? [];
  const waiting = { reason: before.length > 0 ? "PodInitializing" : "ContainerCreating" };
  const init = before.map((container) => record(container, container.restartPolicy === "Always" ? "sidecar" : "init", waiting));
  return [...init, ...spec.containers.map((container) => record(container, "main", waiting))];
}

function record(container: Container, kind: ContainerKind, waiting: ContainerRecord["waiting"]): ContainerRecord {
  const { name, image = "" } = container;
  return {
    name,
    kind,
    image,
    container,
    id: "",
    state: "waiting",
    waiting,
    startedMs: 0,
    restartCount: 0,
    isReady: false,
    ending: undefined,
  };
}

/**
 * Takes over what an earlier run of this program wrote about the containers. False when they were not all started then:
 * such a pod starts anew.
 */
export function adoptContainers(records: readonly ContainerRecord[], { status }: Pod): boolean {
  const known = new Map([...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].map((each) => [each.name, each]));
  for (const each of records) {
    const before = known.get(each.name);
    const { running, terminated } = before?.state ?? {};
    if (before === undefined || (each.kind === "init" ? terminated?.exitCode !== 0 : running === undefined)) return false;
    const finishedMs = parseTime(terminated?.finishedAt) ?? 0;
    each.id = (before.containerID ?? "").split("//")[1] ?? "";
    each.startedMs = parseTime(running?.startedAt ?? terminated?.startedAt) ?? 0;
    each.restartCount = before.restartCount;
    each.isReady = before.ready;
    each.state = each.kind === "init" ? "terminated" : "running";
    if (each.kind === "init") each.ending = { exitCode: 0, startedMs: each.startedMs, finishedMs, id: each.id };
  }
  return true;
}

/** Ends a container that runs. */
export function endContainer(each: ContainerRecord, exitCode: number, nowMs: number): void {
  each.ending = { exitCode, startedMs: each.startedMs, finishedMs: nowMs, id: each.id };
  each.state = "terminated";
  each.isReady = each.kind === "init" && exitCode === 0;
}

/** Source: pkg/kubelet/kubelet_pods.go, convertToAPIContainerStatuses. */
export function containerStatus(each: ContainerRecord, runtimeName: string, release: KubeletRelease): ContainerStatus {
  const identity = imageIdentity(each.image, runtimeName);
  const isCreated = each.id !== "";
  const status: ContainerStatus = {
    name: each.name,
    image: isCreated ? identity.image : each.image,
    imageID: isCreated ? identity.imageId : "",
    ready: each.isReady,
    restartCount: each.restartCount,
    state: stateOf(each, runtimeName),
  };
  if (isCreated) status.containerID = `${runtimeName}://${each.id}`;
  if (release.hasStarted) status.started = each.state === "running";
  if (each.ending !== undefined && each.state !== "terminated") status.lastState = terminated(each.ending, runtimeName);
  return status;
}

function stateOf(each: ContainerRecord, runtimeName: string): ContainerState {
  if (each.state === "running") return { running: { startedAt: formatTime(each.startedMs) } };
  return each.state === "terminated" && each.ending !== undefined ? terminated(each.ending, runtimeName) : { waiting: { ...each.waiting } };
}

function terminated({ exitCode, startedMs, finishedMs, id }: Ending, runtimeName: string): ContainerState {
  return {
    terminated: {
      exitCode,
      reason: exitCode === 0 ? "Completed" : "Error",
      startedAt: formatTime(startedMs),
      finishedAt: formatTime(finishedMs),
      containerID: `${runtimeName}://${id}`,
    },
  };
}
