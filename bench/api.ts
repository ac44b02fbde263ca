import { type ClientHttp2Session, connect } from "node:http2";
import { resources } from "#api/kubernetes/resources";
import { type Access, accessTo, createCluster, kubeClient, putPool } from "../test/support/aks.ts";
import { type Lido, startLido, waitUntil } from "../test/support/lido.ts";
import { cpuMs, getter, LARGE_NETWORK, quiet, residentMb, settled } from "./cluster.ts";
import { print, quantile } from "./figures.ts";

const POOLS = [999, 1_000, 1_000, 1_000, 1_000];
const NODES = 5_000;
const LISTS = 20;
const WATCHERS = 1_000;
/** As many as a connection of HTTP/2 carries at once. */
const STREAMS = 100;
const UPDATES = 20;
const PODS = 50_000;
const REPLICAS = 5_000;
const LIMIT_MS = 300_000;
const TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

/** What the first `kubectl get nodes` costs a server that nobody has asked for nodes yet. */
async function firstList(lido: Lido): Promise<void> {
  const get = getter(await accessTo(lido));
  // Connection and TLS are not the list's.
  await get("/version", "application/json");
  await quiet(lido.address.pid);
  const { ms } = await get("/api/v1/nodes", TABLE);
  print({
    what: "first list of nodes after start",
    figure: `${ms.toFixed(1)} ms`,
    target: "≤ 20 ms",
    method: "as Table, one node, request to last byte over TLS on an open connection",
  });
}

async function lists(lido: Lido, access: Access): Promise<void> {
  const get = getter(access);
  const { pid } = lido.address;
  for (const { kind, accept, encoding, target } of [
    { kind: "JSON", accept: "application/json", encoding: "identity", target: "≤ 30 ms" },
    { kind: "JSON, gzip", accept: "application/json", encoding: "gzip", target: "≤ 30 ms" },
    { kind: "Table", accept: TABLE, encoding: "identity", target: "≤ 40 ms" },
    { kind: "Table, gzip", accept: TABLE, encoding: "gzip", target: "≤ 40 ms" },
  ]) {
    const answers = [];
    const cpu = cpuMs(pid);
    for (let round = 0; round < LISTS; round++) answers.push(await get("/api/v1/nodes", accept, encoding));
    const times = answers.map(({ ms }) => ms);
    const cpuAList = (cpuMs(pid) - cpu) / LISTS;
    print({
      what: `list of ${NODES} nodes as ${kind}`,
      figure: `${quantile(times, 0.5).toFixed(1)} ms, first ${times[0]?.toFixed(1)}, ${cpuAList.toFixed(0)} ms CPU`,
      target,
      method: `median of ${LISTS}, request to last byte over TLS, CPU of the server alone, ${((answers[0]?.bytes ?? 0) / 1e6).toFixed(1)} MB`,
    });
  }
}

interface Watching {
  /** Watchers that have been told of the change with this mark. */
  told(mark: string): number;
  close(): void;
}

/** Opens watches of all nodes. Resolves when every one has been answered. */
async function watchNodes({ server, caPem: ca, certPem: cert, keyPem: key }: Access, resourceVersion: string): Promise<Watching> {
  const { origin, pathname } = new URL(server);
  const sessions: ClientHttp2Session[] = [];
  const seen = new Map<string, number>();
  let open = 0;
  for (let index = 0; index < WATCHERS / STREAMS; index++) {
    const session = connect(origin, { ca, cert, key });
    sessions.push(session);
    for (let stream = 0; stream < STREAMS; stream++) {
      const path = `${pathname.replace(/\/$/, "")}/api/v1/nodes?watch=1&resourceVersion=${resourceVersion}`;
      const call = session.request({ ":path": path, accept: "application/json" });
      call.on("response", () => open++);
      call.setEncoding("utf8");
      call.on("data", (text: string) => {
        for (const [, mark = ""] of text.matchAll(/"lido-bench":"(\d+)"/g)) seen.set(mark, (seen.get(mark) ?? 0) + 1);
      });
    }
  }
  await waitUntil("every watch is open", () => open === WATCHERS);
  return { told: (mark) => seen.get(mark) ?? 0, close: () => sessions.forEach((session) => session.destroy()) };
}

async function watchers(lido: Lido, access: Access): Promise<void> {
  const client = await kubeClient(lido);
  const { items, resourceVersion } = await client.list(resources.nodes, {});
  const name = items[0]?.metadata.name ?? "";
  const watching = await watchNodes(access, resourceVersion);
  const times: number[] = [];
  for (let update = 1; update <= UPDATES; update++) {
    const begin = process.hrtime.bigint();
    const body = { metadata: { annotations: { "lido-bench": String(update) } } };
    await client.patch(resources.nodes, { name }, { type: "merge", body });
    while (watching.told(String(update)) < WATCHERS) await new Promise((resolve) => setImmediate(resolve));
    times.push(Number(process.hrtime.bigint() - begin) / 1e6);
  }
  watching.close();
  print({
    what: `${WATCHERS} watchers see an update`,
    figure: `p50 ${quantile(times, 0.5).toFixed(0)} max ${Math.max(...times).toFixed(0)} ms`,
    target: "≤ 50 ms",
    method: `PATCH of a node to the last watcher's event, ${UPDATES} times; the watchers share one process with each other`,
  });
}

async function memory(lido: Lido): Promise<void> {
  const client = await kubeClient(lido);
  for (let index = 0; index < PODS / REPLICAS; index++) {
    const labels = { app: `bench-${index}` };
    await client.create(resources.deployments, {
      metadata: { name: `bench-${index}`, namespace: "default" },
      spec: {
        replicas: REPLICAS,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: "c", image: "nginx:1.15.9" }] } },
      },
    });
  }
  let running = 0;
  await waitUntil(
    "all pods run",
    async () => {
      const { items } = await client.list(resources.deployments, { namespace: "default" });
      running = items.reduce((sum, { status }) => sum + (status?.readyReplicas ?? 0), 0);
      return running >= PODS;
    },
    LIMIT_MS,
  );
  await quiet(lido.address.pid);
  print({
    what: `memory with ${NODES} nodes, ${PODS} pods`,
    figure: `${residentMb(lido.address.pid).toFixed(0)} MiB`,
    target: "≤ 1024 MiB",
    method: "VmRSS, with the system's pods of each node and the events of all",
  });
}

/** What the API of the largest cluster costs. */
async function main(): Promise<void> {
  const lido = await startLido("--memory", "--speed", "instant", "--generation", "current");
  try {
    await createCluster(lido, "", LARGE_NETWORK);
    await firstList(lido);
    for (const [index, count] of POOLS.entries()) await lido.finish(await putPool(lido, `pool${index}`, { count }));
    await settled(await kubeClient(lido), NODES, lido.address.pid);
    const access = await accessTo(lido);
    await lists(lido, access);
    await watchers(lido, access);
    await memory(lido);
  } finally {
    await lido.kill("SIGTERM");
  }
}

await main();
process.exit(0);
