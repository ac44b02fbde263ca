import type { NodeBootstrap } from "#api/kubelet";
import type { Node, Pod } from "#api/kubernetes/core";
import type { Deployment, PodDisruptionBudget } from "#api/kubernetes/workloads";
import type { Operation } from "#arm";
import type { Instance } from "#compute";
import type { Clock } from "#lib";
import type { Store } from "#store";
import { Breach } from "./breach.ts";
import { areTooNear, holdsResources, isLive, isPodReady, isReady, overfull, selects, untolerated } from "./fit.ts";
import { type ClusterRecord, type Entry, isAsleep, kubeKey, Ledger, nameOf, type PoolRecord } from "./ledger.ts";

/** Time in which any operation ends while the service runs: an upgrade of a cluster drains node after node. Milliseconds. */
const LONGEST_OPERATION_MS = 12 * 3_600_000;

/**
 * Looks at every transaction as it is stored and keeps the promises that were broken. A promise about what somebody could
 * see is held against what was there before this moment: changes of one moment have no order.
 */
/** States of machines that are yet to run. */
const BOOTING: ReadonlySet<string> = new Set(["Creating", "Updating", "Starting"]);

export class Watchman {
  /** Codes with which machines have been refused on purpose. */
  readonly refusals = new Set<string>();
  readonly ledger: Ledger;
  readonly breaches: Breach[] = [];
  readonly #clock: Clock;
  /** When a node's keeping pods off began to hold, by cluster, node and taint. */
  readonly #taintedSince = new Map<string, number>();
  /** When a pod was last seen to become ready, or not, or deleted. */
  readonly #turnedMs = new Map<string, number>();
  /** Pods that were last seen to go, with the moment. */
  readonly #gone = new Map<string, { readonly atMs: number; readonly pod: Pod }>();
  /** When deployments were last given another number of replicas, and which they had before. */
  readonly #scaled = new Map<string, { readonly atMs: number; readonly before: number }>();
  /** Highest instance id so far, by scale set. */
  readonly #lastInstance = new Map<string, number>();
  readonly #runningSince = new Map<string, number>();

  constructor(store: Store, clock: Clock) {
    this.#clock = clock;
    this.ledger = new Ledger(store, (entries) => {
      for (const entry of entries) this.#check(entry);
    });
  }

  /** Keeps a breach for the end of the step. */
  report(promise: ConstructorParameters<typeof Breach>[0], told: string): void {
    this.breaches.push(new Breach(promise, told));
  }

  /** Operations that have been under way for too long. */
  checkOperations(): void {
    for (const [id, startMs] of this.#runningSince) {
      const operation = this.ledger.operations.get(id);
      if (operation === undefined || this.#clock.now() - startMs < LONGEST_OPERATION_MS) continue;
      this.report("ends", `${operation.kind} of ${operation.resourceId} runs since ${startMs}`);
    }
  }

  #check(entry: Entry): void {
    const { key } = entry;
    if (key.startsWith("/arm/operations/")) return this.#operation(entry as Entry<Operation>);
    if (key.startsWith("/aks/agent-pools/")) return this.#pool(entry as Entry<PoolRecord>);
    if (key.startsWith("/compute/scale-sets/") && entry.previous === undefined) {
      this.#lastInstance.delete(key.slice("/compute/scale-sets/".length));
      return;
    }
    if (key.startsWith("/compute/instances/")) return this.#instance(entry as Entry<Instance>);
    const place = kubeKey(key);
    if (place?.kind === "core/nodes") return this.#node(place.uid, entry as Entry<Node>);
    if (place?.kind === "core/pods") return this.#pod(place.uid, entry as Entry<Pod>);
    if (place?.kind === "apps/deployments") return this.#deployment(entry as Entry<Deployment>);
    if (place?.kind === "policy/poddisruptionbudgets") return this.#budget(place.uid, entry as Entry<PodDisruptionBudget>);
  }

