import type { Pod } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import { isStatus } from "#api/kubernetes/status";
import { isPodTerminal } from "#kube/apimachinery";
import { type KubeClient, objectKey } from "#kube/client";
import { type Clock, createReconciler, type Logger, type Pace, type Random, type Reconciler } from "#lib";
import type { Agenda } from "../agenda.ts";
import type { NodeRuntime } from "../nodes/node-runtime.ts";
import { admitPod } from "./admission.ts";
import { rejectedStatusPatch } from "./pod-status.ts";
import { PodWorker, type PodWorkerParts } from "./pod-worker.ts";
import type { ReferencedObjects } from "./references.ts";

/** Pods whose status is written at once. */
const CONCURRENCY = 64;
/** Part of the name of NVIDIA's device plugin image. Source: NVIDIA/k8s-device-plugin. */
const GPU_PLUGIN_IMAGE = "k8s-device-plugin";
/** Source: NVIDIA/gpu-operator deployments/gpu-operator/values.yaml, driver: `nvcr.io/nvidia/driver`. */
const GPU_DRIVER_IMAGE = "nvidia/driver";

export interface PodLoopOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly pace: Pace;
  readonly random: Random;
  readonly log: Logger;
  readonly agenda: Agenda;
  readonly objects: ReferencedObjects;
  /** What the node offers has changed. */
  readonly nodeStatusDue: (runtime: NodeRuntime) => void;
}

/**
 * The pods of all nodes of a cluster. Workers say what is to be written; one reconciler writes it, the newest status of a
 * pod at a time, so that however many stages a pod passes at once, one write shows them.
 */
export class PodLoop {
  readonly #options: PodLoopOptions;
  readonly #reconciler: Reconciler;
  readonly #workers = new Map<string, PodWorker>();
  readonly #byNode = new Map<NodeRuntime, Set<PodWorker>>();
  /** Pods that a node refused, until it is written: what is to be written of them. */
  readonly #rejected = new Map<string, { readonly uid: string; readonly body: object }>();
  readonly #parts: PodWorkerParts;

