import type { Pod, PodPhase } from "#api/kubernetes/core";
import { findCondition, parseTime } from "#kube/apimachinery";
import type { Clock, Pace, Random, Timer } from "#lib";
import type { Agenda } from "../agenda.ts";
import type { NodeRuntime } from "../nodes/node-runtime.ts";
import { SANDBOX_MS, type Stage } from "../stages/pod-stages.ts";
import { hasOtherBehaviour, type SimulatedExit } from "./behaviour.ts";
import { ContainerLife, type LifeHost } from "./container-life.ts";
import { STAGE_ACTIONS, stageMs, type StartFailure, startStages } from "./container-start.ts";
import { adoptContainers, type ContainerRecord, containerRecords, endContainer, imageOf } from "./containers.ts";
import { stopContainers } from "./container-stop.ts";
import { addEphemeral, listOf } from "./ephemeral.ts";
import { phaseOf, planPod } from "./pod-plan.ts";
import { podStatusPatch } from "./pod-status.ts";
import { CONFIG_ERROR, Retries } from "./retries.ts";
import { failedMount, type ReferencedObjects } from "./references.ts";
import { missesAddress } from "./subnet-addresses.ts";

/** What the workers of a cluster share. */
export interface PodWorkerParts {
  readonly clock: Clock;
  readonly pace: Pace;
  readonly random: Random;
  readonly agenda: Agenda;
  readonly objects: ReferencedObjects;
  /** Workers that miss a ConfigMap or a Secret. */
  readonly lacking: Set<PodWorker>;
  /** The pod's status, or its end, is to be written. */
  readonly changed: (worker: PodWorker) => void;
  /** The pod's containers all run, or no longer. */
  readonly runningChanged: (worker: PodWorker, isRunning: boolean) => void;
}

/** Why a pod has ended before its containers did. */
interface PodEnd {
  readonly reason: string;
  readonly message: string;
}

/** Source: pkg/kubelet/active_deadline.go. */
const DEADLINE: PodEnd = { reason: "DeadlineExceeded", message: "Pod was active on the node longer than the specified deadline" };

/**
 * One pod on one node, from the moment its kubelet sees it until it is gone. Whatever happens, it looks at all its containers and does
 * the next thing ({@link planPod}), one container's start at a time; it writes nothing itself.
 */
export class PodWorker implements LifeHost {
  readonly key: string;
  readonly uid: string;
  readonly node: NodeRuntime;
  readonly parts: PodWorkerParts;
  readonly containers: ContainerRecord[];
  pod: Pod;
  phase: PodPhase = "Pending";
  /** Why the pod has failed as a whole. */
  end: PodEnd | undefined;
  ip: string | undefined;
  startMs: number;
  /** Set while the pod waits for an address. */
  isWaitingForIp = false;
  isTerminating = false;
  /** The containers are gone: the pod may be removed. */
  isFinished = false;
  isStatusDue = false;
  readonly #retries: Retries;
  /** The container that is being started, and the stages that it has before it. */
  #current: ContainerRecord | undefined;
  #stages: readonly Stage[] = [];
  /** The wait for a stage, a retry or an end; there is one at a time. */
  #timer: Timer | undefined;
  #deadline: Timer | undefined;
  #isPrepared = false;
  #isBusy = false;
  #isDirty = false;
  #isStopping = false;
  #hasLeft = false;

  constructor(key: string, pod: Pod, node: NodeRuntime, parts: PodWorkerParts) {
    this.key = key;
    this.uid = pod.metadata.uid ?? "";
    this.pod = pod;
    this.node = node;
    this.parts = parts;
    this.containers = containerRecords(pod);
    this.startMs = parts.clock.now();
    this.#retries = new Retries(this);
  }

  /** Runs the pod from its first stage. */
  start(): void {
    this.#awaitDeadline();
    // A first status only when there is time to see it.
    if (this.parts.pace(1) > 0) this.tell();
    this.#after(this.parts.pace(SANDBOX_MS), () => this.#prepare());
  }

  /** Goes on with a pod whose containers an earlier run of this program has begun; false when there are none such. */
  adopt(): boolean {
    if (!adoptContainers(this.containers, this.pod)) return false;
    const { status } = this.pod;
    this.phase = status?.phase ?? "Pending";
    this.ip = status?.podIP;
    this.startMs = parseTime(status?.startTime) ?? this.startMs;
    if (this.ip !== undefined && this.pod.spec.hostNetwork !== true) this.node.ips?.reserve(this.ip);
    if (this.phase === "Running") this.parts.runningChanged(this, true);
    this.#isPrepared = true;
    this.#awaitDeadline();
    this.#isBusy = true;
    for (const each of this.containers) {
      if (each.state === "running") this.#live(each);
      else this.#retries.adopt(each);
    }
    this.#isBusy = false;
    this.#sync();
    return true;
  }