  #operation({ key, previous, next }: Entry<Operation>): void {
    const id = key.slice("/arm/operations/".length);
    if (previous !== undefined && previous.status !== "InProgress" && next !== undefined && next.status !== previous.status) {
      this.report("ends", `operation ${id} ended ${previous.status} and then ${next.status}`);
    }
    if (next?.status !== "InProgress") return void this.#runningSince.delete(id);
    if (previous === undefined) this.#runningSince.set(id, this.#clock.now());
    const same = [...this.ledger.operations.values()].filter(
      ({ status, resourceId }) => status === "InProgress" && resourceId.toLowerCase() === next.resourceId.toLowerCase(),
    );
    if (same.length > 1) this.report("oneOperation", same.map(({ kind, id, startMs }) => `${kind} ${id} since ${startMs}`).join(", "));
  }

  #pool({ key, previous, next }: Entry<PoolRecord>): void {
    const id = key.slice("/aks/agent-pools/".length);
    const cluster = this.ledger.clusters.get(id.slice(0, id.lastIndexOf("/")));
    if (previous?.work === undefined || next?.work !== undefined || cluster === undefined) return;
    if (next === undefined) {
      const left = this.ledger.instancesOf(cluster, previous);
      const nodes = cluster.work?.kind === "Deleting" ? [] : this.ledger.nodesOf(cluster.uid, previous.name);
      if (left.length + nodes.length > 0) this.report("leftOver", `${id} is gone with ${left.length} instances, ${nodes.length} nodes`);
      return;
    }
    if (next.properties.provisioningState === "Succeeded") {
      // Autoscaling that fails leaves the pool's state alone: nobody was told of work.
      if (hasFailed(previous, next)) return;
      for (const told of this.differences(cluster, next)) this.report("succeeded", `${id}: ${told}`);
      for (const told of this.staleMachines(cluster, next)) this.report("images", `${id}: ${told}`);
    } else if (next.properties.provisioningState === "Canceled") {
      if (previous.work.abortion === undefined) this.report("works", `${id} ${previous.work.kind} is canceled though nobody asked for it`);
    } else if (!this.#isExcused(cluster, next)) {
      this.report("works", `${id} ${previous.work.kind}: ${JSON.stringify(next.failure)}`);
    }
  }

  /** Whether work may have failed: for want of machines that were refused on purpose, for machines that ail or boot slowly, for budgets. */
  #isExcused(cluster: ClusterRecord, pool: PoolRecord): boolean {
    const code = pool.failure?.code ?? "";
    if (this.refusals.has(code)) return true;
    const group = cluster.properties.nodeResourceGroup.toLowerCase();
    const machines = [...this.ledger.instances.values()].filter(({ scaleSet }) => scaleSet.resourceGroup.toLowerCase() === group);
    const ailing = machines.some(({ ailment }) => ailment !== undefined);
    // A pod on a machine that ails does not end, so that the machine cannot be emptied.
    if (code !== "NodesNotReady") return ailing || this.ledger.kube(cluster.uid).budgets.size > 0;
    return this.ledger.instancesOf(cluster, pool).some(({ ailment, state }) => ailment !== undefined || BOOTING.has(state));
  }

  /** Whether the pool has a machine that has ailed since it booted: its node was never well, and nobody repairs it. */
  hasIncurable(cluster: ClusterRecord, pool: PoolRecord): boolean {
    const { nodes } = this.ledger.kube(cluster.uid);
    return this.ledger.instancesOf(cluster, pool).some(({ computerName, ailment }) => {
      const conditions = nodes.get(computerName)?.status?.conditions ?? [];
      return ailment !== undefined && !conditions.some(({ type }) => type === "NetworkUnavailable");
    });
  }

  /** Places in which a pool at rest is not what it says. */
  differences(cluster: ClusterRecord, pool: PoolRecord): readonly string[] {
    const { count, orchestratorVersion, nodeLabels = {}, nodeTaints = [] } = pool.properties;
    const nodes = this.ledger.nodesOf(cluster.uid, pool.name);
    const instances = this.ledger.instancesOf(cluster, pool);
    const asleep = new Set(instances.filter(isAsleep).map(({ computerName }) => computerName));
    const told: string[] = [];
    const sizes = sizesOf(pool);
    const awake = nodes.filter(({ metadata }) => !asleep.has(metadata.name));
    if (awake.length !== count) told.push(`${awake.length} nodes instead of ${count}`);
    if (instances.length - asleep.size !== count) told.push(`${instances.length - asleep.size} instances instead of ${count}`);
    for (const { metadata, spec, status, ...node } of nodes) {
      const labels = metadata.labels ?? {};
      if (asleep.has(metadata.name)) {
        for (const key of ["tier", "team"])
          if (labels[key] !== nodeLabels[key]) told.push(`${metadata.name} has label ${key}=${labels[key]} though it does not run`);
        continue;
      }
      const taints = (spec.taints ?? []).map(({ key, value = "", effect }) => `${key}${value === "" ? "" : `=${value}`}:${effect}`);
      if (!isReady({ metadata, spec, ...(status !== undefined && { status }), ...node })) told.push(`${metadata.name} is not Ready`);
      if (status?.nodeInfo?.["kubeletVersion"] !== `v${orchestratorVersion}`)
        told.push(`${metadata.name} runs ${String(status?.nodeInfo?.["kubeletVersion"])} instead of ${orchestratorVersion}`);
      const size = labels["beta.kubernetes.io/instance-type"]?.toLowerCase() ?? "";
      sizes.set(size, (sizes.get(size) ?? 0) - 1);
      for (const [key, value] of Object.entries(nodeLabels))
        if (labels[key] !== value) told.push(`${metadata.name} lacks label ${key}=${value}`);
      for (const taint of nodeTaints) if (!taints.includes(taint)) told.push(`${metadata.name} lacks taint ${taint}`);
      for (const key of ["tier", "team"])
        if (labels[key] !== undefined && nodeLabels[key] === undefined) told.push(`${metadata.name} keeps label ${key}`);
      for (const taint of taints)
        if (taint.startsWith("pool=") && !nodeTaints.includes(taint)) told.push(`${metadata.name} keeps taint ${taint}`);
    }
    for (const [size, missing] of sizes) if (missing !== 0) told.push(`${missing} nodes of ${size} are missing`);
    return told;
  }

  /** Machines that run and booted from another image than the pool's, or before the cluster's certificates were replaced. */
  staleMachines({ certificateRotation = 0, ...cluster }: ClusterRecord, pool: PoolRecord): readonly string[] {
    return this.ledger
      .instancesOf(cluster, pool)
      .filter((instance) => !isAsleep(instance))
      .flatMap(({ computerName, userData }) => {
        const { nodeImageVersion, certificateRotation: rotation = 0 } = userData as NodeBootstrap;
        const stale = nodeImageVersion !== pool.properties.nodeImageVersion || rotation !== certificateRotation;
        return stale ? [`${computerName} booted from ${nodeImageVersion} with certificates ${rotation}`] : [];
      });
  }

  #instance({ key, previous, next }: Entry<Instance>): void {
    if (previous !== undefined || next === undefined) return;
    const set = key.slice("/compute/instances/".length, key.lastIndexOf("/"));
    const last = this.#lastInstance.get(set) ?? -1;
    if (next.id <= last) this.report("ids", `instance ${next.id} of ${set} is made after ${last}`);
    this.#lastInstance.set(set, Math.max(last, next.id));
  }

  #node(uid: string, { previous, next }: Entry<Node>): void {
    const name = (next ?? previous)?.metadata.name ?? "";
    const had = new Set(keepsOff(previous));
    const has = keepsOff(next);
    for (const mark of had) if (!has.includes(mark)) this.#taintedSince.delete(`${uid}/${name}/${mark}`);
    for (const mark of has) if (!had.has(mark)) this.#taintedSince.set(`${uid}/${name}/${mark}`, this.#clock.now());
  }

  #pod(uid: string, { key, previous, next }: Entry<Pod>): void {
    const now = this.#clock.now();
    if (next === undefined || previous === undefined || isPodReady(previous) !== isPodReady(next) || isLive(previous) !== isLive(next))
      this.#turnedMs.set(key, now);
    if (next === undefined && previous !== undefined) this.#gone.set(key, { atMs: now, pod: previous });
    const nodeName = next?.spec.nodeName ?? "";
    if (next === undefined || nodeName === "" || (previous?.spec.nodeName ?? "") !== "") return;
    const { nodes, pods } = this.ledger.kube(uid);
    const node = nodes.get(nodeName);
    // A node may go in the moment in which a pod is bound to it; nothing forbids that.
    if (node === undefined) return;
    const known = (node.spec.taints ?? []).filter((taint) => (this.#taintedSince.get(`${uid}/${nodeName}/${markOf(taint)}`) ?? now) < now);
    const taint = untolerated(next, known);
    if (taint !== undefined) this.report("taints", `${nameOf(next)} is bound to ${nodeName} with ${markOf(taint)}`);
    if (!selects(next, node)) this.report("placed", `${nameOf(next)} is bound to ${nodeName}, which it does not select`);
    const there = [...pods.values()].filter((pod) => pod.spec.nodeName === nodeName && holdsResources(pod));
    // Of pods that go in this moment nobody can say whether they were gone before.
    const near = there.find((pod) => pod.metadata.uid !== next.metadata.uid && isLive(pod) && areTooNear(pod, next, node));
    if (near !== undefined) this.report("placed", `${nameOf(next)} is bound to ${nodeName}, where ${nameOf(near)} keeps apart from it`);
    const over = overfull(node, there);
    if (over.length > 0) this.report("allocatable", `${nodeName} is over its ${over.join(", ")} with ${nameOf(next)}`);
  }

  #deployment({ key, previous, next }: Entry<Deployment>): void {
    const now = this.#clock.now();
    const before = previous?.spec.replicas ?? 0;
    if (before !== next?.spec.replicas && this.#scaled.get(key)?.atMs !== now) this.#scaled.set(key, { atMs: now, before });
  }

  /** Each eviction that a budget counts is written into it before the pod goes. */
  #budget(uid: string, { previous, next }: Entry<PodDisruptionBudget>): void {
    const before = previous?.status?.disruptedPods ?? {};
    const after = next?.status?.disruptedPods ?? {};
    if (next === undefined || previous === undefined || !Object.keys(after).some((name) => before[name] === undefined)) return;
    const { pods, deployments } = this.ledger.kube(uid);
    const { namespace } = next.metadata;
    const covers = ({ metadata }: Pod): boolean =>
      metadata.namespace === namespace &&
      Object.entries(next.spec.selector?.matchLabels ?? {}).every(([key, value]) => metadata.labels?.[key] === value);
    const covered = [...pods].filter(([, pod]) => covers(pod));
    const now = this.#clock.now();
    const going = [...this.#gone].filter(([key, { atMs, pod }]) => atMs === now && key.startsWith(`/kubernetes/${uid}/`) && covers(pod));
    const healthy = covered.filter(([, pod]) => isPodReady(pod) && isLive(pod) && after[pod.metadata.name] === undefined).length;
    const turned = covered.filter(([key]) => this.#turnedMs.get(`/kubernetes/${uid}/core/pods/${key}`) === now).length;
    const turning = turned + going.length;
    const scaled = this.#scaled.get(`/kubernetes/${uid}/apps/deployments/${nameOf(next)}`);
    const replicas = deployments.get(nameOf(next))?.spec.replicas ?? covered.length;
    const expected = scaled?.atMs === now ? Math.min(scaled.before, replicas) : replicas;
    const { minAvailable, maxUnavailable } = next.spec;
    const desired = minAvailable === undefined ? expected - Number(maxUnavailable) : Number(minAvailable);
    if (healthy + turning < desired)
      this.report("budgets", `${nameOf(next)} is left with ${healthy} healthy pods of ${expected} where it wants ${desired}`);
  }
}

/** Whether work of the autoscaler has ended without doing what it was to do. */
function hasFailed(previous: PoolRecord, next: PoolRecord): boolean {
  const before = previous.scaled;
  const { downFailedMs, backoff, backoffs } = next.scaled ?? {};
  const isBarred = backoff?.untilMs !== before?.backoff?.untilMs || JSON.stringify(backoffs) !== JSON.stringify(before?.backoffs);
  const fails = downFailedMs !== before?.downFailedMs || isBarred;
  return previous.work?.autoscaled !== undefined && fails;
}

/** How many nodes of each size a pool is to have, by the size's name in lower case. */
function sizesOf({ properties }: PoolRecord): Map<string, number> {
  const { count, vmSize, virtualMachinesProfile, powerState } = properties;
  if (virtualMachinesProfile === undefined) return new Map([[vmSize.toLowerCase(), count]]);
  const { manual = [], autoscale = [] } = virtualMachinesProfile.scale;
  return new Map(
    [...manual, ...autoscale].map(({ size, count: wanted }) => [size.toLowerCase(), powerState?.code === "Stopped" ? 0 : wanted]),
  );
}

function markOf({ key, value = "", effect }: { readonly key: string; readonly value?: string; readonly effect: string }): string {
  return `${key}=${value}:${effect}`;
}

function keepsOff(node: Node | undefined): readonly string[] {
  return (node?.spec.taints ?? []).map(markOf);
}
