import type { Node, Pod } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import { isStatus } from "#api/kubernetes/status";
import type { Reconciler } from "#lib";
import { isPodTerminal, withCondition } from "#kube/apimachinery";
import { type Informer, objectKey } from "#kube/client";
import type { ControllerContext } from "../context.ts";
import { assembleController, type Controller } from "../controller.ts";
import { createDeadlines, type Deadlines } from "../deadlines.ts";
import { found, nameOf } from "../writes.ts";
import { QUARANTINE_MS, surplusTerminated, TERMINATED_THRESHOLD } from "./plan.ts";

/** First minor that fails pods before it removes them. Source: kubernetes pkg/features, PodDisruptionConditions (beta 1.26). */
const DISRUPTION_CONDITION_MINOR = 26;
const TERMINATED = "terminated";

/**
 * Removes pods that nobody will: those bound to nodes that are gone, those deleted before they were bound, and ended ones
 * that are too many. Differs from AKS: a node's pods go 40 s after the node, not at the next of the looks that come every 20 s.
 * Source: kubernetes pkg/controller/podgc/gc_controller.go.
 */
export function createPodGcController(context: ControllerContext): Controller {
  const gc = new PodGc(context);
  return assembleController({
    name: "pod-gc",
    loops: [gc.loop],
    subscribe: () => [
      gc.nodes.subscribe({ add: (node) => gc.quarantine.delete(node.metadata.name), delete: (node) => gc.suspect(node.metadata.name) }),
      gc.pods.subscribe({ add: (pod) => gc.observe(pod), update: (pod) => gc.observe(pod), delete: (pod) => gc.forget(pod) }),
    ],
    dispose: () => gc.quarantine.clear(),
  });
}

class PodGc {
  readonly loop: Reconciler;
  readonly nodes: Informer<Node>;
  readonly pods: Informer<Pod>;
  readonly quarantine: Deadlines;
  readonly #context: ControllerContext;
  readonly #terminated = new Set<string>();

  constructor(context: ControllerContext) {
    this.#context = context;
    this.nodes = context.informers.of(resources.nodes);
    this.pods = context.informers.of(resources.pods);
    this.loop = context.loop("pod-gc", (key) => this.#collect(key));
    this.quarantine = createDeadlines(context.clock, (nodeName) => this.loop.enqueue(`node/${nodeName}`));
  }

  /** A node was deleted, or never was there. */
  suspect(nodeName: string): void {
    if (this.quarantine.get(nodeName) === undefined) this.quarantine.set(nodeName, this.#context.clock.now() + QUARANTINE_MS);
  }

  observe(pod: Pod): void {
    const { nodeName } = pod.spec;
    if (nodeName && this.nodes.get(nodeName) === undefined) this.suspect(nodeName);
    if (!nodeName && pod.metadata.deletionTimestamp !== undefined) this.loop.enqueue(`pod/${objectKey(pod)}`);
    if (isPodTerminal(pod)) this.#terminated.add(objectKey(pod));
    if (this.#terminated.size > TERMINATED_THRESHOLD) this.loop.enqueue(TERMINATED);
  }

  forget(pod: Pod): void {
    this.#terminated.delete(objectKey(pod));
  }

  async #collect(key: string): Promise<void> {
    if (key === TERMINATED) return this.#collectTerminated();
    const name = key.slice(key.indexOf("/") + 1);
    if (key.startsWith("node/")) return this.#collectOrphans(name);
    const pod = this.pods.get(name);
    if (pod !== undefined && !pod.spec.nodeName && pod.metadata.deletionTimestamp !== undefined) await this.#remove(pod);
  }

  async #collectOrphans(nodeName: string): Promise<void> {
    const pods = this.pods.byIndex("node", nodeName);
    if (pods.length === 0 || (await this.#exists(nodeName))) return;
    for (const pod of pods) {
      if (this.#context.minor() >= DISRUPTION_CONDITION_MINOR && !isPodTerminal(pod)) await this.#fail(pod);
      await this.#remove(pod);
    }
  }

  /** The informer may be behind. */
  async #exists(nodeName: string): Promise<boolean> {
    if (this.nodes.get(nodeName) !== undefined) return true;
    try {
      await this.#context.client.get(resources.nodes, { name: nodeName });
      return true;
    } catch (error) {
      if (isStatus(error, "NotFound")) return false;
      throw error;
    }
  }

  async #collectTerminated(): Promise<void> {
    const terminated = [...this.#terminated].map((key) => this.pods.get(key)).filter((pod) => pod !== undefined);
    for (const pod of surplusTerminated(terminated, TERMINATED_THRESHOLD)) await this.#remove(pod);
  }

  async #fail(pod: Pod): Promise<void> {
    const conditions = withCondition(pod.status?.conditions, {
      type: "DisruptionTarget",
      status: "True",
      reason: "DeletionByPodGC",
      message: "PodGC: node no longer exists",
      lastTransitionTime: this.#context.now(),
    });
    const body = { metadata: { uid: pod.metadata.uid }, status: { phase: "Failed", conditions } };
    await found(this.#context.client.patch(resources.pods, nameOf(pod), { type: "merge", body }, { subresource: "status" }));
  }

  async #remove(pod: Pod): Promise<void> {
    const { uid } = pod.metadata;
    const options = { gracePeriodSeconds: 0, ...(uid !== undefined && { preconditions: { uid } }) };
    await found(this.#context.client.delete(resources.pods, nameOf(pod), options));
  }
}
