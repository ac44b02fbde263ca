import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { StatusError } from "#api/kubernetes/status";
import { actingUser } from "../access/impersonation.ts";
import { ANONYMOUS } from "../access/users.ts";
import { type Core, strategyContext } from "../core.ts";
import { aggregatedDiscovery } from "../documents/discovery.ts";
import { OPENAPI_V2_TYPE, openApiV2, openApiV2Protobuf } from "../documents/openapi-v2.ts";
import type { Credentials } from "../options.ts";
import type { ApiRequest, TextSink, User } from "../request.ts";
import type { FlowControl } from "../flow-control/flow-control.ts";
import { managerOfUserAgent } from "../field-management.ts";
import type { RequestInfo } from "../request-info.ts";
import { infoOf } from "../serve.ts";
import { badRequest, isNoSuchPath, noSuchPath, unauthorized, upgradeRequired } from "../status.ts";
import type { Entrance } from "../transport.ts";
import { createAuthenticator } from "./authenticate.ts";
import { decodeBody, mediaTypeOf, readBody } from "./body.ts";
import { EventLines } from "./event-lines.ts";
import { GZIP_HEADERS, isGzipped, sendGzipped } from "./gzip.ts";
import { aggregatedVersion, negotiate } from "./negotiate.ts";
import { eventRenderer, render, type RenderOptions } from "./render.ts";
import { RowTexts } from "./row-texts.ts";
import { sendPieces } from "./send-pieces.ts";
import type { SplicedBody } from "./splices.ts";
import { includeObjectOf } from "./table.ts";
import { createSessions, refuseUpgrade, type Sessions } from "./upgrade.ts";
import { WatchStream } from "./watch-stream.ts";

/** The API for clients over HTTP. */
export interface Door {
  knows(request: IncomingMessage): Promise<boolean>;
  handle(request: IncomingMessage, response: ServerResponse, pathPrefix: string): void;
  handleUpgrade(request: IncomingMessage, connection: { socket: Duplex; head: Buffer }, pathPrefix: string): void;
}

/** Paths that answer everybody. Source: the cluster role system:public-info-viewer. */
const PUBLIC_PATH = /^\/(healthz|livez|readyz)(\/|$)|^\/version\/?$/;
const HEALTH_PATH = /^\/(healthz|livez|readyz)(\/|$)/;

/** Seconds that a watch lasts when its client sets no bound: this, and up to as much again. Source: --min-request-timeout. */
const MIN_WATCH_SECONDS = 1800;

/** Paths that this door answers itself, to those who may read them. */
const KNOWN_DOCUMENTS: ReadonlySet<string> = new Set(["/openapi/v2", "/api", "/apis"]);

const METHODS_WITH_BODY: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH", "DELETE"]);

/** What the door leads to. */
interface Inside {
  readonly core: Core;
  readonly entrance: Entrance;
  readonly flows: Pick<FlowControl, "flowOf">;
}

export function createDoor(inside: Inside, credentials: Credentials): Door {
  const { core, entrance } = inside;
  const authenticate = createAuthenticator(credentials, core);
  const sessions = createSessions(core.wall);
  const made = { lines: new EventLines(), rows: new RowTexts() };
  return {
    knows: async (request) => (await authenticate(request)) !== undefined,
    handle(request, response, pathPrefix) {
      const target = targetOf(request, pathPrefix);
      new Exchange(inside, { request, response, made, ...target }).run(authenticate(request)).catch((error: unknown) => {
        core.log.error("a response could not be sent", { error, path: target.path });
        response.destroy();
      });
    },
    handleUpgrade(request, connection, pathPrefix) {
      void upgrade({ core, entrance, sessions, request, connection, sender: authenticate(request), ...targetOf(request, pathPrefix) });
    },
  };
}

interface Target {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
}

function targetOf({ url = "/" }: IncomingMessage, pathPrefix: string): Target {
  const [path, search] = splitOnce(url.startsWith(pathPrefix) ? url.slice(pathPrefix.length) : url);
  const query: Record<string, string> = {};
  if (search !== "") for (const [name, value] of new URLSearchParams(search)) query[name] ??= value;
  return { path: path === "" ? "/" : path, query };
}

function splitOnce(url: string): [string, string] {
  const at = url.indexOf("?");
  return at === -1 ? [url, ""] : [url.slice(0, at), url.slice(at + 1)];
}

/** What was put into JSON lately, for all who ask for it. */
interface Made {
  readonly lines: EventLines;
  readonly rows: RowTexts;
}

/** One request and its response. */
class Exchange {
  readonly #core: Core;
  readonly #entrance: Entrance;
  readonly #flows: Inside["flows"];
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #made: Made;
  readonly #target: Target;
  readonly #warnings = new Set<string>();

