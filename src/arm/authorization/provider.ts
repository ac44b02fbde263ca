import { armErrors } from "../errors.ts";
import { scopeOf } from "../door/resource-id.ts";
import { sameName } from "../ids.ts";
import type { ArmRequest, ArmResponse, ResourceProvider } from "../provider.ts";
import { answerDefinitions, type DefinitionOptions, permissionView } from "./definitions.ts";
import type { Enforcement } from "./enforcement.ts";
import { answerAssignments, type AssignmentOptions } from "./role-assignments.ts";

const NAMESPACE = "Microsoft.Authorization";
const SHARED_VERSIONS = [
  "2022-04-01",
  "2018-07-01",
  "2018-01-01-preview",
  "2016-07-01",
  "2015-07-01",
  "2015-06-01",
  "2015-05-01-preview",
  "2014-10-01-preview",
  "2014-07-01-preview",
];
const ASSIGNMENT_VERSIONS = [
  "2021-04-01-preview",
  "2020-10-01-preview",
  "2020-08-01-preview",
  "2020-04-01-preview",
  "2020-03-01-preview",
  "2019-04-01-preview",
  "2018-12-01-preview",
  "2018-09-01-preview",
  "2017-10-01-preview",
];
/** Roles are given on resources too. */
const EXTENDS = { capabilities: "SupportsExtension" };
const newestFirst = (versions: readonly string[]): readonly string[] => versions.toSorted().toReversed();

/** What {@link createAuthorizationProvider} answers, below the namespace, at any scope. */
export const authorizationOperations: readonly string[] = [
  ...["roleAssignments", "roleDefinitions"].flatMap((type) => [
    `GET ${type}`,
    ...["GET", "PUT", "DELETE"].map((method) => `${method} ${type}/{name}`),
  ]),
  "GET permissions",
];

/** Answers `{scope}/providers/Microsoft.Authorization/…` but for locks: roles, who has them, and what that allows. */
export function createAuthorizationProvider(
  options: DefinitionOptions & AssignmentOptions & { readonly enforcement: Enforcement },
): ResourceProvider {
  return {
    namespace: NAMESPACE,
    resourceTypes: [
      {
        resourceType: "roleAssignments",
        locations: [],
        apiVersions: newestFirst([...SHARED_VERSIONS, ...ASSIGNMENT_VERSIONS]),
        ...EXTENDS,
      },
      {
        resourceType: "roleDefinitions",
        locations: [],
        apiVersions: newestFirst([...SHARED_VERSIONS, "2023-07-01-preview", "2022-05-01-preview"]),
        ...EXTENDS,
      },
      { resourceType: "permissions", locations: [], apiVersions: newestFirst([...SHARED_VERSIONS, "2022-05-01-preview"]), ...EXTENDS },
    ],
    resources: () => [],
    beginDelete: async () => undefined,
    async handle(request) {
      const [type = ""] = request.path.segments;
      if (sameName(type, "roleAssignments")) return await answerAssignments(request, options);
      if (sameName(type, "roleDefinitions")) return await answerDefinitions(request, options);
      return answerPermissions(request, options.enforcement);
    },
  };
}

/** What the caller may do at the scope. Source: learn.microsoft.com/rest/api/authorization/permissions. */
function answerPermissions(request: ArmRequest, enforcement: Enforcement): ArmResponse {
  const { path, method, principal, apiVersion } = request;
  if (path.segments.length > 1) throw armErrors.noSuchPath(path.segments.join("/"));
  if (method !== "GET") throw armErrors.methodNotAllowed(method);
  const value = enforcement.permissions(principal, scopeOf(path)).map((permission) => permissionView(permission, apiVersion));
  return { status: 200, body: { value } };
}
