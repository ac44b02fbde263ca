import type { Pod } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import { createInformer, createKubeClient, httpTransport, type HttpTransportOptions, type KubeClient } from "#kube/client";
import { silentLogger, systemClock } from "#lib";
import { waitUntil } from "../test/support/lido.ts";
import { cpuMs, quiet } from "./cluster.ts";
import { type Load, nodeOf, NODES, podOf, taintsOf } from "./loads.ts";

/** Calls that are under way at once, each on a connection that stays. */
const AT_ONCE = 64;
const LIMIT_MS = 600_000;

/** What a run took, from the first pod that is created to the last that has its node. */
export interface Run {
  /** Pods a second. */
  readonly bound: number;
  /** Pods a second that the client created; no scheduler binds faster. */
  readonly created: number;
  /** CPU of each process that was asked after, ms for a pod. */
  readonly cpuMs: readonly number[];
}

/**
 * Registers the nodes, which are objects without a kubelet, and creates pods while the scheduler runs.
 * @param pids processes whose CPU is counted
 * @throws {Error} when not all pods have a node after ten minutes.
 */
export async function runThroughApi(access: HttpTransportOptions, load: Load, pods: number, pids: readonly number[]): Promise<Run> {
  const transport = httpTransport(access);
  try {
    const client = createKubeClient(transport);
    await waitUntil("the namespace has its account", () => hasAccount(client), LIMIT_MS);
    await each(NODES, (index) => register(client, index, load));
    for (const pid of pids) await quiet(pid);
    return await createPods(client, load, pods, pids);
  } finally {
    transport.close();
  }
}

async function createPods(client: KubeClient, load: Load, pods: number, pids: readonly number[]): Promise<Run> {
  // API servers end watches that fall behind: an informer goes on where they ended.
  const bound = createInformer<Pod>(client, resources.pods, {
    namespace: "default",
    fieldSelector: "spec.nodeName!=",
    clock: systemClock,
    log: silentLogger,
  });
  let lastMs = 0;
  bound.subscribe({ add: () => (lastMs = systemClock.now()) });
  await bound.start();
  const before = pids.map(cpuMs);
  const beginMs = systemClock.now();
  await each(pods, async (index) => void (await client.create(resources.pods, podOf(index, load))));
  const createdMs = systemClock.now();
  try {
    await waitUntil(`${pods} pods have their node`, () => bound.size === pods, LIMIT_MS);
  } finally {
    bound.stop();
  }
  return {
    bound: (pods / (lastMs - beginMs)) * 1000,
    created: (pods / (createdMs - beginMs)) * 1000,
    cpuMs: pids.map((pid, index) => (cpuMs(pid) - (before[index] ?? 0)) / pods),
  };
}

/** The API server gives new nodes the taint of those that are not ready; nobody else is there to take it off. */
async function register(client: KubeClient, index: number, load: Load): Promise<void> {
  const node = nodeOf(index, load);
  const conditions = [{ type: "Ready", status: "True" as const, reason: "KubeletReady" }];
  await client.create(resources.nodes, { ...node, status: { ...node.status, capacity: node.status?.allocatable ?? {}, conditions } });
  const { name } = node.metadata;
  await client.patch(resources.nodes, { name }, { type: "merge", body: { spec: { taints: taintsOf(index, load) } } });
}

async function hasAccount(client: KubeClient): Promise<boolean> {
  const { items } = await client.list(resources.serviceAccounts, { namespace: "default" });
  return items.length > 0;
}

async function each(count: number, call: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) await call(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}
