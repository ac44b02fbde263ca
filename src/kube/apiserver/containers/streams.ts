import type { CommandSession, SessionSink, SessionStreams } from "../request.ts";
import { badRequest } from "../status.ts";

/**
 * The streams that a query asks for; a terminal has no stderr of its own.
 * @throws {StatusError} BadRequest for none. Source: kubelet pkg/cri/streaming/remotecommand/httpstream.go, NewOptions.
 */
export function streamsOf(query: Readonly<Record<string, string>>): SessionStreams {
  const asks = (stream: string): boolean => query[stream] === "true" || query[stream] === "1";
  const [stdin, stdout, tty] = [asks("stdin"), asks("stdout"), asks("tty")];
  if (!stdin && !stdout && !asks("stderr")) throw badRequest("you must specify at least 1 of stdin, stdout, stderr");
  return { stdin, stdout, stderr: asks("stderr") && !tty, tty };
}

/** A session that writes to the streams that were asked for, through a terminal if one was. */
export function commandSession(streams: SessionStreams, open: CommandSession["open"]): CommandSession {
  return { kind: "command", streams, open: (sink) => open(throughStreams(sink, streams)) };
}

function throughStreams(sink: SessionSink, { stdout, stderr, tty }: SessionStreams): SessionSink {
  const out = (text: string): void => {
    if (stdout) sink.stdout(tty ? asTerminal(text) : text);
  };
  return {
    stdout: out,
    stderr(text) {
      if (tty) out(text);
      else if (stderr) sink.stderr(text);
    },
    end: (status) => sink.end(status),
  };
}

/** What a terminal makes of lines: ONLCR, as every shell leaves it. Source: termios(3). */
function asTerminal(text: string): string {
  return text.replaceAll("\n", "\r\n");
}
