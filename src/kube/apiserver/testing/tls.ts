import { createSecureServer, connect as connectHttp2, type ClientHttp2Session } from "node:http2";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Agent, request as httpsRequest } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { createCertificateAuthority, issueCertificate, type KeyedCertificate, systemClock } from "#lib";
import type { ApiServer } from "../options.ts";

/** Path under which the tests' listener serves a cluster. */
export const PREFIX = "/clusters/test";

export interface TestAnswer {
  readonly code: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- a cast that reads well in a test
  json<T = unknown>(): T;
}

export interface TestRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
  /** Shown as client certificate. */
  readonly client?: KeyedCertificate;
}

/** A listener as the product's: any client certificate, or none, is let through to the API server. */
export interface TestListener {
  readonly server: string;
  readonly caPem: string;
  send(request: TestRequest): Promise<TestAnswer>;
  /** The raw answer, for streams; the caller destroys it. */
  open(request: TestRequest): Promise<IncomingMessage>;
  http2(client: KeyedCertificate): ClientHttp2Session;
  close(): Promise<void>;
}

export const authorityOf = (commonName: string): Promise<KeyedCertificate> =>
  createCertificateAuthority({ commonName, clock: systemClock, validDays: 2 });

export const clientOf = (authority: KeyedCertificate, commonName: string, organizations: string[] = []): Promise<KeyedCertificate> =>
  issueCertificate(authority, { commonName, organizations, clock: systemClock, validDays: 1, usage: "client" });

export const serverOf = (authority: KeyedCertificate): Promise<KeyedCertificate> =>
  issueCertificate(authority, { commonName: "localhost", dnsNames: ["localhost"], clock: systemClock, validDays: 1, usage: "server" });

export async function listen(api: ApiServer): Promise<TestListener> {
  const authority = await authorityOf("listener");
  const { certPem, keyPem } = await serverOf(authority);
  const listener = createSecureServer({ key: keyPem, cert: certPem, allowHTTP1: true, requestCert: true, rejectUnauthorized: false });
  const sockets = new Set<Socket>();
  listener.on("connection", (socket: Socket) => void sockets.add(socket));
  listener.on("request", (request, response) =>
    api.handle(request as unknown as IncomingMessage, response as unknown as ServerResponse, PREFIX),
  );
  listener.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => api.handleUpgrade(request, socket, head, PREFIX));
  await new Promise<void>((resolve) => listener.listen(0, "localhost", resolve));
  const { port } = listener.address() as AddressInfo;
  const agent = new Agent({ maxSockets: 1 });
  const open = ({ method = "GET", path, headers, body, client }: TestRequest): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const identity = client === undefined ? {} : { cert: client.certPem, key: client.keyPem };
      const options = {
        host: "localhost",
        port,
        ca: authority.certPem,
        method,
        path: `${PREFIX}${path}`,
        headers: headers ?? {},
        ...identity,
      };
      const request = httpsRequest(options, resolve);
      request.on("error", reject);
      request.on("upgrade", (response, socket) => {
        socket.destroy();
        resolve(response);
      });
      request.end(body);
    });
  return {
    server: `https://localhost:${port}${PREFIX}`,
    caPem: authority.certPem,
    open,
    async send(request) {
      const response = await open(request);
      const chunks: Buffer[] = [];
      for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
      const text = Buffer.concat(chunks).toString();
      return { code: response.statusCode ?? 0, headers: response.headers, text, json: () => JSON.parse(text) };
    },
    http2: (client) => connectHttp2(`https://localhost:${port}`, { ca: authority.certPem, cert: client.certPem, key: client.keyPem }),
    close: () =>
      new Promise((resolve) => {
        agent.destroy();
        listener.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
