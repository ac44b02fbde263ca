import { X509Certificate } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ServerAddress } from "#api/server";
import { fail, type Finding, ok, warn } from "./finding.ts";
import type { Greeting, Machine } from "./machine.ts";

const DAY_MS = 86_400_000;
/** A certificate that ends sooner is worth a word; the server renews its own a month before. */
const SOON_MS = 14 * DAY_MS;
/** Tokens are taken with five minutes of grace by most libraries; a clock this far off is worth a word. */
const SKEW_WARN_MS = 30_000;
const SKEW_FAIL_MS = 300_000;
const DEFAULT_PORT = 8443;
const OTHERS = 0o077;

export interface ServerPlace {
  readonly dataDir: string;
  /** What the running server has written down; undefined when none runs. */
  readonly address: ServerAddress | undefined;
  /** How the user calls this program. */
  readonly lido: string;
}

/** Whether the server runs and answers, its certificates and its clock; when none runs, whether one could start. */
export async function checkServer(machine: Machine, { dataDir, address, lido }: ServerPlace): Promise<readonly Finding[]> {
  if (address === undefined) return [fail("server", `No Lido runs on ${dataDir}.`, `${lido} start`), await checkPort(machine, lido)];
  const ca = readIfThere(address.ca);
  if (ca === undefined)
    return [fail("certificate", `The authority's certificate ${address.ca} cannot be read.`, `${lido} stop, then ${lido} start`)];
  const authority = checkValidity(
    machine,
    `authority`,
    new X509Certificate(ca),
    `${lido} stop, delete ${address.ca} and server.expires beside it, ${lido} start`,
  );
  try {
    const greeting = await machine.greet(address.endpoint, ca);
    const running =
      greeting.status === 200
        ? ok("server", `Lido answers at ${address.endpoint} (process ${address.pid}).`)
        : fail("server", `What answers at ${address.endpoint} is not Lido: status ${greeting.status}.`, `${lido} status`);
    return [running, authority, ...checkGreeting(machine, greeting, lido)];
  } catch (error) {
    const message = `Process ${address.pid} does not answer at ${address.endpoint}: ${(error as Error).message}.`;
    return [fail("server", message, `${lido} stop, then ${lido} start`), authority];
  }
}

function checkGreeting(machine: Machine, { certificate, dateMs }: Greeting, lido: string): readonly Finding[] {
  const mend = `${lido} stop, then ${lido} start: it issues a new one`;
  const shown = certificate === undefined ? [] : [checkValidity(machine, "certificate", certificate, mend)];
  return dateMs === undefined ? shown : [...shown, checkClock(dateMs - machine.now())];
}

function checkValidity(machine: Machine, about: string, certificate: X509Certificate, mend: string): Finding {
  const [from, to] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
  const now = machine.now();
  if (now < from)
    return fail(about, `It is not valid before ${certificate.validFrom}; this machine's clock says ${isoTime(now)}.`, "set the clock");
  if (now > to) return fail(about, `It has ended on ${certificate.validTo}.`, mend);
  if (to - now < SOON_MS) return warn(about, `It ends soon, on ${certificate.validTo}.`, mend);
  return ok(about, `It is valid until ${certificate.validTo}.`);
}

function checkClock(skewMs: number): Finding {
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  // The header has whole seconds.
  if (Math.abs(skewMs) < SKEW_WARN_MS) return ok("clock", "It agrees with the server's.");
  const message = `It is ${seconds} s ${skewMs > 0 ? "behind" : "ahead of"} the server's.`;
  const mend = "synchronise the clocks of this machine and the one that Lido runs on (NTP)";
  return Math.abs(skewMs) < SKEW_FAIL_MS
    ? warn("clock", message, mend)
    : fail("clock", `${message} Tokens are refused as expired or not yet valid.`, mend);
}

async function checkPort(machine: Machine, lido: string): Promise<Finding> {
  if ((await machine.isFree(DEFAULT_PORT)) && (await machine.isFree(DEFAULT_PORT + 1)))
    return ok("port", `${DEFAULT_PORT} and ${DEFAULT_PORT + 1} are free.`);
  return fail("port", `${DEFAULT_PORT} or ${DEFAULT_PORT + 1} is in use by another program.`, `${lido} start --port 0 takes any free ones`);
}

/** Whether only its owner can read the folder and the private keys in it. */
export function checkDataDirectory(machine: Machine, { dataDir, lido }: ServerPlace): Finding {
  const folder = machine.stat(dataDir);
  if (folder === undefined) return ok("data", `${dataDir} does not exist yet; ${lido} start makes it.`);
  if (!folder.isDirectory()) return fail("data", `${dataDir} is not a folder.`, `name another with --data-dir`);
  if (machine.platform === "win32") return ok("data", `State is in ${dataDir}.`);
  if (machine.userId !== undefined && machine.userId !== 0 && folder.uid !== machine.userId)
    return fail("data", `${dataDir} belongs to another user (${folder.uid}).`, `sudo chown -R "$(id -un)" ${dataDir}`);
  if ((folder.mode & 0o700) !== 0o700) return fail("data", `Its owner may not use ${dataDir}.`, `chmod 700 ${dataDir}`);
  const open = ["", "installation.json", "ca.key.pem", "server.key.pem"].filter(
    (name) => ((machine.stat(join(dataDir, name))?.mode ?? 0) & OTHERS) !== 0,
  );
  const [first] = open;
  if (first === undefined) return ok("data", `Only you can read ${dataDir}.`);
  // A folder that is closed keeps what is in it closed.
  if (!open.includes("")) return ok("data", `Only you can enter ${dataDir}.`);
  return warn("data", `Others can enter ${dataDir}${open.length > 1 ? ", and read secrets in it" : ""}.`, `chmod 700 ${dataDir}`);
}

function readIfThere(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
