import { cpus } from "node:os";
import type { PodSpec, Taint } from "#api/kubernetes/core";
import { seededRandom } from "#lib";
import { SchedulerCache } from "../src/kube/scheduler/cache.ts";
import { NO_FACTS } from "../src/kube/scheduler/cluster-facts.ts";
import { Placer } from "../src/kube/scheduler/framework/placement.ts";
import { podToPlace } from "../src/kube/scheduler/pod-to-place.ts";
import { schedulerRelease } from "../src/kube/scheduler/release.ts";
import { makeNode, makePod } from "../src/kube/scheduler/testing/objects.ts";
import { print } from "./figures.ts";

const NODES = 5_000;
const PODS = 10_000;
const ROUNDS = 3;
const VERSION = "1.35.0";
const ZONE = "topology.kubernetes.io/zone";
const TAINT: Taint = { key: "bench", value: "x", effect: "NoSchedule" };
const WEB = { matchLabels: { app: "web" } };

interface Load {
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
}

const LOADS: readonly Load[] = [
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
    spec: { topologySpreadConstraints: [{ maxSkew: 5, topologyKey: ZONE, whenUnsatisfiable: "DoNotSchedule", labelSelector: WEB }] },
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
  },
];

/** Pods a second that get their place: read, filtered, scored, counted. Pods that fit nowhere count too. */
function placedPerSecond({ spec, isTainted = false, isOwned = false }: Load): number {
  const cache = new SchedulerCache({ ...NO_FACTS, kinOf: () => (isOwned ? WEB : undefined) });
  for (let index = 0; index < NODES; index++) {
    const labels = { agentpool: `pool${index % 5}`, [ZONE]: `eastus-${(index % 3) + 1}` };
    cache.setNode(makeNode(`node-${index}`, { labels, ...(isTainted && index % 3 === 0 ? { taints: [TAINT] } : {}) }));
  }
  const pods = Array.from({ length: PODS }, (_, index) => {
    const pod = makePod(`pod-${index}`, spec, { cpu: "50m", memory: "100Mi" });
    return { ...pod, metadata: { ...pod.metadata, labels: { app: "web" } } };
  });
  const placer = new Placer(schedulerRelease(VERSION), seededRandom(1));
  const from = process.hrtime.bigint();
  for (const each of pods) {
    const pod = podToPlace(each);
    const placement = placer.place(pod, cache);
    if (placement.kind === "placed") cache.assume(pod, placement.node);
  }
  return PODS / (Number(process.hrtime.bigint() - from) / 1e9);
}

process.stdout.write(`${cpus()[0]?.model ?? "?"} × ${cpus().length}, Node ${process.version}\n\n`);
for (const load of LOADS) {
  const best = Math.max(...Array.from({ length: ROUNDS }, () => placedPerSecond(load)));
  const ratio = load.floor === undefined ? "" : `, ${(best / load.floor).toFixed(0)} × kube-scheduler's ${load.floor}`;
  print({
    what: `pods placed on ${NODES} nodes, ${load.what}`,
    figure: `${best.toFixed(0)}/s${ratio}`,
    target: load.floor === undefined ? "–" : "≥ 10 ×",
    method: `best of ${ROUNDS} rounds of ${PODS} pods, choosing alone: no API, no binding`,
  });
}
