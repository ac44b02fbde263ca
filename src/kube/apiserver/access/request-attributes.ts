import type { ApiRequest } from "../request.ts";
import type { RequestInfo } from "../request-info.ts";
import type { Attributes } from "./rules.ts";

/** What a request wants to do. Source: apiserver pkg/endpoints/filters/authorization.go, GetAuthorizerAttributes. */
export function attributesOf({ user, path, query }: Pick<ApiRequest, "user" | "path" | "query">, info: RequestInfo): Attributes {
  const { verb, group, resource, subresource, namespace } = info;
  if (!info.isResource) return { user, verb, path };
  return { user, verb, group, resource, subresource, namespace, name: info.name === "" ? selectedName(query) : info.name };
}

/** A list or watch of one object by its name counts as being about that object. Source: requestinfo.go, NewRequestInfo. */
function selectedName({ fieldSelector = "" }: Readonly<Record<string, string>>): string {
  return /(?:^|,)metadata\.name==?([^,=!/%]+)(?:,|$)/.exec(fieldSelector)?.[1] ?? "";
}
