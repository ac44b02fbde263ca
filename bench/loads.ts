import type { Node, Pod, PodSpec, Taint } from "#api/kubernetes/core";
import { makeNode, makePod } from "../src/kube/scheduler/testing/objects.ts";

export const NODES = Number(process.env["LIDO_BENCH_NODES"] ?? 5_000);
/** Version of Kubernetes whose rules are measured. */
export const VERSION = "1.35";
export const WEB = { matchLabels: { app: "web" } };
const ZONE = "topology.kubernetes.io/zone";
/** Nodes that are not of the benchmark, as a cluster of Lido has them, are no domain by this one. */
const DOMAIN = "bench/zone";
/** Nobody renews the leases of the nodes: on a slow machine a cluster of Lido misses them before the run is over. */
const TOLERATIONS = [{ key: "node.kubernetes.io/unreachable", operator: "Exists" as const }];
const TAINT: Taint = { key: "bench", value: "x", effect: "NoSchedule" };

/** What the pods of a run ask for, and what they find. */
export interface Load {
  readonly what: string;
  readonly spec: Partial<PodSpec>;
  /**
   * Pods a second that kube-scheduler reaches in its own benchmark, API included; nothing where it publishes none.
   * Source: kubernetes/kubernetes test/integration/scheduler_perf, thresholds of the 5000Nodes workloads.
   */
  readonly floor: number | undefined;
  /** Every third node has a taint that the pods do not tolerate. */
  readonly isTainted?: boolean;
  /** The pods belong to a service or a replica set. */
  readonly isOwned?: boolean;
  /** Not two of the pods fit on a node. */
  readonly isApart?: boolean;
}

export const LOADS: readonly Load[] = [
  { what: "plain", spec: {}, floor: 680 },
  { what: "of a replica set", spec: {}, floor: undefined, isOwned: true },
  { what: "a third of the nodes tainted", spec: {}, floor: 270, isTainted: true },
  {
    what: "node affinity",
    spec: {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: "agentpool", operator: "In", values: ["pool1", "pool2"] }] }],
          },
        },
      },
    },
    floor: 220,
  },
  {
    what: "topology spread over zones",
    spec: { topologySpreadConstraints: [{ maxSkew: 5, topologyKey: DOMAIN, whenUnsatisfiable: "DoNotSchedule", labelSelector: WEB }] },
    floor: 460,
  },
  {
    what: "anti-affinity by host",
    spec: {
      affinity: {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: "kubernetes.io/hostname", labelSelector: WEB }],
        },
      },
    },
    floor: 60,
    isApart: true,
  },
];

/** The taints of one of the nodes. */
export function taintsOf(index: number, { isTainted = false }: Load): Taint[] {
  return isTainted && index % 3 === 0 ? [TAINT] : [];
}

/** One of the nodes: of five pools, in three zones. */
export function nodeOf(index: number, load: Load): Node {
  const zone = `eastus-${(index % 3) + 1}`;
  const labels = { agentpool: `pool${index % 5}`, [ZONE]: zone, [DOMAIN]: zone };
  const taints = taintsOf(index, load);
  return makeNode(`node-${index}`, { labels, ...(taints.length > 0 && { taints }) });
}

/** One of the pods. */
export function podOf(index: number, { spec }: Load): Pod {
  const pod = makePod(`pod-${index}`, { tolerations: TOLERATIONS, ...spec }, { cpu: "50m", memory: "100Mi" });
  return { ...pod, metadata: { ...pod.metadata, labels: { app: "web" } } };
}
