import { cpus } from "node:os";
import { resources } from "#api/kubernetes/resources";
import type { Pod } from "#api/kubernetes/core";
import { createInformer, type KubeClient } from "#kube/client";
import { silentLogger, systemClock } from "#lib";
import { createCluster, kubeClient, poolPath, putPool } from "../test/support/aks.ts";
import { type Lido, startLido, waitUntil } from "../test/support/lido.ts";
import { LARGE_NETWORK, residentMb } from "./cluster.ts";
import { doorFigures } from "./door.ts";
import { print, quantile } from "./figures.ts";
import { upgradeFigures } from "./upgrade.ts";

const NODES = 400;
const PODS = 4_000;
const STARTS = 5;
const GETS = 20_000;
const GETS_AT_ONCE = 16;
const IDLE_MS = 3_000;
const BENCH_LIMIT_MS = 120_000;
/** Any version whose pools may be so large. */
const CURRENT = "";

async function start(): Promise<void> {
  for (const mode of [["--memory"], ["--data-dir", `/tmp/lido-bench-${process.pid}`]]) {
    const times: number[] = [];
    let idle = 0;
    for (let run = 0; run < STARTS; run++) {
      const lido = await startLido(...mode);
      times.push(lido.readyMs);
      if (run === STARTS - 1) {
        await systemClock.sleep(IDLE_MS);
        idle = residentMb(lido.address.pid);
      }
      await lido.kill("SIGTERM");
    }
    const name = mode[0] ?? "";
    print({
      what: `start to ready, ${name}`,
      figure: `${quantile(times, 0.5).toFixed(0)} ms`,
      target: "≤ 400 ms",
      method: `median of ${STARTS} starts, process start to ready file`,
    });
    print({
      what: `resident memory idle, ${name}`,
      figure: `${idle.toFixed(0)} MiB`,
      target: "≤ 120 MiB",
      method: `VmRSS ${IDLE_MS / 1000} s after ready, no cluster`,
    });
  }
}

async function gets(lido: Lido): Promise<void> {
  const latencies: number[] = [];
  const begin = systemClock.now();
  let sent = 0;
  await Promise.all(
    Array.from({ length: GETS_AT_ONCE }, async () => {
      while (sent++ < GETS) {
        const from = process.hrtime.bigint();
        const { status } = await lido.arm("GET", poolPath("nodepool1"));
        if (status !== 200) throw new Error(`GET answered ${status}`);
        latencies.push(Number(process.hrtime.bigint() - from) / 1e6);
      }
    }),
  );
  const perSecond = (GETS / (systemClock.now() - begin)) * 1000;
  const figure = `${perSecond.toFixed(0)}/s p50 ${quantile(latencies, 0.5).toFixed(1)} p99 ${quantile(latencies, 0.99).toFixed(1)} ms`;
  print({
    what: "ARM GET of an agent pool",
    figure,
    target: "–",
    method: `${GETS} GETs over TLS, ${GETS_AT_ONCE} at once, one client process`,
  });
}

async function scale(lido: Lido): Promise<void> {
  await lido.finish(await putPool(lido, "many", { count: 0 }));
  const begin = systemClock.now();
  const operation = await lido.finish(await putPool(lido, "many", { count: NODES }));
  const took = systemClock.now() - begin;
  if (operation.status !== "Succeeded") throw new Error(JSON.stringify(operation));
  print({
    what: `pool 0 → ${NODES} nodes Ready`,
    figure: `${took} ms`,
    target: "≤ 1000 ms",
    method: "PUT to operation Succeeded, --speed instant",
  });
}

async function bind(client: KubeClient): Promise<void> {
  const nodes = (await client.list(resources.nodes, { labelSelector: "agentpool=many" })).items;
  await Promise.all(
    nodes
      .filter((_, index) => index % 3 === 0)
      .map((node) =>
        client.patch(
          resources.nodes,
          { name: node.metadata.name },
          { type: "strategic", body: { spec: { taints: [{ key: "bench", value: "x", effect: "NoSchedule" }] } } },
        ),
      ),
  );
  const labels = { app: "bench" };
  // API servers end watches that fall behind: an informer goes on where they ended.
  const bound = createInformer<Pod>(client, resources.pods, {
    namespace: "default",
    fieldSelector: "spec.nodeName!=",
    clock: systemClock,
    log: silentLogger,
  });
  let last = 0;
  bound.subscribe({ add: () => (last = systemClock.now()) });
  await bound.start();
  const first = systemClock.now();
  await client.create(resources.replicaSets, {
    metadata: { name: "bench", namespace: "default" },
    spec: {
      replicas: PODS,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: "c", image: "nginx:1.15.9", resources: { requests: { cpu: "10m", memory: "16Mi" } } }] },
      },
    },
  });
  await waitUntil(`${PODS} pods are bound`, () => bound.size >= PODS, BENCH_LIMIT_MS);
  bound.stop();
  const perSecond = (PODS / (last - first)) * 1000;
  const method = `ReplicaSet of ${PODS}, asked for to last one bound, a third of the nodes tainted; includes creation, kubelets and events`;
  print({ what: `pods bound on ${NODES} nodes`, figure: `${perSecond.toFixed(0)}/s`, target: "≥ 2000/s", method });
}

async function main(): Promise<void> {
  process.stdout.write(`${cpus()[0]?.model ?? "?"} × ${cpus().length}, Node ${process.version}\n\n`);
  await start();
  await doorFigures(print);
  const lido = await startLido("--memory", "--speed", "instant", "--generation", "current");
  try {
    await createCluster(lido, CURRENT, LARGE_NETWORK);
    await gets(lido);
    await scale(lido);
    await bind(await kubeClient(lido));
  } finally {
    await lido.kill("SIGTERM");
  }
  await upgradeFigures();
}

await main();
process.exit(0);
