import { Agent, request as httpsRequest } from "node:https";
import type { WatchEvent } from "#api/kubernetes/meta";
import { httpTransport, type HttpTransportOptions } from "#kube/client";

export interface Sent {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface Answer {
  readonly status: number;
  /** What JSON says, or the text where it is none. */
  // oxlint-disable-next-line typescript/no-explicit-any -- whatever the server sent
  readonly body: any;
}

/** An API server over TLS, whoever's it is. */
export interface Wire {
  send(sent: Sent): Promise<Answer>;
  watch(path: string, query: Record<string, string>, event: (event: WatchEvent) => void): { stop(): void };
  close(): void;
}

const MAX_SOCKETS = 16;

export function connect(access: HttpTransportOptions): Wire {
  const { server, caPem, certPem, keyPem, token } = access;
  const identity = certPem === undefined || keyPem === undefined ? {} : { cert: certPem, key: keyPem };
  const agent = new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS, ...(caPem !== undefined && { ca: caPem }), ...identity });
  const watches = httpTransport(access);
  const send = ({ method, path, headers = {}, body }: Sent): Promise<Answer> => {
    const bytes = body === undefined ? undefined : Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
    const all = {
      accept: "application/json",
      ...(bytes === undefined ? {} : { "content-type": "application/json", "content-length": String(bytes.length) }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    };
    return new Promise((resolve, reject) => {
      const request = httpsRequest(`${server}${path}`, { method, agent, headers: all }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body: valueOf(Buffer.concat(chunks).toString()) }));
      });
      request.on("error", reject);
      request.end(bytes);
    });
  };
  return {
    send,
    watch: (path, query, event) => watches.watch({ path, query: { ...query, watch: "true" } }, { event, end: () => undefined }),
    close() {
      watches.close();
      agent.destroy();
    },
  };
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
