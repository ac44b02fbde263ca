import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createSecureServer, type Http2SecureServer } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { StartError } from "#api/server";
import type { ServerCertificate } from "./identity.ts";

export type RequestListener = (request: IncomingMessage, response: ServerResponse) => void;

/** A door that is open. */
export interface Listener {
  readonly port: number;
  /** Takes no more connections and ends those that are open. */
  close(): Promise<void>;
}

export interface SecureDoor {
  request: RequestListener;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** Header bytes of a request at most: room for the largest batch of machines, which comes in one. */
const MAX_HEADER_BYTES = 65_536;
/** Silence on a kept-alive connection after which it is closed; clients reuse theirs within seconds. */
const KEEP_ALIVE_MS = 65_000;

/**
 * Opens the TLS listener, for HTTP/2 and HTTP/1.1. It asks for a client certificate and takes any or none: each cluster
 * checks certificates against its own authority. The empty list of authorities makes clients offer whatever they hold.
 * @throws {StartError} when the port is taken or not allowed.
 */
export async function openSecureListener(
  at: { host: string; port: number },
  certificate: ServerCertificate,
  door: SecureDoor,
): Promise<Listener> {
  const server = createSecureServer({
    key: certificate.keyPem,
    cert: certificate.certPem,
    ca: [],
    allowHTTP1: true,
    requestCert: true,
    rejectUnauthorized: false,
    maxHeaderListPairs: 256,
  });
  // What HTTP/1.1 is read with on this server is no option of it, but a member as of one that speaks HTTP/1.1 alone.
  Object.assign(server, { maxHeaderSize: MAX_HEADER_BYTES });
  // The compatibility API of HTTP/2 has the shape that every door here uses.
  server.on("request", (request, response) =>
    refusingMalformed(door.request)(request as unknown as IncomingMessage, response as unknown as ServerResponse),
  );
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => door.upgrade(request, socket, head));
  return await open(server, at);
}

/**
 * Refuses what Node's parser lets through: HTTP/0.9, which has no headers to say who asks, and HTTP/1.1 without a host, which
 * RFC 9112 section 3.2 has refused. Node refuses the latter itself only where HTTP/1.1 is all that is spoken.
 */
function refusingMalformed(listener: RequestListener): RequestListener {
  return (request, response) => {
    const { httpVersion, headers } = request;
    if (httpVersion === "0.9" || (httpVersion === "1.1" && headers.host === undefined))
      response.writeHead(400, { connection: "close" }).end();
    else listener(request, response);
  };
}

/** Opens the plain listener, for managed identity and metadata. @throws {StartError} as {@link openSecureListener}. */
export async function openPlainListener(at: { host: string; port: number }, request: RequestListener): Promise<Listener> {
  const server = createHttpServer({ maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: KEEP_ALIVE_MS }, refusingMalformed(request));
  return await open(server, at);
}

async function open(server: Server | Http2SecureServer, { host, port }: { host: string; port: number }): Promise<Listener> {
  const sockets = new Set<Socket>();
  const track = (socket: Socket): void => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  };
  server.on("connection", track);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(refusal(error, host, port)));
    server.listen(port, host, resolve);
  });
  // A client that breaks its own connection is no event for the server.
  server.on("error", () => undefined);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function refusal(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === "EADDRINUSE")
    return new StartError(`Port ${port} on ${host} is in use. Choose another with --port, or --port 0 for any free one.`);
  if (error.code === "EACCES")
    return new StartError(`Port ${port} on ${host} needs rights that this user has not. Choose one above 1023 with --port.`);
  if (error.code === "EADDRNOTAVAIL") return new StartError(`This machine has no address ${host}. Choose another with --host.`);
  return error;
}