  constructor(options: PodLoopOptions) {
    const { clock, pace, random, log, agenda } = options;
    this.#options = options;
    this.#reconciler = createReconciler({
      name: "kubelet-pod",
      clock,
      log,
      concurrency: CONCURRENCY,
      reconcile: (key) => this.#reconcile(key),
    });
    this.#parts = {
      clock,
      pace,
      random,
      agenda,
      objects: options.objects,
      lacking: new Set(),
      changed: ({ key }) => this.#reconciler.enqueue(key),
      runningChanged: (worker, isRunning) => this.#pluginChanged(worker, isRunning),
    };
  }

  /** Takes over the pods that are bound to a node that has just registered. */
  takeOver(runtime: NodeRuntime, pods: readonly Pod[], isNewBoot: boolean): void {
    for (const pod of pods) this.#begin(runtime, pod, !isNewBoot);
  }

  /** A pod that is bound to the node came or changed. */
  seen(runtime: NodeRuntime, pod: Pod): void {
    const worker = this.#workers.get(objectKey(pod));
    if (worker === undefined || worker.uid !== pod.metadata.uid || worker.node !== runtime) {
      if (worker !== undefined) this.#forget(worker);
      return this.#begin(runtime, pod, false);
    }
    worker.podChanged(pod);
    if (pod.metadata.deletionTimestamp !== undefined) worker.terminate();
    // Its own end, or one that somebody else declared: nothing of it runs on.
    else if (isPodTerminal(pod)) this.#forget(worker);
  }

  /** The pod is gone from the API. */
  gone(key: string): void {
    const worker = this.#workers.get(key);
    this.#rejected.delete(key);
    if (worker === undefined) return;
    this.#forget(worker);
    this.#resume(worker.node);
  }

  /** The node's addresses are known now. */
  ipsArrived(runtime: NodeRuntime): void {
    this.#resume(runtime);
  }

  /** A ConfigMap or Secret of the namespace came or changed. */
  objectSeen(namespace: string | undefined): void {
    // Those that still miss one come back into the set, behind these.
    const lacking = [...this.#parts.lacking];
    for (const worker of lacking) if (worker.pod.metadata.namespace === namespace) worker.resume();
  }

  /** The machine is gone: its pods stand still. */
  drop(runtime: NodeRuntime): void {
    for (const worker of this.#byNode.get(runtime) ?? []) this.#forget(worker);
  }

  idle(): Promise<void> {
    return this.#reconciler.idle();
  }

  close(): Promise<void> {
    for (const worker of this.#workers.values()) worker.release();
    this.#workers.clear();
    return this.#reconciler.stop();
  }

  #begin(runtime: NodeRuntime, pod: Pod, mayAdopt: boolean): void {
    const key = objectKey(pod);
    if (this.#rejected.get(key)?.uid === pod.metadata.uid) return;
    const isDeleted = pod.metadata.deletionTimestamp !== undefined;
    if (isPodTerminal(pod) && !isDeleted) return;
    const worker = new PodWorker(key, pod, runtime, this.#parts);
    if (isDeleted) {
      this.#know(worker);
      if (mayAdopt) worker.adopt();
      return worker.terminate();
    }
    const rejection = admitPod(key, pod, runtime);
    if (rejection !== undefined) {
      worker.record(rejection.reason, rejection.message, undefined, "Warning");
      const body = rejectedStatusPatch(rejection, runtime, this.#options.clock.now());
      this.#rejected.set(key, { uid: worker.uid, body });
      return this.#reconciler.enqueue(key);
    }
    this.#know(worker);
    if (!mayAdopt || !worker.adopt()) worker.start();
  }

  #know(worker: PodWorker): void {
    this.#workers.set(worker.key, worker);
    let onNode = this.#byNode.get(worker.node);
    if (onNode === undefined) this.#byNode.set(worker.node, (onNode = new Set()));
    onNode.add(worker);
  }

  #forget(worker: PodWorker): void {
    worker.release();
    if (this.#workers.get(worker.key) === worker) this.#workers.delete(worker.key);
    const onNode = this.#byNode.get(worker.node);
    onNode?.delete(worker);
    if (onNode?.size === 0) this.#byNode.delete(worker.node);
  }

  #resume(runtime: NodeRuntime): void {
    for (const worker of this.#byNode.get(runtime) ?? []) if (worker.isWaitingForIp) worker.resume();
  }

  async #reconcile(key: string): Promise<void> {
    const rejected = this.#rejected.get(key);
    if (rejected !== undefined) {
      await this.#write(key, rejected.uid, rejected.body);
      this.#rejected.delete(key);
      return;
    }
    const worker = this.#workers.get(key);
    if (worker === undefined || worker.node.isStopped) return;
    if (worker.isTerminating) return worker.isFinished ? await this.#remove(worker) : undefined;
    if (!worker.isStatusDue) return;
    worker.isStatusDue = false;
    try {
      await this.#write(key, worker.uid, worker.statusPatch());
    } catch (error) {
      worker.isStatusDue = true;
      throw error;
    }
  }

  /** A pod that is gone needs no status, and one that has come in its place gets none of it. Source: pkg/util/pod/pod.go, PatchPodStatus. */
  async #write(key: string, uid: string, status: object): Promise<void> {
    const body = { metadata: { uid }, ...status };
    try {
      await this.#options.client.patch(resources.pods, nameOf(key), { type: "strategic", body }, { subresource: "status" });
    } catch (error) {
      if (!isStatus(error, "NotFound")) throw error;
    }
  }

  /**
   * Source: pkg/kubelet/status/status_manager.go, syncPod: the last deletion is without grace. A pod that somebody holds shows how it
   * ended.
   */
  async #remove(worker: PodWorker): Promise<void> {
    const { key, uid, pod } = worker;
    if ((pod.metadata.finalizers ?? []).length > 0 && !isPodTerminal(pod)) await this.#write(key, uid, worker.statusPatch());
    try {
      await this.#options.client.delete(resources.pods, nameOf(key), { gracePeriodSeconds: 0, preconditions: { uid } });
    } catch (error) {
      if (!isStatus(error, "NotFound") && !isStatus(error, "Conflict")) throw error;
    }
  }

  /** GPUs are offered as long as a device plugin runs, and a pod with their driver where nobody has installed it. */
  #pluginChanged({ key, pod, node }: PodWorker, isRunning: boolean): void {
    if (node.bootstrap.gpus === 0) return;
    const before = node.gpus;
    for (const [pods, image] of [
      [node.gpuPlugins, GPU_PLUGIN_IMAGE],
      [node.gpuDrivers, GPU_DRIVER_IMAGE],
    ] as const) {
      if (!pod.spec.containers.some((container) => container.image?.includes(image) === true)) continue;
      if (isRunning) pods.add(key);
      else pods.delete(key);
    }
    if (node.gpus !== before && !node.isStopped) this.#options.nodeStatusDue(node);
  }
}

function nameOf(key: string): { name: string; namespace: string } {
  const [namespace = "", name = ""] = key.split("/");
  return { name, namespace };
}
