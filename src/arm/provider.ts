import type { Op } from "#store";

export type Method = "GET" | "HEAD" | "PUT" | "POST" | "PATCH" | "DELETE";

/** Who calls, from the token. */
export interface Principal {
  readonly tenantId: string;
  readonly objectId: string;
  readonly applicationId?: string;
  readonly name: string;
}

/** A path under `/subscriptions/{id}` taken apart; letter case as the caller sent it, compared without it. */
export interface ArmPath {
  /** Empty for paths outside a subscription: `/providers/Microsoft.ContainerService/operations`. */
  readonly subscriptionId: string;
  readonly resourceGroup?: string;
  /** `Microsoft.ContainerService`, as sent. */
  readonly namespace?: string;
  /** What follows the namespace: `["managedClusters", "c", "agentPools", "p"]`, `["locations", "eastus", "orchestrators"]`. */
  readonly segments: readonly string[];
  /** Full id of the resource that the path's own resource belongs to, when that is no group: `…/managedClusters/c` of its `/providers/Microsoft.Authorization/locks/l`. */
  readonly extends?: string;
}

export interface ArmRequest {
  readonly method: Method;
  readonly path: ArmPath;
  readonly apiVersion: string;
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Decoded JSON; undefined when there was no body. */
  readonly body: unknown;
  /** The body as it was sent, for readers more lenient than JSON; absent when there was none or the call comes from inside. */
  readonly text?: string;
  /** `https://host:port` as the caller reached us: absolute URLs in answers start with it. */
  readonly baseUrl: string;
  readonly principal: Principal;
  readonly correlationId: string;
}

export interface ArmResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON value; absent for an empty body (`content-length: 0`). */
  readonly body?: unknown;
  /**
   * The JSON text itself, in place of `body`, for long answers that are put together from parts. Only for a call from outside:
   * calls between providers look into `body`.
   */
  readonly text?: string;
  /**
   * Layout of the JSON text: ARM writes one line, the AKS resource provider indents as Go does, Microsoft.Compute as .NET does.
   * `arm` when absent.
   */
  readonly layout?: Layout;
}

export type Layout = "arm" | "provider" | "dotnet";

/** A refusal by ARM itself: answered as `{"error":{code,message}}` with `x-ms-failure-cause: gateway`. */
export class ArmError extends Error {
  readonly status: number;
  readonly code: string;
  readonly extra: ArmErrorExtra;

  constructor(status: number, code: string, message: string, extra: ArmErrorExtra = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.extra = extra;
  }
}

