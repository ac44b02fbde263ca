import { renameSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { RunningServer, ServerOptions, ServerSubscription } from "#api/server";
import { envCommand } from "./address.ts";
import { CliError } from "./errors.ts";

/** How the server is started: handed in by the composition root, since the command line never imports a server room. */
export type StartServer = (options: ServerOptions) => Promise<RunningServer>;

/** Options of `lido start` as the command line gives them. */
export interface StartFlags {
  readonly port: string;
  readonly httpPort?: string;
  readonly host: string;
  readonly dataDir: string;
  readonly memory?: true;
  readonly speed: ServerOptions["speed"];
  readonly clock: NonNullable<ServerOptions["clock"]>;
  readonly kubernetes?: string;
  readonly generation: ServerOptions["generation"];
  /** Each `ID` or `ID=NAME`. */
  readonly subscription: readonly string[];
  readonly throttle: NonNullable<ServerOptions["throttle"]>;
  readonly rbac?: true;
  readonly supportWindow?: string;
  readonly readyFile?: string;
  readonly logLevel: ServerOptions["logLevel"];
}

const MAX_PORT = 65_535;

/** Runs the server in the foreground until SIGINT or SIGTERM. Resolves with the exit code. */
export async function runStart(flags: StartFlags, startServer: StartServer): Promise<number> {
  const port = parsePort("--port", flags.port);
  const server = await startServer({
    host: flags.host,
    port,
    httpPort: flags.httpPort === undefined ? (port === 0 ? 0 : port + 1) : parsePort("--http-port", flags.httpPort),
    dataDir: flags.memory ? undefined : resolve(flags.dataDir),
    speed: flags.speed,
    clock: flags.clock,
    kubernetes: flags.kubernetes === undefined ? undefined : parseKubeconfig(flags.kubernetes, flags.clock),
    generation: flags.generation,
    subscriptions: flags.subscription.map(parseSubscription),
    throttle: flags.throttle,
    rbac: flags.rbac === true,
    supportWindow: flags.supportWindow === undefined ? undefined : parseDay("--support-window", flags.supportWindow),
    logLevel: flags.logLevel,
  });
  if (flags.readyFile !== undefined) writeReadyFile(flags.readyFile, server);
  process.stdout.write(greeting(server, flags));
  const signal = await ended();
  process.stderr.write(`\n${signal}: stopping.\n`);
  await server.stop();
  return 0;
}

function parsePort(flag: string, text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > MAX_PORT) throw new CliError(`${flag} takes a number from 0 to ${MAX_PORT}, not "${text}".`, 2);
  return port;
}

function parseSubscription(text: string): ServerSubscription {
  const [id = "", ...name] = text.split("=");
  return { id, name: name.length === 0 ? id : name.join("=") };
}

function parseDay(flag: string, text: string): string {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined;
  if (day === undefined || Number.isNaN(day.getTime()) || !day.toISOString().startsWith(text)) {
    throw new CliError(`${flag} takes a day like 2024-10-15, not "${text}".`, 2);
  }
  return text;
}

/** @throws {CliError} on the virtual clock: the control plane's own parts go by the machine's. */
function parseKubeconfig(path: string, clock: StartFlags["clock"]): string {
  if (clock === "virtual") throw new CliError("--kubernetes goes by this machine's clock: it cannot be used with --clock virtual.", 2);
  return resolve(path);
}

/** Written beside and renamed, so that who waits for the file never reads half of it. */
function writeReadyFile(path: string, server: RunningServer): void {
  const half = `${path}.${process.pid}`;
  writeFileSync(half, `${JSON.stringify(server.address)}\n`, { mode: 0o600 });
  renameSync(half, path);
}

function greeting({ address }: RunningServer, flags: StartFlags): string {
  const where = flags.memory ? `in memory; certificates in ${address.dataDir}` : `in ${address.dataDir}`;
  return [
    `Lido is ready at ${address.endpoint} (speed ${flags.speed}, ${flags.clock === "virtual" ? "virtual clock, " : ""}state ${where}).`,
    ...(flags.kubernetes === undefined ? [] : [`Nodes and pods of its cluster are in the control plane of ${flags.kubernetes}.`]),
    "",
    "In another terminal:",
    `  ${envCommand(address.dataDir)}`,
    "  az group create --name myResourceGroup --location eastus",
    "  az aks create --resource-group myResourceGroup --name myAKSCluster --node-count 1 --generate-ssh-keys",
    "",
    'No az on this machine? Type "lido az" instead. The whole story: "lido tour". Ctrl-C stops.',
    "",
  ].join("\n");
}

function ended(): Promise<NodeJS.Signals> {
  // The listeners alone would let a second Ctrl-C kill a stop under way; `once` leaves that to the user.
  return new Promise((resolve) => {
    process.once("SIGINT", resolve);
    process.once("SIGTERM", resolve);
  });
}
