import { MIN_RETRY_MS, NEXT_LOOK_MS, RETRY_MS } from "../stages/pod-stages.ts";
import { BACK_OFF_RESET_MS, BackOff, formatBackOff } from "./back-off.ts";
import type { StartFailure } from "./container-start.ts";
import { type ContainerRecord, imageOf } from "./containers.ts";
import { isRestarted } from "./pod-plan.ts";
import type { PodWorker } from "./pod-worker.ts";

/** Back-offs last for a while, however fast time goes. */
const MIN_RESET_MS = 10_000;
/** What is mended by a ConfigMap or a Secret. */
export const CONFIG_ERROR = "CreateContainerConfigError";

/** When the containers of a pod that have failed are tried again, and what is said of them meanwhile. */
export class Retries {
  readonly #worker: PodWorker;

  constructor(worker: PodWorker) {
    this.#worker = worker;
  }

  /** The container was not started. True when its status says something new. */
  notStarted(each: ContainerRecord, { reason, message, event }: StartFailure): boolean {
    const isNews = each.waiting.reason !== reason || each.waiting.message !== message || each.state !== "waiting";
    const now = this.#now();
    each.state = "waiting";
    each.waiting = { reason, message };
    this.#worker.record("Failed", `Error: ${event ?? message}`, each.name, "Warning");
    if (reason === "ErrImagePull") this.#pullFailed(each);
    else if (reason === "RunContainerError") this.#startFailed(each);
    else each.notBeforeMs = now + this.#delayMs(RETRY_MS);
    return isNews;
  }

  started(each: ContainerRecord): void {
    each.pulls = undefined;
    if (each.restartCount > 0) this.#crashes(each).next(this.#now());
  }

  /** The container has ended: it is started again at once the first time, then after a back-off. */
  ended(each: ContainerRecord): void {
    if (!isRestarted(each, this.#worker.pod.spec.restartPolicy)) return;
    const now = this.#now();
    const backOffMs = this.#crashes(each).current(now);
    each.notBeforeMs = now + this.#delayMs(Math.max(backOffMs, NEXT_LOOK_MS));
    if (backOffMs > 0) this.#backOffRestarting(each, backOffMs);
  }

  /** Goes on with what an earlier run of this program has written of a container that has ended. */
  adopt(each: ContainerRecord): void {
    if (each.ending === undefined || each.restartCount === 0) return;
    const { finishedMs } = each.ending;
    const crashes = this.#crashes(each);
    crashes.restore(each.restartCount, finishedMs);
    each.notBeforeMs = finishedMs + this.#delayMs(crashes.current(finishedMs));
  }

  #pullFailed(each: ContainerRecord): void {
    const now = this.#now();
    each.pulls ??= this.#newBackOff();
    each.pulls.next(now);
    each.notBeforeMs = now + this.#delayMs(each.pulls.current(now));
    this.#atNextLook(() => this.#backOffPulling(each));
  }

  /** What could not be started has ended. */
  #startFailed(each: ContainerRecord): void {
    const now = this.#now();
    const backOffMs = this.#crashes(each).current(now);
    each.notBeforeMs = now + this.#delayMs(Math.max(backOffMs, NEXT_LOOK_MS));
    if (backOffMs > 0) this.#atNextLook(() => this.#backOffRestarting(each, backOffMs));
    this.#crashes(each).next(now);
  }

  /** Source: pkg/kubelet/images/image_manager.go, EnsureImageExists. */
  #backOffPulling(each: ContainerRecord): void {
    if (each.state !== "waiting" || each.waiting.reason !== "ErrImagePull") return;
    const image = imageOf(each);
    each.waiting = { reason: "ImagePullBackOff", message: this.#worker.node.release.backOffPulling(image, each.pullError ?? "") };
    this.#worker.record("BackOff", `Back-off pulling image "${image}"`, each.name);
    this.#worker.record("Failed", "Error: ImagePullBackOff", each.name, "Warning");
    this.#worker.tell();
  }

  /** Source: pkg/kubelet/kuberuntime/kuberuntime_manager.go, doBackOff. */
  #backOffRestarting(each: ContainerRecord, backOffMs: number): void {
    if (each.state === "running") return;
    const { pod, uid, node } = this.#worker;
    const podName = `${pod.metadata.name}_${pod.metadata.namespace ?? "default"}(${uid})`;
    const message = `back-off ${formatBackOff(backOffMs)} restarting failed container=${each.name} pod=${podName}`;
    each.state = "waiting";
    each.waiting = { reason: "CrashLoopBackOff", message };
    this.#worker.record("BackOff", node.release.backOffRestarting(each.name, podName), each.name, "Warning");
    this.#worker.tell();
  }

  #atNextLook(callback: () => void): void {
    const { agenda, pace } = this.#worker.parts;
    agenda.after(pace(NEXT_LOOK_MS), () => {
      if (!this.#worker.isFinished && !this.#worker.isTerminating) callback();
    });
  }

  #crashes(each: ContainerRecord): BackOff {
    return (each.crashes ??= this.#newBackOff());
  }

  #newBackOff(): BackOff {
    return new BackOff(Math.max(this.#worker.parts.pace(BACK_OFF_RESET_MS), MIN_RESET_MS));
  }

  #delayMs(realMs: number): number {
    return Math.max(this.#worker.parts.pace(realMs), MIN_RETRY_MS);
  }

  #now(): number {
    return this.#worker.parts.clock.now();
  }
}
