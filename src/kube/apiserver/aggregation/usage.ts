import type { Container, Pod, ResourceList } from "#api/kubernetes/core";
import type { NodeMetrics, PodMetrics } from "#api/kubernetes/metrics";
import { formatTime, milliValue, parseTime, QuantityError, value } from "#kube/apimachinery";
import { scriptOf } from "../containers/script.ts";
import type { Core } from "../core.ts";

/** How often the metrics server asks the kubelets. Source: metrics-server --metric-resolution. */
export const RESOLUTION_MS = 15_000;
const WINDOW = "15s";

/** What containers use when nobody says it: shares of what they ask for, and not less than this. */
const CPU_SHARE = 0.1;
const MEMORY_SHARE = 0.5;
const LEAST_CPU_MILLI = 1;
const LEAST_MEMORY = 10 * 2 ** 20;
/** What a node itself uses: kubelet, runtime and operating system. Unverified: measured on no AKS node. */
const NODE_CPU_MILLI = 60;
const NODE_MEMORY = 700 * 2 ** 20;

/** Thousandths of a core, and bytes. */
interface Usage {
  readonly cpuMilli: number;
  readonly memory: number;
}

/** When the kubelets were asked last; milliseconds since the epoch. */
function scrapedMs(nowMs: number): number {
  return Math.floor(nowMs / RESOLUTION_MS) * RESOLUTION_MS;
}

/**
 * What the pod uses, by its annotations `lido.dev/cpu` and `lido.dev/memory` or by what it asks for; undefined before its containers have
 * run through a window, and once they do not run.
 * Differs from AKS: containers are simulated; without a word they use a tenth of the cpu and half of the memory that they ask for.
 */
export function podMetricsOf(core: Core, pod: Pod): PodMetrics | undefined {
  const nowMs = core.clock.now();
  const measured = runningContainers(pod, scrapedMs(nowMs));
  if (measured === undefined) return undefined;
  const { name, namespace, labels } = pod.metadata;
  return {
    kind: "PodMetrics",
    apiVersion: "metrics.k8s.io/v1beta1",
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), creationTimestamp: formatTime(nowMs), ...(labels && { labels }) },
    timestamp: formatTime(scrapedMs(nowMs)),
    window: WINDOW,
    containers: measured.map((each) => ({ name: each.name, usage: listOf(usageOf(core, pod, each)) })),
  };
}

/** What the node and the pods on it use; undefined while it is not Ready: nobody can ask its kubelet. */
export function nodeMetricsOf(core: Core, node: { name: string; labels: Record<string, string> | undefined }): NodeMetrics {
  const nowMs = core.clock.now();
  let cpuMilli = NODE_CPU_MILLI;
  let memory = NODE_MEMORY;
  for (const { object } of core.resources.preferred("", "pods")?.cache.list({ node: node.name }) ?? []) {
    const pod = object as Pod;
    for (const each of runningContainers(pod, nowMs) ?? []) {
      const used = usageOf(core, pod, each);
      cpuMilli += used.cpuMilli;
      memory += used.memory;
    }
  }
  return {
    kind: "NodeMetrics",
    apiVersion: "metrics.k8s.io/v1beta1",
    metadata: { name: node.name, creationTimestamp: formatTime(nowMs), ...(node.labels && { labels: node.labels }) },
    timestamp: formatTime(scrapedMs(nowMs)),
    window: WINDOW,
    usage: listOf({ cpuMilli, memory }),
  };
}

type Measured = Container & { readonly isMain: boolean };

/** Containers that run, when all that are to run did so a window before this time. */
function runningContainers({ spec, status }: Pod, atMs: number): Measured[] | undefined {
  if (status?.phase !== "Running") return undefined;
  const statuses = [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])];
  const running = new Map(statuses.map(({ name, state }) => [name, parseTime(state?.running?.startedAt)]));
  const mains = spec.containers.map((each) => ({ ...each, isMain: true }));
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always");
  const all = [...mains, ...sidecars.map((each) => ({ ...each, isMain: false }))];
  const hasRun = all.every(({ name }) => (running.get(name) ?? Number.POSITIVE_INFINITY) <= atMs);
  return hasRun ? all : undefined;
}

function usageOf(core: Core, pod: Pod, container: Measured): Usage {
  const { requests = {}, limits = {} } = container.resources ?? {};
  const said = (word: "cpu" | "memory"): string | undefined =>
    scriptOf(core, { pod, container: container.name, isMain: container.isMain }, word)?.trim();
  const cpu = amountOf(said("cpu"), milliValue) ?? Math.max((amountOf(requests["cpu"], milliValue) ?? 0) * CPU_SHARE, LEAST_CPU_MILLI);
  const memory = amountOf(said("memory"), value) ?? Math.max((amountOf(requests["memory"], value) ?? 0) * MEMORY_SHARE, LEAST_MEMORY);
  // The kernel gives a container no more than its limit.
  return {
    cpuMilli: Math.min(cpu, amountOf(limits["cpu"], milliValue) ?? Number.POSITIVE_INFINITY),
    memory: Math.min(memory, amountOf(limits["memory"], value) ?? Number.POSITIVE_INFINITY),
  };
}

function amountOf(text: string | undefined, read: (text: string) => number): number | undefined {
  if (text === undefined || text === "") return undefined;
  try {
    const amount = read(text);
    return amount >= 0 ? amount : undefined;
  } catch (error) {
    if (error instanceof QuantityError) return undefined;
    throw error;
  }
}

/** As the metrics server writes amounts. Source: metrics-server pkg/storage/types.go, resourceUsage. */
function listOf({ cpuMilli, memory }: Usage): ResourceList {
  return { cpu: `${Math.round(cpuMilli * 1_000_000)}n`, memory: `${Math.round(memory / 1024)}Ki` };
}
