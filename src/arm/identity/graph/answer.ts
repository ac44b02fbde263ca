import { sameName } from "../../ids.ts";
import type { Principal } from "../../provider.ts";
import type { Directory } from "../directory/model.ts";
import { FilterError, type GraphObject, parseGraphFilter } from "./filter.ts";
import { type Collection, COLLECTIONS, federatedViews, objectsOf, TYPES } from "./objects.ts";

/** A request to Microsoft Graph whose token has been checked. */
export interface GraphRequest {
  readonly method: string;
  /** What follows `/v1.0/`. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly principal: Principal;
  readonly isUser: boolean;
  readonly baseUrl: string;
}

/** A refusal in Microsoft Graph's envelope. */
export class GraphError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Objects in one page at most, and ids in one request. Source: learn.microsoft.com/graph/paging; directoryobject-getbyids. */
const MAX_PAGE = 999;
const DEFAULT_PAGE = 100;
const MAX_IDS = 1_000;
const MAX_QUOTED = 128;

const graphErrors = {
  notFound: (id: string) =>
    new GraphError(
      404,
      "Request_ResourceNotFound",
      `Resource '${id.slice(0, MAX_QUOTED)}' does not exist or one of its queried reference-property objects are not present.`,
    ),
  noSegment: (segment: string) =>
    new GraphError(400, "BadRequest", `Resource not found for the segment '${segment.slice(0, MAX_QUOTED)}'.`),
  badFilter: (reason: string) =>
    new GraphError(400, "Request_UnsupportedQuery", `Unsupported or invalid query filter clause specified: ${reason}.`),
  badRequest: (message: string) => new GraphError(400, "Request_BadRequest", message),
  meOfApplication: () => new GraphError(400, "BadRequest", "/me request is only valid with delegated authentication flow."),
  /** Differs from AKS: the directory is changed by the file of identities alone, so every change is refused as one without the right. */
  readOnly: () =>
    new GraphError(
      403,
      "Authorization_RequestDenied",
      'Insufficient privileges to complete the operation. The directory of this server is changed with "lido identity".',
    ),
};

/** `servicePrincipals(appId='…')`, `users('…')`. */
const KEYED = /^(\w+)\((?:(\w+)=)?'([^']+)'\)$/;

/**
 * The reads that az and the SDKs make of the directory.
 * Source: learn.microsoft.com/graph/api; Azure/azure-cli:src/azure-cli/azure/cli/command_modules/role/_msgrpah.
 * @throws {GraphError}
 */
export function answerGraph(request: GraphRequest, directory: Directory): GraphObject {
  const [first = "", second, third] = request.segments;
  if (request.method === "POST" && sameName(`${first}/${second}`, "directoryObjects/getByIds")) return getByIds(request, directory);
  if (request.method === "POST" && /^(?:getMemberGroups|checkMemberGroups)$/i.test(third ?? "")) return { value: [] };
  if (request.method !== "GET") throw graphErrors.readOnly();
  if (sameName(first, "me") && second === undefined) return me(request, directory);
  if (sameName(first, "directoryObjects") && second !== undefined) return one(request, everything(directory), second);
  const [, keyed, key, keyValue] = KEYED.exec(first) ?? [];
  const collection = COLLECTIONS.find((name) => sameName(name, keyed ?? first));
  if (collection === undefined) throw graphErrors.noSegment(first);
  const objects = objectsOf(directory, collection);
  if (keyValue !== undefined)
    return withContext(request, collection, find(objects, keyValue, key === undefined ? keysOf(collection) : [key]));
  if (second === undefined) return list(request, collection, objects);
  const found = find(objects, second, keysOf(collection));
  if (third === undefined) return withContext(request, collection, found);
  if (sameName(third, "owners") || sameName(third, "memberOf")) return { value: [] };
  if (sameName(third, "federatedIdentityCredentials")) return { value: federatedViews(directory, second) ?? [] };
  throw graphErrors.noSegment(third);
}

/** Users are also known by their names. */
function keysOf(collection: Collection): readonly string[] {
  return collection === "users" ? ["id", "userPrincipalName"] : ["id"];
}

