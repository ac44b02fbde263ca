import type { IncomingMessage } from "node:http";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { WireAnswer } from "./answer.ts";
import type { RequestHeaders } from "./headers.ts";

/** Scheme, host and port as the client wrote them: what absolute URLs in answers begin with. */
export function baseUrlOf(request: IncomingMessage): string {
  const socket = request.socket as { readonly encrypted?: boolean };
  const scheme = (request.headers[":scheme"] as string | undefined) ?? (socket.encrypted === true ? "https" : "http");
  const host = request.headers.host ?? (request.headers[":authority"] as string | undefined) ?? "";
  return `${scheme}://${HOST.test(host) ? host : "localhost"}`;
}

/** Host names, addresses and ports; anything else is no host that an answer could name. */
const HOST = /^[A-Za-z0-9._-]+(:\d{1,5})?$|^\[[0-9A-Fa-f:.]+\](:\d{1,5})?$/;

/** Headers by lower-case name, the first value of each. */
export function headersOf(request: FastifyRequest): RequestHeaders {
  return request.headers as RequestHeaders;
}

/** The path as it was sent, without the query. */
export function pathOf(request: FastifyRequest): string {
  return request.raw.url?.split("?", 1)[0] ?? "/";
}

/** The query as it was sent. */
export function queryOf(request: FastifyRequest): URLSearchParams {
  const url = request.raw.url ?? "";
  const start = url.indexOf("?");
  return new URLSearchParams(start === -1 ? "" : url.slice(start + 1));
}

/** The body as text, without a byte order mark; undefined when there is none. */
export function textOf(request: FastifyRequest): string | undefined {
  if (!(request.body instanceof Buffer) || request.body.length === 0) return undefined;
  return request.body.toString("utf8").replace(/^\uFEFF/, "");
}

/** Writes an answer; a HEAD gets the headers only, with the length that the body would have. */
export function send(reply: FastifyReply, answer: WireAnswer): void {
  reply.hijack();
  reply.raw.writeHead(answer.status, answer.headers);
  reply.raw.end(reply.request.method === "HEAD" ? undefined : answer.text);
}

/** Breaks the caller's connection, or leaves the call for ever without an answer: until the caller or the server ends the connection. */
export function leaveUnanswered(reply: FastifyReply, kind: "drop" | "hang"): void {
  reply.hijack();
  // With HTTP/2 this ends the stream alone.
  if (kind === "drop") reply.request.raw.socket.destroy();
}
