import type { KubeObject } from "#api/kubernetes/meta";
import type { StatusError } from "#api/kubernetes/status";
import type { KubeCall, KubeTransport, KubeWatchHandlers } from "#api/kubernetes/transport";
import { tableOf, type TableOptions } from "./http/table.ts";
import type { StrategyContext } from "./registry/kind.ts";
import type { Answer, ApiRequest, User } from "./request.ts";
import { listKindOf } from "./resources.ts";
import { upgradeRequired } from "./status.ts";
import type { WatchSink } from "./verbs/watch.ts";

/** What the transport needs of the server. */
export interface Entrance {
  /** @throws {StatusError} at once or by the promise. */
  serve(request: ApiRequest): Answer | Promise<Answer>;
  /** @throws {StatusError} when the watch cannot begin. */
  /** What a watch has to wait for before it begins. @throws {StatusError} */
  prepareWatch(request: ApiRequest): Promise<void> | undefined;
  watch(request: ApiRequest, sink: WatchSink): () => void;
  /** What a thrown value is for the caller; logs it when it is a defect. */
  refusalOf(error: unknown): StatusError;
  /** What rows of tables depend on. */
  tableContext(): StrategyContext;
}

/** The API for code of this process: as over HTTP, but objects are handed over as they are. */
export function createTransport(entrance: Entrance, user: User): KubeTransport {
  return {
    tellsAtOnce: true,
    async call(call) {
      try {
        const answer = await entrance.serve(requestOf(call, user));
        return call.asTable === true ? tableIn(answer, entrance.tableContext()) : valueOf(answer);
      } catch (error) {
        throw entrance.refusalOf(error);
      }
    },
    watch: (call, handlers) => openWatch(entrance, requestOf({ method: "GET", ...call }, user), handlers),
  };
}

const NO_QUERY: Readonly<Record<string, string>> = {};

function requestOf({ method, path, query, body, contentType }: KubeCall, user: User): ApiRequest {
  return {
    method,
    path,
    query: query ?? NO_QUERY,
    user,
    body,
    ownsBody: false,
    ...(contentType === undefined ? {} : { contentType }),
    ...checksOf(query ?? NO_QUERY),
  };
}

/** Code of this process is trusted with its objects; a call that asks for a check, or names its manager, is a client's. */
function checksOf(query: Readonly<Record<string, string>>): Pick<ApiRequest, "fieldManager" | "warn"> {
  const { fieldManager, fieldValidation } = query;
  return {
    ...(fieldManager !== undefined && { fieldManager }),
    ...(fieldValidation !== undefined && { warn: () => undefined }),
  };
}

function valueOf(answer: Answer): unknown {
  if (answer.kind === "object") return answer.object;
  if (answer.kind === "document") return answer.document;
  if (answer.kind === "text") return answer.text;
  if (answer.kind === "session") throw upgradeRequired();
  const { items, metadata, of } = answer;
  return { apiVersion: of.apiVersion, kind: listKindOf(of.kind), metadata, items: items.map(({ object }) => object) };
}

function tableIn(answer: Answer, context: StrategyContext): unknown {
  const options: TableOptions = { version: "v1", includeObject: "Metadata", context, withColumns: true };
  if (answer.kind === "list")
    return tableOf(
      answer.of,
      answer.items.map(({ object }) => object),
      answer.metadata,
      options,
    );
  return answer.kind === "object" ? tableOf(answer.of, [answer.object], {}, options) : valueOf(answer);
}

/**
 * The watch begins in its own turn of the queue, so that handlers are never called before the caller holds the way to
 * stop. It gets no periodic bookmarks: they serve to resume a stream that broke, and this one cannot break.
 */
function openWatch(entrance: Entrance, request: ApiRequest, handlers: KubeWatchHandlers): { stop(): void } {
  let close = (): void => undefined;
  let isStopped = false;
  const end = (error?: StatusError): void => {
    if (isStopped) return;
    isStopped = true;
    handlers.end(error);
  };
  const sink: WatchSink = {
    event: (type, object: KubeObject) => {
      if (!isStopped) handlers.event({ type, object });
    },
    end,
  };
  queueMicrotask(() => {
    if (isStopped) return;
    try {
      close = entrance.watch(withoutBookmarks(request), sink);
      // The first events may have made the caller stop.
      if (isStopped) close();
    } catch (error) {
      end(entrance.refusalOf(error));
    }
  });
  return {
    stop() {
      isStopped = true;
      close();
    },
  };
}

function withoutBookmarks(request: ApiRequest): ApiRequest {
  const { allowWatchBookmarks, ...query } = request.query;
  return allowWatchBookmarks === undefined || query["sendInitialEvents"] !== undefined ? request : { ...request, query };
}
