import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ServerAddress } from "#api/server";
import { systemClock } from "#lib";
import { TEMPLATE } from "../test/support/article.ts";
import { commands, PROMPTED } from "../test/support/article-commands.ts";
import { type Az, azs } from "../test/support/clients.ts";
import { type Lido, startLido, waitUntil } from "../test/support/lido.ts";
import { userShell } from "../test/support/shell.ts";
import { type Call, openTape, type Tape } from "./tape.ts";

// az's wall time for each command of the article, against Lido and against a server that gives Lido's recorded answers
// again at once: what is more is Lido's own.

const ROUNDS = Number(process.env["LIDO_BENCH_ROUNDS"] ?? 5);
const MOST_RATIO = 1.15;
const MOST_CALL_MS = 5;
const POOLS = "/resourceGroups/myResourceGroup/providers/Microsoft.ContainerService/managedClusters/myAKSCluster/agentPools";
const names = (Object.keys(commands) as (keyof typeof commands)[]).filter((name) => commands[name].replace(/^#.*\n/, "").startsWith("az "));

type Times = ReadonlyMap<string, number>;

/** Runs the commands once, in a home of its own; resolves with the milliseconds that each took. */
async function round(az: Az, address: ServerAddress, after: (name: string) => Promise<void>): Promise<Times> {
  const shell = userShell(az, address);
  const times = new Map<string, number>();
  try {
    writeFileSync(join(shell.folder, "aks-agentpools.json"), TEMPLATE);
    // The first command in a new configuration indexes az's commands.
    await shell.ok("az account show");
    for (const name of names) {
      const begin = process.hrtime.bigint();
      await (name === "deployTemplate" ? shell.typing(commands[name], PROMPTED) : shell.ok(commands[name]));
      times.set(name, Number(process.hrtime.bigint() - begin) / 1e6);
      await after(name);
    }
    return times;
  } finally {
    shell.remove();
  }
}

/** Waits until nothing that a command has begun goes on, so that the next one finds what it needs. */
async function settle(lido: Lido): Promise<void> {
  await waitUntil("all pools have settled", async () => {
    const { status, body } = await lido.arm("GET", POOLS);
    return (
      status !== 200 ||
      body.value.every((pool: { properties: { provisioningState: string } }) => pool.properties.provisioningState === "Succeeded")
    );
  });
  for (const feature of ["MultiAgentpoolPreview", "VMSSPreview"])
    await waitUntil(`${feature} is not Registering`, async () => {
      const path = `/providers/Microsoft.Features/providers/Microsoft.ContainerService/features/${feature}`;
      return (await lido.arm("GET", path, undefined, "2021-07-01")).body.properties.state !== "Registering";
    });
}

async function withLido<T>(run: (lido: Lido) => Promise<T>): Promise<T> {
  const lido = await startLido("--memory", "--speed", "instant");
  try {
    return await run(lido);
  } finally {
    await lido.kill("SIGKILL");
  }
}

/** A tape of the article, with the calls of each command. */
async function record(
  az: Az,
  folder: string,
): Promise<{ readonly tape: Tape; readonly address: ServerAddress; readonly calls: ReadonlyMap<string, readonly Call[]> }> {
  return await withLido(async (lido) => {
    const tape = await openTape(lido.address);
    const dataDir = join(folder, "stub");
    mkdirSync(dataDir, { recursive: true });
    const ca = join(dataDir, "ca.pem");
    writeFileSync(ca, tape.ca);
    const address = { ...lido.address, endpoint: tape.endpoint, ca, dataDir };
    const calls = new Map<string, readonly Call[]>();
    await round(az, address, async (name) => {
      calls.set(name, tape.taken());
      await settle(lido);
    });
    tape.rewind();
    return { tape, address, calls };
  });
}

function fastest(rounds: readonly Times[], name: string): number {
  return Math.min(...rounds.map((times) => times.get(name) ?? Number.POSITIVE_INFINITY));
}

function row(cells: readonly string[]): void {
  const widths = [22, 10, 10, 7, 7, 12, 0];
  process.stdout.write(
    `${cells.map((cell, index) => (index === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[index] ?? 0))).join("  ")}\n`,
  );
}

async function measure(az: Az): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "lido-bench-az-"));
  const { tape, address, calls } = await record(az, folder);
  const [real, stub]: [Times[], Times[]] = [[], []];
  for (let each = 0; each < ROUNDS; each++) {
    real.push(await withLido((lido) => round(az, lido.address, () => settle(lido))));
    tape.rewind();
    rmSync(address.dataDir + "/azure", { recursive: true, force: true });
    stub.push(await round(az, address, async () => undefined));
  }
  tape.close();
  rmSync(folder, { recursive: true, force: true });
  process.stdout.write(
    `\naz ${az.version}: fastest of ${ROUNDS} rounds, milliseconds; target ≤ ${MOST_RATIO}, calls ≤ ${MOST_CALL_MS} ms\n\n`,
  );
  row(["command", "Lido", "stub", "ratio", "calls", "slowest call", ""]);
  for (const name of names) {
    const [withServer, withStub] = [fastest(real, name), fastest(stub, name)];
    const ratio = withServer / withStub;
    const made = calls.get(name) ?? [];
    const slowest = Math.max(0, ...made.map(({ tookMs }) => tookMs));
    row([
      name,
      withServer.toFixed(0),
      withStub.toFixed(0),
      ratio.toFixed(2),
      String(made.length),
      slowest.toFixed(1),
      ratio > MOST_RATIO ? "over" : "",
    ]);
  }
  const sum = (rounds: readonly Times[]): number => names.reduce((total, name) => total + fastest(rounds, name), 0);
  row(["all", sum(real).toFixed(0), sum(stub).toFixed(0), (sum(real) / sum(stub)).toFixed(2), "", "", ""]);
}

const begin = systemClock.now();
const clients = azs();
if (clients.length === 0) process.stdout.write("There is no az on this machine.\n");
for (const az of clients) await measure(az);
process.stdout.write(`\n${((systemClock.now() - begin) / 1000).toFixed(0)} s\n`);
process.exit(0);
