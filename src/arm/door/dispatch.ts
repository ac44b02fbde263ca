import { assert } from "#lib";
import { armErrors } from "../errors.ts";
import type { Enforcement } from "../authorization/index.ts";
import type { Groups } from "../groups/groups.ts";
import { groupResource } from "../groups/group-resource.ts";
import { checkTags, requireObject } from "../groups/validate.ts";
import { isGuid, sameName } from "../ids.ts";
import { findRegion, normalLocation } from "../locations.ts";
import type { Locks } from "../locks/locks.ts";
import type { OperationRecords } from "../operations.ts";
import type { ArmPath, ArmRequest, ArmResponse, ResourceProvider, ResourceTypeDescription } from "../provider.ts";
import { type KnownNamespace, providerFor, type Registrations } from "../providers/registrations.ts";
import { isApiVersion } from "./api-version.ts";
import { tellingProvider } from "./behind.ts";
import { idOf, parseResourceId } from "./resource-id.ts";

/**
 * Sends a request to the provider it is for, after every check that does not depend on HTTP: subscription, group,
 * namespace, registration, resource type, api-version, location, and whether the group is being deleted.
 * Deployments call providers through it too. @throws {ArmError | ProviderError}
 */
export type Dispatch = (request: ArmRequest) => Promise<ArmResponse>;

export interface DispatchOptions {
  readonly subscriptions: readonly { readonly id: string }[];
  readonly groups: Groups;
  readonly registrations: Registrations;
  readonly operations: OperationRecords;
  readonly locks: Locks;
  readonly enforcement: Enforcement;
}

export function createDispatch(options: DispatchOptions): Dispatch {
  const dispatch: Dispatch = async (request) => {
    const { path } = request;
    if (path.subscriptionId !== "") checkSubscription(options.subscriptions, path.subscriptionId);
    options.enforcement.check(request);
    if (path.namespace === undefined) return await groupResource(request, options);
    const group = path.resourceGroup === undefined ? undefined : options.groups.require(path.subscriptionId, path.resourceGroup);
    const known = options.registrations.find(path.namespace);
    checkRegistration(known, request, options.registrations);
    if (known.providers.length === 0) throw armErrors.notEmulated(`The resource type '${known.namespace}/${path.segments[0] ?? ""}'`);
    providerFor(known, path.segments)?.admit?.(request);
    const operation = asOperation(path);
    if (operation !== undefined)
      return await answerOperation(request, operation, { ...options, provider: providerFor(known, path.segments), dispatch });
    const type = requireType(known, request);
    checkApiVersion(type, request.apiVersion, group?.location ?? path.segments[1] ?? "global");
    if (path.extends !== undefined) await requireExtended(path.extends, request, { type, ...options, dispatch });
    if (group?.provisioningState === "Deleting" && isWrite(request)) throw armErrors.groupBeingDeleted(group.name);
    if (!isLock(path)) options.locks.check(request.method, idOf(path));
    if (isWrite(request) && path.segments.length === 2) checkTags((request.body as { readonly tags?: unknown } | null | undefined)?.tags);
    if (request.method === "PUT" && path.segments.length === 4) checkParent(known, request);
    if (request.method === "PUT" && path.extends === undefined && path.segments.length === 2) checkLocation(known, type, request);
    return await handle(known, request);
  };
  return tellingProvider(dispatch, options.registrations);
}

function isWrite({ method }: ArmRequest): boolean {
  return method === "PUT" || method === "PATCH";
}

/** A lock can always be taken away, else nothing could. */
function isLock({ namespace = "", segments }: ArmPath): boolean {
  return sameName(`${namespace}/${segments[0] ?? ""}`, "Microsoft.Authorization/locks");
}

/**
 * A namespace that the subscription is not registered for can be read, but nothing in it changed.
 * @throws {ArmError} MissingSubscriptionRegistration.
 */
function checkRegistration({ namespace }: KnownNamespace, { method, path }: ArmRequest, registrations: Registrations): void {
  if (method === "GET" || method === "HEAD" || path.subscriptionId === "") return;
  const state = registrations.state(path.subscriptionId, namespace);
  if (state !== "Registered" && state !== "Registering") throw armErrors.notRegistered(namespace);
}

/**
 * A type that can extend others says so, and what it extends has to be there.
 * @throws {ArmError} InvalidResourceType. @throws {ArmError | ProviderError} as reading it does.
 */
async function requireExtended(
  id: string,
  { method: _method, body: _body, text: _text, ...request }: ArmRequest,
  {
    type,
    registrations,
    dispatch,
  }: { readonly type: ResourceTypeDescription; readonly registrations: Registrations; readonly dispatch: Dispatch },
): Promise<void> {
  if (type.capabilities?.includes("SupportsExtension") !== true)
    throw armErrors.invalidType(request.path.namespace ?? "", request.apiVersion);
  const path = parseResourceId(id);
  const { apiVersions } = requireType(registrations.find(path.namespace ?? ""), { ...request, path });
  await dispatch({ ...request, method: "GET", body: undefined, apiVersion: apiVersions[0] ?? request.apiVersion, path });
}

/** @throws {ArmError} InvalidSubscriptionId or SubscriptionNotFound. */
export function checkSubscription(subscriptions: readonly { readonly id: string }[], id: string): void {
  if (!isGuid(id)) throw armErrors.invalidSubscriptionId(id);
  if (!subscriptions.some((subscription) => sameName(subscription.id, id))) throw armErrors.subscriptionNotFound(id);
}

