import type { FastifyRequest } from "fastify";
import type { Random } from "#lib";
import { baseUrlOf, headersOf } from "../../door/exchange.ts";
import type { Sealing } from "../sealing.ts";

/** The browser behind a request for a page. */
export interface Visitor {
  readonly baseUrl: string;
  /** Whether it runs on this machine: it can then do all that the built-in identity can anyhow. */
  readonly isLocal: boolean;
  /** What shows that a form came from a page that this browser was given. */
  readonly mark: string;
  readonly headers: Readonly<Record<string, string>>;
}

const COOKIE = "lido-sign-in";
const COOKIE_SECONDS = 3_600;
const NONCE_LENGTH = 32;
const NONCE = /(?:^|;\s*)lido-sign-in=([0-9a-f]{32})(?:;|$)/;
const LOOPBACK_NAME = /^https?:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;
const LOOPBACK_ADDRESS = /^(?:::ffff:)?127\.|^::1$/;

/** Knows a browser by a cookie that no other site can send along with a form of its own. */
export function visitorOf(request: FastifyRequest, { sealing, random }: { readonly sealing: Sealing; readonly random: Random }): Visitor {
  const baseUrl = baseUrlOf(request.raw);
  const nonce = NONCE.exec(headersOf(request).cookie ?? "")?.[1] ?? random.hex(NONCE_LENGTH);
  const secure = baseUrl.startsWith("https:") ? "; Secure" : "";
  return {
    baseUrl,
    isLocal: LOOPBACK_NAME.test(baseUrl) && LOOPBACK_ADDRESS.test(request.raw.socket.remoteAddress ?? ""),
    mark: sealing.mark(`form\n${nonce}`),
    headers: { "Set-Cookie": `${COOKIE}=${nonce}; Path=/; Max-Age=${COOKIE_SECONDS}; HttpOnly; SameSite=Lax${secure}` },
  };
}

/** Whether a form was sent by a page of this server, in the browser that the page was given to. */
export function isOwnForm(request: FastifyRequest, form: URLSearchParams, sealing: Sealing): boolean {
  const headers = headersOf(request);
  const nonce = NONCE.exec(headers.cookie ?? "")?.[1];
  const site = headers["sec-fetch-site"];
  if (nonce === undefined || (headers.origin !== undefined && headers.origin !== baseUrlOf(request.raw))) return false;
  return (site === undefined || site === "same-origin") && sealing.isMark(form.get("mark") ?? "", `form\n${nonce}`);
}
