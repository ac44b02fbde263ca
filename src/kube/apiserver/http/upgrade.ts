import type { IncomingMessage } from "node:http";
import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { createWebSocketStream, type WebSocket, WebSocketServer } from "ws";
import type { Status } from "#api/kubernetes/status";
import type { Clock } from "#lib";
import type { Session } from "../request.ts";
import { tooManyRequests } from "../status.ts";
import { forwardOverChannels, runOverChannels } from "./sessions/channels.ts";
import { type NoWay, type Way, wayOf } from "./sessions/protocols.ts";
import { type Carrier, runOverSpdy } from "./sessions/spdy-command.ts";
import { forwardOverSpdy } from "./sessions/spdy-forward.ts";

/** What a client may send at once: nothing that it sends is used. */
const MAX_MESSAGE_BYTES = 1_048_576;
/** Sessions of a cluster at once. */
const MAX_SESSIONS = 1_000;

/** A connection whose request asks for another protocol. */
export interface Connection {
  readonly socket: Duplex;
  /** What came after the request. */
  readonly head: Buffer;
}

/** Serves sessions over SPDY and WebSockets. */
export interface Sessions {
  /** Takes the connection over, or answers why not. @throws {StatusError} TooManyRequests when there are too many. */
  serve(request: IncomingMessage, connection: Connection, session: Session): void;
}

/** @param clock is that of callers. */
export function createSessions(clock: Clock): Sessions {
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false });
  const protocols = new WeakMap<IncomingMessage, string>();
  // The library refuses names of protocols with a slash, which those of tunnels have: so it is not told of any.
  server.on("headers", (lines, request) => void lines.push(`Sec-WebSocket-Protocol: ${protocols.get(request) ?? ""}`));
  let open = 0;
  const overWebSocket = (request: IncomingMessage, { socket, head }: Connection, way: Way, begin: (webSocket: WebSocket) => void): void => {
    protocols.set(request, way.protocol);
    delete request.headers["sec-websocket-protocol"];
    server.handleUpgrade(request, socket, head, (webSocket) => {
      open++;
      webSocket.on("close", () => open--);
      begin(webSocket);
    });
  };
  return {
    serve(request, connection, session) {
      const way = wayOf(request, session);
      if (!("by" in way)) return refuseWay(connection.socket, way);
      if (open >= MAX_SESSIONS) throw tooManyRequests();
      if (way.by === "spdy") {
        open++;
        writeHead(connection.socket, 101, ["Connection: Upgrade", "Upgrade: SPDY/3.1", `X-Stream-Protocol-Version: ${way.protocol}`]);
        runSpdy({ wire: connection.socket, head: connection.head, clock, onGone: () => open-- }, way, session);
      } else overWebSocket(request, connection, way, (webSocket) => runWebSocket(webSocket, { clock, way, session }));
    },
  };
}

function runSpdy(carrier: Carrier, { protocol }: Way, session: Session): void {
  if (session.kind === "forward") forwardOverSpdy(carrier, session);
  else runOverSpdy(carrier, protocol, session);
}

function runWebSocket(webSocket: WebSocket, { clock, way, session }: { clock: Clock; way: Way; session: Session }): void {
  if (way.by === "tunnel")
    runSpdy({ wire: createWebSocketStream(webSocket), head: Buffer.alloc(0), clock, onGone: () => undefined }, way, session);
  else if (session.kind === "forward") forwardOverChannels(webSocket, session);
  else runOverChannels(webSocket, session);
}

/** Answers an upgrade that is not made. */
export function refuseUpgrade(socket: Duplex, status: Status): void {
  refuse(socket, status.code, { type: "application/json", body: JSON.stringify(status), headers: [] });
}

function refuseWay(socket: Duplex, { code, message, headers }: NoWay): void {
  refuse(socket, code, { type: "text/plain; charset=utf-8", body: `${message}\n`, headers });
}

function refuse(socket: Duplex, code: number, answer: { type: string; body: string; headers: readonly string[] }): void {
  const { type, body, headers } = answer;
  // A client that has gone is no event.
  socket.on("error", () => socket.destroy());
  writeHead(socket, code, [...headers, `Content-Type: ${type}`, `Content-Length: ${Buffer.byteLength(body)}`, "Connection: close"]);
  socket.end(body);
}

function writeHead(socket: Duplex, code: number, headers: readonly string[]): void {
  socket.write(`${[`HTTP/1.1 ${code} ${STATUS_CODES[code] ?? ""}`, ...headers].join("\r\n")}\r\n\r\n`);
}
