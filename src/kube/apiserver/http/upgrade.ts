import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { STATUS_CODES } from "node:http";
import { type WebSocket, WebSocketServer } from "ws";
import type { Status } from "#api/kubernetes/status";
import type { Session, SessionSink } from "../request.ts";

/** Source: apimachinery pkg/util/remotecommand/constants.go. */
const PROTOCOLS = ["v5.channel.k8s.io", "v4.channel.k8s.io"];
const CHANNEL = { stdout: 1, stderr: 2, error: 3 } as const;
/** What a client may send at once: nothing that it sends is used. */
const MAX_MESSAGE_BYTES = 1_048_576;
/** What is sent in one message. */
const CHUNK_BYTES = 32_768;
/** What may wait for a slow reader. */
const MAX_WAITING_BYTES = 16_777_216;
/** Sessions of a cluster at once. */
const MAX_SESSIONS = 1_000;
const NORMAL = 1000;
const TRY_LATER = 1013;

/** Whether the client speaks the protocol that sessions are served in; SPDY, which kubectl spoke until 1.30, is none. */
export function speaksWebSocket({ method, headers }: IncomingMessage): boolean {
  return method === "GET" && headers.upgrade?.toLowerCase() === "websocket" && protocolOf(headers["sec-websocket-protocol"]) !== undefined;
}

function protocolOf(offered: string | undefined): string | undefined {
  const names = (offered ?? "").split(",").map((name) => name.trim());
  return PROTOCOLS.find((name) => names.includes(name));
}

/** Serves sessions over WebSockets. */
export interface Sessions {
  /** Takes the connection over. */
  serve(request: IncomingMessage, connection: { readonly socket: Duplex; readonly head: Buffer }, session: Session): void;
}

/**
 * Channels in a WebSocket: each message begins with its channel's number; a Status on the error channel tells the end.
 * Source: apimachinery pkg/util/remotecommand, apiserver pkg/util/wsstream; kubelet pkg/cri/streaming/remotecommand/websocket.go.
 */
export function createSessions(): Sessions {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    handleProtocols: (offered) => PROTOCOLS.find((name) => offered.has(name)) ?? false,
  });
  let open = 0;
  return {
    serve(request, { socket, head }, session) {
      server.handleUpgrade(request, socket, head, (webSocket) => {
        if (open >= MAX_SESSIONS) return webSocket.close(TRY_LATER, "too many sessions");
        open++;
        webSocket.on("close", () => open--);
        run(webSocket, session);
      });
    },
  };
}

function run(webSocket: WebSocket, session: Session): void {
  let isOver = false;
  let stop = (): void => undefined;
  const send = (channel: number, text: string): void => {
    if (isOver) return;
    const bytes = Buffer.from(text);
    // Who does not read what was sent before gets nothing more.
    if (webSocket.bufferedAmount + bytes.length > MAX_WAITING_BYTES) return webSocket.terminate();
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES)
      webSocket.send(Buffer.concat([Buffer.of(channel), bytes.subarray(at, at + CHUNK_BYTES)]));
  };
  const sink: SessionSink = {
    stdout: (text) => send(CHANNEL.stdout, text),
    stderr: (text) => send(CHANNEL.stderr, text),
    end(status) {
      send(CHANNEL.error, JSON.stringify(status));
      isOver = true;
      webSocket.close(NORMAL);
    },
  };
  // A client that has gone is no event.
  webSocket.on("error", () => webSocket.terminate());
  webSocket.on("close", () => {
    isOver = true;
    stop();
  });
  stop = session.open(sink);
}

/** Answers an upgrade that is not made. */
export function refuseUpgrade(socket: Duplex, status: Status): void {
  const body = JSON.stringify(status);
  const head = [
    `HTTP/1.1 ${status.code} ${STATUS_CODES[status.code] ?? ""}`,
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
  ];
  // A client that has gone is no event.
  socket.on("error", () => socket.destroy());
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}
