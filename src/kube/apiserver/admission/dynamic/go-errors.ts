import { isJsonObject } from "#kube/apimachinery";

/*
 * What goes wrong on the way to a webhook, in the words of the Go programs that would say it: net, crypto/tls, crypto/x509,
 * encoding/json, and client-go's rest/request.go.
 */

interface NetworkError extends Error {
  readonly code?: string;
  readonly address?: string;
  readonly port?: number;
  readonly errors?: readonly NetworkError[];
  /** Of a certificate for somebody else. */
  readonly host?: string;
  readonly cert?: { readonly subjectaltname?: string };
}

const CONNECT: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  EHOSTUNREACH: "no route to host",
  ENETUNREACH: "network is unreachable",
  ETIMEDOUT: "connection timed out",
};

const UNKNOWN_AUTHORITY: ReadonlySet<string> = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
]);

/** @param at what was dialled. */
export function networkError(error: Error, at: { readonly host: string; readonly port: number }): string {
  const { code = "", address, port, errors } = error as NetworkError;
  const [first] = errors ?? [];
  const target = joinHostPort(address ?? first?.address ?? at.host, port ?? first?.port ?? at.port);
  const why = CONNECT[code];
  if (why !== undefined) return `dial tcp ${target}: connect: ${why}`;
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return `dial tcp: lookup ${at.host}: no such host`;
  if (code === "ECONNRESET") return "EOF";
  if (code === "EPROTO" || code.startsWith("ERR_SSL")) return "http: server gave HTTP response to HTTPS client";
  const certificate = certificateError(error, at.host);
  return certificate === undefined ? error.message : `tls: failed to verify certificate: x509: ${certificate}`;
}

function certificateError({ code = "", host, cert, message }: NetworkError, dialled: string): string | undefined {
  if (UNKNOWN_AUTHORITY.has(code)) return "certificate signed by unknown authority";
  if (code === "CERT_HAS_EXPIRED" || code === "CERT_NOT_YET_VALID") return `certificate has expired or is not yet valid: ${message}`;
  if (code !== "ERR_TLS_CERT_ALTNAME_INVALID") return undefined;
  const wanted = host ?? dialled;
  const names = (cert?.subjectaltname ?? "").split(", ").filter((name) => name !== "");
  const isAddress = /^[\d.]+$|:/.test(wanted);
  const own = names.flatMap((name) => (name.startsWith(isAddress ? "IP Address:" : "DNS:") ? [name.replace(/^[^:]*:/, "")] : []));
  if (isAddress && own.length === 0) return `cannot validate certificate for ${wanted} because it doesn't contain any IP SANs`;
  return own.length === 0
    ? `certificate is not valid for any names, but wanted to match ${wanted}`
    : `certificate is valid for ${own.join(", ")}, not ${wanted}`;
}

export function joinHostPort(host: string, port: number): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

const RESPONSES: Readonly<Record<number, string>> = {
  400: "the server rejected our request for an unknown reason",
  401: "the server has asked for the client to provide credentials",
  403: "unknown",
  404: "the server could not find the requested resource",
  405: "the server does not allow this method on the requested resource",
  406: "the server was unable to respond with a content type that the client supports",
  409: "the server reported a conflict",
  413: "unknown",
  415: "unknown",
  422: "the server rejected our request due to an error in our request",
  429: "the server has received too many requests and has asked us to try again later",
  503: "the server is currently unable to handle the request",
  504: "the server was unable to return a response in the time allotted, but may still be processing the request",
};

/**
 * What a response says that is no success.
 * Source: apimachinery pkg/api/errors/errors.go, NewGenericServerResponse; client-go rest/request.go, newUnstructuredResponseError.
 */
export function responseError(code: number, body: string, isText: boolean): string {
  const status = parsed(body);
  if (isJsonObject(status) && status["kind"] === "Status" && typeof status["message"] === "string") return status["message"];
  const message = isText ? body.trim() : "unknown";
  if (code === 403 || code === 413 || code === 415) return message;
  const known = RESPONSES[code];
  if (known !== undefined) return known;
  if (code >= 500) return `an error on the server (${JSON.stringify(message)}) has prevented the request from succeeding`;
  return `the server responded with the status code ${code} but did not return more information`;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** What Go's decoder says of a text that is no JSON. Unverified: for texts that go wrong further in. */
export function jsonError(text: string): string {
  const trimmed = text.trimStart();
  if (/^\{\s*[^"\s}]/.test(trimmed))
    return `invalid character '${/^\{\s*(.)/s.exec(trimmed)?.[1] ?? ""}' looking for beginning of object key string`;
  const [first = ""] = trimmed;
  return /[[{"\d\-tfn]/.test(first) ? "unexpected end of JSON input" : `invalid character '${first}' looking for beginning of value`;
}

/** Source: Go's encoding/json, UnmarshalTypeError. */
export function goUnmarshal(value: unknown, field: string, type: string): string {
  const found = Array.isArray(value) ? "array" : typeof value === "boolean" ? "bool" : typeof value;
  return `json: cannot unmarshal ${found} into Go struct field ${field} of type ${type}`;
}
