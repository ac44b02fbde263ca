import { existsSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Clock } from "#lib";
import { readAddress, requireAddress } from "./address.ts";
import { type Connection, openConnection } from "./connection.ts";
import { CliError } from "./errors.ts";

const STOP_TIMEOUT_MS = 15_000;
const STOP_POLL_MS = 25;

/** `lido status`: where the server is and what it holds. Exit code 1 when none runs. */
export async function runStatus(dataDir: string): Promise<number> {
  const address = readAddress(dataDir);
  if (address === undefined) {
    process.stdout.write(`No Lido runs on ${resolve(dataDir)}.\n`);
    return 1;
  }
  const connection = openConnection(address);
  const clusters = await connection.arm(
    "GET",
    `/subscriptions/${address.subscriptionId}/providers/Microsoft.ContainerService/managedClusters?api-version=${API_VERSION}`,
  );
  const { value = [] } = clusters.body as { value?: Cluster[] };
  process.stdout.write(`Lido runs at ${address.endpoint} (process ${address.pid}, state in ${address.dataDir}).\n`);
  for (const { id, name, properties } of value) {
    const counts = await Promise.all(properties.agentPoolProfiles.map((pool) => countNodes(connection, id, pool)));
    const nodes = counts.reduce((sum, count) => sum + count, 0);
    process.stdout.write(`  ${name}: ${properties.provisioningState}, ${properties.agentPoolProfiles.length} pools, ${nodes} nodes\n`);
  }
  connection.close();
  return 0;
}

/** With numbers of pools of virtual machines, and machines that are made one by one. */
const API_VERSION = "2026-06-01";

interface Cluster {
  readonly id: string;
  readonly name: string;
  readonly properties: { readonly provisioningState: string; readonly agentPoolProfiles: readonly Pool[] };
}

interface Pool {
  readonly name: string;
  readonly mode?: string;
  readonly count?: number;
  readonly virtualMachineNodesStatus?: readonly { readonly count: number }[];
}

async function countNodes(connection: Connection, cluster: string, pool: Pool): Promise<number> {
  if (pool.count !== undefined) return pool.count;
  if (pool.mode !== "Machines") return (pool.virtualMachineNodesStatus ?? []).reduce((sum, { count }) => sum + count, 0);
  const machines = await connection.arm("GET", `${cluster}/agentPools/${pool.name}/machines?api-version=${API_VERSION}`);
  return (machines.body as { readonly value: readonly unknown[] }).value.length;
}

/** `lido stop`: asks the server to end and waits until it has. */
export async function runStop(dataDir: string, clock: Clock): Promise<number> {
  const { pid } = requireAddress(dataDir);
  process.kill(pid, "SIGTERM");
  // The server takes its address back as the last thing it does; its process may still wait for its parent.
  for (const end = clock.now() + STOP_TIMEOUT_MS; readAddress(dataDir) !== undefined; await clock.sleep(STOP_POLL_MS)) {
    if (clock.now() > end) throw new CliError(`Process ${pid} has not ended in ${STOP_TIMEOUT_MS / 1000} s.`);
  }
  process.stdout.write("Stopped.\n");
  return 0;
}

/** `lido reset`: forgets all state of a data directory on which no server runs. */
export function runReset(dataDir: string): number {
  const folder = resolve(dataDir);
  const address = readAddress(folder);
  if (address !== undefined) throw new CliError(`Lido (process ${address.pid}) runs on ${folder}: stop it first with "lido stop".`);
  if (!existsSync(folder)) {
    process.stdout.write(`Nothing to forget: ${folder} does not exist.\n`);
    return 0;
  }
  // Only what is certainly a data directory is removed.
  if (!existsSync(join(folder, "installation.json"))) throw new CliError(`${folder} is not a data directory of Lido; nothing was removed.`);
  rmSync(folder, { recursive: true });
  process.stdout.write(`Forgot everything in ${folder}.\n`);
  return 0;
}

/** `lido token`: an access token for ARM, for curl and scripts. */
export async function runToken(dataDir: string): Promise<number> {
  const connection = openConnection(requireAddress(dataDir));
  process.stdout.write(`${await connection.token()}\n`);
  connection.close();
  return 0;
}
