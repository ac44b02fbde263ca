import type { NodeBootstrap, SpokenHeartbeats } from "#api/kubelet";
import type { Node } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import { isStatus } from "#api/kubernetes/status";
import { equalJson, findCondition, parseTime } from "#kube/apimachinery";
import type { KubeClient } from "#kube/client";
import { type Clock, createReconciler, type Logger, type Pace, type Reconciler } from "#lib";
import type { Agenda } from "../agenda.ts";
import { hasDrivers, writeCsiNode } from "./csi-node.ts";
import { isSameBoot, LEASE_NAMESPACE, nodeLease, nodeObject, nodeStatusPatch } from "./node-object.ts";
import type { NodeRuntime } from "./node-runtime.ts";

/** From registration to Ready on a real machine: the network plugin comes up. Unverified: measured on no recording. */
export const READY_MS = 10_000;
/** How often a lease is renewed. Source: kubelet nodeLeaseDurationSeconds × nodeLeaseRenewIntervalFraction. */
export const LEASE_PERIOD_MS = 10_000;
/** How often a status is written that has not changed. Source: kubelet nodeStatusReportFrequency. */
export const STATUS_PERIOD_MS = 300_000;
/** How often a kubelet looks whether its status has changed. Source: nodeStatusUpdateFrequency. */
const STATUS_EVERY_MS = 10_000;
/** Nodes that may speak to the API at once. */
const CONCURRENCY = 512;
/** Turns of the wheel in a period, over which its heartbeats are spread; one where time stands still meanwhile. */
export const SLOTS = { spread: 10, together: 1 } as const;

/** Names of stopped machines that are remembered; one that is forgotten counts as rebooted only when its software changed. */
const MAX_STOPPED = 10_000;

/** The turn in which a node's heartbeats fall. A kubelet's place in the period is chance; here it is the order of arrival. */
export function heartbeatSlot(order: number, slots: number): number {
  return order % slots;
}

export interface NodeLoopOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly pace: Pace;
  readonly log: Logger;
  readonly agenda: Agenda;
  /** One of {@link SLOTS}. */
  readonly slots: number;
  readonly heartbeats?: SpokenHeartbeats | undefined;
  readonly isOwn?: (node: Node) => boolean;
  /** The node that runs under this name. */
  readonly find: (name: string) => NodeRuntime | undefined;
  readonly all: () => Iterable<NodeRuntime>;
  /** The node may now run pods. `isNewBoot`: nothing of an earlier boot runs on it any more. */
  readonly onRegistered: (runtime: NodeRuntime, isNewBoot: boolean) => void;
}

/**
 * Registers nodes, makes them Ready and keeps their leases and statuses fresh. All nodes share one reconciler and the turns
 * of one wheel:
 *
 * ```
 *   start ──▶ register (create, or patch what is there) ──▶ READY_MS ──▶ status Ready ──▶ lease every 10 s, status every 5 min
 * ```
 */
export class NodeLoop {
  readonly #options: NodeLoopOptions;
  readonly #reconciler: Reconciler;
  /** Names of machines that stopped in this process: who starts under one of them has rebooted. */
  readonly #stopped = new Set<string>();
  #slot = 0;
  #isTurning = false;

