import { ValueTooLargeError } from "#store";
import { armErrors } from "../errors.ts";
import { ArmError, type ArmResponse, type Layout, ProviderError } from "../provider.ts";

/** An answer as it goes out. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  /** Empty when there is none. */
  readonly text: string;
}

/** Go's encoder escapes these in strings, so the provider's answers do. */
const GO_ESCAPED = /[<>&\u2028\u2029]/g;

/**
 * JSON in one of three layouts.
 * `arm`: one line. `provider`: as Go's `json.MarshalIndent(v, " ", " ")` writes it. `dotnet`: as Newtonsoft's on Windows indents.
 * Source: recorded bodies: the gateway's errors and groups against everything of Microsoft.ContainerService and of Microsoft.Compute.
 */
export function layOut(body: unknown, layout: Layout): string {
  if (layout === "arm") return JSON.stringify(body);
  if (layout === "dotnet") return JSON.stringify(body, undefined, 2).replaceAll("\n", "\r\n");
  const text = JSON.stringify(body, undefined, " ").replaceAll("\n", "\n ");
  return text.replace(GO_ESCAPED, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Turns a handler's answer into what is sent. */
export function renderResponse({ status, headers = {}, body, text: ready, layout = "arm" }: ArmResponse): WireAnswer {
  if (body === undefined && ready === undefined) return { status, headers: { ...headers, "Content-Length": "0" }, text: "" };
  const text = ready ?? layOut(body, layout);
  return {
    status,
    headers: {
      ...headers,
      "Content-Type": layout === "provider" ? "application/json" : "application/json; charset=utf-8",
      "Content-Length": String(Buffer.byteLength(text)),
      ...(status === 200 ? { Vary: "Accept-Encoding" } : {}),
      ...(layout === "provider" && status >= 500 ? { "x-ms-failure-cause": "service" } : {}),
    },
    text,
  };
}

/** The answer to a refusal, in the envelope of who refused; undefined for an error that is a defect. */
export function renderRefusal(error: unknown): WireAnswer | undefined {
  if (error instanceof ProviderError) return renderResponse(error.response);
  if (error instanceof ValueTooLargeError) return renderRefusal(armErrors.contentTooLarge("1 MB"));
  if (!(error instanceof ArmError)) return undefined;
  return renderResponse({
    status: error.status,
    headers: { ...error.extra.headers, "x-ms-failure-cause": "gateway" },
    body: armErrorBody(error),
  });
}

/** `{"error":{"code","message"}}` with what else there is. */
export function armErrorBody({ code, message, extra: { target, details } }: ArmError): { readonly error: Record<string, unknown> } {
  return { error: { code, message, ...(target === undefined ? {} : { target }), ...(details === undefined ? {} : { details }) } };
}
