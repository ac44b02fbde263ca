import type { Call, Handler } from "../door/call.ts";
import type { Groups } from "../groups/groups.ts";
import type { GenericResource, ResourceProvider } from "../provider.ts";
import { pageOf } from "../query.ts";
import { timestamp } from "../time.ts";
import { parseResourceFilter } from "./filter.ts";

/** What the generic lists look into. */
export interface ResourceListOptions {
  readonly groups: Groups;
  readonly providers: () => readonly ResourceProvider[];
}

/** Members that a list shows only when `$expand` asks for them. Source: resources/list, the parameter $expand. */
const EXPANDABLE = ["createdTime", "changedTime", "provisioningState"] as const;

/** Answers `/subscriptions/{id}/resources` and `…/resourcegroups/{name}/resources`. */
export function createResourceLists({ groups, providers }: ResourceListOptions): Handler {
  return async (call) => {
    const subscriptionId = call.params.subscriptionId ?? "";
    const fits = parseResourceFilter(call.query.get("$filter"));
    const { group } = call.params;
    const within = group === undefined ? groups.list(subscriptionId) : [groups.require(subscriptionId, group)];
    const found = within.flatMap(({ name }) =>
      providers()
        .flatMap((provider) => provider.resources({ subscriptionId, resourceGroup: name }))
        .filter((resource) => fits(resource, name)),
    );
    const expanded = expandedIn(call);
    return { status: 200, body: pageOf(call, found, (resource) => resourceView(resource, expanded)) };
  };
}

function expandedIn(call: Call): readonly string[] {
  const asked = (call.query.get("$expand") ?? "").split(",").map((name) => name.trim().toLowerCase());
  return EXPANDABLE.filter((name) => asked.includes(name.toLowerCase()));
}

/** Source: recorded `az resource list`; the order of members is that of Azure/azure-rest-api-specs, GenericResourceExpanded. */
function resourceView(resource: GenericResource, expanded: readonly string[]): Record<string, unknown> {
  const { id, name, type, kind, managedBy, sku, location, identity, zones, tags, createdMs, changedMs, provisioningState } = resource;
  const times = { createdTime: createdMs, changedTime: changedMs };
  return {
    id,
    name,
    type,
    ...(kind === undefined ? {} : { kind }),
    ...(managedBy === undefined ? {} : { managedBy }),
    ...(sku === undefined ? {} : { sku }),
    location,
    ...(identity === undefined ? {} : { identity }),
    ...(zones === undefined ? {} : { zones }),
    ...(tags === undefined ? {} : { tags }),
    ...Object.fromEntries(
      Object.entries(times).flatMap(([member, ms]) => (ms === undefined || !expanded.includes(member) ? [] : [[member, timestamp(ms)]])),
    ),
    ...(provisioningState === undefined || !expanded.includes("provisioningState") ? {} : { provisioningState }),
  };
}
