import type { KubeClient } from "#kube/client";
import { systemClock } from "#lib";
import { createCluster, kubeClient, putPool } from "../test/support/aks.ts";
import { type Lido, startLido } from "../test/support/lido.ts";
import { cpuMs, LARGE_NETWORK, residentMb, settled } from "./cluster.ts";
import { print } from "./figures.ts";

/** Nodes of the pools, one after the other: from a small cluster to the largest that AKS allows. */
const POOLS = [100, 899, 1_000, 1_000, 1_000, 1_000];
/** The step that the growth is told against, and its nodes. */
const SMALL = 100;

interface Cluster {
  readonly lido: Lido;
  readonly client: KubeClient;
}

interface Step {
  readonly before: number;
  readonly added: number;
  readonly tookMs: number;
  readonly settledMs: number;
  /** CPU of the server until it has settled, ms: the pods of daemon sets come after the pool is Succeeded. */
  readonly cpuMs: number;
  readonly residentMb: number;
}

async function grow({ lido, client }: Cluster, name: string, before: number, added: number): Promise<Step> {
  await lido.finish(await putPool(lido, name, { count: 0 }));
  const { pid } = lido.address;
  const [begin, cpu] = [systemClock.now(), cpuMs(pid)];
  const operation = await lido.finish(await putPool(lido, name, { count: added }));
  if (operation.status !== "Succeeded") throw new Error(JSON.stringify(operation));
  const tookMs = systemClock.now() - begin;
  await settled(client, before + added, pid);
  return { before, added, tookMs, settledMs: systemClock.now() - begin, cpuMs: cpuMs(pid) - cpu, residentMb: residentMb(pid) };
}

/** How long pools take to come up, and what a node costs as the cluster grows. */
async function main(): Promise<void> {
  const lido = await startLido("--memory", "--speed", "instant", "--generation", "current");
  try {
    await createCluster(lido, "", LARGE_NETWORK);
    const cluster = { lido, client: await kubeClient(lido) };
    await settled(cluster.client, 1, lido.address.pid);
    const idleMb = residentMb(lido.address.pid);
    // The first nodes of a process pay for its compilation.
    await grow(cluster, "warmup", 1, SMALL);
    await lido.finish(await putPool(lido, "warmup", { count: 0 }));
    await settled(cluster.client, 1, lido.address.pid);
    const steps: Step[] = [];
    let before = 1;
    for (const [index, added] of POOLS.entries()) {
      const step = await grow(cluster, `pool${index}`, before, added);
      steps.push(step);
      before += added;
      const perSecond = ((added / step.tookMs) * 1000).toFixed(0);
      print({
        what: `pool 0 → ${added} nodes beside ${step.before}`,
        figure: `${step.tookMs} ms, ${perSecond} nodes/s, ${(step.cpuMs / added).toFixed(2)} ms CPU a node`,
        target: "–",
        method: `PUT to operation Succeeded, --speed instant; daemons ran after ${step.settledMs} ms`,
      });
    }
    const [first, last] = [steps[0], steps.at(-1)];
    if (first === undefined || last === undefined) return;
    const growth = last.cpuMs / last.added / (first.cpuMs / first.added);
    const mbANode = (last.residentMb - idleMb) / before;
    print({
      what: `cost of a node at ${before}, to that at ${SMALL}`,
      figure: growth.toFixed(2),
      target: "≤ 1.5",
      method: "CPU time of the server until the pods of daemon sets run",
    });
    print({
      what: "memory a node",
      figure: `${(mbANode * 1024).toFixed(0)} KiB`,
      target: "–",
      method: `VmRSS at ${before} nodes with their daemons' pods, less that of a cluster of one`,
    });
  } finally {
    await lido.kill("SIGTERM");
  }
}

await main();
process.exit(0);
