import type { Node, Pod } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import type { Reconciler } from "#lib";
import { equalJson, isPodTerminal, withCondition } from "#kube/apimachinery";
import { type Informer, objectKey } from "#kube/client";
import type { ControllerContext, EventSink } from "../context.ts";
import { assembleController, type Controller } from "../controller.ts";
import { createDeadlines, type Deadlines } from "../deadlines.ts";
import { found, nameOf } from "../writes.ts";
import { EvictionBook, type EvictionChange } from "./evictions.ts";

/** Pods deleted at the same time. Source: kubernetes taint_eviction.go, UpdateWorkerSize. */
const WORKERS = 8;
/** First minor that notes the reason on the pod. Source: kubernetes pkg/features, PodDisruptionConditions (beta 1.26). */
const DISRUPTION_CONDITION_MINOR = 26;
/** First minor in which this is a controller of its own. Source: kubernetes pkg/features, SeparateTaintEvictionController (beta 1.29). */
const SEPARATE_MINOR = 29;
const REASON = "TaintManagerEviction";

/** Deletes pods that do not tolerate a NoExecute taint of their node. Source: kubernetes pkg/controller/tainteviction/taint_eviction.go. */
export function createTaintEvictionController(context: ControllerContext): Controller {
  const eviction = new TaintEvictions(context);
  return assembleController({
    name: "taint-eviction",
    loops: [eviction.loop],
    subscribe: () => [
      eviction.nodes.subscribe({
        add: (node) => eviction.assessNode(node.metadata.name),
        update(node, previous) {
          if (!equalJson(noExecute(node), noExecute(previous))) eviction.assessNode(node.metadata.name);
        },
        delete: (node) => eviction.assessNode(node.metadata.name),
      }),
      eviction.pods.subscribe({
        add: (pod) => eviction.assess(pod),
        update(pod, previous) {
          const moved = pod.spec.nodeName !== previous.spec.nodeName || pod.metadata.uid !== previous.metadata.uid;
          if (moved || !equalJson(pod.spec.tolerations, previous.spec.tolerations)) eviction.assess(pod);
        },
        delete: (pod) => eviction.gone(pod),
      }),
    ],
    dispose: () => eviction.deadlines.clear(),
  });
}

function noExecute(node: Node): unknown {
  return node.spec.taints?.filter(({ effect }) => effect === "NoExecute") ?? [];
}

class TaintEvictions {
  readonly loop: Reconciler;
  readonly nodes: Informer<Node>;
  readonly pods: Informer<Pod>;
  readonly deadlines: Deadlines;
  readonly #context: ControllerContext;
  readonly #book = new EvictionBook();

  constructor(context: ControllerContext) {
    this.#context = context;
    this.nodes = context.informers.of(resources.nodes);
    this.pods = context.informers.of(resources.pods);
    this.loop = context.loop("taint-eviction", (key) => this.#evict(key), WORKERS);
    this.deadlines = createDeadlines(context.clock, (key) => this.loop.enqueue(key));
  }

  assessNode(nodeName: string): void {
    for (const pod of this.pods.byIndex("node", nodeName)) this.assess(pod);
  }

  assess(pod: Pod): void {
    const { nodeName } = pod.spec;
    if (!nodeName) return;
    const key = objectKey(pod);
    this.#follow(pod, this.#book.assess(key, pod, this.nodes.get(nodeName), this.#context.clock.now()));
  }

  gone(pod: Pod): void {
    this.#follow(pod, this.#book.cancel(objectKey(pod)));
  }

  #follow(pod: Pod, change: EvictionChange): void {
    const key = objectKey(pod);
    if (change.kind === "due") {
      this.deadlines.delete(key);
      if (change.atMs <= this.#context.clock.now()) this.loop.enqueue(key);
      else this.deadlines.set(key, change.atMs);
    }
    if (change.kind !== "cancelled") return;
    this.deadlines.delete(key);
    this.#events().normal(pod, REASON, `Cancelling deletion of Pod ${key}`);
  }

  #events(): EventSink {
    return this.#context.events(this.#context.minor() >= SEPARATE_MINOR ? "taint-eviction-controller" : "taint-controller");
  }

  async #evict(key: string): Promise<void> {
    const pod = this.pods.get(key);
    if (pod === undefined || !this.#book.isPlanned(key, pod.metadata.uid)) return;
    this.#events().normal(pod, REASON, `Marking for deletion Pod ${key}`);
    if (this.#context.minor() >= DISRUPTION_CONDITION_MINOR && !isPodTerminal(pod)) await this.#noteReason(pod);
    const { uid } = pod.metadata;
    await found(this.#context.client.delete(resources.pods, nameOf(pod), uid === undefined ? {} : { preconditions: { uid } }));
    this.#book.markDone(key);
  }

  async #noteReason(pod: Pod): Promise<void> {
    const conditions = withCondition(pod.status?.conditions, {
      type: "DisruptionTarget",
      status: "True",
      reason: "DeletionByTaintManager",
      message: "Taint manager: deleting due to NoExecute taint",
      lastTransitionTime: this.#context.now(),
    });
    const body = { metadata: { uid: pod.metadata.uid, resourceVersion: pod.metadata.resourceVersion }, status: { conditions } };
    await found(this.#context.client.patch(resources.pods, nameOf(pod), { type: "merge", body }, { subresource: "status" }));
  }
}
