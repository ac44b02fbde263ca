import { armErrors } from "../errors.ts";
import { scopeOf } from "../door/resource-id.ts";
import { requireObject } from "../groups/validate.ts";
import { isGuid, sameName } from "../ids.ts";
import type { Directory } from "../identity/directory/model.ts";
import type { ArmRequest, ArmResponse } from "../provider.ts";
import { timestamp } from "../time.ts";
import { type Assignment, type Assignments, PRINCIPAL_TYPES, type PrincipalType } from "./assignments.ts";
import { authorizationErrors } from "./errors.ts";
import { parseListFilter } from "./filter.ts";
import { holds } from "./permissions.ts";
import { isAssignable, type Roles } from "./roles.ts";

/** What role assignments are answered from. */
export interface AssignmentOptions {
  readonly roles: Roles;
  readonly assignments: Assignments;
  readonly directory: () => Directory;
  readonly ownIdentities: () => readonly string[];
  readonly now: () => number;
}

const MAX_DESCRIPTION = 1_024;
/** Versions from which answers have these members. Source: Azure/azure-rest-api-specs, Microsoft.Authorization. */
const PRINCIPAL_TYPE_SINCE = "2018-01-01";
const CONDITION_SINCE = "2020-03-01";

/** Answers `{scope}/providers/Microsoft.Authorization/roleAssignments…`. @throws {ArmError} */
export async function answerAssignments(request: ArmRequest, options: AssignmentOptions): Promise<ArmResponse> {
  const [, name, ...rest] = request.path.segments;
  if (rest.length > 0) throw armErrors.noSuchPath(request.path.segments.join("/"));
  if (name === undefined) return list(request, options);
  const present = options.assignments.find(name);
  const isHere = present !== undefined && sameName(present.scope, scopeOf(request.path));
  switch (request.method) {
    case "GET":
      if (!isHere) throw authorizationErrors.assignmentNotFound(name);
      return { status: 200, body: view(request, present) };
    case "PUT":
      return await put(request, name, options);
    case "DELETE":
      if (!isHere) return { status: 204 };
      await options.assignments.remove(name);
      return { status: 200, body: view(request, present) };
    default:
      throw armErrors.methodNotAllowed(request.method);
  }
}

/** At, above and below the scope; with `atScope()` not below. */
function list(request: ArmRequest, { assignments }: AssignmentOptions): ArmResponse {
  if (request.method !== "GET") throw armErrors.methodNotAllowed(request.method);
  const scope = scopeOf(request.path);
  const { isAtScope, assignedTo, equal } = parseListFilter(request.query, ["principalid"]);
  const principal = assignedTo ?? equal.principalid;
  const value = assignments
    .list()
    .filter((assignment) => holds(assignment.scope, scope) || (!isAtScope && holds(scope, assignment.scope)))
    .filter(({ principalId }) => principal === undefined || sameName(principalId, principal))
    .map((assignment) => view(request, assignment));
  return { status: 200, body: { value } };
}

async function put(request: ArmRequest, name: string, options: AssignmentOptions): Promise<ArmResponse> {
  const scope = scopeOf(request.path);
  if (!isGuid(name)) throw authorizationErrors.assignmentId(name);
  const wanted = decode(request.body, options);
  const role = options.roles.find(wanted.role);
  if (role === undefined || !isAssignable(role, scope)) throw authorizationErrors.definitionNotFound(400, wanted.role);
  const [nowMs, createdBy] = [options.now(), request.principal.objectId];
  const { assignment, created } = await options.assignments.put({
    ...wanted,
    role: role.name,
    name: name.toLowerCase(),
    scope,
    createdMs: nowMs,
    updatedMs: nowMs,
    createdBy,
  });
  // Source: recorded `az role assignment create`: who has made it is told from the next answer on.
  return { status: created ? 201 : 200, body: view(request, assignment, created ? null : assignment.createdBy) };
}

/** @throws {ArmError} for members that are missing or wrong, and principals that are not in the directory. */
function decode(body: unknown, options: AssignmentOptions): Pick<Assignment, "role" | "principalId" | "principalType" | "description"> {
  const { properties } = requireObject(body);
  const { roleDefinitionId, principalId, principalType, description, condition } = requireObject(properties);
  if (typeof roleDefinitionId !== "string" || typeof principalId !== "string") throw authorizationErrors.badRequest();
  if (!isGuid(principalId)) throw authorizationErrors.principalId(principalId);
  const role = /\/roleDefinitions\/([^/]+)$/i.exec(roleDefinitionId)?.[1] ?? roleDefinitionId;
  if (!isGuid(role)) throw authorizationErrors.definitionId(role);
  if (condition !== undefined && condition !== null && condition !== "") throw armErrors.notEmulated("A condition of a role assignment");
  const about = description ?? undefined;
  if (about !== undefined && (typeof about !== "string" || about.length > MAX_DESCRIPTION)) throw authorizationErrors.badRequest();
  const type = typeFor(principalId, principalType ?? undefined, options);
  return { role, principalId: principalId.toLowerCase(), principalType: type, ...(about === undefined ? {} : { description: about }) };
}

/** A principal whose type is said need not be known: it may be new. */
function typeFor(principalId: string, asked: unknown, options: AssignmentOptions): PrincipalType {
  const known = typeOf(principalId, options);
  if (asked === undefined) {
    if (known === undefined) throw authorizationErrors.principalNotFound(principalId, options.directory().tenantId);
    return known;
  }
  const type = PRINCIPAL_TYPES.find((candidate) => typeof asked === "string" && sameName(candidate, asked));
  if (type === undefined) throw authorizationErrors.principalType(typeof asked === "string" ? asked : JSON.stringify(asked));
  if (known !== undefined && known !== type) throw authorizationErrors.principalTypeMismatch(principalId, known, type);
  return type;
}

function typeOf(principalId: string, { directory, ownIdentities }: AssignmentOptions): PrincipalType | undefined {
  const { applications, managedIdentities, users } = directory();
  const isIt = ({ objectId }: { readonly objectId: string }): boolean => sameName(objectId, principalId);
  if (users.some(isIt)) return "User";
  if (applications.some(isIt) || managedIdentities.some(isIt)) return "ServicePrincipal";
  return ownIdentities().some((objectId) => sameName(objectId, principalId)) ? "ServicePrincipal" : undefined;
}

/** Source: recorded `az role assignment list` of 2020-04-01-preview and 2022-04-01. */
function view(
  { path, apiVersion }: ArmRequest,
  assignment: Assignment,
  createdBy: string | null = assignment.createdBy,
): Record<string, unknown> {
  const { name, scope, role, principalId, principalType, description, createdMs, updatedMs } = assignment;
  const subscription = path.subscriptionId === "" ? "" : `/subscriptions/${path.subscriptionId}`;
  const isConditional = apiVersion >= CONDITION_SINCE;
  return {
    properties: {
      roleDefinitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
      principalId,
      ...(apiVersion < PRINCIPAL_TYPE_SINCE ? {} : { principalType }),
      scope,
      ...(isConditional ? { condition: null, conditionVersion: null } : {}),
      createdOn: timestamp(createdMs),
      updatedOn: timestamp(updatedMs),
      createdBy,
      updatedBy: assignment.createdBy,
      ...(isConditional ? { delegatedManagedIdentityResourceId: null, description: description ?? null } : {}),
    },
    id: `${scope === "/" ? "" : scope}/providers/Microsoft.Authorization/roleAssignments/${name}`,
    type: "Microsoft.Authorization/roleAssignments",
    name,
  };
}
