import { armErrors } from "../errors.ts";
import type { Groups } from "../groups/groups.ts";
import { requireObject } from "../groups/validate.ts";
import { isGuid, sameName } from "../ids.ts";
import { findRegion, normalLocation } from "../locations.ts";
import type { OperationRecords } from "../operations.ts";
import type { ArmPath, ArmRequest, ArmResponse, ResourceProvider, ResourceTypeDescription } from "../provider.ts";
import type { KnownNamespace, Registrations } from "../providers/registrations.ts";
import { isApiVersion } from "./api-version.ts";
import { tellingProvider } from "./behind.ts";

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
}

export function createDispatch(options: DispatchOptions): Dispatch {
  const dispatch: Dispatch = async (request) => {
    const { path } = request;
    if (path.subscriptionId !== "") checkSubscription(options.subscriptions, path.subscriptionId);
    const group = path.resourceGroup === undefined ? undefined : options.groups.require(path.subscriptionId, path.resourceGroup);
    const known = options.registrations.find(path.namespace ?? "");
    const state = path.subscriptionId === "" ? "Registered" : options.registrations.state(path.subscriptionId, known.namespace);
    if (state === "Unregistering" || state === "Unregistered") throw armErrors.notRegistered(known.namespace);
    known.provider?.admit?.(request);
    const operation = asOperation(path);
    if (operation !== undefined) return await answerOperation(request, operation, { ...options, dispatch });
    const type = requireType(known, request);
    checkApiVersion(type, request.apiVersion, group?.location ?? path.segments[1] ?? "global");
    const isWrite = request.method === "PUT" || request.method === "PATCH";
    if (group?.provisioningState === "Deleting" && isWrite) throw armErrors.groupBeingDeleted(group.name);
    if (request.method === "PUT" && path.segments.length === 2) checkLocation(known, type, request);
    return await handle(known, request);
  };
  return tellingProvider(dispatch, options.registrations);
}

/** @throws {ArmError} InvalidSubscriptionId or SubscriptionNotFound. */
export function checkSubscription(subscriptions: readonly { readonly id: string }[], id: string): void {
  if (!isGuid(id)) throw armErrors.invalidSubscriptionId(id);
  if (!subscriptions.some((subscription) => sameName(subscription.id, id))) throw armErrors.subscriptionNotFound(id);
}

/** HEAD asks whether a resource is there: the provider sees a GET. */
async function handle({ provider, namespace }: KnownNamespace, request: ArmRequest): Promise<ArmResponse> {
  if (provider === undefined) throw armErrors.invalidType(request.path.segments[0] ?? "", namespace, request.apiVersion);
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
  { operations, dispatch }: { readonly operations: OperationRecords; readonly dispatch: Dispatch },
): Promise<ArmResponse> {
  if (request.method !== "GET") throw armErrors.methodNotAllowed(request.method);
  if (kind === "operations") return operations.status(request, id);
  const result = operations.result(request, id);
  if ("response" in result) return result.response;
  return await dispatch({ ...request, path: parseResourceId(result.resourceId) });
}

/** Takes a full resource id, `/subscriptions/…/providers/Namespace/type/name…`, apart. */
export function parseResourceId(id: string): ArmPath {
  const parts = id.split("/").filter((part) => part !== "");
  const at = (name: string): number => parts.findIndex((part, index) => index % 2 === 0 && sameName(part, name));
  const providers = at("providers");
  const group = at("resourceGroups");
  return {
    subscriptionId: sameName(parts[0] ?? "", "subscriptions") ? (parts[1] ?? "") : "",
    ...(group === -1 || (providers !== -1 && group > providers) ? {} : { resourceGroup: parts[group + 1] ?? "" }),
    ...(providers === -1 ? {} : { namespace: parts[providers + 1] ?? "" }),
    segments: providers === -1 ? [] : parts.slice(providers + 2),
  };
}

/** The description of the path's type, or of the nearest type above it. @throws {ArmError} InvalidResourceType. */
function requireType({ namespace, resourceTypes }: KnownNamespace, { path, apiVersion }: ArmRequest): ResourceTypeDescription {
  const types = path.segments.filter((_, index) => index % 2 === 0);
  for (let length = types.length; length > 0; length--) {
    const wanted = types.slice(0, length).join("/");
    const found = resourceTypes.find(({ resourceType }) => sameName(resourceType, wanted));
    if (found !== undefined) return found;
  }
  // `locations/{l}/…` needs no entry of its own: its types begin with `locations/`.
  const first = `${types[0] ?? ""}/`.toLowerCase();
  const below = resourceTypes.find(({ resourceType }) => resourceType.toLowerCase().startsWith(first));
  if (below === undefined) throw armErrors.invalidType(types.join("/"), namespace, apiVersion);
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
function checkLocation({ namespace, provider }: KnownNamespace, type: ResourceTypeDescription, request: ArmRequest): void {
  if (type.locations.length === 0) return;
  const { location } = requireObject(request.body);
  if (location === undefined || location === null || location === "") throw armErrors.locationRequired();
  const names = type.locations.map(normalLocation);
  const asked = typeof location === "string" ? (findRegion(location)?.name ?? normalLocation(location)) : "";
  const fullType = `${namespace}/${type.resourceType}`;
  if (!names.includes(asked))
    throw armErrors.typeLocation(typeof location === "string" ? location : JSON.stringify(location), fullType, names);
  const present = findResource(provider, request, fullType);
  if (present !== undefined && normalLocation(present.location) !== asked) {
    throw armErrors.resourceLocation(present.name, request.path.resourceGroup ?? "", normalLocation(present.location), asked);
  }
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
