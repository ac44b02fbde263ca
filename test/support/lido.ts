import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Agent, request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ServerAddress } from "#api/server";
import { systemClock } from "#lib";

/** Tests and benchmarks are run from the root of the checkout, by npm. */
const ROOT = process.cwd();
export const BUNDLE = join(ROOT, "dist", "lido.js");

const READY_TIMEOUT_MS = 20_000;
const OPERATION_TIMEOUT_MS = 45_000;
const POLL_MS = 10;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
  /** Decoded JSON; undefined when there is none. */
  readonly body: Json;
}

/** Decoded JSON that a test reaches into: a member that is absent reads as undefined. */
// oxlint-disable-next-line typescript/no-explicit-any -- tests read bodies of every shape; a wrong path fails the test
export type Json = any;

export interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bearer token; the server's own when absent, none when null. */
  readonly token?: string | null;
}

/** A server of the bundle in a process of its own. */
export interface Lido {
  readonly address: ServerAddress;
  readonly ca: string;
  readonly token: string;
  /** From the start of the process to the ready file. */
  readonly readyMs: number;
  raw(method: string, url: string, options?: CallOptions): Promise<Answer>;
  /** A call below the subscription. */
  arm(method: string, path: string, body?: unknown, apiVersion?: string): Promise<Answer>;
  /** `arm`, then the end of the operation that it began, in the usual time or the one given; resolves with the operation's body. */
  finish(answer: Answer, timeoutMs?: number): Promise<Json>;
  /** What the process has printed so far, logs included. */
  output(): string;
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** Starts the bundle and resolves when its ready file is there. */
export function startLido(...args: readonly string[]): Promise<Lido> {
  return startUnder([], args);
}

/** As {@link startLido}, with arguments of Node itself too. */
export async function startUnder(nodeArgs: readonly string[], args: readonly string[]): Promise<Lido> {
  const folder = mkdtempSync(join(tmpdir(), "lido-test-"));
  const ready = join(folder, "ready.json");
  const begin = systemClock.now();
  const child = spawn(process.execPath, [...nodeArgs, BUNDLE, "start", "--port", "0", "--ready-file", ready, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await waitUntil(
    "the server is ready",
    () => {
      if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}: ${output}`);
      return existsSync(ready);
    },
    READY_TIMEOUT_MS,
  );
  const address = JSON.parse(readFileSync(ready, "utf8")) as ServerAddress;
  const readyMs = systemClock.now() - begin;
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  return await connect(address, readyMs, { kill, output: () => output });
}

async function connect(address: ServerAddress, readyMs: number, { kill, output }: Pick<Lido, "kill" | "output">): Promise<Lido> {
  const ca = readFileSync(address.ca, "utf8");
  const agent = new Agent({ ca, keepAlive: true });
  const raw = (method: string, url: string, options: CallOptions = {}): Promise<Answer> =>
    send(agent, method, new URL(url, address.endpoint), options);
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: address.clientId,
    client_secret: address.clientSecret,
    scope: `${address.endpoint}/.default`,
  });
  const answer = await raw("POST", "/adfs/oauth2/token", {
    body: form.toString(),
    headers: { "content-type": "application/x-www-form-urlencoded" },
    token: null,
  });
  const token = answer.body.access_token as string;
  const authorised = (method: string, url: string, options: CallOptions = {}): Promise<Answer> => raw(method, url, { token, ...options });
  return {
    address,
    ca,
    token,
    readyMs,
    raw: authorised,
    arm: (method, path, body, apiVersion = "2022-11-01") =>
      authorised(
        method,
        `/subscriptions/${address.subscriptionId}${path}${path.includes("?") ? "&" : "?"}api-version=${apiVersion}`,
        body === undefined ? {} : { body },
      ),
    finish: (begun, timeoutMs) => finish(authorised, begun, timeoutMs),
    output,
    async kill(signal) {
      agent.destroy();
      await kill(signal);
    },
  };
}

async function finish(raw: Lido["raw"], begun: Answer, timeoutMs = OPERATION_TIMEOUT_MS): Promise<Json> {
  const url = begun.headers["azure-asyncoperation"];
  if (url === undefined) throw new Error(`no operation in ${begun.status} ${begun.text}`);
  let last: Answer | undefined;
  await waitUntil(
    `the operation of ${begun.text} ends`,
    async () => {
      last = await raw("GET", url);
      return ["Succeeded", "Failed", "Canceled"].includes(last.body.status);
    },
    timeoutMs,
  );
  return last?.body;
}

/** Looks again and again. @throws {Error} that quotes `what` when it has not come in time. */
export async function waitUntil(what: string, holds: () => boolean | Promise<boolean>, timeoutMs = OPERATION_TIMEOUT_MS): Promise<void> {
  const end = systemClock.now() + timeoutMs;
  while (!(await holds())) {
    if (systemClock.now() > end) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await systemClock.sleep(POLL_MS);
  }
}

function send(agent: Agent, method: string, url: URL, { body, headers = {}, token }: CallOptions): Promise<Answer> {
  const text = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
  const all = {
    ...(token === null || token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(text === undefined ? {} : { "content-type": "application/json", "content-length": String(Buffer.byteLength(text)) }),
    ...headers,
  };
  return new Promise((resolve, reject) => {
    const call = request(url, { method, agent, headers: all }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const answer = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers as Answer["headers"], text: answer, body: parse(answer) });
      });
    });
    call.on("error", reject);
    call.end(text);
  });
}

function parse(text: string): Json {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
