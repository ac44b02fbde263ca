import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/** Answers with a Status that kubectl prints. */
export function writeStatus(response: ServerResponse, { code, reason, message }: { code: number; reason: string; message: string }): void {
  const body = JSON.stringify({ kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason, code });
  response.writeHead(code, { "content-type": "application/json", "content-length": Buffer.byteLength(body) }).end(body);
}

/** Ends a connection that asked for another protocol of a cluster that is not served. */
export function refuseUpgrade(socket: Duplex): void {
  socket.end("HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
}
