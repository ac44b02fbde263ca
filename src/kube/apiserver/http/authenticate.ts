import { X509Certificate } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Http2ServerRequest } from "node:http2";
import type { TLSSocket } from "node:tls";
import { authenticated } from "../access/users.ts";
import type { Core } from "../core.ts";
import type { Credentials } from "../options.ts";
import type { User } from "../request.ts";

/** Extended key usage of client certificates. Source: RFC 5280, id-kp-clientAuth. */
const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

/** A certificate that the cluster's authority signed, and how long it is good. */
interface Verified {
  readonly user: User;
  readonly fromMs: number;
  readonly untilMs: number;
}

/**
 * Tells who sends a request: the subject of a client certificate of this cluster's authority, else the owner of a bearer
 * token. The listener takes any certificate, so each is checked here; what a connection showed is remembered with it.
 */
export function createAuthenticator(
  credentials: Credentials,
  { wall, authenticateToken }: Pick<Core, "wall" | "authenticateToken">,
): (request: IncomingMessage) => User | Promise<User | undefined> {
  let authority: X509Certificate | undefined;
  const verified = new WeakMap<object, Verified | "none">();

  function ofConnection(request: IncomingMessage): User | undefined {
    const connection = connectionOf(request);
    authority ??= new X509Certificate(credentials.caCertificatePem);
    let shown = verified.get(connection);
    if (shown === undefined) verified.set(connection, (shown = verify(peerCertificate(connection), authority) ?? "none"));
    if (shown === "none") return undefined;
    const now = wall.now();
    return shown.fromMs <= now && now <= shown.untilMs ? shown.user : undefined;
  }

  async function ofToken({ headers }: IncomingMessage): Promise<User | undefined> {
    const token = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? "")?.[1];
    const answer = token === undefined ? undefined : await authenticateToken(token, []);
    return answer !== undefined && "user" in answer ? answer.user : undefined;
  }

  return (request) => ofConnection(request) ?? ofToken(request);
}

/** The socket, also below HTTP/2, where many requests share it. */
function connectionOf(request: IncomingMessage): TLSSocket {
  const { stream } = request as unknown as Partial<Http2ServerRequest>;
  return (stream?.session?.socket ?? request.socket) as TLSSocket;
}

/** Sockets without TLS have none. */
function peerCertificate(socket: Partial<Pick<TLSSocket, "getPeerX509Certificate">>): X509Certificate | undefined {
  return socket.getPeerX509Certificate?.();
}

function verify(certificate: X509Certificate | undefined, authority: X509Certificate): Verified | undefined {
  if (certificate === undefined || !certificate.checkIssued(authority) || !certificate.verify(authority.publicKey)) return undefined;
  if (certificate.ca || !(certificate.keyUsage ?? []).includes(CLIENT_AUTH)) return undefined;
  const { CN, O = [] } = certificate.toLegacyObject().subject as { CN?: string | string[]; O?: string | string[] };
  const name = Array.isArray(CN) ? CN[0] : CN;
  if (name === undefined || name === "") return undefined;
  const user = authenticated({ name, groups: Array.isArray(O) ? O : [O] });
  return { user, fromMs: Date.parse(certificate.validFrom), untilMs: Date.parse(certificate.validTo) };
}
