import { ArmError, type ArmErrorExtra } from "./provider.ts";

const refuse =
  (status: number, code: string) =>
  (message: string, extra?: ArmErrorExtra): ArmError =>
    new ArmError(status, code, message, extra);

const tagTooLarge = (code: string, [part, member]: readonly [string, string], texts: readonly string[], most: number): ArmError =>
  refuse(
    400,
    code,
  )(
    `Tag ${part} too large. Following tag ${member} '${texts.join(", ")}' exceeded the maximum length. ` +
      `Maximum allowed length for tag ${member} - '${most}' characters.`,
  );

/**
 * Every refusal of the door itself, code and words as Azure Resource Manager sends them.
 * Sources: recorded answers, learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors,
 * and answers quoted in public issues; what no source was found for is marked.
 */
export const armErrors = {
  /** Source: answers of https://management.azure.com/ without a query. */
  missingApiVersion: () =>
    refuse(400, "MissingApiVersionParameter")("The api-version query parameter (?api-version=) is required for all requests."),
  invalidApiVersion: (version: string, supported: readonly string[]) =>
    refuse(
      400,
      "InvalidApiVersionParameter",
    )(`The api-version '${version}' is invalid. The supported versions are '${supported.join(",")}'.`),
  noRegisteredProvider: (
    asked: { readonly location: string; readonly version: string; readonly type: string },
    supported: { readonly versions: readonly string[]; readonly locations: readonly string[] },
  ) =>
    refuse(
      400,
      "NoRegisteredProviderFound",
    )(
      `No registered resource provider found for location '${asked.location}' and API version '${asked.version}' for type '${asked.type}'. ` +
        `The supported api-versions are '${supported.versions.join(", ")}'. The supported locations are '${supported.locations.join(", ")}'.`,
    ),
  missingAuthorization: () => refuse(401, "AuthenticationFailed")("Authentication failed. The 'Authorization' header is missing."),
  invalidAuthorization: () =>
    refuse(401, "AuthenticationFailedInvalidHeader")("Authentication failed. The 'Authorization' header is provided in an invalid format."),
  invalidToken: () => refuse(401, "InvalidAuthenticationToken")("The access token is invalid."),
  expiredToken: (expiry: string, now: string) =>
    refuse(401, "ExpiredAuthenticationToken")(`The access token expiry UTC time '${expiry}' is earlier than current UTC time '${now}'.`),
  /** Source: Azure-Samples/active-directory-dotnetcore-daemon-v2#145. */
  wrongAudience: (audience: string, allowed: readonly string[]) =>
    refuse(
      401,
      "InvalidAuthenticationTokenAudience",
    )(
      `The access token has been obtained for wrong audience or resource '${audience}'. It should exactly match with one of the ` +
        `allowed audiences ${allowed.map((name) => `'${name}'`).join(",")}.`,
    ),
  wrongTenant: (issuer: string, wanted: string, tenantId: string) =>
    refuse(
      401,
      "InvalidAuthenticationTokenTenant",
    )(
      `The access token is from the wrong issuer '${issuer}'. It must match the tenant '${wanted}' associated with this subscription. ` +
        `Please use the authority (URL) 'https://login.windows.net/${tenantId}' to get the token. Note, if the subscription is transferred ` +
        "to another tenant there is no impact to the services, but information about new tenant could take time to propagate (up to an hour). " +
        "If you just transferred your subscription and see this error message, please try back later.",
    ),
  invalidSubscriptionId: (id: string) =>
    refuse(400, "InvalidSubscriptionId")(`The provided subscription identifier '${id}' is malformed or invalid.`),
  subscriptionNotFound: (id: string) => refuse(404, "SubscriptionNotFound")(`The subscription '${id}' could not be found.`),
  groupNotFound: (name: string) => refuse(404, "ResourceGroupNotFound")(`Resource group '${name}' could not be found.`),
  groupBeingDeleted: (name: string) =>
    refuse(409, "ResourceGroupBeingDeleted")(`The resource group '${name}' is in deprovisioning state and cannot perform this operation.`),
  /** Unverified: code and words. */
  groupChanging: (name: string) =>
    refuse(409, "Conflict")(`The resource group '${name}' is being changed by other requests. Please try again.`),
  groupLocation: (asked: string, present: string) =>
    refuse(
      409,
      "InvalidResourceGroupLocation",
    )(`Invalid resource group location '${asked}'. The Resource group already exists in location '${present}'.`),
  groupName: (name: string, characters: string) =>
    refuse(
      400,
      "InvalidResourceGroup",
    )(
      `The provided resource group name '${name}' has these invalid characters: '${characters}'. ` +
        "The name can only be a letter, digit, '-', '.', '(', ')' or '_' .",
    ),
  /** Unverified: the words. */
  groupNameLength: (name: string, limit: number) =>
    refuse(400, "InvalidResourceGroup")(`The provided resource group name '${name}' exceeds the maximum length of '${limit}' characters.`),
  groupRegion: (location: string, regions: readonly string[]) =>
    refuse(
      400,
      "LocationNotAvailableForResourceGroup",
    )(`The provided location '${location}' is not available for resource group. List of available regions is '${regions.join(",")}'.`),
  groupQuota: (name: string, quota: number) =>
    refuse(
      409,
      "ResourceGroupQuotaExceeded",
    )(
      `Creating the resource group '${name}' would exceed the quota of '${quota}'. The current resource group count is '${quota}', ` +
        "please delete some resource groups before creating a new one.",
    ),
  /** Source: AKS docs, "node resource group lockdown": the refusal of a deny assignment. */
  denyAssignment: (scope: string, clientId: string, objectId: string) =>
    refuse(
      403,
      "DenyAssignmentAuthorizationFailed",
    )(
      `The client '${clientId}' with object id '${objectId}' has permission to perform action ` +
        `'Microsoft.Resources/subscriptions/resourceGroups/delete' on scope '${scope}'; however, the access is denied because of the deny ` +
        `assignment of the resource that manages the group. Delete that resource instead.`,
    ),
  /** Unverified: the words about names and values that are kept by themselves. */
  tags: (message: string) => refuse(400, "InvalidTags")(message),
  /** The four about tags of a resource: Azure/azure-powershell, src/Migrate, which throws Resource Manager's codes and texts itself. */
  tooManyTags: (count: number, most: number) =>
    refuse(400, "InvalidTags")(`Too many tags specified. Requested tag count - '${count}'. Maximum number of tags allowed - '${most}'.`),
  tagNameCharacters: (names: readonly string[]) =>
    refuse(
      400,
      "InvalidTagNameCharacters",
    )(
      `The tag names '${names.join(", ")}' have reserved characters '<,>,%,&,\\,?,/' or control characters. ` +
        `These characters are only allowed for tags that start with the prefix 'hidden, link'.`,
    ),
  tagNameLength: (names: readonly string[], most: number) => tagTooLarge("InvalidTagName", ["key", "name"], names, most),
  tagValueLength: (values: readonly string[], most: number) => tagTooLarge("InvalidTagValueLength", ["value", "value"], values, most),
  /** Unverified: code and words. */
  tagInUse: (name: string) => refuse(409, "Conflict")(`The tag '${name}' cannot be deleted: it has values or is in use.`),
  /** Unverified: the words. */
  tagNotFound: (name: string) => refuse(404, "TagNotFound")(`The tag '${name}' could not be found.`),
  locationRequired: () => refuse(400, "LocationRequired")("The location property is required for this definition."),
  typeLocation: (location: string, type: string, regions: readonly string[]) =>
    refuse(
      400,
      "LocationNotAvailableForResourceType",
    )(
      `The provided location '${location}' is not available for resource type '${type}'. ` +
        `List of available regions for the resource type is '${regions.join(",")}'.`,
    ),
  resourceLocation: (name: string, group: string, present: string, asked: string) =>
    refuse(
      409,
      "InvalidResourceLocation",
    )(
      `The resource '${name}' already exists in location '${present}' in resource group '${group}'. ` +
        `A resource with the same name cannot be created in location '${asked}'. Please select a new resource name.`,
    ),
  /** Source: learn.microsoft.com/azure/azure-resource-manager/management/lock-resources, and answers quoted in public issues. */
  scopeLocked: (scope: string, operation: "delete" | "write", locked: readonly string[]) =>
    refuse(
      409,
      "ScopeLocked",
    )(
      `The scope '${scope}' cannot perform ${operation} operation because following scope(s) are locked: '${locked.join(",")}'. ` +
        "Please remove the lock and try again.",
    ),
  lockNotFound: (name: string) => refuse(404, "LockNotFound")(`The lock '${name}' could not be found.`),
  /** Unverified: code and words. */
  lockName: (name: string) => refuse(400, "InvalidLockName")(`The lock name '${name}' is invalid.`),
  /** Unverified: code and words. */
  lockLevel: (level: string) =>
    refuse(400, "InvalidLockLevel")(`The lock level '${level}' is invalid. The supported values are 'CanNotDelete, ReadOnly'.`),
  /** Unverified: code and words. */
  tooManyLocks: (scope: string, limit: number) =>
    refuse(409, "LockCountLimitExceeded")(`The scope '${scope}' has the most locks that it can have: '${limit}'.`),
  invalidNamespace: (namespace: string) => refuse(404, "InvalidResourceNamespace")(`The resource namespace '${namespace}' is invalid.`),
  /** Source: recorded answers of 2021; learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-register-resource-provider. */
  invalidType: (namespace: string, version: string) =>
    refuse(
      404,
      "InvalidResourceType",
    )(`The resource type could not be found in the namespace '${namespace}' for api version '${version}'.`),
  /** Source: recorded answers, and learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-parent-resource. */
  parentNotFound: (parent: string) =>
    refuse(404, "ParentResourceNotFound")(`Can not perform requested operation on nested resource. Parent resource '${parent}' not found.`),
  notRegistered: (namespace: string) =>
    refuse(
      409,
      "MissingSubscriptionRegistration",
    )(
      `The subscription is not registered to use namespace '${namespace}'. See https://aka.ms/rps-not-found for how to register subscriptions.`,
    ),
  /** Unverified: code and words. */
  namespaceInUse: (namespace: string, id: string) =>
    refuse(
      409,
      "Conflict",
    )(`The subscription cannot be unregistered from namespace '${namespace}': it has resources of it, among them '${id}'.`),
  /** @param type Full type and name: `Microsoft.ContainerService/managedClusters/c`. Source: recorded answers after 2019. */
  resourceNotFound: (type: string, group: string) =>
    refuse(
      404,
      "ResourceNotFound",
    )(
      `The Resource '${type}' under resource group '${group}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
    ),
  featureNotFound: (name: string) => refuse(404, "FeatureNotFound")(`The feature '${name}' could not be found.`),
  /** Source: answers of Microsoft.ContainerService for an unknown entity. Unverified: for an operation. */
  operationNotFound: () => refuse(404, "NotFound")("The entity was not found."),
  invalidContent: (reason: string) =>
    refuse(400, "InvalidRequestContent")(`The request content was invalid and could not be deserialized: '${reason}'.`),
  /** Differs from AKS: what one resource is made of may have 1 MB, not all of the 4 MB that a request may have. */
  contentTooLarge: (most: "1 MB" | "4 MB") =>
    refuse(413, "RequestContentTooLarge")(`The request content size exceeds the maximum size of ${most}.`),
  invalidFilter: (filter: string) =>
    refuse(400, "InvalidFilterInQueryString")(`Invalid $filter '${filter}' specified in the query string.`),
  /** Unverified: the code; the words are those of ASP.NET, in which Azure Resource Manager is written. */
  methodNotAllowed: (method: string) => refuse(405, "MethodNotAllowed")(`The requested resource does not support http method '${method}'.`),
  /** Unverified: code and words. */
  invalidUri: () => refuse(400, "InvalidRequestUri")("The request URI is invalid: it cannot be decoded."),
  /** Unverified: code and words. */
  uriTooLong: () => refuse(414, "RequestUriTooLong")("A part of the request URI is too long."),
  /** Unverified: code and words; the real front door answers an empty 404. */
  noSuchPath: (path: string) => refuse(404, "NotFound")(`No service answers at the path '${path}'.`),
  /** Source: bodies of 2025 and 2026 quoted by users; the page of aka.ms/arm-throttling. */
  requestsThrottled: ({ kind, scope, actor, seconds }: { kind: string; scope: string; actor: string; seconds: number }) =>
    refuse(429, "SubscriptionRequestsThrottled")(
      `Number of '${kind}' requests for subscription '${scope}' actor '${actor}' exceeded. Please try again after '${seconds}' seconds after ` +
        "additional tokens are available. Refer to https://aka.ms/arm-throttling for additional information.",
      { headers: { "Retry-After": String(seconds) } },
    ),
  internal: (details: string) =>
    refuse(500, "InternalServerError")(`Encountered internal server error. Diagnostic information: ${details}.`),
  /** Differs from AKS: what is not emulated is refused with a code of its own and a sentence that says so. */
  notEmulated: (what: string) => refuse(400, "NotEmulated")(`${what} is not emulated.`),
  invalidTemplate: (message: string, extra?: ArmErrorExtra) => refuse(400, "InvalidTemplate")(message, extra),
  /** Unverified: the words. */
  deploymentName: (name: string) =>
    refuse(
      400,
      "InvalidDeploymentName",
    )(`The deployment name '${name}' is not valid: it has 1 to 64 letters, digits, '-', '.', '(', ')' or '_'.`),
  deploymentNotFound: (name: string) => refuse(404, "DeploymentNotFound")(`Deployment '${name}' could not be found.`),
  /** Unverified: the words. */
  deploymentEnded: (name: string, state: string) =>
    refuse(
      409,
      "DeploymentCannotBeCancelled",
    )(`The deployment '${name}' cannot be cancelled: it is in the terminal provisioning state '${state}'.`),
  deploymentActive: (id: string) =>
    refuse(
      409,
      "DeploymentActive",
    )(
      `The deployment with resource id '${id}' cannot be saved, because this would overwrite an existing deployment which is still active. ` +
        "Please see https://aka.ms/arm-deploy for usage details.",
    ),
} as const;
