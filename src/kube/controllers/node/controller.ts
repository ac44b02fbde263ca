import type { Lease, Node, Pod } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import type { Reconciler, Requeue } from "#lib";
import { isPodReady, withCondition } from "#kube/apimachinery";
import { type Informer, objectKey } from "#kube/client";
import type { ControllerContext, EventSink } from "../context.ts";
import { assembleController, type Controller } from "../controller.ts";
import { createDeadlines, type Deadlines } from "../deadlines.ts";
import { found, nameOf } from "../writes.ts";
import { isHeartbeat, readyStatus, silentAt, unknownConditions } from "./health.ts";
import { planLabels, planTaints } from "./taints.ts";
import { ZoneTainter } from "./zone-tainter.ts";
import { zoneOf } from "./zones.ts";

/** Where kubelets keep their leases. Source: kubernetes/api core/v1, NamespaceNodeLease. */
const LEASE_NAMESPACE = "kube-node-lease";

/**
 * Watches over the nodes: silent ones become Unknown, taints follow conditions and cordons, pods of unreachable nodes are
 * no longer ready. A heartbeat costs one map entry; nodes are looked at when their own deadline comes, never all of them.
 * Differs from AKS: clusters before 1.13 taint unreachable nodes NoExecute as later ones do, in place of deleting their pods after five minutes.
 * Source: kubernetes pkg/controller/nodelifecycle/node_lifecycle_controller.go.
 */
export function createNodeController(context: ControllerContext): Controller {
  const lifecycle = new NodeLifecycle(context);
  return assembleController({
    name: "node",
    loops: [lifecycle.loop],
    subscribe: () => [
      lifecycle.nodes.subscribe({
        add: (node) => lifecycle.added(node),
        update: (node, previous) => lifecycle.updated(node, previous),
        delete: (node) => lifecycle.removed(node),
      }),
      lifecycle.leases.subscribe({
        add: (lease) => lifecycle.renewed(lease),
        update(lease, previous) {
          if (lease.spec.renewTime !== previous.spec.renewTime) lifecycle.renewed(lease);
        },
      }),
      lifecycle.pods.subscribe({
        add: (pod) => lifecycle.bound(pod),
        update(pod, previous) {
          if (pod.spec.nodeName !== previous.spec.nodeName) lifecycle.bound(pod);
        },
      }),
    ],
    dispose: () => lifecycle.dispose(),
  });
}

class NodeLifecycle {
  readonly loop: Reconciler;
  readonly nodes: Informer<Node>;
  readonly leases: Informer<Lease>;
  readonly pods: Informer<Pod>;
  readonly #context: ControllerContext;
  readonly #events: EventSink;
  /** When each node was last heard of, milliseconds since the epoch. */
  readonly #lastSeen = new Map<string, number>();
  readonly #silence: Deadlines;
  readonly #tainter: ZoneTainter;
  /** Nodes that may get their NoExecute taint now. */
  readonly #granted = new Set<string>();

