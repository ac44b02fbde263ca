import { type FieldRequirement, parseFieldSelector, SelectorError } from "#kube/apimachinery";
import type { ApiRequest } from "../request.ts";
import { isTrue, type RequestInfo } from "../request-info.ts";
import type { Attributes } from "./rules.ts";

/** What a request wants to do. Source: apiserver pkg/endpoints/filters/authorization.go, GetAuthorizerAttributes. */
export function attributesOf({ user, path, query }: Pick<ApiRequest, "user" | "path" | "query">, info: RequestInfo): Attributes {
  const { verb, group, resource, subresource, namespace } = info;
  if (!info.isResource) return { user, verb, path };
  const { fieldSelector } = query;
  if (fieldSelector === undefined || fieldSelector === "") return { user, verb, group, resource, subresource, namespace, name: info.name };
  const name = info.name === "" ? selectedName(fieldSelector) : info.name;
  const attributes = { user, verb, group, resource, subresource, namespace, name };
  return isSelective(info, query) ? { ...attributes, fields: fieldsOf(fieldSelector) } : attributes;
}

/** Paths of watches, `/api/v1/watch/…`, are about all that is there. Source: requestinfo.go, verbsWithSelectors. */
function isSelective({ verb }: RequestInfo, { watch }: Readonly<Record<string, string>>): boolean {
  return verb === "list" || verb === "deletecollection" || (verb === "watch" && isTrue(watch));
}

/** A list or watch of one object by its name counts as being about that object. Source: requestinfo.go, NewRequestInfo. */
function selectedName(fieldSelector: string): string {
  return /(?:^|,)metadata\.name==?([^,=!/%]+)(?:,|$)/.exec(fieldSelector)?.[1] ?? "";
}

/** A selector that cannot be read selects nothing here, and is refused where it is used. */
function fieldsOf(fieldSelector: string): readonly FieldRequirement[] {
  try {
    return parseFieldSelector(fieldSelector).requirements;
  } catch (error) {
    if (error instanceof SelectorError) return [];
    throw error;
  }
}
