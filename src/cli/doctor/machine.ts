import { spawn } from "node:child_process";
import { accessSync, constants, existsSync, mkdtempSync, rmSync, type Stats, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { request } from "node:https";
import type { X509Certificate } from "node:crypto";
import type { TLSSocket } from "node:tls";

/** How a server answered. */
export interface Greeting {
  readonly status: number;
  /** Its clock, milliseconds; undefined when it sends no Date. */
  readonly dateMs: number | undefined;
  readonly certificate: X509Certificate | undefined;
}

/** The machine that is examined; tests make one up. */
export interface Machine {
  readonly environment: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  /** Of this process; undefined where users have none. */
  readonly userId: number | undefined;
  now(): number;
  /** Path of a program on PATH. */
  find(program: string): string | undefined;
  /** What a program prints to its standard output; undefined when it fails or takes longer than {@link RUN_LIMIT_MS}. */
  run(program: string, args: readonly string[], variables?: Readonly<Record<string, string>>): Promise<string | undefined>;
  /** Lends a new folder. */
  withFolder<T>(use: (folder: string) => Promise<T>): Promise<T>;
  /** What is at a path; undefined when nothing is. */
  stat(path: string): Stats | undefined;
  /** Whether the port can be listened on. */
  isFree(port: number): Promise<boolean>;
  /** Asks a server, trusting the authorities given. @throws {Error} when it cannot be reached or its certificate is not good. */
  greet(url: string, ca: string): Promise<Greeting>;
}

const RUN_LIMIT_MS = 30_000;
const GREETING_LIMIT_MS = 5_000;

/** The machine that this process runs on. */
export function thisMachine(now: () => number): Machine {
  const environment = process.env;
  return {
    environment,
    platform: process.platform,
    userId: process.getuid?.(),
    now,
    find: (program) => findOnPath(program, environment),
    run: (program, args, variables = {}) => output(program, args, { ...environment, ...variables }),
    withFolder,
    stat: (path) => statSync(path, { throwIfNoEntry: false }),
    isFree,
    greet,
  };
}

async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "lido-doctor-"));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function findOnPath(program: string, environment: NodeJS.ProcessEnv): string | undefined {
  const names = process.platform === "win32" ? [`${program}.exe`, `${program}.cmd`] : [program];
  const paths = (environment["PATH"] ?? "").split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  return paths.find((path) => existsSync(path) && isExecutable(path));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function output(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "ignore"], timeout: RUN_LIMIT_MS });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    child.on("error", () => resolve(undefined));
    child.on("close", (code) => resolve(code === 0 ? text : undefined));
  });
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

function greet(url: string, ca: string): Promise<Greeting> {
  return new Promise((resolve, reject) => {
    const call = request(
      new URL("/metadata/endpoints?api-version=2022-09-01", url),
      { ca, agent: false, timeout: GREETING_LIMIT_MS },
      (response) => {
        response.resume();
        const date = Date.parse(response.headers.date ?? "");
        resolve({
          status: response.statusCode ?? 0,
          dateMs: Number.isNaN(date) ? undefined : date,
          certificate: (response.socket as TLSSocket).getPeerX509Certificate(),
        });
      },
    );
    call.on("timeout", () => call.destroy(new Error(`no answer in ${GREETING_LIMIT_MS / 1000} s`)));
    call.on("error", reject);
    call.end();
  });
}
