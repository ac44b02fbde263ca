import { Agent, createServer, type IncomingMessage, request as httpRequest, type RequestListener } from "node:http";
import { duplexPair } from "node:stream";

/** What is sent. */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string | undefined;
}

/** What came back. */
export interface WireResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Sends a request to a listener as HTTP/1.1, through memory: every byte is written and parsed, no port is opened. */
export type Send = (request: WireRequest) => Promise<WireResponse>;

/** @param secure whether the listener is to believe that it is behind TLS. */
export function connect(listener: RequestListener, secure: boolean): Send {
  const server = createServer(listener);
  return ({ method, path, headers, text }) =>
    new Promise((resolve, reject) => {
      const [client, remote] = duplexPair();
      server.emit("connection", Object.assign(remote, { encrypted: secure }));
      const agent = new Agent({ keepAlive: false });
      agent.createConnection = () => client;
      const outgoing = httpRequest({ method, path, headers, agent }, (response) => {
        read(response).then(resolve, reject);
      });
      outgoing.on("error", reject);
      outgoing.end(text);
    });
}

async function read(response: IncomingMessage): Promise<WireResponse> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const headers = Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)]));
  return { status: response.statusCode ?? 0, headers, text: Buffer.concat(chunks).toString("utf8") };
}
