import type { ForwardSession } from "../../request.ts";
import { SpdyConnection, type SpdyStream } from "../spdy/connection.ts";
import type { SpdyHeaders } from "../spdy/header-blocks.ts";
import type { Carrier } from "./spdy-command.ts";

const MAX_PORT = 65_535;

/** The two streams of one connection that the client forwards. */
interface Pair {
  data?: SpdyStream;
  error?: SpdyStream;
}

/**
 * Serves forwarded ports over SPDY/3.1: each connection is a pair of streams, data and error, of the same request id, and is answered
 * as if nothing listened. Source: kubelet pkg/cri/streaming/portforward/httpstream.go.
 */
export function forwardOverSpdy(carrier: Carrier, session: ForwardSession): void {
  const pairs = new Map<string, Pair>();
  const connection = new SpdyConnection({
    ...carrier,
    accepts: (headers) => portOf(headers) !== undefined && typeOf(headers) !== undefined,
    onStream(stream) {
      const id = requestId(stream);
      const pair = pairs.get(id) ?? {};
      const type = typeOf(stream.headers) ?? "data";
      if (pair[type] !== undefined) return stream.reset();
      pair[type] = stream;
      pairs.set(id, pair);
      if (pair.data === undefined || pair.error === undefined) return;
      pairs.delete(id);
      pair.error.write(session.refusal(portOf(pair.data.headers) ?? 0));
      pair.data.finish();
      pair.error.finish();
    },
  });
  connection.start();
}

function portOf(headers: SpdyHeaders): number | undefined {
  const text = headers.get("port") ?? "";
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= MAX_PORT ? port : undefined;
}

function typeOf(headers: SpdyHeaders): "data" | "error" | undefined {
  const type = headers.get("streamtype");
  return type === "data" || type === "error" ? type : undefined;
}

/** Old clients send no id: their error stream comes first and the data stream next. */
function requestId({ headers, id }: SpdyStream): string {
  return headers.get("requestid") ?? String(typeOf(headers) === "error" ? id : id - 2);
}
