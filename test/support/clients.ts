import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { systemClock } from "#lib";

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const LIMIT_MS = 120_000;

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** What the program reads; it has no input when absent. */
  readonly input?: string;
}

/** Runs a program to its end. */
export function run(program: string, args: readonly string[], { input, ...options }: RunOptions = {}): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: ["pipe", "pipe", "pipe"], timeout: LIMIT_MS });
    // A program that ends without reading closes the pipe.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/** Where the program is on PATH. */
export function find(name: string): string | undefined {
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}

/** A client of some version. */
export interface Client {
  readonly version: string;
  readonly path: string;
}

export interface Az extends Client {
  /** What a command takes that asks nobody, milliseconds: Python's start. */
  readonly startMs: number;
}

/** Every az of this machine, one of each version: the one on PATH, and those that LIDO_TEST_AZS names, separated as in PATH. */
export function azs(): readonly Az[] {
  const first = find("az");
  const others = named("LIDO_TEST_AZS").filter((path) => existsSync(path));
  return oneOfEachVersion([...(first === undefined ? [] : [first]), ...others].map((path) => openAz(path)));
}

/** What LIDO_TEST_AZS names and is not there. */
export function missingAzs(): readonly string[] {
  return named("LIDO_TEST_AZS").filter((path) => !existsSync(path));
}

function openAz(path: string): Az {
  // Not the user's own folder, which az would write to. The first command in a new one takes longer.
  const env = { ...process.env, AZURE_CONFIG_DIR: mkdtempSync(join(tmpdir(), "lido-az-version-")) };
  const version = (): string => spawnSync(path, ["version", "-o", "json"], { encoding: "utf8", env }).stdout;
  version();
  const begin = systemClock.now();
  const { "azure-cli": installed } = JSON.parse(version()) as { "azure-cli": string };
  const startMs = systemClock.now() - begin;
  rmSync(env.AZURE_CONFIG_DIR, { recursive: true, force: true });
  return { path, version: installed, startMs };
}

function named(variable: string): readonly string[] {
  return (process.env[variable] ?? "").split(delimiter).filter((path) => path !== "");
}

function oneOfEachVersion<T extends Client>(clients: readonly T[]): readonly T[] {
  return clients.filter(({ version }, index) => clients.findIndex((other) => other.version === version) === index);
}

/** `33` of `1.33.4`. */
export function minorOf(version: string): number {
  return Number(version.split(".")[1]);
}

/** Minors of kubectl that long scripts are run with: the oldest that people have, the newest, and one between them. */
const SCRIPTED_MINORS = [20, 27, 33, 35];

/** Those of {@link kubectls} that long scripts are run with; another one where none of them is there. */
export function someKubectls(): readonly Client[] {
  const all = kubectls();
  const some = all.filter(({ version }) => SCRIPTED_MINORS.includes(minorOf(version)));
  return some.length > 0 ? some : all.slice(0, 1);
}

/**
 * Every kubectl of this machine, one of each minor version: the one on PATH, versioned ones that lie beside it or its
 * target, and those that LIDO_TEST_KUBECTLS names, separated as in PATH.
 */
export function kubectls(): readonly Client[] {
  const first = find("kubectl");
  if (first === undefined) return [];
  const real = spawnSync("readlink", ["-f", first], { encoding: "utf8" }).stdout.trim();
  const folder = dirname(real);
  const beside = readdirSync(folder)
    .filter((name) => /^kubectl\.\d+\.\d+$/.test(name))
    .map((name) => join(folder, name));
  return oneOfEachVersion([first, ...beside, ...named("LIDO_TEST_KUBECTLS")].map((path) => ({ path, version: versionOf(path) })));
}

function versionOf(path: string): string {
  const { stdout } = spawnSync(path, ["version", "--client", "-o", "json"], { encoding: "utf8" });
  const { major = "?", minor = "?" } = (JSON.parse(stdout) as { clientVersion?: { major: string; minor: string } }).clientVersion ?? {};
  return `${major}.${minor.replace(/\D.*/, "")}`;
}

/** Every helm of this machine, one of each version: the one on PATH, and those that LIDO_TEST_HELMS names, separated as in PATH. */
export function helms(): readonly Client[] {
  const first = find("helm");
  const versionOfHelm = (path: string): string => spawnSync(path, ["version", "--template", "{{.Version}}"], { encoding: "utf8" }).stdout;
  const paths = [...(first === undefined ? [] : [first]), ...named("LIDO_TEST_HELMS")];
  return oneOfEachVersion(paths.map((path) => ({ path, version: versionOfHelm(path) })));
}
