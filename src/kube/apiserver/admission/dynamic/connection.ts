import { Agent, request as httpsRequest } from "node:https";
import type { Clock } from "#lib";
import type { ResourceTable } from "../../resources.ts";
import { WebhookError } from "./admission-review.ts";
import type { ClientConfig } from "./configurations.ts";
import { jsonError, networkError, responseError } from "./go-errors.ts";
import { type Address, serviceAddress } from "./service-address.ts";

/** Bytes of a webhook's answer at most. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
const MAX_SOCKETS = 64;
const HTTPS_PORT = 443;
const HEADERS = { "user-agent": "kube-apiserver-admission", accept: "application/json, */*", "content-type": "application/json" };

/** How a webhook is named, before it is known where that is. */
interface Target {
  /** `https://host[:port]`, as its configuration has it. */
  readonly origin: string;
  readonly host: string;
  readonly path: string;
  /** Whom the certificate has to be for, where that is not who is dialled. */
  readonly servername?: string;
}

export interface Asked {
  readonly timeoutSeconds: number;
  /** Takes what helps, beside the error. */
  readonly warn?: ((text: string) => void) | undefined;
}

interface Answered {
  readonly code: number;
  readonly text: string;
  readonly isText: boolean;
}

class DeadlineError extends Error {}

/** Connections to webhooks. */
export class WebhookConnections {
  readonly #resources: ResourceTable;
  readonly #clock: Clock;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS, maxFreeSockets: MAX_SOCKETS });

  /** @param clock the one that callers wait by. */
  constructor(resources: ResourceTable, clock: Clock) {
    this.#resources = resources;
    this.#clock = clock;
  }

  close(): void {
    this.#agent.destroy();
  }

  /**
   * Posts a document and returns the one that comes back.
   * @throws {WebhookError} in the words of Kubernetes. Source: apiserver pkg/util/webhook/client.go; client-go rest/request.go.
   */
  async post(config: ClientConfig, document: object, asked: Asked): Promise<unknown> {
    const target = targetOf(config);
    const path = `${target.path}?timeout=${asked.timeoutSeconds}s`;
    let answered: Answered;
    try {
      const address = addressOf(this.#resources, config, target, asked);
      answered = await this.#exchange({ ...target, path, address, caBundle: config.caBundle }, JSON.stringify(document), asked);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new WebhookError(`Post ${JSON.stringify(`${target.origin}${path}`)}: ${why}`);
    }
    return documentOf(answered);
  }

  #exchange(
    { address, host, path, servername, caBundle }: Target & { readonly address: Address; readonly caBundle: string | undefined },
    body: string,
    { timeoutSeconds }: Asked,
  ): Promise<Answered> {
    return new Promise((resolve, reject) => {
      const request = httpsRequest({
        method: "POST",
        agent: this.#agent,
        ...address,
        path,
        headers: { ...HEADERS, host, "content-length": Buffer.byteLength(body) },
        ...(servername !== undefined && { servername }),
        ...(caBundle !== undefined && caBundle !== "" && { ca: Buffer.from(caBundle, "base64") }),
      });
      const timer = this.#clock.after(timeoutSeconds * 1000, () => request.destroy(new DeadlineError("context deadline exceeded")));
      const fail = (error: Error): void => {
        timer.cancel();
        reject(error instanceof DeadlineError ? error : new Error(networkError(error, address)));
      };
      request.on("error", fail);
      request.on("response", (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on("error", fail);
        response.on("data", (chunk: Buffer) => {
          size += chunk.length;
          chunks.push(chunk);
          if (size > MAX_ANSWER_BYTES) request.destroy(new Error(`the answer is longer than ${MAX_ANSWER_BYTES} bytes`));
        });
        response.on("end", () => {
          timer.cancel();
          const isText = (response.headers["content-type"] ?? "").startsWith("text/");
          resolve({ code: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8"), isText });
        });
      });
      request.end(body);
    });
  }
}

function targetOf({ url = "", service }: ClientConfig): Target {
  if (service === undefined) {
    const { host, pathname } = new URL(url);
    return { origin: `https://${host}`, host, path: pathname };
  }
  const { namespace, name, path = "", port = HTTPS_PORT } = service;
  const servername = `${name}.${namespace}.svc`;
  const host = `${servername}:${port}`;
  return { origin: `https://${host}`, host, path: path.startsWith("/") ? path : `/${path}`, servername };
}

function addressOf(resources: ResourceTable, { service }: ClientConfig, { origin }: Target, { warn }: Asked): Address {
  if (service !== undefined) return serviceAddress(resources, { ...service, port: service.port ?? HTTPS_PORT }, warn);
  const { hostname, port } = new URL(origin);
  return { host: hostname.replaceAll(/^\[|\]$/g, ""), port: port === "" ? HTTPS_PORT : Number(port) };
}

function documentOf({ code, text, isText }: Answered): unknown {
  if (code < 200 || code > 206) throw new WebhookError(responseError(code, text, isText));
  if (text === "") throw new WebhookError(`0-length response with status code: ${code} and content type: `);
  try {
    return JSON.parse(text);
  } catch {
    throw new WebhookError(`couldn't get version/kind; json parse error: ${jsonError(text)}`);
  }
}