  /** Goes on after a wait for something outside. */
  resume(): void {
    if (this.isTerminating) return;
    if (!this.#isPrepared) return this.#prepare();
    this.parts.lacking.delete(this);
    for (const each of this.containers) if (each.waiting.reason === CONFIG_ERROR && each.state === "waiting") each.notBeforeMs = 0;
    this.#sync();
  }

  /** The pod's object has changed: what is said about its containers, their images, its deadline or others' conditions. */
  podChanged(pod: Pod): void {
    const before = this.pod;
    this.pod = pod;
    if (this.isTerminating || this.isFinished) return;
    if (pod.spec.activeDeadlineSeconds !== before.spec.activeDeadlineSeconds) this.#awaitDeadline();
    if (pod.spec !== before.spec) this.#takeImages();
    if (hasOtherBehaviour(pod, before))
      for (const each of this.containers) if (each.state === "running") this.#live(each, (life) => life.behaviourChanged());
    if (gatesOf(pod) !== gatesOf(before)) this.tell();
  }

  /** Ends the containers, as the API asks when a pod is deleted. */
  terminate(): void {
    if (this.isTerminating) return;
    this.isTerminating = true;
    this.#stopWaiting();
    stopContainers(this, this.pod.metadata.deletionGracePeriodSeconds ?? 0, () => {
      this.isFinished = true;
      this.#setPhase();
      this.parts.changed(this);
    });
  }

  /** Lets go of the pod: of its timers, address and place on the node. */
  release(): void {
    this.#stopWaiting();
    this.isFinished = true;
    this.#leave();
  }

  /** The status as it is to be written. */
  statusPatch(): { readonly status: object } {
    return podStatusPatch(this, this.parts.clock.now());
  }

  // The parameters are those of an event.
  record(reason: string, message: string, container?: string, type: "Normal" | "Warning" = "Normal"): void {
    const list = listOf(this.containers.find(({ name }) => name === container));
    const fieldPath = container === undefined ? {} : { fieldPath: `spec.${list}{${container}}` };
    this.node.recorder.record({ about: this.pod, type, reason, message, ...fieldPath });
  }

  healthChanged(): void {
    this.#isDirty = true;
    if (this.#current !== undefined && !this.#isBusy) this.#settle();
    this.#sync();
  }

  unhealthy({ name }: ContainerRecord, message: string): void {
    this.record("Unhealthy", message, name, "Warning");
  }

  /** Source: pkg/kubelet/kuberuntime/kuberuntime_manager.go, computePodActions. */
  condemned(each: ContainerRecord, kind: "liveness" | "startup"): void {
    this.#restart(each, `Container ${each.name} failed ${kind} probe, will be restarted`);
  }

  exited(each: ContainerRecord, exit: Pick<SimulatedExit, "exitCode" | "reason" | "message">): void {
    endContainer(each, exit, this.parts.clock.now());
    this.#ended(each);
  }

  /** Marks the status as to be written. */
  tell(): void {
    this.isStatusDue = true;
    this.parts.changed(this);
  }

  /** Mounts the volumes and gets an address; waits for what is missing. */
  #prepare(): void {
    this.isWaitingForIp = false;
    this.parts.lacking.delete(this);
    const mount = failedMount(this.pod, this.parts.objects);
    if (mount !== undefined) {
      this.record("FailedMount", mount, undefined, "Warning");
      this.parts.lacking.add(this);
      return;
    }
    this.ip ??= this.#takeIp();
    this.isWaitingForIp = this.ip === undefined;
    if (this.isWaitingForIp) return missesAddress(this, this.parts.random);
    this.#isPrepared = true;
    this.#sync();
  }

  /** Pods without an address of their own have their node's; the others wait for one that the node has for them. */
  #takeIp(): string | undefined {
    if (this.pod.spec.hostNetwork === true) return this.node.bootstrap.internalIp;
    const before = this.pod.status?.podIP;
    return before !== undefined && this.node.ips?.reserve(before) === true ? before : this.node.ips?.take();
  }

  /** Does the next thing until something has to be waited for. */
  #sync(): void {
    if (this.#isBusy || !this.#isPrepared || this.#isStopping || this.isTerminating || this.isFinished) return;
    this.#isBusy = true;
    let untilMs: number | undefined;
    for (let isWaiting = false; this.#current === undefined && !isWaiting;) {
      const step = planPod(this.containers, this.pod.spec.restartPolicy, this.parts.clock.now());
      if (step.kind === "start") this.#begin(step.container);
      else if (step.kind === "over") {
        this.#isBusy = false;
        return this.#finish();
      } else {
        isWaiting = true;
        ({ untilMs } = step);
      }
    }
    this.#isBusy = false;
    if (this.#current === undefined) this.#wait(untilMs);
  }

  #wait(untilMs: number | undefined): void {
    this.#settle();
    this.#timer?.cancel();
    if (untilMs !== undefined) this.#after(untilMs - this.parts.clock.now(), () => this.#sync());
  }