  constructor(options: NodeLoopOptions) {
    this.#options = options;
    const { clock, log } = options;
    this.#reconciler = createReconciler({
      name: "kubelet-node",
      clock,
      log,
      concurrency: CONCURRENCY,
      reconcile: (name) => this.#reconcile(name),
    });
  }

  start(runtime: NodeRuntime): void {
    this.#reconciler.enqueue(runtime.name);
    if (this.#isTurning) return;
    this.#isTurning = true;
    this.#turnLater();
  }

  /** Notes that the machine is gone; nothing more is written for it. */
  stopped(name: string): void {
    this.#stopped.add(name);
    if (this.#stopped.size <= MAX_STOPPED) return;
    for (const oldest of this.#stopped) {
      this.#stopped.delete(oldest);
      return;
    }
  }

  /** The node's status has changed. */
  statusDue(runtime: NodeRuntime): void {
    runtime.isStatusDue = true;
    this.#reconciler.enqueue(runtime.name);
  }

  /** The node's network may have come up. */
  networkSeen(runtime: NodeRuntime): void {
    if (runtime.isRegistered && runtime.isBooted && !runtime.isReady && runtime.hasNetwork) this.#becomeReady(runtime);
  }

  idle(): Promise<void> {
    return this.#reconciler.idle();
  }

  close(): Promise<void> {
    return this.#reconciler.stop();
  }

  #turnLater(): void {
    this.#options.agenda.after(LEASE_PERIOD_MS / this.#options.slots, () => this.#turn());
  }

  #turn(): void {
    const now = this.#options.clock.now();
    this.#slot = (this.#slot + 1) % this.#options.slots;
    // There will be another turn before anybody can look, so what this one would write is written there.
    const isPassing = (this.#options.heartbeats?.movesTo() ?? 0) >= now + LEASE_PERIOD_MS;
    let any = false;
    for (const runtime of this.#options.all()) {
      any = true;
      if (runtime.slot !== this.#slot || !runtime.isRegistered) continue;
      this.#options.heartbeats?.note(runtime.name, now);
      if (now - runtime.statusWrittenMs >= STATUS_PERIOD_MS) runtime.isStatusDue = true;
      if (!isPassing) runtime.isLeaseDue = true;
      if (runtime.isLeaseDue || runtime.isStatusDue) this.#reconciler.enqueue(runtime.name);
    }
    this.#isTurning = any;
    if (any) this.#turnLater();
  }

  async #reconcile(name: string): Promise<void> {
    const runtime = this.#options.find(name);
    if (runtime === undefined) return;
    if (!runtime.isRegistered) await this.#register(runtime);
    if (runtime.isStatusDue && !runtime.isStopped) await this.#writeStatus(runtime);
    if (runtime.isLeaseDue && !runtime.isStopped) await this.#renewLease(runtime);
    // After all that pods wait for: what comes while a node registers is not seen.
    if (runtime.isCsiNodeDue && !runtime.isStopped) await this.#describeDrivers(runtime);
  }

  async #describeDrivers(runtime: NodeRuntime): Promise<void> {
    await writeCsiNode(this.#options.client, runtime);
    runtime.isCsiNodeDue = false;
  }

  async #register(runtime: NodeRuntime): Promise<void> {
    const { clock, client, pace } = this.#options;
    const readyMs = pace(READY_MS);
    runtime.readySinceMs = clock.now();
    runtime.isBooted = readyMs === 0;
    // Where nothing takes time the network comes at once, too: saying so later would be a write more for every node.
    runtime.isReady = runtime.isBooted && !runtime.networkFails;
    let isNewBoot = true;
    let node: Node;
    try {
      node = await client.create(resources.nodes, nodeObject(runtime, clock.now()));
    } catch (error) {
      if (!isStatus(error, "AlreadyExists")) throw error;
      const existing = await client.get(resources.nodes, { name: runtime.name });
      if (this.#options.isOwn?.(existing) === false) throw new Error(`node ${runtime.name} is another machine's`, { cause: error });
      isNewBoot = this.#stopped.has(runtime.name) || !isSameBoot(existing, runtime.bootstrap);
      node = await this.#takeOver(runtime, existing, isNewBoot);
    }
    if (runtime.isStopped) return;
    runtime.setNode(node);
    runtime.statusWrittenMs = clock.now();
    runtime.isRegistered = true;
    this.#stopped.delete(runtime.name);
    runtime.isLeaseDue = true;
    runtime.isCsiNodeDue = hasDrivers(runtime);
    recordStart(runtime);
    if (runtime.isReady) runtime.recordStatus("NodeReady");
    this.#options.onRegistered(runtime, isNewBoot);
    this.#options.agenda.after(runtime.isReady ? STATUS_EVERY_MS : readyMs, () => {
      runtime.isBooted = true;
      if (runtime.isReady && !runtime.hasNetwork) this.#becomeUnready(runtime);
      this.networkSeen(runtime);
    });
  }

  /**
   * Makes a node that is there this machine's: status and, at a new boot, labels are the machine's; taints stay as they are.
   * A kubelet that merely restarted finds its node ready, and leaves labels as others have set them since.
   * Source: pkg/kubelet/kubelet_node_status.go, tryRegisterWithAPIServer, updateDefaultLabels.
   */
  async #takeOver(runtime: NodeRuntime, existing: Node, isNewBoot: boolean): Promise<Node> {
    const { client, clock } = this.#options;
    const { name, bootstrap } = runtime;
    if (existing.spec.providerID !== undefined && existing.spec.providerID !== bootstrap.providerId) {
      await client.delete(resources.nodes, { name });
      return await client.create(resources.nodes, nodeObject(runtime, clock.now()));
    }
    runtime.setNode(existing);
    if (!isNewBoot) continueBoot(runtime, existing);
    if (isNewBoot && !hasLabels(existing, bootstrap)) {
      await client.patch(resources.nodes, { name }, { type: "merge", body: { metadata: { labels: { ...bootstrap.labels } } } });
    }
    const body = nodeStatusPatch(runtime, clock.now());
    return await client.patch(resources.nodes, { name }, { type: "strategic", body }, { subresource: "status" });
  }

  #becomeReady(runtime: NodeRuntime): void {
    if (runtime.isStopped) return;
    runtime.isReady = true;
    runtime.readySinceMs = this.#options.clock.now();
    runtime.recordStatus("NodeReady");
    this.statusDue(runtime);
  }

  #becomeUnready(runtime: NodeRuntime): void {
    if (runtime.isStopped) return;
    runtime.isReady = false;
    runtime.readySinceMs = this.#options.clock.now();
    runtime.recordStatus("NodeNotReady");
    this.statusDue(runtime);
  }

  async #writeStatus(runtime: NodeRuntime): Promise<void> {
    const { client, clock } = this.#options;
    runtime.isStatusDue = false;
    const body = nodeStatusPatch(runtime, clock.now());
    try {
      await client.patch(resources.nodes, { name: runtime.name }, { type: "strategic", body }, { subresource: "status" });
      runtime.statusWrittenMs = clock.now();
    } catch (error) {
      // A kubelet does not make a node anew that somebody has deleted.
      if (isStatus(error, "NotFound")) return;
      runtime.isStatusDue = true;
      throw error;
    }
  }

  async #renewLease(runtime: NodeRuntime): Promise<void> {
    const { client, clock } = this.#options;
    runtime.isLeaseDue = false;
    const lease = nodeLease(runtime, clock.now());
    try {
      if (runtime.hasLease) {
        const body = { spec: { renewTime: lease.spec.renewTime } };
        await client.patch(resources.leases, { name: runtime.name, namespace: LEASE_NAMESPACE }, { type: "merge", body });
      } else {
        await client.create(resources.leases, lease);
        runtime.hasLease = true;
      }
    } catch (error) {
      const isThere = isStatus(error, "AlreadyExists");
      if (!isThere && !isStatus(error, "NotFound")) throw error;
      // Made by an earlier run of this program, or collected with its node: the next turn knows.
      runtime.hasLease = isThere;
      runtime.isLeaseDue = isThere;
      if (isThere) this.#reconciler.enqueue(runtime.name);
    }
  }
}

function hasLabels(existing: Node, { labels }: NodeBootstrap): boolean {
  return equalJson({ ...existing.metadata.labels, ...labels }, existing.metadata.labels);
}

/** The same boot goes on: the node is ready at once, since when it was, under the same boot id. */
function continueBoot(runtime: NodeRuntime, { status }: Node): void {
  const ready = findCondition(status?.conditions, "Ready");
  const since = ready?.status === "True" ? parseTime(ready.lastTransitionTime) : undefined;
  runtime.isBooted = true;
  runtime.isReady = runtime.hasNetwork;
  if (since !== undefined) runtime.readySinceMs = since;
  runtime.bootId = status?.nodeInfo?.["bootID"] ?? runtime.bootId;
}

/** Source: pkg/kubelet/kubelet.go, BirthCry; kubelet_node_status.go, defaultNodeStatusFuncs. */
function recordStart(runtime: NodeRuntime): void {
  runtime.record("Starting", "Starting kubelet.");
  for (const status of ["NodeHasSufficientMemory", "NodeHasNoDiskPressure", "NodeHasSufficientPID"]) runtime.recordStatus(status);
  runtime.record("NodeAllocatableEnforced", "Updated Node Allocatable limit across pods");
}
