import type { FastifyInstance } from "fastify";
import type { ArmResponse, Method } from "../provider.ts";
import { authenticate } from "../identity/authenticate.ts";
import { renderResponse } from "./answer.ts";
import { answering } from "./app.ts";
import { decodeBody } from "./body.ts";
import { baseUrlOf, headersOf, textOf } from "./exchange.ts";
import type { RouteOptions } from "./routes.ts";

/** A call to the program itself, beside what Azure has: `/lido/v1/…`, without an api-version. */
export interface AdministrativeRoute {
  readonly method: Method;
  /** `/lido/v1/faults/:id`. */
  readonly url: string;
  /** @param call.body decoded JSON; undefined when there was none. @throws {ArmError} */
  handle(call: { readonly params: Readonly<Record<string, string | undefined>>; readonly body: unknown }): Promise<ArmResponse>;
}

/** What these calls are, to roles that are enforced: a namespace that nobody registers. */
const NAMESPACE = "Lido.Administration";

/** Adds calls to the program itself; they need a token, and where roles are enforced one that allows them in the first subscription. */
export function addAdministration(app: FastifyInstance, routes: readonly AdministrativeRoute[], options: RouteOptions): void {
  const subscriptionId = options.subscriptions[0]?.id ?? "";
  for (const { method, url, handle } of routes) {
    const respond = answering(async (request) => {
      const principal = await authenticate(headersOf(request).authorization, { ...options, baseUrl: baseUrlOf(request.raw) });
      options.enforcement.check({ method, principal, path: { subscriptionId, namespace: NAMESPACE, segments: ["server", "this"] } });
      const params = request.params as Readonly<Record<string, string | undefined>>;
      return renderResponse(await handle({ params, body: decodeBody(textOf(request)) }));
    }, options);
    app.route({ method, url, handler: respond });
  }
}
