import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "#lib";
import { writeIdentities } from "./identities.ts";

/** A control plane of Kubernetes' own programs on this machine's loopback, with no node. */
export interface ControlPlane {
  /** Path of a kubeconfig of a cluster administrator. */
  readonly kubeconfig: string;
  /** Where each program's log is, `<program>.log`, until it stops. */
  readonly folder: string;
  /** The process of one of them. @throws {Error} when it has none. */
  pidOf(name: string): number;
  /** Ends its programs and removes the folder. */
  stop(): Promise<void>;
}

const READY_TIMEOUT_MS = 120_000;
const POLL_MS = 100;

/**
 * Starts etcd, kube-apiserver, kube-controller-manager and kube-scheduler, on ports that are free, and resolves when the API
 * server is ready. They run as a cluster of AKS does where flags decide what clients see: Node and RBAC authorization, no
 * anonymous callers, service addresses from 10.0.0.0/16, PodTolerationRestriction among the admission plugins.
 * @param nodeLifecycle whether something writes nodes' taints by their conditions and evicts; else they stay as they are written
 * @param ofScheduler more flags of kube-scheduler, which then has no profiles but its own; without them it has those of the tables
 * @throws {Error} with the log when a program ends or the API server is not ready within two minutes.
 */
export async function startControlPlane(binary: string, nodeLifecycle: boolean, ofScheduler?: readonly string[]): Promise<ControlPlane> {
  const folder = mkdtempSync(join(tmpdir(), "lido-judge-"));
  const [client, peer, secure] = await freePorts(3);
  const etcd = `http://127.0.0.1:${client}`;
  await writeIdentities(folder, `https://127.0.0.1:${secure}`);
  const programs: Program[] = [];
  const start = (name: string, flags: readonly string[]): void => {
    programs.push(startProgram(binary, name, flags, folder));
  };
  const stop = async (): Promise<void> => {
    for (const program of programs.toReversed()) await program.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    start("etcd", etcdFlags(etcd, `http://127.0.0.1:${peer}`));
    start("kube-apiserver", apiServerFlags(etcd, secure));
    await untilReady(Number(secure), folder, programs);
    start("kube-controller-manager", [...controllerFlags, ...(nodeLifecycle ? [] : ["--controllers=*,-node-lifecycle-controller"])]);
    start("kube-scheduler", ofScheduler === undefined ? profileFlags(folder) : [...schedulerFlags, ...ofScheduler]);
    return { kubeconfig: join(folder, "admin"), folder, pidOf: (name) => pidOf(programs, name), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const etcdFlags = (client: string, peer: string): readonly string[] => [
  "--data-dir=etcd",
  `--listen-client-urls=${client}`,
  `--advertise-client-urls=${client}`,
  `--listen-peer-urls=${peer}`,
  `--initial-advertise-peer-urls=${peer}`,
  `--initial-cluster=default=${peer}`,
  "--unsafe-no-fsync",
  "--log-level=error",
];

const apiServerFlags = (etcd: string, port: number | undefined): readonly string[] => [
  `--etcd-servers=${etcd}`,
  `--secure-port=${port}`,
  "--bind-address=127.0.0.1",
  // It is never reached under this address: an API server may not say that it is at the loopback.
  "--advertise-address=192.0.2.1",
  "--client-ca-file=ca.crt",
  "--tls-cert-file=server.crt",
  "--tls-private-key-file=server.key",
  "--anonymous-auth=false",
  "--authorization-mode=Node,RBAC",
  "--enable-admission-plugins=NodeRestriction,PodTolerationRestriction",
  "--allow-privileged=true",
  "--service-cluster-ip-range=10.0.0.0/16",
  "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
  "--service-account-key-file=accounts.pub",
  "--service-account-signing-key-file=accounts.key",
];

const controllerFlags = [
  "--kubeconfig=controllers",
  "--secure-port=0",
  "--leader-elect=false",
  "--use-service-account-credentials",
  "--service-account-private-key-file=accounts.key",
  "--root-ca-file=ca.crt",
  "--cluster-signing-cert-file=ca.crt",
  "--cluster-signing-key-file=ca.key",
  // Nodes are objects that a script writes: no kubelet renews their leases.
  "--node-monitor-grace-period=24h",
];

const schedulerFlags = ["--kubeconfig=scheduler", "--secure-port=0", "--leader-elect=false"];

/** As npm runs it: from the root of the checkout. */
const PROFILES = join("test", "conformance", "kubernetes", "runner", "scheduler.yaml");

/** The profiles that the tables ask for, and how the scheduler reaches the API: flags for that do not count beside a file. */
function profileFlags(folder: string): readonly string[] {
  const own = "clientConnection: { kubeconfig: scheduler }\nleaderElection: { leaderElect: false }\n";
  writeFileSync(join(folder, "scheduler.yaml"), `${readFileSync(PROFILES, "utf8")}${own}`);
  return ["--config=scheduler.yaml", "--secure-port=0"];
}

interface Program {
  readonly name: string;
  readonly pid: number | undefined;
  /** The last lines of its log once it has ended. */
  ended(): string | undefined;
  stop(): Promise<void>;
}

function startProgram(binary: string, name: string, flags: readonly string[], cwd: string): Program {
  const path = join(cwd, `${name}.log`);
  const log = openSync(path, "a");
  const child = spawn(binary, [name, ...flags], { cwd, stdio: ["ignore", log, log] });
  const gone = new Promise<void>((resolve) => child.once("close", () => resolve()).once("error", () => resolve()));
  const ended = (): string | undefined => (hasEnded(child) ? readFileSync(path, "utf8").slice(-2000) : undefined);
  return { name, pid: child.pid, ended, stop: () => end(child, gone) };
}

function pidOf(programs: readonly Program[], wanted: string): number {
  const pid = programs.find(({ name }) => name === wanted)?.pid;
  if (pid === undefined) throw new Error(`there is no ${wanted}`);
  return pid;
}

const hasEnded = ({ pid, exitCode, signalCode }: ChildProcess): boolean => pid === undefined || exitCode !== null || signalCode !== null;

/** There is nothing to keep: the programs would take a minute to say goodbye to each other. */
async function end(child: ChildProcess, gone: Promise<void>): Promise<void> {
  if (!hasEnded(child)) child.kill("SIGKILL");
  await gone;
}

async function untilReady(port: number, folder: string, programs: readonly Program[]): Promise<void> {
  const begin = systemClock.now();
  while (!(await isReady(port, folder))) {
    const dead = programs.find((program) => program.ended() !== undefined);
    if (dead !== undefined) throw new Error(`${dead.name} ended: ${dead.ended()}`);
    if (systemClock.now() - begin > READY_TIMEOUT_MS) throw new Error(`kube-apiserver is not ready: see its log in ${folder}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function isReady(port: number, folder: string): Promise<boolean> {
  const { users } = JSON.parse(readFileSync(join(folder, "admin"), "utf8")) as { users: { user: Record<string, string> }[] };
  const decode = (member: string): Buffer => Buffer.from(users[0]?.user[member] ?? "", "base64");
  const ca = readFileSync(join(folder, "ca.crt"));
  const identity = { ca, cert: decode("client-certificate-data"), key: decode("client-key-data") };
  return new Promise((resolve) => {
    request({ host: "127.0.0.1", port, path: "/readyz", agent: false, ...identity }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    })
      .on("error", () => resolve(false))
      .end();
  });
}

/** Ports that were free a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once("error", reject).listen(0, "127.0.0.1", () => {
            const address = server.address();
            resolve(typeof address === "object" && address !== null ? address.port : 0);
          });
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
