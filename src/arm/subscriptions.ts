import type { Call, Handler } from "./door/call.ts";
import type { Tags } from "./groups/validate.ts";
import { sameName } from "./ids.ts";
import { locationViews } from "./locations.ts";

/** A subscription of the installation. */
export interface Subscription {
  readonly id: string;
  readonly displayName: string;
}

/** Answers for tenants, subscriptions and locations. */
export interface SubscriptionHandlers {
  readonly tenants: Handler;
  readonly list: Handler;
  readonly get: Handler;
  readonly locations: Handler;
}

/** Versions from which a subscription names its tenant. Source: Azure/azure-rest-api-specs, subscriptions.json. */
const TENANT_SINCE = "2019-06-01";
/** Versions from which a tenant names its type. Source: as above. */
const TENANT_TYPE_SINCE = "2020-01-01";
/** Versions from which a subscription shows its tags. Source: as above. */
const TAGS_SINCE = "2020-01-01";

export function createSubscriptionHandlers(options: {
  readonly tenantId: string;
  readonly subscriptions: readonly Subscription[];
  /** Tags of a subscription itself; empty for none. */
  readonly tagsOf: (subscriptionId: string) => Tags;
}): SubscriptionHandlers {
  const { tenantId, subscriptions, tagsOf } = options;
  const view = (subscription: Subscription, apiVersion: string): Record<string, unknown> =>
    subscriptionView({ ...subscription, tags: tagsOf(subscription.id) }, tenantId, apiVersion);
  const find = (call: Call): Subscription =>
    subscriptions.find(({ id }) => sameName(id, call.params.subscriptionId ?? "")) ?? { id: "", displayName: "" };

  return {
    tenants: async (call) => ({ status: 200, body: { value: [tenantView(tenantId, call.apiVersion)] } }),
    list: async (call) => {
      const value = subscriptions.map((subscription) => view(subscription, call.apiVersion));
      const count = { type: "Total", value: value.length };
      return { status: 200, body: call.apiVersion < TENANT_SINCE ? { value } : { value, count } };
    },
    get: async (call) => ({ status: 200, body: view(find(call), call.apiVersion) }),
    locations: async (call) => ({ status: 200, body: { value: locationViews(find(call).id, call.apiVersion) } }),
  };
}

/** Source: Azure/azure-rest-api-specs Microsoft.Resources subscriptions.json, TenantIdDescription of 2016-06-01, 2019-06-01 and 2020-01-01. */
function tenantView(tenantId: string, apiVersion: string): Record<string, unknown> {
  const head = { id: `/tenants/${tenantId}`, tenantId };
  if (apiVersion < TENANT_SINCE) return head;
  const named = { ...head, countryCode: "US", displayName: "Local", domains: ["local"], tenantCategory: "Home" };
  return apiVersion < TENANT_TYPE_SINCE ? named : { ...named, defaultDomain: "local", tenantType: "AAD" };
}

function subscriptionView(
  { id, displayName, tags }: Subscription & { readonly tags: Tags },
  tenantId: string,
  apiVersion: string,
): Record<string, unknown> {
  const isTagged = apiVersion >= TAGS_SINCE && Object.keys(tags).length > 0;
  return {
    id: `/subscriptions/${id}`,
    authorizationSource: "RoleBased",
    ...(apiVersion < TENANT_SINCE ? {} : { managedByTenants: [] }),
    subscriptionId: id,
    ...(apiVersion < TENANT_SINCE ? {} : { tenantId }),
    displayName,
    state: "Enabled",
    subscriptionPolicies: { locationPlacementId: "Public_2014-09-01", quotaId: "PayAsYouGo_2014-09-01", spendingLimit: "Off" },
    ...(isTagged ? { tags } : {}),
  };
}
