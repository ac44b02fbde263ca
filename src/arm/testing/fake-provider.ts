import type { Clock } from "#lib";
import type { Store } from "#store";
import {
  ArmError,
  type ArmRequest,
  type ArmResponse,
  type ArmServices,
  type GenericResource,
  type Operation,
  ProviderError,
  type ResourceProvider,
  type ResourceTypeDescription,
} from "../provider.ts";

/** A provider with clusters and pools in memory whose PUTs and deletions take time, as a real one's do. */
export interface FakeProvider extends ResourceProvider {
  /** Every request it got. */
  readonly requests: readonly ArmRequest[];
  /** How long its operations take, in milliseconds of the clock. */
  workMs: number;
  /** PUTs of a resource of this name end as Failed. */
  failing: string | undefined;
  /** What it says of its operations under way. */
  progress: (operation: Operation) => string | undefined;
  /** Deletions are refused while this is set. */
  keeps: boolean;
}

interface FakeResource extends GenericResource {
  readonly properties: Readonly<Record<string, unknown>>;
}

interface FakeState {
  readonly services: ArmServices;
  readonly clock: Clock;
  readonly store: Store;
  readonly resources: Map<string, FakeResource>;
}

const NAMESPACE = "Microsoft.ContainerService";
const apiVersions = ["2024-09-01", "2019-04-01", "2017-08-31"];
const locations = ["East US", "West US 2"];
const TYPES: readonly ResourceTypeDescription[] = [
  { resourceType: "managedClusters", locations, apiVersions, capabilities: "None" },
  { resourceType: "managedClusters/agentPools", locations, apiVersions },
  { resourceType: "locations/orchestrators", locations: [], apiVersions },
  { resourceType: "operations", locations: [], apiVersions },
];

export function createFakeProvider(
  services: ArmServices,
  { clock, store }: { readonly clock: Clock; readonly store: Store },
): FakeProvider {
  const state: FakeState = { services, clock, store, resources: new Map() };
  const requests: ArmRequest[] = [];
  const provider: FakeProvider = {
    namespace: NAMESPACE,
    resourceTypes: TYPES,
    requests,
    workMs: 1000,
    failing: undefined,
    progress: () => undefined,
    keeps: false,
    async handle(request) {
      requests.push(request);
      if (request.method === "PUT") return await put(request, provider, state);
      if (request.path.segments[1] === "defect") throw new Error("a defect of the provider");
      const found = state.resources.get(idOf(request).toLowerCase());
      const name = request.path.segments.slice(0, 2).join("/");
      if (found !== undefined && request.method === "DELETE") return await beginRemoval(request, provider, state);
      if (found === undefined) throw new ArmError(404, "ResourceNotFound", `The Resource '${NAMESPACE}/${name}' was not found.`);
      return { status: 200, layout: "provider", body: found };
    },
    resources: ({ subscriptionId, resourceGroup }) => {
      const prefix = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/`.toLowerCase();
      const inGroup = [...state.resources]
        .filter(([id]) => id.startsWith(prefix))
        .map(([, { id, name, type, location }]) => ({ id, name, type, location }));
      return inGroup.filter(({ type }) => type === `${NAMESPACE}/managedClusters`);
    },
    async beginDelete({ id }) {
      if (provider.keeps) throw new ArmError(409, "InUse", "It is in use.");
      clock.after(provider.workMs, () => remove(id, state));
    },
  };
  return provider;
}

function idOf({ path }: ArmRequest): string {
  return `/subscriptions/${path.subscriptionId}/resourceGroups/${path.resourceGroup}/providers/${NAMESPACE}/${path.segments.join("/")}`;
}

function remove(id: string, { resources }: FakeState): void {
  const doomed = [...resources.keys()].filter((key) => key.startsWith(id.toLowerCase()));
  for (const key of doomed) resources.delete(key);
}

async function beginRemoval(
  request: ArmRequest,
  provider: FakeProvider,
  { services, clock, store, ...state }: FakeState,
): Promise<ArmResponse> {
  if (provider.keeps) throw new ArmError(409, "InUse", "It is in use.");
  const id = idOf(request);
  const { operation, op } = services.operations.begin({
    subscriptionId: request.path.subscriptionId,
    namespace: NAMESPACE,
    location: "eastus",
    resourceId: id,
    kind: "Delete",
    resultStatus: 204,
  });
  await store.transact([], [op]);
  clock.after(provider.workMs, () => {
    remove(id, { services, clock, store, ...state });
    void store.transact([], [services.operations.end(operation, { status: "Succeeded" })]);
  });
  return { status: 202, headers: services.operations.headers(request, operation, { location: true }) };
}

async function put(request: ArmRequest, provider: FakeProvider, { services, clock, store, resources }: FakeState): Promise<ArmResponse> {
  const id = idOf(request);
  const { segments } = request.path;
  const { location = "eastus", properties = {} } = request.body as { location?: string; properties?: Record<string, unknown> };
  if (properties.refuse === true) {
    const refusal = { code: "InvalidParameter", details: null, message: "The value is <refused>.", subcode: "", target: "refuse" };
    throw new ProviderError({ status: 400, layout: "provider", body: refusal });
  }
  const status = resources.has(id.toLowerCase()) ? 200 : 201;
  const type = `${NAMESPACE}/${segments.filter((_, index) => index % 2 === 0).join("/")}`;
  const name = segments.at(-1) ?? "";
  const inState = (provisioningState: string): FakeResource => ({
    id,
    name,
    type,
    location,
    properties: { ...properties, provisioningState },
  });
  resources.set(id.toLowerCase(), inState("Creating"));
  const { subscriptionId } = request.path;
  const { operation, op } = services.operations.begin({
    subscriptionId,
    namespace: NAMESPACE,
    location,
    resourceId: id,
    kind: "Put",
    resultStatus: 204,
  });
  await store.transact([], [op]);
  clock.after(provider.workMs, () => {
    const failed = provider.failing === name;
    resources.set(id.toLowerCase(), inState(failed ? "Failed" : "Succeeded"));
    const error: NonNullable<Operation["error"]> = { code: "QuotaExceeded", message: "No cores left." };
    const outcome = failed ? ({ status: "Failed", error } as const) : ({ status: "Succeeded" } as const);
    void store.transact([], [services.operations.end(operation, outcome)]);
  });
  return { status, layout: "provider", headers: services.operations.headers(request, operation), body: inState("Creating") };
}