  #begin(each: ContainerRecord): void {
    const stages = startStages(this, each);
    if (!("length" in stages)) return this.#notStarted(each, stages);
    this.#current = each;
    this.#stages = stages;
    this.#run();
  }

  /** Runs stages of the container that is being started until one has to wait. */
  #run(hasWaited = false): void {
    let isDue = hasWaited;
    for (let [stage] = this.#stages; stage !== undefined && this.#current !== undefined; [stage] = this.#stages) {
      const each = this.#current;
      const waitMs = isDue ? 0 : this.parts.pace(stageMs(this, each, stage));
      if (waitMs > 0) return this.#after(waitMs, () => this.#resumeStart());
      isDue = false;
      this.#stages = this.#stages.slice(1);
      const failure = STAGE_ACTIONS[stage.action](this, each);
      if (failure !== undefined) return this.#notStarted(each, failure);
      if (this.#stages.length === 0) this.#started(each);
    }
  }

  #resumeStart(): void {
    this.#isBusy = true;
    this.#run(true);
    this.#isBusy = false;
    this.#sync();
  }

  #started(each: ContainerRecord): void {
    this.#current = undefined;
    this.#isDirty = true;
    this.#retries.started(each);
    this.#live(each);
  }

  /** A run that waits for nothing leaves nothing but its record. */
  #live(each: ContainerRecord, tell = (life: ContainerLife): void => life.begin()): void {
    const life = each.life ?? new ContainerLife(each, this);
    each.life = life;
    tell(life);
    if (life.isIdle) each.life = undefined;
  }

  #notStarted(each: ContainerRecord, failure: StartFailure): void {
    this.#current = undefined;
    this.#stages = [];
    if (this.#retries.notStarted(each, failure)) this.#isDirty = true;
    if (failure.reason === CONFIG_ERROR) this.parts.lacking.add(this);
    this.#sync();
  }

  #ended(each: ContainerRecord): void {
    this.#isDirty = true;
    this.#retries.ended(each);
    this.#sync();
  }

  /** Stops a container that is to be started anew. */
  #restart(each: ContainerRecord, why: string): void {
    const graceSeconds = this.pod.spec.terminationGracePeriodSeconds ?? 30;
    this.record("Killing", why, each.name);
    stopContainers(this, graceSeconds, () => this.#ended(each), [each]);
  }

  #takeImages(): void {
    const { initContainers = [], containers } = this.pod.spec;
    let isDue = addEphemeral(this.containers, this.pod);
    for (const each of this.containers) {
      const container = [...initContainers, ...containers].find(({ name }) => name === each.name);
      if (container === undefined || container.image === imageOf(each)) continue;
      each.container = container;
      if (each.kind !== "init" && each.state === "running")
        this.#restart(each, `Container ${each.name} definition changed, will be restarted`);
      else if (each.state === "waiting") {
        each.notBeforeMs = 0;
        isDue = true;
      }
    }
    if (isDue) this.#sync();
  }

  /** All containers have ended for good, but for sidecars, which are stopped now. */
  #finish(): void {
    if (this.#isStopping) return;
    this.#isStopping = true;
    stopContainers(this, this.pod.spec.terminationGracePeriodSeconds ?? 30, () => {
      this.#setPhase();
      this.#leave();
      this.tell();
    });
  }

  #awaitDeadline(): void {
    this.#deadline?.cancel();
    const { activeDeadlineSeconds } = this.pod.spec;
    if (activeDeadlineSeconds === undefined) return;
    const leftMs = this.startMs + activeDeadlineSeconds * 1000 - this.parts.clock.now();
    this.#deadline = this.parts.agenda.after(Math.max(leftMs, 0), () => {
      if (this.isTerminating || this.isFinished || this.#isStopping) return;
      this.end = DEADLINE;
      this.record(DEADLINE.reason, DEADLINE.message);
      this.#stopWaiting();
      this.#finish();
    });
  }

  #settle(): void {
    this.#setPhase();
    if (!this.#isDirty) return;
    this.#isDirty = false;
    this.tell();
  }

  #setPhase(): void {
    const phase = this.end === undefined ? phaseOf(this.containers, this.pod.spec.restartPolicy) : "Failed";
    if (phase === this.phase) return;
    const wasRunning = this.phase === "Running";
    this.phase = phase;
    this.#isDirty = true;
    if (wasRunning !== (phase === "Running")) this.parts.runningChanged(this, phase === "Running");
  }

  #leave(): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.#deadline?.cancel();
    this.node.admitted.remove(this.key);
    if (this.ip !== undefined && this.pod.spec.hostNetwork !== true) this.node.ips?.release(this.ip);
    if (this.phase === "Running") this.parts.runningChanged(this, false);
  }

  #after(delayMs: number, callback: () => void): void {
    if (delayMs <= 0) return callback();
    this.#timer?.cancel();
    this.#timer = this.parts.agenda.after(delayMs, callback);
  }

  #stopWaiting(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#current = undefined;
    this.#stages = [];
    this.isWaitingForIp = false;
    this.parts.lacking.delete(this);
    for (const each of this.containers) each.life?.end();
  }
}

/** What others say of the pod's readiness, as one text. */
function gatesOf({ spec, status }: Pod): string {
  return (spec.readinessGates ?? []).map(({ conditionType }) => findCondition(status?.conditions, conditionType)?.status ?? "").join();
}
