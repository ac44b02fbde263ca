import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { DoorOptions } from "../../door/app.ts";
import { baseUrlOf, headersOf, pathOf, queryOf, textOf } from "../../door/exchange.ts";
import { isGuid } from "../../ids.ts";
import { ArmError } from "../../provider.ts";
import { timestamp } from "../../time.ts";
import type { DirectorySource } from "../directory/source.ts";
import { writeJson } from "../routes.ts";
import type { Tokens } from "../tokens.ts";
import type { VerifiedToken } from "../verify.ts";
import { answerGraph, GraphError } from "./answer.ts";

export interface GraphOptions extends DoorOptions {
  readonly tokens: Tokens;
  readonly directory: DirectorySource;
}

const ROOT = "/v1.0";
/** What is answered with anything but a refusal. */
const PATHS = [
  "/applications",
  "/applications/:id",
  "/applications/:id/federatedIdentityCredentials",
  "/directoryObjects/:id",
  "/groups",
  "/me",
  "/servicePrincipals",
  "/servicePrincipals/:id",
  "/users",
  "/users/:id",
];

/** Microsoft Graph's own names, and this server's: az's cloud names one audience for all. */
const AUDIENCE =
  /^(?:https:\/\/graph\.microsoft\.com|00000003-0000-0000-c000-000000000000|https?:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?)\/*$/i;

/** Adds the part of Microsoft Graph that tells who is in the directory. */
export function addGraphRoutes(app: FastifyInstance, options: GraphOptions): void {
  const answer = (request: FastifyRequest, reply: FastifyReply): Promise<void> => respond(request, reply, options);
  for (const path of PATHS) app.get(`${ROOT}${path}`, answer);
  app.post(`${ROOT}/directoryObjects/getByIds`, answer);
  app.post(`${ROOT}/users/:id/getMemberGroups`, answer);
  app.all(`${ROOT}/*`, { config: { methods: [] } }, answer);
}

async function respond(request: FastifyRequest, reply: FastifyReply, { tokens, directory, clock, random }: GraphOptions): Promise<void> {
  try {
    const { principal, kind } = await verified(request, tokens);
    const graphRequest = {
      method: request.method,
      segments: decodedSegments(pathOf(request)).slice(1),
      query: queryOf(request),
      body: bodyOf(request),
      principal,
      isUser: kind === "user",
      baseUrl: baseUrlOf(request.raw),
    };
    writeJson(reply, 200, answerGraph(graphRequest, directory()));
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    const asked = headersOf(request)["client-request-id"];
    const id = random.uuid();
    const innerError = {
      date: timestamp(clock.now()).slice(0, 19),
      "request-id": id,
      "client-request-id": asked !== undefined && isGuid(asked) ? asked : id,
    };
    writeJson(reply, error.status, { error: { code: error.code, message: error.message, innerError } });
  }
}

/** Source: learn.microsoft.com/graph/resolve-auth-errors. @throws {GraphError} 401. */
async function verified(request: FastifyRequest, tokens: Tokens): Promise<VerifiedToken> {
  const token = /^Bearer\s+(\S+)$/i.exec(headersOf(request).authorization ?? "")?.[1];
  if (token === undefined) throw new GraphError(401, "InvalidAuthenticationToken", "Access token is empty.");
  const found = await tokens.verifyAccess(token).catch((error: unknown) => {
    if (!(error instanceof ArmError)) throw error;
    const isOver = error.code === "ExpiredAuthenticationToken";
    throw new GraphError(
      401,
      "InvalidAuthenticationToken",
      isOver ? "Lifetime validation failed, the token is expired." : "Access token validation failure.",
    );
  });
  if (!AUDIENCE.test(found.audience) && found.audience.replace(/\/+$/, "") !== baseUrlOf(request.raw)) {
    throw new GraphError(401, "InvalidAuthenticationToken", "Access token validation failure. Invalid audience.");
  }
  return found;
}

function decodedSegments(path: string): readonly string[] {
  try {
    return decodeURIComponent(path)
      .split("/")
      .filter((part) => part !== "");
  } catch {
    throw new GraphError(400, "BadRequest", "The request URI is not valid.");
  }
}

function bodyOf(request: FastifyRequest): unknown {
  const text = textOf(request);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new GraphError(
      400,
      "BadRequest",
      "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.",
    );
  }
}