function find(objects: readonly GraphObject[], wanted: string, keys: readonly string[]): GraphObject {
  const found = objects.find((object) => keys.some((key) => sameName(String(object[key]), wanted)));
  if (found === undefined) throw graphErrors.notFound(wanted);
  return found;
}

function list({ query, baseUrl, segments }: GraphRequest, collection: Collection, objects: readonly GraphObject[]): GraphObject {
  const kept = objects.filter(filterOf(query));
  const size = countOf(query.get("$top"), DEFAULT_PAGE);
  const skipped = countOf(query.get("$skiptoken"), 0);
  const value = kept.slice(skipped, skipped + size).map((object) => selected(object, query));
  const context = { "@odata.context": `${baseUrl}/v1.0/$metadata#${collection}` };
  if (skipped + size >= kept.length) return { ...context, value };
  const next = new URLSearchParams(query);
  next.set("$skiptoken", String(skipped + size));
  return { ...context, "@odata.nextLink": `${baseUrl}/v1.0/${segments.join("/")}?${next.toString()}`, value };
}

function filterOf(query: URLSearchParams): (object: GraphObject) => boolean {
  try {
    return parseGraphFilter(query.get("$filter"));
  } catch (error) {
    if (error instanceof FilterError) throw graphErrors.badFilter(error.message);
    throw error;
  }
}

function countOf(text: string | null, otherwise: number): number {
  if (text === null) return otherwise;
  if (!/^\d{1,6}$/.test(text)) throw graphErrors.badRequest(`Invalid page size or token '${text.slice(0, MAX_QUOTED)}'.`);
  return Math.min(Number(text), MAX_PAGE);
}

function selected(object: GraphObject, query: URLSearchParams): GraphObject {
  const names = query
    .get("$select")
    ?.split(",")
    .map((name) => name.trim().toLowerCase());
  return names === undefined ? object : Object.fromEntries(Object.entries(object).filter(([name]) => names.includes(name.toLowerCase())));
}

function withContext({ baseUrl, query }: GraphRequest, collection: Collection, object: GraphObject): GraphObject {
  return { "@odata.context": `${baseUrl}/v1.0/$metadata#${collection}/$entity`, ...selected(object, query) };
}

function me(request: GraphRequest, directory: Directory): GraphObject {
  if (!request.isUser) throw graphErrors.meOfApplication();
  return withContext(request, "users", find(objectsOf(directory, "users"), request.principal.objectId, ["id"]));
}

/** Every object, with its type. */
function everything(directory: Directory, collections: readonly Collection[] = COLLECTIONS): readonly GraphObject[] {
  return collections.flatMap((collection) =>
    objectsOf(directory, collection).map((object) => ({ "@odata.type": `#microsoft.graph.${TYPES[collection]}`, ...object })),
  );
}

function one({ baseUrl }: GraphRequest, objects: readonly GraphObject[], id: string): GraphObject {
  return { "@odata.context": `${baseUrl}/v1.0/$metadata#directoryObjects/$entity`, ...find(objects, id, ["id"]) };
}

function getByIds({ body, baseUrl }: GraphRequest, directory: Directory): GraphObject {
  const { ids, types } = (typeof body === "object" && body !== null ? body : {}) as { readonly ids?: unknown; readonly types?: unknown };
  if (!Array.isArray(ids) || ids.length > MAX_IDS) throw graphErrors.badRequest(`'ids' is a list of 1 to ${MAX_IDS} ids.`);
  const wanted = new Set(ids.map((id) => String(id).toLowerCase()));
  const kinds = Array.isArray(types) ? types.map((type) => String(type).toLowerCase()) : [];
  const collections = COLLECTIONS.filter(
    (collection) => kinds.length === 0 || kinds.includes("directoryobject") || kinds.includes(TYPES[collection].toLowerCase()),
  );
  const value = everything(directory, collections).filter(({ id }) => wanted.has(String(id).toLowerCase()));
  return { "@odata.context": `${baseUrl}/v1.0/$metadata#directoryObjects`, value };
}
