import type { IncomingMessage } from "node:http";
import { Agent, request as httpsRequest, type RequestOptions } from "node:https";
import type { WatchEvent } from "#api/kubernetes/meta";
import { type Status, StatusError, type StatusReason } from "#api/kubernetes/status";
import type { KubeCall, KubeTransport, KubeWatchHandlers } from "#api/kubernetes/transport";
import { LineReader } from "./line-reader.ts";

export interface HttpTransportOptions {
  /** Of the API, with its path if it has one: `https://localhost:8443/clusters/x`. */
  readonly server: string;
  /** Authority of the server's certificate; those that the machine trusts when absent. */
  readonly caPem?: string;
  /** Name that the certificate is of, where it is not the server's. */
  readonly serverName?: string;
  /** Whether any certificate will do. */
  readonly isInsecure?: boolean;
  /** A client certificate with its key, a token, or both. */
  readonly certPem?: string;
  readonly keyPem?: string;
  readonly token?: string;
}

/** A transport that holds connections open until it is closed. */
export interface HttpTransport extends KubeTransport {
  /** Ends every connection, and with them every watch. */
  close(): void;
}

/** Bytes of one answer at most. */
const MAX_ANSWER_BYTES = 268_435_456;
/** Bytes of one event of a watch at most: the largest object there can be, and its envelope. */
const MAX_LINE_BYTES = 8_388_608;
/** Silence after which a call is given up. Source: client-go's default is none; apiserver ends calls after 60 s. */
const CALL_TIMEOUT_MS = 60_000;
/** How long a server is asked to keep a stream. Source: client-go tools/cache/reflector.go, minWatchTimeout. */
const WATCH_SECONDS = 300;
/** Silence after which a stream is broken: its server has not even ended it. */
const WATCH_SILENCE_MS = (WATCH_SECONDS + 30) * 1000;
const MAX_SOCKETS = 64;
const TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

/** A Kubernetes API over HTTPS. Calls that reach no server reject with the network's own error. */
export function httpTransport(options: HttpTransportOptions): HttpTransport {
  const agent = new Agent({
    keepAlive: true,
    maxSockets: MAX_SOCKETS,
    ...(options.caPem === undefined ? {} : { ca: options.caPem }),
    ...(options.serverName === undefined ? {} : { servername: options.serverName }),
    rejectUnauthorized: options.isInsecure !== true,
    ...(options.certPem === undefined ? {} : { cert: options.certPem }),
    ...(options.keyPem === undefined ? {} : { key: options.keyPem }),
  });
  const connection = new HttpConnection(options, agent);
  return {
    call: (call) => connection.call(call),
    watch: (call, handlers) => connection.watch(call, handlers),
    close: () => agent.destroy(),
  };
}

class HttpConnection {
  readonly #base: string;
  readonly #token: string | undefined;
  readonly #agent: Agent;

  constructor({ server, token }: HttpTransportOptions, agent: Agent) {
    this.#base = server.endsWith("/") ? server.slice(0, -1) : server;
    this.#token = token;
    this.#agent = agent;
  }

  async call(call: KubeCall): Promise<unknown> {
    const body = call.body === undefined ? undefined : Buffer.from(JSON.stringify(call.body));
    const response = await this.#send(call, body);
    const text = await readText(response);
    const code = response.statusCode ?? 0;
    if (code < 200 || code > 299) throw refusalOf(code, text);
    return isJson(response) ? JSON.parse(text) : text;
  }

