import { pullFailureOf, pullFailureText } from "../image-failures.ts";
import { imageIdentity, imageSize, pullMs } from "../images.ts";
import { PRESENT_STAGES, PULL_STAGES, type Stage, type StageAction } from "../stages/pod-stages.ts";
import { simulatedPullFailure, simulatedStartFailure } from "./behaviour.ts";
import { type ContainerRecord, imageOf } from "./containers.ts";
import { imageFailure, type ImageFailure } from "./image-check.ts";
import type { PodWorker } from "./pod-worker.ts";
import { missingConfiguration } from "./references.ts";

/** Why a container was not started. */
export interface StartFailure {
  /** `ErrImagePull`, `CreateContainerConfigError`, `RunContainerError`, … */
  readonly reason: string;
  readonly message: string;
  /** What the Failed event says after `Error: `, when it is not the message. */
  readonly event?: string;
}

/** Hexadecimal digits of a container id. */
const ID_LENGTH = 64;
/** Source: pkg/kubelet/kuberuntime; what runc leaves behind of a process that could not be started. */
const START_ERROR_EXIT = 128;

/** The stages that the container has to go through now, or why it cannot. Source: pkg/kubelet/images/image_manager.go, EnsureImageExists. */
export function startStages(worker: PodWorker, container: ContainerRecord): readonly Stage[] | StartFailure {
  const failure = imageFailure(worker, container);
  if (failure !== undefined) return failed(worker, container, failure);
  const isPull = container.container.imagePullPolicy === "Always" || !worker.node.images.has(imageOf(container));
  return isPull ? PULL_STAGES : PRESENT_STAGES;
}

function failed(worker: PodWorker, { name }: ContainerRecord, { event, ...failure }: ImageFailure): StartFailure {
  worker.record(event, failure.message, name, "Warning");
  return { ...failure, event: failure.reason };
}

/** What a stage waits for, in milliseconds on a real machine. */
export function stageMs(worker: PodWorker, container: ContainerRecord, { wait }: Stage): number {
  return wait === "pull" ? pullMs(imageOf(container), worker.node.images.has(imageOf(container))) : wait;
}

type Doing = (worker: PodWorker, container: ContainerRecord) => StartFailure | undefined;

/** What each stage does. Source: the order of events in pkg/kubelet/kuberuntime/kuberuntime_container.go, startContainer. */
export const STAGE_ACTIONS: Readonly<Record<StageAction, Doing>> = {
  beginPull(worker, container) {
    worker.record("Pulling", worker.node.release.pulling(imageOf(container)), container.name);
    return undefined;
  },
  endPull(worker, container) {
    const image = imageOf(container);
    const error = pullError(worker, container);
    if (error !== undefined) {
      container.pullError = error;
      worker.record("Failed", `Failed to pull image "${image}": ${error}`, container.name, "Warning");
      return { reason: "ErrImagePull", message: error, event: "ErrImagePull" };
    }
    const tookMs = pullMs(image, worker.node.images.has(image));
    worker.node.images.use(image);
    worker.record("Pulled", worker.node.release.pulled(image, tookMs, imageSize(image)), container.name);
    return undefined;
  },
  findImage(worker, container) {
    const image = imageOf(container);
    worker.node.images.use(image);
    worker.record("Pulled", worker.node.release.present(image), container.name);
    return undefined;
  },
  createContainer(worker, container) {
    const missing = missingConfiguration(worker.pod, container.container, worker.parts.objects);
    if (missing !== undefined) return { reason: "CreateContainerConfigError", message: missing };
    container.id = worker.parts.random.hex(ID_LENGTH);
    if (container.ending !== undefined) container.restartCount++;
    worker.record("Created", worker.node.release.created(container.name), container.name);
    return undefined;
  },
  startContainer(worker, container) {
    const now = worker.parts.clock.now();
    const message = simulatedStartFailure(worker.pod, container);
    if (message !== undefined) {
      container.ending = { exitCode: START_ERROR_EXIT, reason: "StartError", message, startedMs: 0, finishedMs: now, id: container.id };
      return { reason: "RunContainerError", message };
    }
    container.state = "running";
    container.startedMs = now;
    worker.record("Started", worker.node.release.started(container.name), container.name);
    return undefined;
  },
};

/** What the runtime says of the container's pull when it fails. */
function pullError({ pod, node }: PodWorker, container: ContainerRecord): string | undefined {
  const image = imageOf(container);
  const failure = simulatedPullFailure(pod, container) ?? pullFailureOf(image);
  // The name written out, as containerd has it.
  const { image: reference } = imageIdentity(image, "containerd");
  return failure && pullFailureText(failure, { image, reference, runtime: node.runtimeName });
}