  constructor(context: ControllerContext) {
    this.#context = context;
    this.nodes = context.informers.of(resources.nodes);
    this.leases = context.informers.of(resources.leases);
    this.pods = context.informers.of(resources.pods);
    this.#events = context.events("node-controller");
    this.loop = context.loop("node", (key) => this.#reconcile(key));
    this.#silence = createDeadlines(context.clock, (name) => {
      if (!this.#hasSpoken(name)) this.loop.enqueue(name);
    });
    this.#tainter = new ZoneTainter(context.clock, {
      granted: (name) => {
        this.#granted.add(name);
        this.loop.enqueue(name);
      },
      stoppedChanged: (stopped) => this.#stoppedChanged(stopped),
    });
  }

  added(node: Node): void {
    const { name } = node.metadata;
    this.#events.normal(node, "RegisteredNode", `Node ${name} event: Registered Node ${name} in Controller`);
    this.#seen(node);
    this.#observe(node);
  }

  updated(node: Node, previous: Node): void {
    if (isHeartbeat(previous, node)) this.#seen(node);
    if (
      node.status?.conditions === previous.status?.conditions &&
      node.spec === previous.spec &&
      node.metadata.labels === previous.metadata.labels
    )
      return;
    this.#observe(node);
  }

  removed(node: Node): void {
    const { name } = node.metadata;
    this.#events.normal(node, "RemovingNode", `Node ${name} event: Removing Node ${name} from Controller`);
    this.#lastSeen.delete(name);
    this.#silence.delete(name);
    this.#granted.delete(name);
    this.#tainter.forget(name);
  }

  renewed(lease: Lease): void {
    if (lease.metadata.namespace !== LEASE_NAMESPACE) return;
    const node = this.nodes.get(lease.metadata.name);
    if (node !== undefined) this.#seen(node);
  }

  /** A pod that comes to a node that is out of reach is not ready either. */
  bound(pod: Pod): void {
    const node = pod.spec.nodeName ? this.nodes.get(pod.spec.nodeName) : undefined;
    if (node !== undefined && readyStatus(node) === "Unknown") this.loop.enqueue(node.metadata.name);
  }

  dispose(): void {
    this.#silence.clear();
    this.#tainter.stop();
  }

  #seen(node: Node): void {
    const now = this.#context.clock.now();
    this.#lastSeen.set(node.metadata.name, now);
    this.#silence.set(node.metadata.name, silentAt(node, now, this.#context.minor()));
  }

  /** Whether the kubelet has been heard of since its last write; then the node's grace begins anew. */
  #hasSpoken(name: string): boolean {
    const { heartbeats, clock, minor } = this.#context;
    const node = this.nodes.get(name);
    const atMs = heartbeats?.last(name);
    if (node === undefined || atMs === undefined || atMs <= (this.#lastSeen.get(name) ?? 0)) return false;
    const silentMs = silentAt(node, atMs, minor());
    this.#lastSeen.set(name, atMs);
    if (silentMs > clock.now()) this.#silence.set(name, silentMs);
    return silentMs > clock.now();
  }

  #observe(node: Node): void {
    this.#tainter.observe(node.metadata.name, zoneOf(node), readyStatus(node) === "True");
    this.loop.enqueue(node.metadata.name);
  }

  /** When nodes answer again after none did, all of them are given a new grace. Source: handleDisruption. */
  #stoppedChanged(stopped: boolean): void {
    for (const node of this.nodes.list()) {
      if (!stopped) this.#seen(node);
      this.loop.enqueue(node.metadata.name);
    }
  }

  async #reconcile(name: string): Promise<Requeue | void> {
    const observed = this.nodes.get(name);
    if (observed === undefined) return;
    const node = (await this.#markSilent(observed)) ?? observed;
    await this.#keepInStep(node);
    if (readyStatus(node) === "Unknown") await this.#markPodsNotReady(name);
  }

  /** Makes the conditions of a node Unknown that has been silent for too long; the node as written. */
  async #markSilent(node: Node): Promise<Node | undefined> {
    const { clock, client } = this.#context;
    const lastSeen = this.#lastSeen.get(node.metadata.name) ?? clock.now();
    const status = readyStatus(node);
    if (status === "Unknown" || silentAt(node, lastSeen, this.#context.minor()) > clock.now()) return undefined;
    const conditions = unknownConditions(node, this.#context.now());
    const written = await client.update(resources.nodes, { ...node, status: { ...node.status, conditions } }, { subresource: "status" });
    const { name } = node.metadata;
    if (status === "True") this.#events.normal(node, "NodeNotReady", `Node ${name} status is now: NodeNotReady`);
    return written;
  }

  async #keepInStep(node: Node): Promise<void> {
    const { name, resourceVersion } = node.metadata;
    const eviction = { stopped: this.#tainter.stopped, granted: this.#granted.has(name) };
    const { taints, waits } = planTaints(node, this.#context.now(), eviction);
    const labels = planLabels(node);
    if (taints !== undefined || labels !== undefined) {
      const body = {
        metadata: { resourceVersion, ...(labels && { labels }) },
        ...(taints && { spec: { taints: taints.length > 0 ? taints : null } }),
      };
      await found(this.#context.client.patch(resources.nodes, { name }, { type: "merge", body }));
    }
    this.#granted.delete(name);
    if (waits) this.#tainter.wait(name);
    else this.#tainter.cancel(name);
  }

  /** Source: kubernetes pkg/controller/util/node/controller_utils.go, MarkPodsNotReady. */
  async #markPodsNotReady(nodeName: string): Promise<void> {
    for (const pod of this.pods.byIndex("node", nodeName)) {
      if (!isPodReady(pod)) continue;
      const now = this.#context.now();
      const ready = pod.status?.conditions?.find(({ type }) => type === "Ready");
      const conditions = withCondition(pod.status?.conditions, { ...ready, type: "Ready", status: "False", lastTransitionTime: now });
      const body = { metadata: { uid: pod.metadata.uid }, status: { conditions } };
      const written = await found(
        this.#context.client.patch(resources.pods, nameOf(pod), { type: "merge", body }, { subresource: "status" }),
      );
      if (written) this.#events.warning(pod, "NodeNotReady", "Node is not ready");
      this.#context.log.debug("pod marked not ready", { pod: objectKey(pod), node: nodeName });
    }
  }
}
