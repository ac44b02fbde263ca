import { isJsonObject } from "#kube/apimachinery";
import { isMeasured, serveMetrics } from "./aggregation/metrics.ts";
import { review } from "./access/reviews.ts";
import { readyToList } from "./conversion/stored.ts";
import type { Core } from "./core.ts";
import type { Answer, ApiRequest } from "./request.ts";
import { parseRequestInfo, type RequestInfo } from "./request-info.ts";
import { answersDeleted, isShownAsStored, type Resource, shown } from "./resources.ts";
import { selectionOf } from "./selection.ts";
import { badRequest, noSuchPath, success } from "./status.ts";
import { serveComponents } from "./component-statuses.ts";
import { bindPod } from "./subresources/binding.ts";
import { noMethodOf, serveSubresource } from "./subresources/index.ts";
import { type Listed, objectsOf } from "./storage/resource-cache.ts";
import { createObject } from "./verbs/create.ts";
import { deleteCollection } from "./verbs/delete-collection.ts";
import { deleteObject, deleteOptionsOf } from "./verbs/delete.ts";
import { listObjects } from "./verbs/list.ts";
import { listOptionsOf, watchOptionsOf } from "./verbs/list-options.ts";
import { answerOf, readOne, type ResourceCall, targetOf, writeOne } from "./verbs/single.ts";
import { watchObjects, type WatchSink } from "./verbs/watch.ts";
import { writeOptionsOf } from "./write-options.ts";

/** Answers any call but a watch of resources and the documents of discovery. @throws {StatusError} for every refusal. */
export function serve(core: Core, request: ApiRequest, info: RequestInfo): Answer | Promise<Answer> {
  const call = callOf(core, request, info);
  if (call === undefined) return serveReview(core, request, info);
  return info.subresource === "" ? serveVerb(core, call) : serveSubresource(core, call);
}

/**
 * Opens a watch; events go to `sink`. Returns the way to stop.
 * @throws {StatusError} before anything is told.
 */
export function serveWatch(core: Core, request: ApiRequest, info: RequestInfo, sink: WatchSink): () => void {
  const resource = core.resources.find(info.group, info.version, info.resource);
  if (resource === undefined || info.subresource !== "") throw noSuchPath();
  requireVerb(resource, "watch");
  const { labelSelector, fieldSelector } = selectorsOf(request.query);
  const selection = selectionOf(resource, { namespace: info.namespace, name: info.name, ...labelSelector, ...fieldSelector });
  return watchObjects(core, resource, selection, { options: watchOptionsOf(request.query), sink });
}

/**
 * Has ready what a watch shows first, where a webhook has to be asked for it.
 * @throws {StatusError} TooManyRequests when it fails.
 */
export function prepareWatch(core: Core, info: RequestInfo): Promise<void> | undefined {
  const resource = core.resources.find(info.group, info.version, info.resource);
  if (resource?.converted === undefined) return undefined;
  return readyToList(core, resource, objectsOf(resource.cache.list(info.namespace === "" ? {} : { namespace: info.namespace })));
}

/** What the request's path stands for, so that doors know how to answer. */
export function infoOf({ method, path, query }: Pick<ApiRequest, "method" | "path" | "query">): RequestInfo {
  return parseRequestInfo(method, path, query);
}

function callOf(core: Core, request: ApiRequest, info: RequestInfo): ResourceCall | undefined {
  const resource = core.resources.find(info.group, info.version, info.resource);
  if (resource === undefined) return undefined;
  if (info.namespace !== "" && !resource.kind.namespaced && resource.kind.resource !== "namespaces") throw noSuchPath();
  return { request, info: normalized(resource, info), resource, ...writeOptionsOf(request, info.verb) };
}

/** A namespace's own path names it twice: as namespace and as name. */
function normalized({ kind }: Resource, info: RequestInfo): RequestInfo {
  if (kind.namespaced || info.namespace === "") return info;
  return { ...info, namespace: "" };
}

async function serveReview(core: Core, request: ApiRequest, info: RequestInfo): Promise<Answer> {
  const { access, clock, version, authenticateToken } = core;
  const context = { access, nowMs: clock.now(), version, authenticateToken };
  const document = info.verb === "create" ? await review(context, info, request) : undefined;
  if (document === undefined) throw noSuchPath();
  return { kind: "document", code: 201, document };
}

