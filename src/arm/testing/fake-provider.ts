import type { Clock } from "#lib";
import type { Store } from "#store";
import {
  ArmError,
  type ArmRequest,
  type ArmResponse,
  type ArmServices,
  type GenericResource,
  ProviderError,
  type ResourceProvider,
} from "../provider.ts";

/** A provider with clusters and pools in memory whose PUTs and deletions take time, as a real one's do. */
export interface FakeProvider extends ResourceProvider {
  /** Every request it got. */
  readonly requests: readonly ArmRequest[];
  /** How long its operations take, in milliseconds of the clock. */
  workMs: number;
  /** PUTs of a pool of this name end as Failed. */
  failing: string | undefined;
}

const NAMESPACE = "Microsoft.ContainerService";
const VERSIONS = ["2024-09-01", "2019-04-01", "2017-08-31"];

export function createFakeProvider(
  services: ArmServices,
  { clock, store }: { readonly clock: Clock; readonly store: Store },
): FakeProvider {
  const resources = new Map<string, GenericResource & { properties: Record<string, unknown> }>();
  const requests: ArmRequest[] = [];
  const idOf = ({ path }: ArmRequest): string =>
    `/subscriptions/${path.subscriptionId}/resourceGroups/${path.resourceGroup}/providers/${NAMESPACE}/${path.segments.join("/")}`;

  async function put(request: ArmRequest): Promise<ArmResponse> {
    const id = idOf(request);
    const { segments } = request.path;
    const name = segments.at(-1) ?? "";
    const body = request.body as { location?: string; properties?: Record<string, unknown> };
    if (body.properties?.refuse === true) {
      const refusal = { code: "InvalidParameter", details: null, message: "The value is <refused>.", subcode: "", target: "refuse" };
      throw new ProviderError({ status: 400, layout: "provider", body: refusal });
    }
    const created = !resources.has(id.toLowerCase());
    const type = `${NAMESPACE}/${segments.filter((_, index) => index % 2 === 0).join("/")}`;
    const resource = {
      id,
      name,
      type,
      location: body.location ?? "eastus",
      properties: { ...body.properties, provisioningState: "Creating" },
    };
    resources.set(id.toLowerCase(), resource);
    const { operation, op } = services.operations.begin({
      subscriptionId: request.path.subscriptionId,
      namespace: NAMESPACE,
      location: resource.location,
      resourceId: id,
      kind: "Put",
      resultStatus: 204,
    });
    await store.transact([], [op]);
    clock.after(provider.workMs, () => {
      const failed = provider.failing === name;
      resources.set(id.toLowerCase(), {
        ...resource,
        properties: { ...resource.properties, provisioningState: failed ? "Failed" : "Succeeded" },
      });
      const outcome = failed
        ? ({ status: "Failed", error: { code: "QuotaExceeded", message: "No cores left." } } as const)
        : ({ status: "Succeeded" } as const);
      void store.transact([], [services.operations.end(operation, outcome)]);
    });
    return { status: created ? 201 : 200, layout: "provider", headers: services.operations.headers(request, operation), body: resource };
  }

  const provider: FakeProvider = {
    namespace: NAMESPACE,
    requests,
    workMs: 1000,
    failing: undefined,
    resourceTypes: [
      { resourceType: "managedClusters", locations: ["East US", "West US 2"], apiVersions: VERSIONS, capabilities: "None" },
      { resourceType: "managedClusters/agentPools", locations: ["East US", "West US 2"], apiVersions: VERSIONS },
      { resourceType: "locations/orchestrators", locations: [], apiVersions: VERSIONS },
      { resourceType: "operations", locations: [], apiVersions: VERSIONS },
    ],
    async handle(request) {
      requests.push(request);
      if (request.method === "PUT") return await put(request);
      if (request.path.segments[1] === "defect") throw new Error("a defect of the provider");
      const found = resources.get(idOf(request).toLowerCase());
      const name = request.path.segments.slice(0, 2).join("/");
      if (found === undefined) throw new ArmError(404, "ResourceNotFound", `The Resource '${NAMESPACE}/${name}' was not found.`);
      return { status: 200, layout: "provider", body: found };
    },
    resources: ({ subscriptionId, resourceGroup }) => {
      const prefix = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/`.toLowerCase();
      const found = [...resources]
        .filter(([id]) => id.startsWith(prefix))
        .map(([, { id, name, type, location }]) => ({ id, name, type, location }));
      return found.filter(({ type }) => type === `${NAMESPACE}/managedClusters`);
    },
    async beginDelete({ id }) {
      clock.after(provider.workMs, () => {
        for (const key of [...resources.keys()]) if (key.startsWith(id.toLowerCase())) resources.delete(key);
      });
    },
  };
  return provider;
}
