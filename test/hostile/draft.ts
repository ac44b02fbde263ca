/** A request that is being spoiled. Its text goes to the wire as it stands here: nothing is encoded or completed. */
export interface Draft {
  readonly door: "secure" | "plain";
  readonly operation: string;
  /** Who authenticates and decodes it: what spoils it for sure differs. */
  readonly side: "arm" | "sign-in" | "plain" | "kubernetes";
  method: string;
  /** Parts of the path; those at `names` stand for a resource's name. */
  readonly segments: string[];
  readonly names: readonly number[];
  query: string[];
  headers: [name: string, value: string][];
  body: Buffer | undefined;
  /** What happens on the wire beside one well-formed request. */
  manner: Manner;
}

export type Manner =
  | { readonly kind: "plain" }
  /** Only the first part of the bytes is sent, then nothing. */
  | { readonly kind: "half"; readonly share: number }
  /** The bytes come in small parts. */
  | { readonly kind: "slow"; readonly parts: number }
  /** The request again and again on one connection, without waiting. */
  | { readonly kind: "pipelined"; readonly times: number }
  /** These bytes instead. */
  | { readonly kind: "bytes"; readonly bytes: Buffer; readonly alpn?: string };

/** The bytes of the draft as one HTTP/1.1 request. */
export function bytesOf(draft: Draft): Buffer {
  if (draft.manner.kind === "bytes") return draft.manner.bytes;
  const query = draft.query.length === 0 ? "" : `?${draft.query.join("&")}`;
  const lines = draft.headers.map(([name, value]) => `${name}: ${value}`);
  const head = `${draft.method} ${draft.segments.join("/")}${query} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head, "latin1"), draft.body ?? Buffer.alloc(0)]);
}

/** Gives a header this value, in place of those of the same name. */
export function setHeader(draft: Draft, name: string, value: string | undefined): void {
  draft.headers = draft.headers.filter(([other]) => other.toLowerCase() !== name.toLowerCase());
  if (value !== undefined) draft.headers.push([name, value]);
}

/** Gives it a body with its right length. */
export function setBody(draft: Draft, body: Buffer | string): void {
  draft.body = typeof body === "string" ? Buffer.from(body) : body;
  setHeader(draft, "Content-Length", String(draft.body.length));
}

/** Bytes of a body that was not spoiled yet, at most. */
const MOST_BYTES = 50_000;

/** The value of a body that was not spoiled yet; none of one that was. */
export function valueOf(draft: Draft): Record<string, unknown> {
  if ((draft.body?.length ?? 0) > MOST_BYTES) return {};
  try {
    const value: unknown = JSON.parse(draft.body?.toString() ?? "{}");
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
