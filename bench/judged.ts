import { existsSync, readFileSync } from "node:fs";
import { request } from "node:https";
import { freePorts, startControlPlane } from "../test/judge/control-plane.ts";
import { accessOf, accessTo, createCluster } from "../test/support/aks.ts";
import { startLido } from "../test/support/lido.ts";
import { print } from "./figures.ts";
import { type Load, LOADS, NODES, VERSION } from "./loads.ts";
import { type Run, runThroughApi } from "./through-api.ts";

/** Pods of a run through the API: the real control plane takes a while for each. */
const PODS = Number(process.env["LIDO_BENCH_PODS"] ?? 10_000);
/** As many calls as its own benchmark lets the scheduler make. Source: kubernetes 1.35 test/integration/scheduler_perf/util.go. */
const CALLS_A_SECOND = 5_000;
/** Whose CPU is counted: the scheduler first. */
const PROGRAMS = ["kube-scheduler", "kube-apiserver", "etcd"] as const;
const TARGET = "≥ 10 ×";

interface JudgeRun extends Run {
  /** Pods a second that it chooses a node for, nothing else counted. */
  readonly chosen: number;
}

/**
 * Each load on a real control plane and on Lido, both over HTTPS: see {@link runThroughApi}. Says what to do when the control plane
 * is not built.
 * @param chosen pods a second that Lido's scheduler chooses a node for, nothing else counted
 */
export async function judgeFigures(chosen: ReadonlyMap<Load, number>): Promise<void> {
  const binary = process.env["LIDO_BENCH_JUDGE"] ?? "";
  if (!existsSync(binary)) {
    process.stdout.write(`\nThere is no ${binary}: npm run judge -- true builds it, of Go modules in ten minutes.\n`);
    return;
  }
  process.stdout.write(`\n${NODES} nodes, ${PODS} pods or one a node, servers of their own for each load\n\n`);
  for (const load of LOADS.filter(({ floor }) => floor !== undefined)) {
    const judge = await onJudge(binary, load);
    tell(load, await onLido(load), judge, chosen.get(load) ?? Number.NaN);
  }
}

function tell({ what }: Load, lido: Run, judge: JudgeRun, chosen: number): void {
  print({
    what: `chosen, ${what}`,
    figure: comparison(chosen, judge.chosen),
    target: TARGET,
    method: "choosing alone; kube-scheduler's by its scheduler_scheduling_algorithm_duration_seconds, beside etcd and API server",
  });
  print({
    what: `bound through the API, ${what}`,
    figure: comparison(lido.bound, judge.bound),
    target: TARGET,
    method: `first created to last bound, over HTTPS; the client created ${lido.created.toFixed(0)}/s and ${judge.created.toFixed(0)}/s`,
  });
  const [lidoMs = 0] = lido.cpuMs;
  const [schedulerMs = 0, ...others] = judge.cpuMs;
  const allMs = others.reduce((sum, ms) => sum + ms, schedulerMs);
  const ratios = [schedulerMs, allMs].map((ms) => (ms / lidoMs).toFixed(1));
  print({
    what: `CPU of 1,000 pods through the API, ${what}`,
    figure: `${lidoMs.toFixed(2)} s, kube-scheduler ${schedulerMs.toFixed(2)} s (${ratios[0]} ×), with API server and etcd ${allMs.toFixed(2)} s (${ratios[1]} ×)`,
    target: "–",
    method: "all of Lido's process; from the first pod that is created to the last that is bound",
  });
}

function comparison(lido: number, judge: number): string {
  return `${lido.toFixed(0)}/s, ${(lido / judge).toFixed(1)} × kube-scheduler's ${judge.toFixed(0)}`;
}

async function onJudge(binary: string, load: Load): Promise<JudgeRun> {
  const [port = 0] = await freePorts(1);
  const plane = await startControlPlane(binary, false, [
    `--kube-api-qps=${CALLS_A_SECOND}`,
    `--kube-api-burst=${CALLS_A_SECOND}`,
    `--secure-port=${port}`,
    "--bind-address=127.0.0.1",
    "--authorization-always-allow-paths=/metrics",
  ]);
  try {
    const pids = PROGRAMS.map((name) => plane.pidOf(name));
    const run = await runThroughApi(accessOf(readFileSync(plane.kubeconfig, "utf8")), load, podsOf(load), pids);
    return { ...run, chosen: chosenPerSecond(await metricsAt(port)) };
  } finally {
    await plane.stop();
  }
}

async function onLido(load: Load): Promise<Run> {
  const lido = await startLido("--memory", "--speed", "instant", "--generation", "current");
  try {
    await createCluster(lido, VERSION);
    return await runThroughApi(await accessTo(lido), load, podsOf(load), [lido.address.pid]);
  } finally {
    await lido.kill("SIGKILL");
  }
}

function podsOf({ isApart = false }: Load): number {
  return isApart ? Math.min(PODS, NODES) : PODS;
}

/** Its certificate is one that it made itself. */
function metricsAt(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request({ host: "127.0.0.1", port, path: "/metrics", rejectUnauthorized: false, agent: false }, (answer) => {
      let text = "";
      answer.on("data", (chunk: Buffer) => (text += chunk.toString()));
      answer.on("end", () => resolve(text));
    });
    call.on("error", reject);
    call.end();
  });
}

/** Source: kubernetes pkg/scheduler/metrics/metrics.go. */
function chosenPerSecond(metrics: string): number {
  const value = (name: string): number =>
    Number(new RegExp(`^scheduler_scheduling_algorithm_duration_seconds_${name}(?:\\{.*\\})? (\\S+)$`, "m").exec(metrics)?.[1]);
  return value("count") / value("sum");
}
