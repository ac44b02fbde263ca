import type { KubeObject } from "#api/kubernetes/meta";
import { seenBy } from "../conversion/stored.ts";
import type { Core } from "../core.ts";
import type { Answer, ApiRequest } from "../request.ts";
import type { RequestInfo } from "../request-info.ts";
import { type Resource, shown } from "../resources.ts";
import { notFound } from "../status.ts";
import { entryKey } from "../storage/storage.ts";
import type { CommitTarget } from "./commit.ts";
import { APPLY_PATCH, applyObject } from "./apply.ts";
import { PATCH_TYPES, patchObject } from "./patch.ts";
import { updateObject } from "./update.ts";
import type { WriteOptions } from "../write-options.ts";

/** A request for a resource with all that verbs need of it. */
export interface ResourceCall extends WriteOptions {
  readonly request: ApiRequest;
  readonly info: RequestInfo;
  readonly resource: Resource;
}

/** Which object the call is about. */
export function targetOf({ info, resource, dryRun }: ResourceCall): CommitTarget {
  return { resource, namespace: info.namespace, name: info.name, dryRun };
}

/** The object, at the version of the API that was asked for. */
export function answerOf(code: number, object: KubeObject, of: Resource): Answer {
  return { kind: "object", code, object: shown(of, object), of };
}

/** Reads one object. @throws {StatusError} NotFound. */
export function readOne(core: Core, { info, resource }: ResourceCall): Answer | Promise<Answer> {
  const entry = resource.cache.get(entryKey(info.namespace, info.name));
  if (entry === undefined) throw notFound(resource.of, info.name);
  if (resource.converted === undefined) return answerOf(200, entry.object, resource);
  return seenBy(core, resource, entry).then(({ object }) => answerOf(200, object, resource));
}

/** Updates or patches one object, or the part of it that the subresource is. @throws {StatusError} */
export async function writeOne(core: Core, call: ResourceCall): Promise<Answer> {
  const { request, info, resource, author, fieldValidation } = call;
  const at = { ...targetOf(call), subresource: info.subresource, body: request.body, author, fieldValidation };
  if (info.verb === "patch" && request.contentType === APPLY_PATCH) {
    const { object, created } = await applyObject(core, { ...at, force: request.query["force"] === "true", otherTypes: PATCH_TYPES });
    return answerOf(created ? 201 : 200, object, resource);
  }
  const { object } =
    info.verb === "update"
      ? await updateObject(core, { ...at, ownsBody: request.ownsBody })
      : await patchObject(core, { ...at, contentType: request.contentType });
  return answerOf(200, object, resource);
}
