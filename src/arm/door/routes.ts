import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Enforcement } from "../authorization/index.ts";
import { armErrors } from "../errors.ts";
import { authenticate } from "../identity/authenticate.ts";
import type { Tokens } from "../identity/tokens.ts";
import type { ArmPath, ArmRequest, Method } from "../provider.ts";
import type { ActivityLog } from "../activity/log.ts";
import { noting } from "../activity/watch.ts";
import type { Allowances } from "./allowances.ts";
import { renderRefusal, renderResponse, type WireAnswer } from "./answer.ts";
import { checkArmApiVersion, requireApiVersion } from "./api-version.ts";
import { answering, type DoorOptions } from "./app.ts";
import { decodeBody } from "./body.ts";
import { type CallFaults, withFaults } from "./call-faults.ts";
import type { Call, Handler } from "./call.ts";
import { checkSubscription, type Dispatch } from "./dispatch.ts";
import { baseUrlOf, headersOf, pathOf, queryOf, textOf } from "./exchange.ts";
import type { RequestIds } from "./headers.ts";
import { toArmPath } from "./resource-id.ts";

/** The handlers of one path, by method; any other method is answered 405. */
export type Handlers = Partial<Readonly<Record<Method, Handler>>>;

export interface RouteOptions extends DoorOptions {
  readonly tokens: Tokens;
  readonly tenantId: string;
  readonly subscriptions: readonly { readonly id: string }[];
  readonly dispatch: Dispatch;
  readonly allowances: Allowances;
  readonly activity: ActivityLog;
  readonly enforcement: Enforcement;
  /** What goes wrong on purpose; nothing when absent. */
  readonly faults?: CallFaults | undefined;
}

const METHODS: readonly Method[] = ["GET", "HEAD", "PUT", "POST", "PATCH", "DELETE"];

/** A path of Azure Resource Manager itself, with the checks that all of them share. */
export function addRoute(app: FastifyInstance, url: string, { handlers, options }: { handlers: Handlers; options: RouteOptions }): void {
  const handler: Handler = async (call) => {
    checkArmApiVersion(call.apiVersion);
    const wanted = handlers[call.method];
    if (wanted === undefined) throw armErrors.methodNotAllowed(call.method);
    return await options.enforcement.around(call, wanted);
  };
  app.all(
    url,
    { config: { methods: Object.keys(handlers) } },
    answering((request, ids) => guarded(request, { ids, options }, handler), options),
  );
}

/** Paths of providers: what the route leaves open goes to the dispatch. */
export function addProviderRoute(app: FastifyInstance, url: string, options: RouteOptions): void {
  const handler: Handler = (call) => options.dispatch(toArmRequest(call));
  app.all(
    url,
    { config: { methods: [] } },
    answering((request, ids) => guarded(request, { ids, options }, handler), options),
  );
}

/** Checks api-version, token and subscription, in the order of the real front door, then asks the handler. */
async function guarded(
  request: FastifyRequest,
  { ids, options }: { readonly ids: RequestIds; readonly options: RouteOptions },
  handler: Handler,
): Promise<WireAnswer> {
  const query = queryOf(request);
  const apiVersion = requireApiVersion(query);
  const baseUrl = baseUrlOf(request.raw);
  const headers = headersOf(request);
  const principal = await authenticate(headers.authorization, { ...options, baseUrl });
  const method = METHODS.find((known) => known === request.method);
  if (method === undefined) throw armErrors.methodNotAllowed(request.method);
  const params = request.params as Readonly<Record<string, string | undefined>>;
  if (params.subscriptionId !== undefined) checkSubscription(options.subscriptions, params.subscriptionId);
  const allowance = options.allowances.spend({ method, subscriptionId: params.subscriptionId, principal, apiVersion });
  const { correlationId } = ids;
  const [path, text] = [pathOf(request), textOf(request)];
  const call: Call = { method, path, params, apiVersion, query, headers, text, baseUrl, principal, correlationId };
  const faulty = withFaults(handler, { ...options, armPath: () => armPathOf(params) });
  const answer = await noting(options.activity, { call, clientIp: request.ip }, () => answerOf(call, faulty));
  return { ...answer, headers: { ...allowance, ...answer.headers } };
}

async function answerOf(call: Call, handler: Handler): Promise<WireAnswer> {
  try {
    return renderResponse(await handler(call));
  } catch (error) {
    const refusal = renderRefusal(error);
    if (refusal === undefined) throw error;
    return refusal;
  }
}

/** The namespace whose bodies may be more lenient than JSON: it reads the text itself. */
const READS_TEXT = "microsoft.resources";

function toArmRequest({ params, text, path: _path, ...call }: Call): ArmRequest {
  const path = toArmPath({ ...armPathOf(params), namespace: params.namespace ?? "" });
  return {
    ...call,
    path,
    body: path.namespace?.toLowerCase() === READS_TEXT ? undefined : decodeBody(text),
    ...(text === undefined ? {} : { text }),
  };
}

function armPathOf(params: Call["params"]): ArmPath {
  return {
    subscriptionId: params.subscriptionId ?? "",
    ...(params.group !== undefined && { resourceGroup: params.group }),
    ...(params.namespace !== undefined && { namespace: params.namespace }),
    segments: (params["*"] ?? "").split("/").filter((part) => part !== ""),
  };
}

/** Asks a provider under another path than the client used: an older form of the same address. */
export function forward(dispatch: Dispatch, namespace: string, segments: (call: Call) => readonly string[]): Handler {
  return (call) => {
    const request = toArmRequest({ ...call, params: { ...call.params, namespace } });
    return dispatch({ ...request, path: { ...request.path, segments: segments(call) } });
  };
}
