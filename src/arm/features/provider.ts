import { armErrors } from "../errors.ts";
import { requireObject } from "../groups/validate.ts";
import { sameName } from "../ids.ts";
import type { ArmRequest, ArmResponse, ResourceProvider, ResourceTypeDescription } from "../provider.ts";
import type { Registrations } from "../providers/registrations.ts";
import { shapesOf } from "../shapes.ts";
import { timestamp } from "../time.ts";
import type { Features, SubscriptionFeature } from "./registrations.ts";

const API_VERSIONS = ["2021-07-01", "2015-12-01", "2014-08-01-preview"];
const TYPES: readonly ResourceTypeDescription[] = [
  "features",
  "providers",
  "featureProviders",
  "subscriptionFeatureRegistrations",
  "operations",
].map((resourceType) => ({
  resourceType,
  locations: [],
  apiVersions: API_VERSIONS,
}));

/** What {@link createFeaturesProvider} answers, below the namespace. */
export const featureOperations: readonly string[] = [
  "GET features",
  "GET providers/{namespace}/features",
  "GET providers/{namespace}/features/{feature}",
  "POST providers/{namespace}/features/{feature}/register",
  "POST providers/{namespace}/features/{feature}/unregister",
  "GET subscriptionfeatureregistrations",
  "GET featureproviders/{namespace}/subscriptionfeatureregistrations",
  "GET featureproviders/{namespace}/subscriptionfeatureregistrations/{feature}",
  "PUT featureproviders/{namespace}/subscriptionfeatureregistrations/{feature}",
  "DELETE featureproviders/{namespace}/subscriptionfeatureregistrations/{feature}",
];

const isKnownPath = shapesOf(featureOperations);

/** Characters of a feature's name at most: any name can be asked for, and is stored. */
const MAX_FEATURE_NAME = 128;

/** Answers `…/providers/Microsoft.Features/…`, in both of its forms. */
export function createFeaturesProvider(features: Features, registrations: Registrations): ResourceProvider {
  return {
    namespace: "Microsoft.Features",
    resourceTypes: TYPES,
    resources: () => [],
    beginDelete: async () => undefined,
    async handle(request) {
      const [kind = "", namespace, , name, action] = request.path.segments;
      if (sameName(kind, "features")) return list(request, features, undefined);
      if (sameName(kind, "subscriptionFeatureRegistrations")) return listRegistrations(request, features, undefined);
      if (name !== undefined && name.length > MAX_FEATURE_NAME) throw armErrors.featureNotFound(name);
      if (namespace === undefined || !isKnownPath(request.path.segments))
        throw armErrors.invalidType("Microsoft.Features", request.apiVersion);
      const known = registrations.find(namespace).namespace;
      const feature = { subscriptionId: request.path.subscriptionId, namespace: known, name: name ?? "" };
      if (sameName(kind, "providers")) {
        if (name === undefined) return list(request, features, known);
        return await forFeature(request, features, { ...feature, action });
      }
      return await forRegistration(request, features, feature);
    },
  };
}

interface Named {
  readonly subscriptionId: string;
  readonly namespace: string;
  readonly name: string;
}

function list(request: ArmRequest, features: Features, namespace: string | undefined): ArmResponse {
  requireMethod(request, "GET");
  const { subscriptionId } = request.path;
  return { status: 200, body: { value: features.list(subscriptionId, namespace).map((feature) => featureView(subscriptionId, feature)) } };
}

async function forFeature(
  request: ArmRequest,
  features: Features,
  { action, ...named }: Named & { readonly action: string | undefined },
): Promise<ArmResponse> {
  if (action === undefined) {
    requireMethod(request, "GET");
    const feature = features.find(named.subscriptionId, named.namespace, named.name);
    if (feature === undefined) throw armErrors.featureNotFound(named.name);
    return { status: 200, body: featureView(named.subscriptionId, feature) };
  }
  requireMethod(request, "POST");
  const to = sameName(action, "register") ? "Registered" : sameName(action, "unregister") ? "NotRegistered" : undefined;
  if (to === undefined) throw armErrors.noSuchPath(request.path.segments.join("/"));
  return { status: 200, body: featureView(named.subscriptionId, await features.change({ ...named, to })) };
}

/** The newer form, `featureProviders/{namespace}/subscriptionFeatureRegistrations/{feature}`. Source: recorded PUT of 2021-07-01. */
async function forRegistration(request: ArmRequest, features: Features, named: Named): Promise<ArmResponse> {
  const { subscriptionId, namespace, name } = named;
  if (name === "") return listRegistrations(request, features, namespace);
  if (request.method === "PUT") {
    if (request.body !== undefined) requireObject(request.body);
    return { status: 200, body: registrationView(subscriptionId, await features.change({ ...named, to: "Registered", realMs: 0 })) };
  }
  const present = features.find(subscriptionId, namespace, name);
  if (request.method === "DELETE") {
    if (present === undefined) return { status: 204 };
    await features.change({ ...named, to: "NotRegistered", realMs: 0 });
    return { status: 200 };
  }
  requireMethod(request, "GET");
  if (present === undefined) throw armErrors.featureNotFound(name);
  return { status: 200, body: registrationView(subscriptionId, present) };
}

/** Source: recorded `az feature registration list`: every feature, by its long name, with the type in other letter case. */
function listRegistrations(request: ArmRequest, features: Features, namespace: string | undefined): ArmResponse {
  requireMethod(request, "GET");
  const { subscriptionId } = request.path;
  const value = features.list(subscriptionId, namespace).map((feature) => ({
    ...registrationView(subscriptionId, feature),
    name: `${feature.namespace}/${feature.name}`,
    type: "Microsoft.Features/featureProviders/subscriptionFeatureRegistrations",
  }));
  return { status: 200, body: { value } };
}

function requireMethod(request: ArmRequest, method: "GET" | "POST"): void {
  if (request.method !== method) throw armErrors.methodNotAllowed(request.method);
}

/** Source: recorded `az feature` answers of 2015-12-01 and 2021-07-01, which are alike. */
function featureView(subscriptionId: string, { namespace, name, state }: SubscriptionFeature): Record<string, unknown> {
  return {
    properties: { state },
    id: `/subscriptions/${subscriptionId}/providers/Microsoft.Features/providers/${namespace}/features/${name}`,
    type: "Microsoft.Features/providers/features",
    name: `${namespace}/${name}`,
  };
}

function registrationView(subscriptionId: string, feature: SubscriptionFeature): Record<string, unknown> {
  const { namespace, name, state, sinceMs, releaseDate } = feature;
  return {
    id: `/subscriptions/${subscriptionId}/providers/Microsoft.Features/featureProviders/${namespace}/subscriptionFeatureRegistrations/${name}`,
    name,
    type: "microsoft.features/featureproviders/subscriptionfeatureregistrations",
    properties: {
      subscriptionId,
      featureName: name,
      providerNamespace: namespace,
      state,
      ...(releaseDate === undefined ? {} : { releaseDate }),
      approvalType: "AutoApproval",
      ...(sinceMs === 0 ? {} : { registrationDate: timestamp(sinceMs) }),
      shouldFeatureDisplayInPortal: false,
    },
  };
}
