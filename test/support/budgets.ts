import type { Pod } from "#api/kubernetes/core";
import type { WatchEvent } from "#api/kubernetes/meta";
import { resources } from "#api/kubernetes/resources";
import type { KubeClient } from "#kube/client";
import { waitUntil } from "./lido.ts";

const NAMESPACE = "default";
const LABEL = "guarded";

/** Workloads under disruption budgets. */
export interface Guarded {
  /** Workloads, each with a budget of its own. */
  readonly apps: number;
  /** Pods of each. */
  readonly replicas: number;
  /** Pods of each that may be missing at a time. */
  readonly leeway: number;
}

/** What somebody sees who watches the pods through the API, and knows the budgets. */
export interface BudgetWatch {
  /** One line for each time that fewer pods were ready than a budget demands. */
  readonly breaches: readonly string[];
  /** Pods that have been seen to go. */
  readonly moved: () => number;
  stop(): void;
}

/** Makes the workloads with their budgets, on the nodes of a pool, and watches them from when all are ready. */
export async function guard(client: KubeClient, pool: string, guarded: Guarded, timeoutMs: number): Promise<BudgetWatch> {
  const ready = new Map<string, Set<string>>();
  const watch = watchReady(client, ready, guarded);
  for (let app = 0; app < guarded.apps; app++) await createApp(client, nameOf(app), { pool, ...guarded });
  const all = (): boolean => ready.size === guarded.apps && [...ready.values()].every((pods) => pods.size === guarded.replicas);
  await waitUntil("every pod is ready", all, timeoutMs);
  await waitUntil("every budget allows what it may", async () => await allow(client, guarded), timeoutMs);
  watch.begin();
  return watch;
}

async function allow(client: KubeClient, { apps, leeway }: Guarded): Promise<boolean> {
  const { items } = await client.list(resources.podDisruptionBudgets, { namespace: NAMESPACE });
  return items.length === apps && items.every(({ status }) => status?.disruptionsAllowed === leeway);
}

async function createApp(client: KubeClient, name: string, { pool, replicas, leeway }: Guarded & { readonly pool: string }): Promise<void> {
  const labels = { [LABEL]: name };
  const metadata = { name, namespace: NAMESPACE };
  await client.create(resources.podDisruptionBudgets, {
    metadata,
    spec: { minAvailable: replicas - leeway, selector: { matchLabels: labels } },
  });
  const container = { name: "c", image: "nginx:1.15.9", resources: { requests: { cpu: "10m", memory: "16Mi" } } };
  await client.create(resources.replicaSets, {
    metadata,
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { nodeSelector: { agentpool: pool }, containers: [container] } },
    },
  });
}

const nameOf = (app: number): string => `app-${app}`;

function watchReady(
  client: KubeClient,
  ready: Map<string, Set<string>>,
  { apps, replicas, leeway }: Guarded,
): BudgetWatch & { begin(): void } {
  const demanded = replicas - leeway;
  const breaches: string[] = [];
  let isWatching = false;
  let gone = 0;
  const see = ({ type, object: { metadata, status } }: WatchEvent<Pod>): void => {
    const app = metadata.labels?.[LABEL] ?? "";
    const pods = ready.get(app) ?? new Set<string>();
    ready.set(app, pods);
    const isReady = status?.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True") === true;
    const counts = type !== "DELETED" && metadata.deletionTimestamp === undefined && isReady;
    if (type === "DELETED") gone++;
    if (counts) pods.add(metadata.name);
    else if (pods.delete(metadata.name) && isWatching && pods.size < demanded) {
      breaches.push(`${app}: ${pods.size} of ${demanded} pods are ready after ${metadata.name} went`);
    }
  };
  // A watch of its own for each workload: one of all would be ended for falling behind.
  const watches = Array.from({ length: apps }, (_, app) =>
    client.watch<Pod>(
      resources.pods,
      { namespace: NAMESPACE, labelSelector: `${LABEL}=${nameOf(app)}` },
      {
        event: see,
        end: (error) => {
          if (isWatching) breaches.push(`the watch of ${nameOf(app)} has ended: ${String(error)}`);
        },
      },
    ),
  );
  return {
    breaches,
    moved: () => gone,
    begin: () => (isWatching = true),
    stop() {
      isWatching = false;
      for (const watch of watches) watch.stop();
    },
  };
}
