import { readFileSync } from "node:fs";
import { Agent, request as httpsRequest } from "node:https";
import type { ServerAddress } from "#api/server";
import { CliError } from "./errors.ts";

/** An answer of the server. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Decoded JSON; undefined when the body was empty or no JSON. */
  readonly body: unknown;
  readonly text: string;
}

/** Authorised HTTPS calls to one server. */
export interface Connection {
  readonly address: ServerAddress;
  /** @param url path and query, or an absolute URL of the server. */
  arm(method: string, url: string, body?: unknown): Promise<Answer>;
  /** Reads from a cluster's own API, or anything else of the server, with a token of its own. */
  get(url: string, bearer: string): Promise<Answer>;
  /** A current access token; fetched once. @throws {CliError} when sign-in fails. */
  token(): Promise<string>;
  close(): void;
}

const TIMEOUT_MS = 60_000;
/** Bytes of an answer at most; the largest lists stay far below. */
const MAX_ANSWER_BYTES = 256 * 1024 * 1024;

interface Call {
  readonly method: string;
  readonly url: URL;
  readonly headers: Record<string, string>;
  readonly text?: string;
}

/** Opens a connection that trusts the server's own authority alone. */
export function openConnection(address: ServerAddress): Connection {
  const agent = new Agent({ ca: readFileSync(address.ca), keepAlive: true });
  let token: Promise<string> | undefined;
  const connection: Connection = {
    address,
    token: () => (token ??= signIn(agent, address)),
    async arm(method, url, body) {
      const headers: Record<string, string> = { authorization: `Bearer ${await connection.token()}`, accept: "application/json" };
      if (body === undefined) return await send(agent, { method, url: new URL(url, address.endpoint), headers });
      headers["content-type"] = "application/json";
      const text = typeof body === "string" ? body : JSON.stringify(body);
      return await send(agent, { method, url: new URL(url, address.endpoint), headers, text });
    },
    get: (url, bearer) =>
      send(agent, {
        method: "GET",
        url: new URL(url, address.endpoint),
        headers: { authorization: `Bearer ${bearer}`, accept: "application/json" },
      }),
    close: () => agent.destroy(),
  };
  return connection;
}

async function signIn(agent: Agent, address: ServerAddress): Promise<string> {
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: address.clientId,
    client_secret: address.clientSecret,
    scope: `${address.endpoint}/.default`,
  });
  const answer = await send(agent, {
    method: "POST",
    url: new URL("/adfs/oauth2/token", address.endpoint),
    headers: { "content-type": "application/x-www-form-urlencoded" },
    text: form.toString(),
  });
  const body = answer.body as { access_token?: string; error_description?: string } | undefined;
  if (body?.access_token === undefined) throw new CliError(`Sign-in failed: ${body?.error_description ?? answer.text}`);
  return body.access_token;
}

function send(agent: Agent, { method, url, headers, text }: Call): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = text === undefined ? {} : { "content-length": String(Buffer.byteLength(text)) };
    const request = httpsRequest(url, { method, agent, timeout: TIMEOUT_MS, headers: { ...headers, ...length } }, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size > MAX_ANSWER_BYTES) response.destroy(new Error("the answer is too large"));
        chunks.push(chunk);
      });
      response.on("error", reject);
      response.on("end", () => {
        const answer = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers as Answer["headers"], body: parse(answer), text: answer });
      });
    });
    request.on("timeout", () => request.destroy(new Error(`no answer in ${TIMEOUT_MS / 1000} s`)));
    request.on("error", (error) => reject(new CliError(`Cannot reach Lido at ${url.origin}: ${error.message}`)));
    request.end(text);
  });
}

function parse(text: string): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
