import { type FastifyError, fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { Clock, Logger, Random } from "#lib";
import { armErrors } from "../errors.ts";
import { compactTimestamp } from "../time.ts";
import { renderRefusal, type WireAnswer } from "./answer.ts";
import { MAX_BODY_BYTES } from "./body.ts";
import { requireApiVersion } from "./api-version.ts";
import { Unanswered } from "./call-faults.ts";
import { headersOf, leaveUnanswered, pathOf, queryOf, send } from "./exchange.ts";
import { frontDoorHeaders, type RequestIds, requestIds } from "./headers.ts";

/** What every answer of the door needs. */
export interface DoorOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** Answers one request; refusals are thrown. */
export type Respond = (request: FastifyRequest, ids: RequestIds) => Promise<WireAnswer>;

/** Longest part of a path that a route takes. */
const MAX_PARAM_LENGTH = 2048;

/**
 * A Fastify instance with Azure's manners: paths without regard to letter case, doubled and trailing slashes, bodies as
 * bytes whatever their type, every answer through {@link answering}.
 */
export function createApp(options: DoorOptions): FastifyInstance {
  const app = fastify({
    logger: false,
    bodyLimit: MAX_BODY_BYTES,
    exposeHeadRoutes: false,
    routerOptions: { caseSensitive: false, ignoreTrailingSlash: true, ignoreDuplicateSlashes: true, maxParamLength: MAX_PARAM_LENGTH },
    frameworkErrors: (error, request, reply) => sendRefusal(error, { request, reply, options }),
  });
  // Clients name any type, a wrong one or none, and with HTTP/2 no length either: what comes is read as bytes.
  app.addHook("onRequest", async ({ raw }) => {
    raw.headers["content-type"] = "application/octet-stream";
    // Routes end at a fragment, which no request has: what it names must not be taken for what stands before it. Source: RFC 9112 §3.2.
    if (raw.url?.includes("#") === true) throw armErrors.invalidUri();
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.setErrorHandler<FastifyError>((error, request, reply) => sendRefusal(error, { request, reply, options }));
  app.setNotFoundHandler(
    answering(async (request) => {
      requireApiVersion(queryOf(request));
      throw armErrors.noSuchPath(pathOf(request));
    }, options),
  );
  return app;
}

/** Runs a handler and sends what it answers, or the refusal, or what a defect looks like from outside. */
export function answering(respond: Respond, options: DoorOptions): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  return async (request, reply) => {
    const headers = headersOf(request);
    const ids = requestIds(headers, options.random);
    const answer = await respond(request, ids).catch((error: unknown) =>
      error instanceof Unanswered ? error : refusalOf(error, ids, options),
    );
    if (answer instanceof Unanswered) return leaveUnanswered(reply, answer.kind);
    send(reply, { ...answer, headers: { ...frontDoorHeaders(headers, ids, at(request, options.clock)), ...answer.headers } });
  };
}

function at(request: FastifyRequest, clock: Clock): { readonly nowMs: number; readonly apiVersion?: string } {
  const apiVersion = queryOf(request).get("api-version");
  return { nowMs: clock.now(), ...(apiVersion !== null && { apiVersion }) };
}

function refusalOf(error: unknown, ids: RequestIds, { clock, log }: DoorOptions): WireAnswer {
  const refusal = renderRefusal(error);
  if (refusal !== undefined) return refusal;
  log.error("a request met a defect", { requestId: ids.requestId, error });
  const details = `timestamp '${compactTimestamp(clock.now())}', tracking id '${ids.requestId}', request correlation id '${ids.correlationId}'`;
  const answer = renderRefusal(armErrors.internal(details));
  if (answer === undefined) throw new Error("a refusal of the table can be rendered", { cause: error });
  return answer;
}

/** What Fastify itself refuses, in Azure's words. */
function sendRefusal(
  error: FastifyError,
  { request, reply, options }: { readonly request: FastifyRequest; readonly reply: FastifyReply; readonly options: DoorOptions },
): void {
  void answering(async () => {
    throw translate(error);
  }, options)(request, reply);
}

function translate(error: FastifyError): Error {
  switch (error.code) {
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return armErrors.contentTooLarge("4 MB");
    case "FST_ERR_BAD_URL":
      return armErrors.invalidUri();
    case "FST_ERR_MAX_PARAM_LENGTH":
      return armErrors.uriTooLong();
    case "ECONNRESET":
      // Nobody hears it: the caller has hung up in the middle of the body. It is no defect.
      return armErrors.invalidContent("The request ended before its body");
    case "FST_ERR_CTP_INVALID_CONTENT_LENGTH":
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
      return armErrors.invalidContent("The body does not fit its Content-Length or Content-Type");
    default:
      return error;
  }
}
