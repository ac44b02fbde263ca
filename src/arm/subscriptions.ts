import type { Call, Handler } from "./door/call.ts";
import type { Groups } from "./groups/groups.ts";
import { sameName } from "./ids.ts";
import { locationView } from "./locations.ts";
import type { GenericResource, ResourceProvider } from "./provider.ts";
import { pageOf, parseFilter } from "./query.ts";
import { REGIONS } from "./regions.ts";

/** A subscription of the installation. */
export interface Subscription {
  readonly id: string;
  readonly displayName: string;
}

/** Answers for tenants, subscriptions, locations and the generic lists of resources. */
export interface SubscriptionHandlers {
  readonly tenants: Handler;
  readonly list: Handler;
  readonly get: Handler;
  readonly locations: Handler;
  readonly resources: Handler;
}

/** Versions from which a subscription names its tenant. Source: Azure/azure-rest-api-specs, subscriptions.json. */
const TENANT_SINCE = "2019-06-01";
const RESOURCE_CONDITIONS = ["resourceGroup", "resourceType", "name", "location", "tagName", "tagValue"];

export function createSubscriptionHandlers(options: {
  readonly tenantId: string;
  readonly subscriptions: readonly Subscription[];
  readonly groups: Groups;
  readonly providers: () => readonly ResourceProvider[];
}): SubscriptionHandlers {
  const { tenantId, subscriptions, groups, providers } = options;
  const find = (call: Call): Subscription =>
    subscriptions.find(({ id }) => sameName(id, call.params.subscriptionId ?? "")) ?? { id: "", displayName: "" };
  const resourcesOf = (subscriptionId: string, resourceGroup: string): readonly GenericResource[] =>
    providers().flatMap((provider) => provider.resources({ subscriptionId, resourceGroup }));

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
    async resources(call) {
      const conditions = parseFilter(call.query.get("$filter"), RESOURCE_CONDITIONS);
      const { id } = find(call);
      const named = call.params.group ?? conditions.resourcegroup;
      const within =
        named === undefined ? groups.list(id) : call.params.group === undefined ? present(groups, id, named) : [groups.require(id, named)];
      const found = within.flatMap(({ name }) => resourcesOf(id, name)).filter((resource) => fits(resource, conditions));
      return { status: 200, body: pageOf(call, found) };
    },
  };
}

function present(groups: Groups, subscriptionId: string, name: string): readonly { readonly name: string }[] {
  const group = groups.find(subscriptionId, name);
  return group === undefined ? [] : [group];
}

function fits(resource: GenericResource, conditions: Readonly<Record<string, string | undefined>>): boolean {
  const same = (value: string, wanted: string | undefined): boolean => wanted === undefined || sameName(value, wanted);
  const { tagname, tagvalue } = conditions;
  const isTagged =
    (tagname === undefined && tagvalue === undefined) ||
    Object.entries(resource.tags ?? {}).some(([key, value]) => same(key, tagname) && (tagvalue === undefined || value === tagvalue));
  return (
    isTagged &&
    same(resource.type, conditions.resourcetype) &&
    same(resource.name, conditions.name) &&
    same(resource.location, conditions.location)
  );
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
