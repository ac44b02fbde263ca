import type { Call, Handler } from "../door/call.ts";
import { decodeBody } from "../door/body.ts";
import { armErrors } from "../errors.ts";
import { sameName } from "../ids.ts";
import { jobIdOf, jobToken } from "../job-token.ts";
import type { Locks } from "../locks/locks.ts";
import { RETRY_AFTER_SECONDS } from "../operations.ts";
import type { ArmResponse } from "../provider.ts";
import { pageOf, parseFilter } from "../query.ts";
import type { GroupDeletion } from "./deletion.ts";
import { type Group, type Groups, groupId } from "./groups.ts";
import { groupView, putGroup } from "./group-resource.ts";
import { decodeTags, requireObject } from "./validate.ts";

/** Answers for `/subscriptions/{id}/resourcegroups…` and for the deletion's Location. */
export interface GroupHandlers {
  readonly list: Handler;
  readonly put: Handler;
  readonly get: Handler;
  readonly head: Handler;
  readonly patch: Handler;
  readonly remove: Handler;
  readonly operationResult: Handler;
}

/** What the groups' handlers work with. */
export interface GroupRooms {
  readonly groups: Groups;
  readonly deletion: GroupDeletion;
  readonly locks: Locks;
}

export function createGroupHandlers({ groups, deletion, locks }: GroupRooms): GroupHandlers {
  const find = (call: Call): Group => groups.require(subscriptionOf(call), call.params.group ?? "");
  return {
    list: async (call) => list(call, groups.list(subscriptionOf(call))),
    put: (call) =>
      putGroup(
        { subscriptionId: subscriptionOf(call), name: call.params.group ?? "", body: decodeBody(call.text), apiVersion: call.apiVersion },
        { groups, locks },
      ),
    get: async (call) => ({ status: 200, body: groupView(find(call), call.apiVersion) }),
    async head(call) {
      find(call);
      return { status: 204 };
    },
    async patch(call) {
      locks.check("PATCH", groupId(subscriptionOf(call), find(call).name));
      const { tags } = requireObject(decodeBody(call.text));
      const decoded = decodeTags(tags);
      const change = (group: Group): Group => (decoded === undefined ? group : { ...group, tags: decoded });
      const group = await groups.update(subscriptionOf(call), call.params.group ?? "", change);
      return { status: 200, body: groupView(group, call.apiVersion) };
    },
    async remove(call) {
      const group = find(call);
      refuseManaged(call, group);
      locks.check("DELETE", groupId(subscriptionOf(call), group.name));
      const job = await deletion.begin(group);
      return accepted(call, job.id, job.location);
    },
    operationResult: async (call) => operationResult(call, deletion),
  };
}

function subscriptionOf(call: Call): string {
  return call.params.subscriptionId ?? "";
}

function list(call: Call, groups: readonly Group[]): ArmResponse {
  const conditions = parseFilter(call.query.get("$filter"), ["tagName", "tagValue"]);
  const wanted = groups.filter(({ tags = {} }) => {
    const name = conditions.tagname;
    const found = Object.entries(tags).filter(
      ([key, value]) => (name === undefined || sameName(key, name)) && matches(value, conditions.tagvalue),
    );
    return (name === undefined && conditions.tagvalue === undefined) || found.length > 0;
  });
  return {
    status: 200,
    body: pageOf(call, wanted, (group) => groupView(group, call.apiVersion)),
  };
}

function matches(value: string, wanted: string | undefined): boolean {
  return wanted === undefined || value === wanted;
}

/** Differs from AKS: a group that a cluster manages goes with its cluster only; AKS lets its owner delete it and breaks. */
function refuseManaged(call: Call, group: Group): void {
  if (group.managedBy === undefined) return;
  const { applicationId, name, objectId } = call.principal;
  throw armErrors.denyAssignment(groupId(group.subscriptionId, group.name), applicationId ?? name, objectId);
}

function accepted(call: Call, id: string, location: string): ArmResponse {
  const token = jobToken(id, location);
  const url = `${call.baseUrl}/subscriptions/${subscriptionOf(call)}/operationresults/${token}?api-version=${call.apiVersion}`;
  return { status: 202, headers: { Location: url, "Retry-After": String(RETRY_AFTER_SECONDS) } };
}

function operationResult(call: Call, deletion: GroupDeletion): ArmResponse {
  const id = jobIdOf(call.params.id ?? "");
  const job = deletion.job(subscriptionOf(call), id);
  if (job.endMs === undefined) return accepted(call, job.id, job.location);
  return job.error === undefined ? { status: 200 } : { status: 409, body: { error: job.error } };
}
