import type { WebSocket } from "ws";
import type { CommandSession, ForwardSession, SessionSink } from "../../request.ts";

/** Source: apimachinery pkg/util/remotecommand/constants.go. */
const CHANNEL = { stdout: 1, stderr: 2, error: 3 } as const;
/** What is sent in one message. */
const CHUNK_BYTES = 32_768;
/** What may wait for a slow reader. */
const MAX_WAITING_BYTES = 16_777_216;
const NORMAL = 1000;

/**
 * Channels in a WebSocket: each message begins with its channel's number; a Status on the error channel tells the end.
 * Source: apimachinery pkg/util/remotecommand, apiserver pkg/util/wsstream; kubelet pkg/cri/streaming/remotecommand/websocket.go.
 */
export function runOverChannels(webSocket: WebSocket, session: CommandSession): void {
  let isOver = false;
  let stop = (): void => undefined;
  const sink: SessionSink = {
    stdout: (text) => (isOver ? undefined : send(webSocket, CHANNEL.stdout, Buffer.from(text))),
    stderr: (text) => (isOver ? undefined : send(webSocket, CHANNEL.stderr, Buffer.from(text))),
    end(status) {
      if (isOver) return;
      send(webSocket, CHANNEL.error, Buffer.from(JSON.stringify(status)));
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

/**
 * Two channels for each port, data and error; the first message of either is the port. Then every error channel says that nothing is there.
 * Source: kubelet pkg/cri/streaming/portforward/websocket.go.
 */
export function forwardOverChannels(webSocket: WebSocket, { ports, refusal }: ForwardSession): void {
  webSocket.on("error", () => webSocket.terminate());
  for (const [index, port] of ports.entries()) {
    const bytes = Buffer.alloc(2);
    bytes.writeUInt16LE(port);
    send(webSocket, index * 2, bytes);
    send(webSocket, index * 2 + 1, bytes);
  }
  for (const [index, port] of ports.entries()) send(webSocket, index * 2 + 1, Buffer.from(refusal(port)));
  webSocket.close(NORMAL);
}

/** Who does not read what was sent before gets nothing more. */
function send(webSocket: WebSocket, channel: number, bytes: Buffer): void {
  if (webSocket.bufferedAmount + bytes.length > MAX_WAITING_BYTES) return webSocket.terminate();
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES)
    webSocket.send(Buffer.concat([Buffer.of(channel), bytes.subarray(at, at + CHUNK_BYTES)]));
}