  constructor(
    { core, entrance, flows }: Inside,
    {
      request,
      response,
      made,
      path,
      query,
    }: Target & { readonly request: IncomingMessage; readonly response: ServerResponse; readonly made: Made },
  ) {
    this.#core = core;
    this.#entrance = entrance;
    this.#flows = flows;
    this.#request = request;
    this.#response = response;
    this.#made = made;
    this.#target = { path, query };
  }

  async run(sender: User | Promise<User | undefined>): Promise<void> {
    try {
      const user = await sender;
      if (user === undefined && !PUBLIC_PATH.test(this.#target.path)) throw unauthorized();
      const acting = actingUser(this.#core.access, user ?? ANONYMOUS, this.#request.rawHeaders);
      const info = infoOf({ method: this.#request.method ?? "GET", ...this.#target });
      this.#tellFlow(acting, info);
      if (await this.#sendKnownDocument(acting)) return;
      const call = await this.#call(acting);
      if (info.isResource && info.verb === "watch") {
        const prepared = this.#entrance.prepareWatch(call);
        if (prepared !== undefined) await prepared;
        return this.#watch(call, info);
      }
      const answer = await this.#entrance.serve(call);
      if (answer.kind === "session") throw upgradeRequired();
      if (answer.kind === "text" && answer.follow !== undefined) return this.#follow(answer.text, answer.follow);
      const { contentType, body } = render(answer, this.#renderOptions());
      const code = answer.kind === "list" ? 200 : answer.code;
      if (typeof body === "string") this.#send(code, contentType, body);
      else await this.#sendSpliced(code, contentType, body);
    } catch (error) {
      this.#refuse(this.#entrance.refusalOf(error));
    }
  }

  /** Source: apiserver pkg/server/filters/priority-and-fairness.go, setResponseHeaders. */
  #tellFlow(user: User, info: RequestInfo): void {
    const flow = this.#flows.flowOf(user, info, this.#target.path);
    if (flow === undefined) return;
    this.#response.setHeader("x-kubernetes-pf-flowschema-uid", flow.schema);
    this.#response.setHeader("x-kubernetes-pf-prioritylevel-uid", flow.level);
  }

  async #call(user: User): Promise<ApiRequest> {
    const { method = "GET", headers } = this.#request;
    const contentType = mediaTypeOf(headers["content-type"]);
    const hasBody = METHODS_WITH_BODY.has(method);
    const body = hasBody ? decodeBody(await readBody(this.#request), contentType, method === "PATCH") : undefined;
    return {
      method,
      ...this.#target,
      user,
      body: body?.value,
      ...(body?.duplicates !== undefined && { duplicates: body.duplicates }),
      ownsBody: true,
      fieldManager: managerOfUserAgent(headers["user-agent"] ?? ""),
      warn: (text) => this.#warnings.add(text),
      ...(contentType === undefined ? {} : { contentType }),
    };
  }

  #renderOptions(): RenderOptions {
    return {
      rows: this.#made.rows,
      representation: negotiate(this.#request.headers.accept),
      includeObject: includeObjectOf(this.#target.query),
      context: strategyContext(this.#core),
    };
  }

  /** Documents that are not JSON objects, or that clients keep. */
  async #sendKnownDocument(user: User): Promise<boolean> {
    const { path } = this.#target;
    const isHealth = HEALTH_PATH.test(path);
    if (!isHealth && KNOWN_DOCUMENTS.has(path)) this.#core.access.require({ user, verb: this.#verb(), path });
    if (isHealth) this.#send(200, "text/plain; charset=utf-8", "ok");
    else if (path === "/openapi/v2") await this.#sendOpenApiV2();
    else if (path === "/api" || path === "/apis") return this.#sendAggregatedDiscovery(path);
    else return false;
    return true;
  }

  #verb(): string {
    return (this.#request.method ?? "GET").toLowerCase();
  }

  async #sendOpenApiV2(): Promise<void> {
    if (this.#request.headers.accept?.includes("proto") === true) this.#send(200, OPENAPI_V2_TYPE, await openApiV2Protobuf(this.#core));
    else this.#send(200, "application/json", JSON.stringify(await openApiV2(this.#core)));
  }

  #sendAggregatedDiscovery(path: "/api" | "/apis"): boolean {
    const { headers } = this.#request;
    this.#response.setHeader("vary", "Accept");
    const version = aggregatedVersion(headers.accept);
    if (version === undefined) return false;
    const { text, etag } = aggregatedDiscovery(this.#core.resources, path, version);
    this.#response.setHeader("etag", etag);
    if (headers["if-none-match"] === etag) this.#response.writeHead(304).end();
    else this.#send(200, `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`, text);
    return true;
  }

  #watch(call: ApiRequest, { group, version, resource: name }: RequestInfo): void {
    const resource = this.#core.resources.find(group, version, name);
    if (resource === undefined) throw noSuchPath();
    const stream = new WatchStream(this.#response, eventRenderer(resource, this.#renderOptions(), this.#made.lines));
    const timeoutSeconds = String(MIN_WATCH_SECONDS + this.#core.random.int(MIN_WATCH_SECONDS));
    const stop = this.#entrance.watch({ ...call, query: { timeoutSeconds, ...call.query } }, stream);
    stream.started();
    this.#response.on("close", stop);
    this.#response.writeHead(200, { "content-type": "application/json", "cache-control": CACHE_CONTROL });
    this.#response.flushHeaders();
  }

  /** Text that goes on: what a slow reader does not take is bounded by what the text's source has. */
  #follow(text: string, follow: (sink: TextSink) => () => void): void {
    this.#response.writeHead(200, { "content-type": "text/plain", "cache-control": CACHE_CONTROL });
    this.#response.flushHeaders();
    if (text !== "") this.#response.write(text);
    const stop = follow({ write: (more) => void this.#response.write(more), end: () => void this.#response.end() });
    this.#response.on("close", stop);
  }

  #refuse(refusal: StatusError): void {
    const { status } = refusal;
    if (this.#response.headersSent) return void this.#response.end();
    const retryAfter = status.details?.retryAfterSeconds;
    if (retryAfter !== undefined && retryAfter > 0) this.#response.setHeader("retry-after", String(retryAfter));
    if (isNoSuchPath(status) && !this.#isOfBuiltInGroup()) return this.#send(404, "text/plain; charset=utf-8", "404 page not found\n");
    this.#send(status.code, "application/json", JSON.stringify(status));
  }

  /** Below a group and version of Kubernetes' own, what is not there is told by a Status. Source: apiserver pkg/server/handler.go, director. */
  #isOfBuiltInGroup(): boolean {
    const { isResource, group, version } = infoOf({ method: this.#request.method ?? "GET", ...this.#target });
    const { all } = this.#core.resources;
    return isResource && all.some((each) => each.custom === undefined && each.group === group && each.version === version);
  }

  async #sendSpliced(code: number, contentType: string, body: SplicedBody): Promise<void> {
    const compressed = isGzipped(this.#request.headers["accept-encoding"], body.byteLength);
    this.#begin(code, contentType, compressed ? GZIP_HEADERS : { "content-length": body.byteLength });
    await (compressed ? sendGzipped : sendPieces)(this.#response, body);
  }

  #send(code: number, contentType: string, body: string | Buffer): void {
    this.#begin(code, contentType, { "content-length": Buffer.byteLength(body) });
    this.#response.end(body);
  }

  #begin(code: number, contentType: string, headers: OutgoingHttpHeaders): void {
    if (this.#warnings.size > 0) this.#response.setHeader("warning", [...this.#warnings].map(warningHeader));
    this.#response.writeHead(code, { "content-type": contentType, ...headers, "cache-control": CACHE_CONTROL });
  }
}

/** Source: apimachinery pkg/util/net/http.go, NewWarningHeader. */
function warningHeader(text: string): string {
  // Headers are Latin-1: what is not printable ASCII is left out.
  return `299 - "${text.replaceAll(/[^\x20-\x7e]/g, "").replaceAll(/[\\"]/g, "\\$&")}"`;
}

/** Source: apiserver pkg/endpoints/filters/cachecontrol.go. */
const CACHE_CONTROL = "no-cache, private";

interface UpgradeCall extends Target {
  readonly core: Core;
  readonly entrance: Entrance;
  readonly sessions: Sessions;
  readonly request: IncomingMessage;
  readonly connection: { readonly socket: Duplex; readonly head: Buffer };
  readonly sender: User | Promise<User | undefined>;
}

/** A call that wants a session: asked as any other, and refused before anything is upgraded. */
async function upgrade({ core, entrance, sessions, request, connection, sender, path, query }: UpgradeCall): Promise<void> {
  try {
    const shown = await sender;
    if (shown === undefined) throw unauthorized();
    const user = actingUser(core.access, shown, request.rawHeaders);
    const { method = "GET", url = "" } = request;
    const values = new URLSearchParams(splitOnce(url)[1]);
    const answer = await entrance.serve({
      method,
      path,
      query,
      user,
      command: values.getAll("command"),
      ports: values.getAll("ports"),
      ownsBody: true,
    });
    if (answer.kind !== "session") throw badRequest("this path takes no upgraded connection");
    sessions.serve(request, connection, answer.session);
  } catch (error) {
    refuseUpgrade(connection.socket, entrance.refusalOf(error).status);
  }
}
