import type { WatchEvent } from "./meta.ts";

/** One call of the Kubernetes API with decoded bodies. */
export interface KubeCall {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** From the root of the API: `/api/v1/nodes/x`, `/apis/apps/v1/...`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** `application/json` when absent; the patch type for PATCH. */
  readonly contentType?: string;
  /** The answer as the rows that clients print, each with its object's metadata, where it is of objects. */
  readonly asTable?: boolean;
}

export interface KubeWatchHandlers {
  event(event: WatchEvent): void;
  /** The stream is over; with the reason when it did not end by itself. Called once, never after `stop`. */
  end(error?: Error): void;
}

/**
 * The way to a Kubernetes API: in-process (objects are shared, nothing is encoded) or over HTTP.
 * Calls reject with {@link StatusError} for refusals.
 */
export interface KubeTransport {
  /** Whether watches have told of a write when its call resolves; over HTTP they may come later. */
  readonly tellsAtOnce?: boolean;
  call(call: KubeCall): Promise<unknown>;
  /** `path` and `query` of a watch, `watch=true` included. */
  watch(call: Pick<KubeCall, "path" | "query">, handlers: KubeWatchHandlers): { stop(): void };
}
