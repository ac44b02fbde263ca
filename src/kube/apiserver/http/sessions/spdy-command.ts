import type { CommandSession, SessionSink, SessionStreams } from "../../request.ts";
import { SpdyConnection, type SpdyOptions, type SpdyStream } from "../spdy/connection.ts";

/** How long a client may take to open its streams. Source: kubelet pkg/cri/streaming, DefaultConfig: StreamCreationTimeout. */
const CREATION_MS = 30_000;
const STREAM_TYPES: ReadonlySet<string> = new Set(["error", "stdin", "stdout", "stderr", "resize"]);

/** Versions of the protocol whose end is a Status; older ones get its message, and nothing when all went well. */
const WITH_STATUS: ReadonlySet<string> = new Set(["v4.channel.k8s.io"]);
/** Versions that tell the terminal's size. */
const WITH_SIZE: ReadonlySet<string> = new Set(["v4.channel.k8s.io", "v3.channel.k8s.io"]);

/** What carries the streams. */
export type Carrier = Pick<SpdyOptions, "wire" | "head" | "clock" | "onGone">;

/**
 * Serves a command over SPDY/3.1: it begins once the client has opened the error stream and those that its query names.
 * Source: kubelet pkg/cri/streaming/remotecommand/httpstream.go, exec.go.
 */
export function runOverSpdy(carrier: Carrier, protocol: string, session: CommandSession): void {
  const streams = new Map<string, SpdyStream>();
  const expected = expectedStreams(session.streams, protocol);
  let stop = (): void => undefined;
  const connection = new SpdyConnection({
    ...carrier,
    accepts: (headers) => STREAM_TYPES.has(headers.get("streamtype") ?? "") && !streams.has(headers.get("streamtype") ?? ""),
    onStream(stream) {
      streams.set(stream.headers.get("streamtype") ?? "", stream);
      if (streams.size !== expected) return;
      late.cancel();
      stop = session.open(sinkOf(streams, protocol, () => connection.close()));
    },
    onGone() {
      late.cancel();
      stop();
      carrier.onGone();
    },
  });
  const late = carrier.clock.after(CREATION_MS, () => connection.close());
  connection.start();
}

function expectedStreams({ stdin, stdout, stderr, tty }: SessionStreams, protocol: string): number {
  return 1 + [stdin, stdout, stderr && !tty, tty && WITH_SIZE.has(protocol)].filter(Boolean).length;
}

function sinkOf(streams: ReadonlyMap<string, SpdyStream>, protocol: string, close: () => void): SessionSink {
  return {
    stdout: (text) => streams.get("stdout")?.write(text),
    stderr: (text) => streams.get("stderr")?.write(text),
    end(status) {
      const error = streams.get("error");
      if (WITH_STATUS.has(protocol)) error?.write(JSON.stringify(status));
      else if (status.status !== "Success") error?.write(status.message ?? "");
      close();
    },
  };
}