function serveVerb(core: Core, call: ResourceCall): Answer | Promise<Answer> {
  const { info, resource } = call;
  requireVerb(resource, info.verb);
  requirePath(resource, info);
  if (isMeasured(resource)) return serveMetrics(core, call);
  if (resource.kind.isStored === false) return info.verb === "create" ? bind(core, call) : serveComponents(call);
  switch (info.verb) {
    case "get":
      return readOne(core, call);
    case "list":
      return list(core, call);
    case "create":
      return create(core, call);
    case "update":
    case "patch":
      return writeOne(core, call);
    case "delete":
      return remove(core, call);
    case "deletecollection":
      return removeCollection(core, call);
    default:
      throw noMethodOf(resource, info.verb);
  }
}

/** Collections are created in, single objects are changed. Source: apiserver pkg/endpoints/installer.go. */
function requirePath(resource: Resource, { verb, name }: RequestInfo): void {
  const isOfOne = verb === "update" || verb === "patch";
  if ((isOfOne && name === "") || (verb === "create" && name !== "")) throw noMethodOf(resource, verb);
}

/** Source: apiserver pkg/endpoints/installer.go: a path has no handler for verbs that its storage does not offer. */
function requireVerb(resource: Resource, verb: string): void {
  if (!(resource.kind.verbs as readonly string[]).includes(verb)) throw noMethodOf(resource, verb);
}

/** A binding in its own right. */
async function bind(core: Core, { request, info, dryRun }: ResourceCall): Promise<Answer> {
  const pods = core.resources.preferred("", "pods");
  if (pods === undefined) throw noSuchPath();
  const { body } = request;
  const metadata = isJsonObject(body) && isJsonObject(body["metadata"]) ? body["metadata"] : {};
  if (typeof metadata["name"] !== "string" || metadata["name"] === "") throw badRequest("Name parameter required.");
  const at = { resource: pods, namespace: info.namespace, name: metadata["name"], dryRun };
  return { kind: "document", code: 201, document: await bindPod(core, { ...at, body }) };
}

async function list(core: Core, { request, info, resource }: ResourceCall): Promise<Answer> {
  const { labelSelector, fieldSelector } = selectorsOf(request.query);
  const selection = selectionOf(resource, { namespace: info.namespace, ...labelSelector, ...fieldSelector });
  const { items, metadata } = await listObjects(core, resource, selection, listOptionsOf(request.query));
  const asShown = isShownAsStored(resource) ? items : items.map((item) => shownItem(resource, item));
  return { kind: "list", items: asShown, metadata, of: resource };
}

/** Of custom kinds, some may be shown as they are stored and others not. */
function shownItem(resource: Resource, item: Listed): Listed {
  const object = shown(resource, item.object);
  return object === item.object ? item : { object };
}

function selectorsOf({ labelSelector, fieldSelector }: Readonly<Record<string, string>>): {
  labelSelector: { labelSelector?: string };
  fieldSelector: { fieldSelector?: string };
} {
  return {
    labelSelector: labelSelector === undefined ? {} : { labelSelector },
    fieldSelector: fieldSelector === undefined ? {} : { fieldSelector },
  };
}

async function create(core: Core, call: ResourceCall): Promise<Answer> {
  const { request, info, resource } = call;
  if (resource.kind.namespaced && info.namespace === "") throw badRequest("an empty namespace may not be set during creation");
  const { body, ownsBody } = request;
  const { dryRun, author, fieldValidation } = call;
  const object = await createObject(core, { resource, namespace: info.namespace, body, ownsBody, dryRun, author, fieldValidation });
  return answerOf(201, object, resource);
}

async function remove(core: Core, call: ResourceCall): Promise<Answer> {
  const { request, info, resource, dryRun } = call;
  const options = deleteOptionsOf(request.body, request.query);
  const isDry = dryRun || (options.dryRun ?? []).includes("All");
  const { object, removed } = await deleteObject(core, { ...targetOf(call), dryRun: isDry, options, author: call.author });
  if (!removed || answersDeleted(resource.kind)) return answerOf(200, object, resource);
  const { uid } = object.metadata;
  const { group, resource: kind } = resource.of;
  const details = { name: info.name, ...(group === "" ? {} : { group }), kind, ...(uid === undefined ? {} : { uid }) };
  return { kind: "document", code: 200, document: success(200, details) };
}

async function removeCollection(core: Core, { request, info, resource, dryRun, author }: ResourceCall): Promise<Answer> {
  const { labelSelector, fieldSelector } = selectorsOf(request.query);
  const options = deleteOptionsOf(request.body, request.query);
  const selection = selectionOf(resource, { namespace: info.namespace, ...labelSelector, ...fieldSelector });
  const isDry = dryRun || (options.dryRun ?? []).includes("All");
  const page = await deleteCollection(core, { resource, selection, options, dryRun: isDry, author, list: listOptionsOf(request.query) });
  return { kind: "list", ...page, of: resource };
}
