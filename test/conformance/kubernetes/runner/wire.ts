import { readFileSync } from "node:fs";
import { Agent, request as httpsRequest } from "node:https";
import { parse } from "yaml";
import type { WatchEvent } from "#api/kubernetes/meta";
import { httpTransport } from "#kube/client";

/** How to reach an API server, as a kubeconfig says it. */
export interface Access {
  readonly server: string;
  readonly caPem: string;
  readonly certPem?: string;
  readonly keyPem?: string;
  readonly token?: string;
}

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

export function connect(access: Access): Wire {
  const { server, caPem, certPem, keyPem, token } = access;
  const identity = certPem === undefined || keyPem === undefined ? {} : { cert: certPem, key: keyPem };
  const agent = new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS, ca: caPem, ...identity });
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

interface Named {
  readonly name: string;
}

/** The current context of a kubeconfig, with data or files. @throws {Error} when it lacks a part. */
export function readKubeconfig(file: string): Access {
  const config = parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  const entry = (list: string, name: unknown): Record<string, Record<string, string>> => {
    const found = (config[list] as Named[] | undefined)?.find((one) => one.name === name);
    if (found === undefined) throw new Error(`${file}: no ${String(name)} in ${list}`);
    return found as unknown as Record<string, Record<string, string>>;
  };
  const { cluster: clusterName, user: userName } = entry("contexts", config["current-context"])["context"] ?? {};
  const cluster = entry("clusters", clusterName)["cluster"] ?? {};
  const user = entry("users", userName)["user"] ?? {};
  const pem = (from: Record<string, string>, key: string): string | undefined => {
    const data = from[`${key}-data`];
    if (data !== undefined) return Buffer.from(data, "base64").toString("utf8");
    return from[key] === undefined ? undefined : readFileSync(from[key], "utf8");
  };
  const caPem = pem(cluster, "certificate-authority");
  if (cluster["server"] === undefined || caPem === undefined) throw new Error(`${file}: no server, or no authority of it`);
  const [certPem, keyPem, token] = [pem(user, "client-certificate"), pem(user, "client-key"), user["token"]];
  return {
    server: cluster["server"].replace(/\/$/, ""),
    caPem,
    ...(certPem === undefined ? {} : { certPem }),
    ...(keyPem === undefined ? {} : { keyPem }),
    ...(token === undefined ? {} : { token }),
  };
}
