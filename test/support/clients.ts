import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const LIMIT_MS = 120_000;

/** Runs a program to its end. */
export function run(program: string, args: readonly string[], options: { env?: NodeJS.ProcessEnv; cwd?: string } = {}): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"], timeout: LIMIT_MS });
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

export interface Kubectl {
  readonly version: string;
  readonly path: string;
}

/**
 * Every kubectl of this machine, one of each minor version: the one on PATH, versioned ones that lie beside it or its
 * target, and those that LIDO_TEST_KUBECTLS names, separated as in PATH.
 */
export function kubectls(): readonly Kubectl[] {
  const first = find("kubectl");
  if (first === undefined) return [];
  const real = spawnSync("readlink", ["-f", first], { encoding: "utf8" }).stdout.trim();
  const folder = dirname(real);
  const named = (process.env["LIDO_TEST_KUBECTLS"] ?? "").split(delimiter).filter((path) => path !== "");
  const beside = readdirSync(folder)
    .filter((name) => /^kubectl\.\d+\.\d+$/.test(name))
    .map((name) => join(folder, name));
  const found = [first, ...beside, ...named].map((path) => ({ path, version: versionOf(path) }));
  return found.filter(({ version }, index) => found.findIndex((other) => other.version === version) === index);
}

function versionOf(path: string): string {
  const { stdout } = spawnSync(path, ["version", "--client", "-o", "json"], { encoding: "utf8" });
  const { major = "?", minor = "?" } = (JSON.parse(stdout) as { clientVersion?: { major: string; minor: string } }).clientVersion ?? {};
  return `${major}.${minor.replace(/\D.*/, "")}`;
}