/** HEAD asks whether a resource is there: the provider sees a GET. */
async function handle(known: KnownNamespace, request: ArmRequest): Promise<ArmResponse> {
  const provider = providerFor(known, request.path.segments);
  assert(provider !== undefined, `${known.namespace} is served`);
  if (request.method !== "HEAD") return await provider.handle(request);
  const response = await provider.handle({ ...request, method: "GET" });
  return response.status === 200 ? { status: 204 } : response;
}

/** What the dispatch answers for every provider, below its namespace. */
export const dispatchOperations: readonly string[] = [
  "GET locations/{location}/operations/{id}",
  "GET locations/{location}/operationresults/{id}",
];

interface OperationPath {
  readonly kind: "operations" | "operationresults";
  readonly id: string;
}

/** `locations/{location}/operations/{id}` of any provider. */
function asOperation({ segments, resourceGroup }: ArmPath): OperationPath | undefined {
  const [locations = "", , kind = "", id] = segments;
  if (resourceGroup !== undefined || id === undefined || segments.length !== 4 || !sameName(locations, "locations")) return undefined;
  const lower = kind.toLowerCase();
  return lower === "operations" || lower === "operationresults" ? { kind: lower, id } : undefined;
}

async function answerOperation(
  request: ArmRequest,
  { kind, id }: OperationPath,
  {
    operations,
    provider,
    dispatch,
  }: { readonly operations: OperationRecords; readonly provider: ResourceProvider | undefined; readonly dispatch: Dispatch },
): Promise<ArmResponse> {
  if (request.method !== "GET") throw armErrors.methodNotAllowed(request.method);
  if (kind === "operations") return operations.status(request, id, (operation) => provider?.progress?.(operation));
  const result = operations.result(request, id);
  if ("response" in result) return result.response;
  return await dispatch({ ...request, path: parseResourceId(result.resourceId), apiVersion: result.apiVersion });
}

/** The description of the path's type, or of the nearest type above it. @throws {ArmError} InvalidResourceType. */
function requireType(
  { namespace, resourceTypes }: KnownNamespace,
  { path, apiVersion }: Pick<ArmRequest, "path" | "apiVersion">,
): ResourceTypeDescription {
  const types = path.segments.filter((_, index) => index % 2 === 0);
  for (let length = types.length; length > 0; length--) {
    const wanted = types.slice(0, length).join("/");
    const found = resourceTypes.find(({ resourceType }) => sameName(resourceType, wanted));
    if (found !== undefined) return found;
  }
  // `locations/{l}/…` needs no entry of its own: its types begin with `locations/`.
  const first = `${types[0] ?? ""}/`.toLowerCase();
  const below = resourceTypes.find(({ resourceType }) => resourceType.toLowerCase().startsWith(first));
  if (below === undefined) throw armErrors.invalidType(namespace, apiVersion);
  return below;
}

/** Any well-formed version from the type's oldest one on is taken: newer ones than are known behave like the newest known. */
function checkApiVersion(type: ResourceTypeDescription, apiVersion: string, location: string): void {
  const oldest = type.apiVersions.reduce((least, version) => (version < least ? version : least), "9999");
  if (isApiVersion(apiVersion) && (type.apiVersions.length === 0 || apiVersion >= oldest)) return;
  throw armErrors.noRegisteredProvider(
    { location, version: apiVersion, type: type.resourceType },
    { versions: type.apiVersions, locations: type.locations.map(normalLocation) },
  );
}

/** A new top-level resource says where it is to be, and stays there. @throws {ArmError} */
function checkLocation(known: KnownNamespace, type: ResourceTypeDescription, request: ArmRequest): void {
  if (type.locations.length === 0) return;
  const { location } = requireObject(request.body);
  if (location === undefined || location === null || location === "") throw armErrors.locationRequired();
  const names = type.locations.map(normalLocation);
  const asked = typeof location === "string" ? (findRegion(location)?.name ?? normalLocation(location)) : "";
  const fullType = `${known.namespace}/${type.resourceType}`;
  if (!names.includes(asked))
    throw armErrors.typeLocation(typeof location === "string" ? location : JSON.stringify(location), fullType, names);
  const present = findResource(providerFor(known, request.path.segments), request, fullType);
  if (present !== undefined && normalLocation(present.location) !== asked) {
    throw armErrors.resourceLocation(present.name, request.path.resourceGroup ?? "", normalLocation(present.location), asked);
  }
}

/** What belongs to a resource with a place of its own cannot be made without it. @throws {ArmError} ParentResourceNotFound. */
function checkParent(known: KnownNamespace, request: ArmRequest): void {
  const { segments, resourceGroup } = request.path;
  const [typeName = "", name = ""] = segments;
  const parentType = known.resourceTypes.find(({ resourceType }) => sameName(resourceType, typeName));
  if (resourceGroup === undefined || parentType === undefined || parentType.locations.length === 0) return;
  const fullType = `${known.namespace}/${parentType.resourceType}`;
  const parent = findResource(providerFor(known, segments), request, fullType);
  if (parent === undefined) throw armErrors.parentNotFound(`${fullType}/${name}`);
}

function findResource(
  provider: ResourceProvider | undefined,
  { path }: ArmRequest,
  type: string,
): ReturnType<ResourceProvider["resources"]>[number] | undefined {
  const { subscriptionId, resourceGroup = "", segments } = path;
  return provider
    ?.resources({ subscriptionId, resourceGroup })
    .find((resource) => sameName(resource.name, segments[1] ?? "") && sameName(resource.type, type));
}
