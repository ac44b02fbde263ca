import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { resources } from "#api/kubernetes/resources";
import type { KubeClient } from "#kube/client";
import { systemClock } from "#lib";
import type { Access } from "../test/support/aks.ts";

/** Pods of 5,000 nodes need 5,000 ranges of 256 addresses each; the default has 256 of them, and other nodes run no pods of their own network. */
export const LARGE_NETWORK = { networkProfile: { podCidr: "10.128.0.0/11" } };

/** Sends GETs over one connection and resolves with the bytes of each answer, as they come, and how long it took to come whole. */
export function getter({
  server,
  caPem: ca,
  certPem: cert,
  keyPem: key,
}: Access): (path: string, accept: string, encoding?: string) => Promise<{ bytes: number; ms: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca, cert, key });
  return (path, accept, encoding = "identity") =>
    new Promise((resolve, reject) => {
      const begin = process.hrtime.bigint();
      const call = request(`${server}${path}`, { agent, headers: { accept, "accept-encoding": encoding } }, (response) => {
        let bytes = 0;
        response.on("data", (chunk: Buffer) => (bytes += chunk.length));
        response.on("end", () => {
          if (response.statusCode !== 200) return reject(new Error(`${path} answered ${response.statusCode}`));
          resolve({ bytes, ms: Number(process.hrtime.bigint() - begin) / 1e6 });
        });
      });
      call.on("error", reject);
      call.end();
    });
}

/** Resident memory of a process, MiB. Source: proc(5). */
export function residentMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}

/** CPU time of a process so far, user and system, in ms. Source: proc(5), fields 14 and 15 of stat in ticks of 10 ms. */
export function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** A server is quiet when it takes less than a fifth of a processor; looks at most, which are ten minutes. */
const LOOK_MS = 500;
const QUIET_MS = 100;
const MAX_LOOKS = 1200;

/** Resolves when the process has little to do any more. @throws {Error} when it never comes to rest. */
export async function quiet(pid: number): Promise<void> {
  for (let look = 0, last = cpuMs(pid); look < MAX_LOOKS; look++) {
    await systemClock.sleep(LOOK_MS);
    const now = cpuMs(pid);
    if (now - last < QUIET_MS) return;
    last = now;
  }
  throw new Error(`the server was not quiet within ${(MAX_LOOKS * LOOK_MS) / 1000} s`);
}

/** How long the daemon sets are looked at. */
const SETTLED_WITHIN_MS = 600_000;

/** Resolves when a pod of every daemon set is ready on every node and little is left to do: on a busy machine that alone proves nothing. */
export async function settled(client: KubeClient, nodes: number, pid: number): Promise<void> {
  const end = systemClock.now() + SETTLED_WITHIN_MS;
  for (;;) {
    const { items } = await client.list(resources.daemonSets, { namespace: "kube-system" });
    if (items.every(({ status }) => status?.numberReady === status?.desiredNumberScheduled && status?.desiredNumberScheduled === nodes))
      break;
    if (systemClock.now() > end) throw new Error(`daemon sets have not settled: ${JSON.stringify(items.map(({ status }) => status))}`);
    await systemClock.sleep(LOOK_MS);
  }
  await quiet(pid);
}
