import type { KubeObject } from "#api/kubernetes/meta";
import type { Duplicates } from "./http/duplicates.ts";
import type { Resource } from "./resources.ts";
import type { Listed } from "./storage/resource-cache.ts";

/** Who asks, once authenticated. */
export interface User {
  readonly name: string;
  readonly groups: readonly string[];
  readonly uid?: string;
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** One call with a decoded body, whichever door it came through. */
export interface ApiRequest {
  readonly method: string;
  /** From the root of the API, without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly user: User;
  /** Without parameters; undefined when the caller sent none. */
  readonly contentType?: string;
  readonly body?: unknown;
  /** Members that came twice in it, looked for when it is asked. */
  duplicates?(): Duplicates | undefined;
  /** Every `command` of the query, and every `ports`, in order, of callers that want a session. */
  readonly command?: readonly string[];
  readonly ports?: readonly string[];
  /** Who writes when the query does not say; absent for callers of this process. */
  readonly fieldManager?: string;
  /** Takes what is to be said beside the answer; absent for callers of this process. */
  warn?(text: string): void;
  /** Nobody else holds the body, so it may become the stored object without a copy. */
  readonly ownsBody: boolean;
}

export interface ListMetadata {
  /** Absent for lists of what is not stored. */
  readonly resourceVersion?: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

/** What the core answers; doors turn it into objects, JSON, tables or text. */
export type Answer =
  | { readonly kind: "object"; readonly code: number; readonly object: KubeObject; readonly of: Resource }
  | { readonly kind: "list"; readonly items: readonly Listed[]; readonly metadata: ListMetadata; readonly of: Resource }
  | { readonly kind: "document"; readonly code: number; readonly document: object }
  | {
      readonly kind: "text";
      readonly code: number;
      readonly text: string;
      /** Sends what comes after the text, for callers that stay; returns the way to stop. */
      readonly follow?: (sink: TextSink) => () => void;
    }
  | { readonly kind: "session"; readonly session: Session };

/** Takes text as it comes. */
export interface TextSink {
  write(text: string): void;
  /** Nothing more comes. */
  end(): void;
}

/** The far end of a connection to a container. Source: kubernetes/pkg/apis/core, PodExecOptions: streams. */
export interface SessionSink {
  stdout(text: string): void;
  stderr(text: string): void;
  /** How it ended: a Status. Nothing comes after it. */
  end(status: SessionStatus): void;
}

/** As much of a Status as tells how a session ended. */
export interface SessionStatus {
  readonly status?: string;
  readonly message?: string;
}

/** The streams that the caller asked for. */
export interface SessionStreams {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  /** A terminal is at the other end: stdout and stderr are one. */
  readonly tty: boolean;
}

/** What a connection to a container does once it is up; it needs one that was upgraded. */
export type Session = CommandSession | ForwardSession;

export interface CommandSession {
  readonly kind: "command";
  readonly streams: SessionStreams;
  /** Begins, and returns the way to stop when the caller has gone. */
  open(sink: SessionSink): () => void;
}

export interface ForwardSession {
  readonly kind: "forward";
  /** Ports that the caller named before it connects. */
  readonly ports: readonly number[];
  /** Why nothing can be reached at a port of the pod. */
  refusal(port: number): string;
}
