import type { Call, Handler } from "./door/call.ts";
import { sameName } from "./ids.ts";
import { locationView } from "./locations.ts";
import { REGIONS } from "./regions.ts";

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

export function createSubscriptionHandlers(options: {
  readonly tenantId: string;
  readonly subscriptions: readonly Subscription[];
}): SubscriptionHandlers {
  const { tenantId, subscriptions } = options;
  const find = (call: Call): Subscription =>
    subscriptions.find(({ id }) => sameName(id, call.params.subscriptionId ?? "")) ?? { id: "", displayName: "" };

  return {
    tenants: async () => ({ status: 200, body: { value: [tenantView(tenantId)] } }),
    list: async (call) => {
      const value = subscriptions.map((subscription) => subscriptionView(subscription, tenantId, call.apiVersion));
      const count = { type: "Total", value: value.length };
      return { status: 200, body: call.apiVersion < TENANT_SINCE ? { value } : { value, count } };
    },
    get: async (call) => ({ status: 200, body: subscriptionView(find(call), tenantId, call.apiVersion) }),
    locations: async (call) => {
      const { id } = find(call);
      return { status: 200, body: { value: REGIONS.map((region) => locationView(id, region, call.apiVersion)) } };
    },
  };
}

function tenantView(tenantId: string): Record<string, unknown> {
  return { id: `/tenants/${tenantId}`, tenantId, displayName: "Local", tenantCategory: "Home", domains: ["local"] };
}

function subscriptionView({ id, displayName }: Subscription, tenantId: string, apiVersion: string): Record<string, unknown> {
  return {
    id: `/subscriptions/${id}`,
    authorizationSource: "RoleBased",
    ...(apiVersion < TENANT_SINCE ? {} : { managedByTenants: [] }),
    subscriptionId: id,
    ...(apiVersion < TENANT_SINCE ? {} : { tenantId }),
    displayName,
    state: "Enabled",
    subscriptionPolicies: { locationPlacementId: "Public_2014-09-01", quotaId: "PayAsYouGo_2014-09-01", spendingLimit: "Off" },
  };
}
