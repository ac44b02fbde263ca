import { armErrors } from "../errors.ts";
import type { Locks } from "../locks/locks.ts";
import type { ArmRequest, ArmResponse } from "../provider.ts";
import { type Group, type Groups, groupId } from "./groups.ts";
import { decodeGroup, validateGroupName } from "./validate.ts";

/** Versions from which answers carry `type`. Source: recorded answers of 2018-05-01 and 2020-10-01. */
const TYPE_SINCE = "2019-05-01";

/** Source: recorded answers; `type` is absent in 2018-05-01. */
export function groupView(group: Group, apiVersion: string): Record<string, unknown> {
  const { subscriptionId, name, location, managedBy, tags, provisioningState } = group;
  return {
    id: groupId(subscriptionId, name),
    name,
    ...(apiVersion < TYPE_SINCE ? {} : { type: "Microsoft.Resources/resourceGroups" }),
    location,
    ...(managedBy === undefined ? {} : { managedBy }),
    ...(tags === undefined ? {} : { tags }),
    properties: { provisioningState },
  };
}

/** What a group is kept in, and what can forbid its change. */
interface GroupPlace {
  readonly groups: Groups;
  readonly locks: Locks;
}

/** Makes a group, or replaces it. @throws {ArmError} */
export async function putGroup(
  wanted: { readonly subscriptionId: string; readonly name: string; readonly body: unknown; readonly apiVersion: string },
  { groups, locks }: GroupPlace,
): Promise<ArmResponse> {
  const { subscriptionId, name, body, apiVersion } = wanted;
  validateGroupName(name);
  locks.check("PUT", groupId(subscriptionId, groups.find(subscriptionId, name)?.name ?? name));
  const { group, created } = await groups.put({ subscriptionId, name, ...decodeGroup(body) });
  return { status: created ? 201 : 200, body: groupView(group, apiVersion) };
}

/** A group as a deployment to a subscription makes and reads it. @throws {ArmError} */
export async function groupResource({ method, path, body, apiVersion }: ArmRequest, place: GroupPlace): Promise<ArmResponse> {
  const { subscriptionId, resourceGroup: name = "" } = path;
  if (method === "PUT") return await putGroup({ subscriptionId, name, body, apiVersion }, place);
  if (method === "GET") return { status: 200, body: groupView(place.groups.require(subscriptionId, name), apiVersion) };
  throw armErrors.methodNotAllowed(method);
}