export interface ArmErrorExtra {
  readonly target?: string;
  readonly details?: readonly unknown[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refusal by a provider, in the envelope that provider uses; the door sends it as it is. */
export class ProviderError extends Error {
  readonly response: ArmResponse & { readonly body: { readonly code: string; readonly message: string } };

  constructor(response: ProviderError["response"]) {
    super(response.body.message);
    this.response = response;
  }
}

export interface ResourceTypeDescription {
  /** `managedClusters/agentPools`. */
  readonly resourceType: string;
  /** Display names: `East US`. */
  readonly locations: readonly string[];
  /** Newest first. */
  readonly apiVersions: readonly string[];
  /** `None`, or a list: with `SupportsExtension`, its resources may belong to any other resource. */
  readonly capabilities?: string;
}

/** A resource as ARM's own lists show it. */
export interface GenericResource {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly location: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly kind?: string;
  readonly sku?: Readonly<Record<string, unknown>>;
  readonly identity?: Readonly<Record<string, unknown>>;
  readonly managedBy?: string;
  readonly zones?: readonly string[];
  /** Shown when a list asks for it. */
  readonly provisioningState?: string;
  /** Milliseconds since the epoch; shown when a list asks for them. */
  readonly createdMs?: number;
  readonly changedMs?: number;
}

/**
 * A service behind ARM. The door has checked token, path, subscription, group, registration and api-version form.
 * Several may serve one namespace, each its own resource types.
 */
export interface ResourceProvider {
  readonly namespace: string;
  readonly resourceTypes: readonly ResourceTypeDescription[];
  /** What its answers called themselves in the header `server` until 2024; absent for those that named none. */
  readonly server?: string;
  /** Asked before every request to the namespace, operations included. @throws {ProviderError} 429 when it takes no more for now. */
  admit?(request: ArmRequest): void;
  /** @throws {ArmError | ProviderError} for refusals. */
  handle(request: ArmRequest): Promise<ArmResponse>;
  /** Top-level resources in a group: what a delete of the group has still to wait for. */
  resources(scope: { readonly subscriptionId: string; readonly resourceGroup: string }): readonly GenericResource[];
  /** Object ids of the identities that resources of this provider have of their own: principals that no directory's file names. */
  identities?(): readonly string[];
  /** What an operation under way is doing, `CreatingAgentPools: 0/3 nodes completed`; undefined when there is nothing to tell. */
  progress?(operation: Operation): string | undefined;
  /** Begins the deletion of a top-level resource; idempotent. Its absence from `resources` tells the end. */
  beginDelete(resource: GenericResource): Promise<void>;
}

export type OperationStatus = "InProgress" | "Succeeded" | "Failed" | "Canceled";

/** A long-running operation as it is stored. */
export interface Operation {
  /** GUID in the operation's URL. */
  readonly id: string;
  /** GUID in the operation's body; see contract §0.3. */
  readonly name: string;
  readonly subscriptionId: string;
  /** `Microsoft.ContainerService`. */
  readonly namespace: string;
  readonly location: string;
  /** Full id of the resource it works on. */
  readonly resourceId: string;
  /** `PutAgentPool.Creating` and the like: for logs and people. */
  readonly kind: string;
  readonly status: OperationStatus;
  readonly startMs: number;
  readonly endMs?: number;
  readonly error?: { readonly code: string; readonly message: string; readonly details?: readonly unknown[] };
  /** Status of `operationresults` when done: 204, or 200 with the resource. */
  readonly resultStatus: 200 | 204;
  /** Api-version at which a result of 200 shows the resource; that of the URL when absent. */
  readonly resultApiVersion?: string;
}

/** Operations of every provider; the door serves `…/locations/{l}/operations|operationresults/{id}` from it. */
export interface Operations {
  /** A new operation and the op that stores it, to be part of the transaction that stores the intent. */
  begin(operation: Omit<Operation, "id" | "name" | "status" | "startMs">): { readonly operation: Operation; readonly op: Op };
  get(subscriptionId: string, id: string): Operation | undefined;
  /** The op that ends it, to be part of the transaction that stores the outcome. Ending an ended operation changes nothing. */
  end(operation: Operation, outcome: { readonly status: Exclude<OperationStatus, "InProgress">; readonly error?: Operation["error"] }): Op;
  /** `Azure-AsyncOperation` and, with `location`, `Location` too; with `Retry-After`. */
  headers(
    request: Pick<ArmRequest, "baseUrl" | "apiVersion">,
    operation: Operation,
    options?: { readonly location?: boolean },
  ): Record<string, string>;
}

export type FeatureState = "NotRegistered" | "Registering" | "Registered" | "Unregistering" | "Pending";

/** What the door offers to providers. */
export interface ArmServices {
  readonly operations: Operations;
  /**
   * Whether a subscription has a preview feature. With the headers of a request, a feature that the request itself asks for
   * in `AKSHTTPCustomFeatures` is Registered for that request.
   */
  feature(
    subscriptionId: string,
    namespace: string,
    name: string,
    headers?: ArmRequest["headers"],
  ): { readonly state: FeatureState; readonly sinceMs: number };
  group(
    subscriptionId: string,
    name: string,
  ): { readonly name: string; readonly location: string; readonly tags?: Readonly<Record<string, string>> } | undefined;
  /** Makes the group that a resource manages (`MC_…`); idempotent. */
  ensureManagedGroup(group: {
    readonly subscriptionId: string;
    readonly name: string;
    readonly location: string;
    readonly managedBy: string;
    readonly tags?: Readonly<Record<string, string>>;
  }): Promise<void>;
  removeManagedGroup(subscriptionId: string, name: string): Promise<void>;
  /** Notes in the activity log what a provider began of its own accord, as the call that it would have been. The tenant is this one. */
  note(request: ArmRequest, response: ArmResponse): void;
}
