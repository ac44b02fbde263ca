import { ArmError } from "../provider.ts";

const refuse =
  (status: number, code: string) =>
  (message: string): ArmError =>
    new ArmError(status, code, message);

/**
 * The refusals of Azure RBAC.
 * Source: learn.microsoft.com/azure/role-based-access-control/troubleshooting, and answers quoted in public issues.
 */
export const authorizationErrors = {
  failed: (client: string, objectId: string, { action, scope }: { readonly action: string; readonly scope: string }) =>
    refuse(
      403,
      "AuthorizationFailed",
    )(
      `The client '${client}' with object id '${objectId}' does not have authorization to perform action '${action}' over scope ` +
        `'${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
    ),
  assignmentId: (id: string) =>
    refuse(400, "InvalidRoleAssignmentId")(`The role assignment ID '${id}' is not valid. The role assignment ID must be a GUID.`),
  definitionId: (id: string) =>
    refuse(400, "InvalidRoleDefinitionId")(`The role definition ID '${id}' is not valid. The role definition ID must be a GUID.`),
  principalId: (id: string) => refuse(400, "InvalidPrincipalId")(`The Principal ID '${id}' is not valid. Principal ID must be a GUID.`),
  principalType: (type: string) => refuse(400, "InvalidPrincipalType")(`The principal type '${type}' is not valid.`),
  principalNotFound: (id: string, tenantId: string) =>
    refuse(
      400,
      "PrincipalNotFound",
    )(
      `Principal ${plain(id)} does not exist in the directory ${tenantId}. Check that you have the correct principal ID. If you are creating ` +
        "this principal and then immediately assigning a role, this error might be related to a replication delay. In this case, set the role " +
        "assignment principalType property to a value, such as ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype",
    ),
  /** Source: answers quoted in public issues, "PrinciaplType" as it is. */
  principalTypeMismatch: (id: string, is: string, asked: string) =>
    refuse(
      400,
      "UnmatchedPrincipalType",
    )(`The PrincipalId '${plain(id)}' has type '${is}' , which is different from specified PrinciaplType '${asked}'.`),
  badRequest: () => refuse(400, "BadRequestFormat")("The request was incorrectly formatted."),
  definitionNotFound: (status: 400 | 404, id: string) =>
    refuse(status, "RoleDefinitionDoesNotExist")(`The specified role definition with ID '${plain(id)}' does not exist.`),
  assignmentNotFound: (id: string) => refuse(404, "RoleAssignmentNotFound")(`The role assignment '${id}' is not found.`),
  assignmentExists: (name: string) =>
    refuse(409, "RoleAssignmentExists")(`The role assignment already exists. The ID of the existing role assignment is ${plain(name)}.`),
  assignmentChange: () =>
    refuse(409, "RoleAssignmentUpdateNotPermitted")("Tenant ID, application ID, principal ID, and scope are not allowed to be updated."),
  tooManyAssignments: () =>
    refuse(
      400,
      "RoleAssignmentLimitExceeded",
    )(
      "No more role assignments can be created (code: RoleAssignmentLimitExceeded). The number of role assignments for this scope is exceeded.",
    ),
  /** Unverified: the words. */
  tooManyDefinitions: () =>
    refuse(400, "RoleDefinitionLimitExceeded")("Role definition limit exceeded. No more role definitions can be created."),
  definitionExists: (name: string) =>
    refuse(
      409,
      "RoleDefinitionWithSameNameExists",
    )(`A custom role with the same name already exists in this directory. Use a different name: '${name}'.`),
  definitionHasAssignments: () => refuse(400, "RoleDefinitionHasAssignments")("There are existing role assignments referencing role."),
  /** Unverified: code and words. */
  definitionBuiltIn: (name: string) =>
    refuse(403, "CannotModifyBuiltInRole")(`The built-in role '${plain(name)}' cannot be changed or deleted.`),
  definitionScopes: (scope: string) =>
    refuse(
      400,
      "LinkedInvalidPropertyId",
    )(
      `Property id '${scope}' at path 'properties.assignableScopes' is invalid. Expect fully qualified resource Id that start with '/subscriptions/{subscriptionId}' or '/providers/{resourceProviderNamespace}/'.`,
    ),
} as const;

/** A GUID as .NET's format N writes it. */
function plain(id: string): string {
  return id.replaceAll("-", "").toLowerCase();
}