  watch(call: Pick<KubeCall, "path" | "query">, handlers: KubeWatchHandlers): { stop(): void } {
    const stream = new HttpWatch(handlers);
    const query = { timeoutSeconds: String(WATCH_SECONDS), ...call.query };
    this.#send({ method: "GET", ...call, query }, undefined, stream.signal).then(
      (response) => stream.read(response),
      (error: Error) => stream.end(error),
    );
    return { stop: () => stream.stop() };
  }

  #send(call: KubeCall, body: Buffer | undefined, signal?: AbortSignal): Promise<IncomingMessage> {
    const search = call.query === undefined ? "" : `?${new URLSearchParams(call.query).toString()}`;
    const timeout = signal === undefined ? CALL_TIMEOUT_MS : WATCH_SILENCE_MS;
    const options: RequestOptions = {
      method: call.method,
      agent: this.#agent,
      headers: this.#headers(call, body),
      timeout,
      ...(signal === undefined ? {} : { signal }),
    };
    return new Promise((resolve, reject) => {
      const request = httpsRequest(`${this.#base}${call.path}${search}`, options, resolve);
      request.on("timeout", () => request.destroy(new Error(`${call.method} ${call.path} had no answer for ${timeout} ms`)));
      request.on("error", reject);
      request.end(body);
    });
  }

  #headers({ contentType, asTable }: KubeCall, body: Buffer | undefined): Record<string, string> {
    return {
      accept: asTable === true ? TABLE : "application/json",
      "user-agent": "lido",
      ...(this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` }),
      ...(body === undefined ? {} : { "content-type": contentType ?? "application/json", "content-length": String(body.length) }),
    };
  }
}

/** One stream of events; its end is told once. */
class HttpWatch {
  readonly #handlers: KubeWatchHandlers;
  readonly #abort = new AbortController();
  #isOver = false;

  constructor(handlers: KubeWatchHandlers) {
    this.#handlers = handlers;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  stop(): void {
    this.#isOver = true;
    this.#abort.abort();
  }

  end(error?: Error): void {
    if (this.#isOver) return;
    this.stop();
    this.#handlers.end(error);
  }

  read(response: IncomingMessage): void {
    const code = response.statusCode ?? 0;
    if (code !== 200)
      return void readText(response).then(
        (text) => this.end(refusalOf(code, text)),
        (error: Error) => this.end(error),
      );
    const lines = new LineReader(MAX_LINE_BYTES, (line) => this.#event(line));
    response.on("data", (chunk: Buffer) => this.#guard(() => lines.push(chunk)));
    response.on("end", () => this.end());
    response.on("error", (error: Error) => this.end(error));
    response.on("close", () => this.end());
  }

  #event(line: string): void {
    if (this.#isOver) return;
    const event = JSON.parse(line) as WatchEvent;
    if (event.type === "ERROR") this.end(new StatusError(event.object as unknown as Status));
    else this.#handlers.event(event);
  }

  /** What the stream brings that is no event ends it. */
  #guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.end(error as Error);
    }
  }
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new Error(`the answer is larger than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function isJson({ headers }: IncomingMessage): boolean {
  return headers["content-type"]?.startsWith("application/json") ?? false;
}

/** Reasons of answers that carry no Status. Source: apimachinery pkg/api/errors/errors.go, NewGenericServerResponse. */
const REASONS: Readonly<Record<number, StatusReason>> = {
  400: "BadRequest",
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  405: "MethodNotAllowed",
  409: "Conflict",
  410: "Gone",
  413: "RequestEntityTooLarge",
  415: "UnsupportedMediaType",
  422: "Invalid",
  429: "TooManyRequests",
  500: "InternalError",
  503: "ServiceUnavailable",
  504: "Timeout",
};

function refusalOf(code: number, text: string): StatusError {
  const status = statusIn(text);
  if (status !== undefined) return new StatusError(status);
  const message = code === 404 ? "the server could not find the requested resource" : `the server answered ${code}: ${text.slice(0, 200)}`;
  const reason = REASONS[code];
  return new StatusError({
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message,
    ...(reason === undefined ? {} : { reason }),
    code,
  });
}

function statusIn(text: string): Status | undefined {
  try {
    const value = JSON.parse(text) as Status | null;
    return value?.kind === "Status" ? value : undefined;
  } catch {
    return undefined;
  }
}
