import type { Pod, PodPhase } from "#api/kubernetes/core";
import { isPodReady, parseTime } from "#kube/apimachinery";
import type { Clock, Pace, Random, Timer } from "#lib";
import type { Agenda } from "../agenda.ts";
import { pullMs } from "../images.ts";
import type { NodeRuntime } from "../nodes/node-runtime.ts";
import {
  FIRST_RESTART_BACKOFF_MS,
  INIT_STAGES,
  MAX_RESTART_BACKOFF_MS,
  PRESENT_STAGES,
  PULL_STAGES,
  READY_STAGES,
  SANDBOX_STAGES,
  type Stage,
  STOP_MS,
} from "../stages/pod-stages.ts";
import { adoptContainers, type ContainerRecord, containerRecords, endContainer } from "./containers.ts";
import { readinessMs, simulatedRun } from "./pod-run.ts";
import { podStatusPatch } from "./pod-status.ts";
import { STAGE_ACTIONS } from "./stage-actions.ts";

/** What the workers of a cluster share. */
export interface PodWorkerParts {
  readonly clock: Clock;
  readonly pace: Pace;
  readonly random: Random;
  readonly agenda: Agenda;
  /** The pod's status, or its end, is to be written. */
  readonly changed: (worker: PodWorker) => void;
  /** The pod's containers all run, or no longer. */
  readonly runningChanged: (worker: PodWorker, isRunning: boolean) => void;
}

interface Step {
  readonly stage: Stage;
  readonly container: ContainerRecord | undefined;
}

/** One pod on one node, from the moment its kubelet sees it until it is gone. It moves by {@link Stage}s and writes nothing itself. */
export class PodWorker {
  readonly key: string;
  readonly uid: string;
  readonly node: NodeRuntime;
  readonly parts: PodWorkerParts;
  readonly containers: readonly ContainerRecord[];
  pod: Pod;
  phase: PodPhase = "Pending";
  ip: string | undefined;
  startMs: number;
  /** Set while the pod waits for the node's podCIDR. */
  isWaitingForIp = false;
  isTerminating = false;
  /** The containers are gone: the pod may be removed. */
  isFinished = false;
  isStatusDue = false;
  #steps: Step[] = [];
  #timer: Timer | undefined;
  #hasWaited = false;
  #restarts = 0;
  #hasLeft = false;

  constructor(key: string, pod: Pod, node: NodeRuntime, parts: PodWorkerParts) {
    this.key = key;
    this.uid = pod.metadata.uid ?? "";
    this.pod = pod;
    this.node = node;
    this.parts = parts;
    this.containers = containerRecords(pod);
    this.startMs = parts.clock.now();
  }

  /** Runs the pod from its first stage. */
  start(): void {
    this.#steps = SANDBOX_STAGES.map((stage) => ({ stage, container: undefined }));
    for (const container of this.containers) this.#steps.push({ stage: ENTER_CONTAINER, container });
    this.#steps.push(...READY_STAGES.map((stage) => ({ stage, container: undefined })));
    // A first status only when there is time to see it.
    if (this.parts.pace(1) > 0) this.#tell();
    this.#run();
  }

  /** Goes on with a pod whose containers an earlier run of this program has started; false when there are none such. */
  adopt(): boolean {
    if (this.pod.status?.phase !== "Running" || !adoptContainers(this.containers, this.pod)) return false;
    this.phase = "Running";
    this.ip = this.pod.status.podIP;
    this.startMs = parseTime(this.pod.status.startTime) ?? this.startMs;
    this.#restarts = Math.max(...this.containers.map(({ restartCount }) => restartCount));
    if (this.ip !== undefined && this.pod.spec.hostNetwork !== true) this.node.ips?.reserve(this.ip);
    this.parts.runningChanged(this, true);
    if (isPodReady(this.pod)) this.#scheduleExit();
    else this.#then(READY_STAGES, undefined);
    return true;
  }

  /** Goes on after a wait for something outside. */
  resume(): void {
    this.isWaitingForIp = false;
    this.#run();
  }

