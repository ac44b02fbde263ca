import type { IncomingMessage } from "node:http";
import type { Session } from "../../request.ts";

/**
 * A way to serve a session that its client knows, and the protocol's name in it.
 *
 * - `channels`: messages of a WebSocket that begin with their channel's number
 * - `spdy`: streams of SPDY/3.1
 * - `tunnel`: streams of SPDY/3.1 in messages of a WebSocket
 */
export interface Way {
  readonly by: "channels" | "spdy" | "tunnel";
  readonly protocol: string;
}

/** Why no way was found: what the client is told. Its text is plain, as kubelets answer. */
export interface NoWay {
  readonly code: number;
  readonly message: string;
  readonly headers: readonly string[];
}

/** Source: apimachinery pkg/util/remotecommand/constants.go; the newest first. */
const CHANNELS: readonly string[] = ["v5.channel.k8s.io", "v4.channel.k8s.io"];
const SPDY_COMMAND: readonly string[] = ["v4.channel.k8s.io", "v3.channel.k8s.io", "v2.channel.k8s.io", "channel.k8s.io"];
/** Source: kubelet pkg/cri/streaming/portforward/constants.go, websocket.go. */
const SPDY_FORWARD: readonly string[] = ["portforward.k8s.io"];
const FORWARD_CHANNELS: readonly string[] = ["v4.channel.k8s.io"];
/** Source: apimachinery pkg/util/portforward/constants.go. */
const TUNNEL_PREFIX = "SPDY/3.1+";

/**
 * How the client wants its session. Source: apiserver pkg/util/proxy/translatinghandler.go, streamtunnel.go;
 * apimachinery pkg/util/httpstream/httpstream.go, Handshake.
 */
export function wayOf({ method, headers }: IncomingMessage, { kind }: Session): Way | NoWay {
  const upgrade = (headers.upgrade ?? "").toLowerCase();
  if (upgrade === "websocket" && method === "GET") return webSocketWay(namesOf(headers["sec-websocket-protocol"]), kind);
  if (upgrade.includes("spdy/3.1")) return spdyWay(namesOf(headers["x-stream-protocol-version"]), kind);
  return refused(400, "unable to upgrade: missing upgrade headers in request");
}

function webSocketWay(offered: readonly string[], kind: Session["kind"]): Way | NoWay {
  const tunnelled = offered.filter((name) => name.startsWith(TUNNEL_PREFIX)).map((name) => name.slice(TUNNEL_PREFIX.length));
  const tunnel = kind === "forward" ? tunnelled.find((name) => SPDY_FORWARD.includes(name)) : undefined;
  if (tunnel !== undefined) return { by: "tunnel", protocol: `${TUNNEL_PREFIX}${tunnel}` };
  const accepted = kind === "forward" ? FORWARD_CHANNELS : CHANNELS;
  const protocol = accepted.find((name) => offered.includes(name));
  if (protocol !== undefined) return { by: "channels", protocol };
  return refused(400, `unable to upgrade: client supports ${listed(offered)}, server accepts ${listed(accepted)}`);
}

function spdyWay(offered: readonly string[], kind: Session["kind"]): Way | NoWay {
  if (offered.length === 0) return refused(400, "unable to upgrade: header X-Stream-Protocol-Version does not exist in request");
  const accepted = kind === "forward" ? SPDY_FORWARD : SPDY_COMMAND;
  const protocol = offered.find((name) => accepted.includes(name));
  if (protocol !== undefined) return { by: "spdy", protocol };
  return refused(
    403,
    `unable to upgrade: unable to negotiate protocol: client supports ${listed(offered)}, server accepts ${listed(accepted)}`,
    accepted.map((name) => `X-Accepted-Stream-Protocol-Versions: ${name}`),
  );
}

function refused(code: number, message: string, headers: readonly string[] = []): NoWay {
  return { code, message, headers };
}

/** As Go prints a list with %v. */
function listed(names: readonly string[]): string {
  return `[${names.join(" ")}]`;
}

function namesOf(header: string | readonly string[] | undefined): string[] {
  const text = typeof header === "string" ? header : (header ?? []).join(",");
  return text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}
