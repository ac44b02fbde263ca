import { armErrors } from "../errors.ts";
import { scopeOf } from "../door/resource-id.ts";
import { requireObject } from "../groups/validate.ts";
import { isGuid, sameName } from "../ids.ts";
import type { ArmRequest, ArmResponse } from "../provider.ts";
import { timestamp } from "../time.ts";
import type { Assignments } from "./assignments.ts";
import type { Permission } from "./built-in-roles.data.ts";
import { authorizationErrors } from "./errors.ts";
import { parseListFilter } from "./filter.ts";
import type { Role, Roles } from "./roles.ts";

/** What role definitions are answered from. */
export interface DefinitionOptions {
  readonly roles: Roles;
  readonly assignments: Assignments;
  readonly now: () => number;
}

const MAX_NAME = 512;
const MAX_DESCRIPTION = 2_048;
/** Patterns in one list of a permission, and scopes, at most. */
const MAX_ENTRIES = 500;
/** Versions from which permissions speak of data. Source: Azure/azure-rest-api-specs, Microsoft.Authorization 2015-07-01 and 2018-01-01-preview. */
const DATA_ACTIONS_SINCE = "2018-01-01";

/** Answers `{scope}/providers/Microsoft.Authorization/roleDefinitions…`. @throws {ArmError} */
export async function answerDefinitions(request: ArmRequest, options: DefinitionOptions): Promise<ArmResponse> {
  const [, name, ...rest] = request.path.segments;
  if (rest.length > 0) throw armErrors.noSuchPath(request.path.segments.join("/"));
  if (name === undefined) return list(request, options);
  const present = options.roles.find(name);
  switch (request.method) {
    case "GET":
      if (present === undefined) throw authorizationErrors.definitionNotFound(404, name);
      return { status: 200, body: view(request, present) };
    case "PUT":
      return await put(request, { name, present }, options);
    case "DELETE":
      return await remove(request, present, options);
    default:
      throw armErrors.methodNotAllowed(request.method);
  }
}

function list(request: ArmRequest, { roles }: DefinitionOptions): ArmResponse {
  if (request.method !== "GET") throw armErrors.methodNotAllowed(request.method);
  const { equal } = parseListFilter(request.query, ["rolename", "type"]);
  const { rolename, type } = equal;
  const value = roles
    .list(scopeOf(request.path))
    .filter((role) => rolename === undefined || sameName(role.roleName, rolename))
    .filter((role) => type === undefined || sameName(typeOf(role), type))
    .map((role) => view(request, role));
  return { status: 200, body: { value } };
}

async function put(
  request: ArmRequest,
  { name, present }: { readonly name: string; readonly present: Role | undefined },
  { roles, now }: DefinitionOptions,
): Promise<ArmResponse> {
  if (!isGuid(name)) throw authorizationErrors.definitionId(name);
  if (present !== undefined && !present.isCustom) throw authorizationErrors.definitionBuiltIn(name);
  const by = request.principal.objectId;
  const role: Role = {
    ...decode(request.body, scopeOf(request.path)),
    name: name.toLowerCase(),
    isCustom: true,
    createdMs: present?.createdMs ?? now(),
    createdBy: present?.createdBy ?? by,
    updatedMs: now(),
    updatedBy: by,
  };
  await roles.put(role);
  return { status: 201, body: view(request, role) };
}

async function remove(request: ArmRequest, role: Role | undefined, { roles, assignments }: DefinitionOptions): Promise<ArmResponse> {
  if (role === undefined) return { status: 204 };
  if (!role.isCustom) throw authorizationErrors.definitionBuiltIn(role.name);
  if (assignments.list().some((assignment) => sameName(assignment.role, role.name))) throw authorizationErrors.definitionHasAssignments();
  await roles.remove(role.name);
  return { status: 200, body: view(request, role) };
}

/** @throws {ArmError} BadRequestFormat, LinkedInvalidPropertyId. */
function decode(body: unknown, scope: string): Pick<Role, "roleName" | "description" | "permissions" | "assignableScopes"> {
  const { properties } = requireObject(body);
  const { roleName, description, permissions, assignableScopes } = requireObject(properties);
  if (typeof roleName !== "string" || roleName === "" || roleName.length > MAX_NAME) throw authorizationErrors.badRequest();
  const about = description ?? "";
  if (typeof about !== "string" || about.length > MAX_DESCRIPTION) throw authorizationErrors.badRequest();
  if (!Array.isArray(permissions) || permissions.length === 0 || permissions.length > MAX_ENTRIES) throw authorizationErrors.badRequest();
  const scopes = assignableScopes === undefined ? [scope] : texts(assignableScopes);
  const wrong = scopes.find((candidate) => !/^\/subscriptions\/[^/]+(?:\/[^/]+)*\/?$/i.test(candidate));
  if (wrong !== undefined || scopes.length === 0) throw authorizationErrors.definitionScopes(wrong ?? "");
  return { roleName, description: about, permissions: permissions.map(permissionOf), assignableScopes: scopes };
}

function permissionOf(value: unknown): Permission {
  const { actions, notActions, dataActions, notDataActions } = requireObject(value);
  return { actions: texts(actions), notActions: texts(notActions), dataActions: texts(dataActions), notDataActions: texts(notDataActions) };
}

function texts(value: unknown): readonly string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.length > MAX_ENTRIES) throw authorizationErrors.badRequest();
  return value.map((item: unknown) => {
    if (typeof item !== "string" || item === "" || item.length > MAX_DESCRIPTION) throw authorizationErrors.badRequest();
    return item;
  });
}

function typeOf({ isCustom }: Role): string {
  return isCustom ? "CustomRole" : "BuiltInRole";
}

/** Source: recorded `az role definition list` of 2018-01-01-preview and 2022-04-01. Unverified: when and by whom built-in roles were made. */
function view({ path, apiVersion }: ArmRequest, role: Role): Record<string, unknown> {
  const { name, roleName, description, permissions, assignableScopes, createdMs, updatedMs, createdBy, updatedBy } = role;
  const root = path.subscriptionId === "" ? "" : `/subscriptions/${path.subscriptionId}`;
  return {
    properties: {
      roleName,
      type: typeOf(role),
      description,
      assignableScopes,
      permissions: permissions.map((permission) => permissionView(permission, apiVersion)),
      createdOn: createdMs === undefined ? null : timestamp(createdMs),
      updatedOn: updatedMs === undefined ? null : timestamp(updatedMs),
      createdBy: createdBy ?? null,
      updatedBy: updatedBy ?? null,
    },
    id: `${root}/providers/Microsoft.Authorization/roleDefinitions/${name}`,
    type: "Microsoft.Authorization/roleDefinitions",
    name,
  };
}

/** A permission as a version shows it. */
export function permissionView(
  { actions, notActions, dataActions, notDataActions }: Permission,
  apiVersion: string,
): Record<string, unknown> {
  return apiVersion < DATA_ACTIONS_SINCE ? { actions, notActions } : { actions, notActions, dataActions, notDataActions };
}