  /** Ends the containers, as the API asks when a pod is deleted. */
  terminate(): void {
    if (this.isTerminating) return;
    this.isTerminating = true;
    this.#stopWaiting();
    const running = this.containers.filter(({ state }) => state === "running");
    for (const { name } of running) this.record("Killing", this.node.release.killing(name, `${this.node.runtimeName}://${name}`), name);
    const graceMs = (this.pod.metadata.deletionGracePeriodSeconds ?? 0) * 1000;
    const stopMs = running.length === 0 ? 0 : this.parts.pace(Math.min(STOP_MS, graceMs));
    this.#after(stopMs, () => {
      this.isFinished = true;
      this.parts.changed(this);
    });
  }

  /** Lets go of the pod: of its timer, address and place on the node. */
  release(): void {
    this.#stopWaiting();
    this.isFinished = true;
    this.#leave();
  }

  /** The status as it is to be written. */
  statusPatch(): { readonly status: object } {
    return podStatusPatch(this, this.parts.clock.now());
  }

  record(reason: string, message: string, container?: string, type: "Normal" | "Warning" = "Normal"): void {
    const kind = this.containers.find(({ name }) => name === container)?.kind === "main" ? "containers" : "initContainers";
    const fieldPath = container === undefined ? {} : { fieldPath: `spec.${kind}{${container}}` };
    this.node.recorder.record({ about: this.pod, type, reason, message, ...fieldPath });
  }

  /** Puts stages before those that are left. */
  insert(stages: readonly Stage[], container: ContainerRecord | undefined): void {
    this.#steps.unshift(...stages.map((stage) => ({ stage, container })));
  }

  /** All containers run. */
  becomeRunning(): void {
    this.phase = "Running";
    this.parts.runningChanged(this, true);
    if (this.parts.pace(readinessMs(this.pod.spec)) > 0) this.#tell();
  }

  /** All containers serve. */
  becomeReady(): void {
    for (const container of this.containers) if (container.state === "running") container.isReady = true;
    this.#tell();
    this.#scheduleExit();
  }

  /** Runs stages until one has to wait. */
  #run(): void {
    for (let step = this.#steps[0]; step !== undefined && !this.isFinished; step = this.#steps[0]) {
      const waitMs = this.#hasWaited ? 0 : this.parts.pace(this.#waitOf(step));
      if (waitMs > 0) return this.#after(waitMs, () => this.#run(), true);
      this.#hasWaited = false;
      if (!this.#perform(step)) return;
    }
  }

  /** False when the step cannot be taken yet; it stays the first then. */
  #perform(step: Step): boolean {
    if (step.stage === ENTER_CONTAINER && step.container !== undefined) {
      this.#steps.shift();
      this.#enter(step.container);
      return true;
    }
    if (!STAGE_ACTIONS[step.stage.action].isPossible(this)) {
      this.#hasWaited = true;
      return false;
    }
    this.#steps.shift();
    STAGE_ACTIONS[step.stage.action].perform(this, step.container);
    return true;
  }

  /** Which stages a container goes through is known when its turn comes. */
  #enter(container: ContainerRecord): void {
    const policy = container.container.imagePullPolicy;
    const isPull = policy === "Always" || !this.node.images.has(container.image);
    this.insert([...(isPull ? PULL_STAGES : PRESENT_STAGES), ...(container.kind === "init" ? INIT_STAGES : [])], container);
  }

  #waitOf({ stage, container }: Step): number {
    if (stage.wait === "readiness") return readinessMs(this.pod.spec);
    if (stage.wait === "pull") return container === undefined ? 0 : pullMs(container.image, this.node.images.has(container.image));
    return stage.wait;
  }

  #scheduleExit(): void {
    const run = simulatedRun(this.pod);
    if (run === undefined) return;
    const startedMs = Math.max(...this.containers.map((each) => each.startedMs));
    const leftMs = startedMs + this.parts.pace(run.runMs) - this.parts.clock.now();
    this.#after(Math.max(leftMs, 0), () => this.#exit(run.exitCode));
  }

  /** Source: pkg/kubelet/kubelet_pods.go, getPhase; pkg/kubelet/container/helpers.go, ShouldContainerBeRestarted. */
  #exit(exitCode: number): void {
    const now = this.parts.clock.now();
    for (const container of this.containers) if (container.state === "running") endContainer(container, exitCode, now);
    this.parts.runningChanged(this, false);
    const policy = this.pod.spec.restartPolicy ?? "Always";
    if (policy === "Always" || (policy === "OnFailure" && exitCode !== 0)) return this.#restartLater();
    this.phase = exitCode === 0 ? "Succeeded" : "Failed";
    this.#leave();
    this.#tell();
  }

  #restartLater(): void {
    const backoffMs = Math.min(FIRST_RESTART_BACKOFF_MS * 2 ** this.#restarts++, MAX_RESTART_BACKOFF_MS);
    const ended = this.containers.filter(({ kind, state }) => kind !== "init" && state === "terminated");
    for (const container of ended) {
      const { name } = container;
      const where = `${this.pod.metadata.namespace ?? "default"}/${this.pod.metadata.name}`;
      container.state = "waiting";
      container.waiting = {
        reason: "CrashLoopBackOff",
        message: `back-off ${backoffMs / 1000}s restarting failed container=${name} pod=${where}`,
      };
      container.restartCount++;
      this.record("BackOff", "Back-off restarting failed container", name, "Warning");
    }
    this.#tell();
    this.#after(Math.max(this.parts.pace(backoffMs), MIN_RESTART_MS), () => {
      for (const container of ended) this.#steps.push({ stage: ENTER_CONTAINER, container });
      this.#then(READY_STAGES, undefined);
    });
  }

  #then(stages: readonly Stage[], container: ContainerRecord | undefined): void {
    this.#steps.push(...stages.map((stage) => ({ stage, container })));
    this.#run();
  }

  #leave(): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.node.admitted.remove(this.key);
    if (this.ip !== undefined && this.pod.spec.hostNetwork !== true) this.node.ips?.release(this.ip);
    if (this.phase === "Running") this.parts.runningChanged(this, false);
  }

  #tell(): void {
    this.isStatusDue = true;
    this.parts.changed(this);
  }

  #after(delayMs: number, callback: () => void, hasWaited = false): void {
    if (delayMs <= 0) return callback();
    this.#timer = this.parts.agenda.after(delayMs, () => {
      this.#hasWaited = hasWaited;
      callback();
    });
  }

  #stopWaiting(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#steps = [];
    this.isWaitingForIp = false;
  }
}

/** Where a container's own stages are put in when its turn comes. */
const ENTER_CONTAINER: Stage = { wait: 0, action: "findImage" };
/** A container that ends at once is not started without end, however fast time goes. */
const MIN_RESTART_MS = 1_000;
