import type { Call, Handler } from "../door/call.ts";
import { decodeBody } from "../door/body.ts";
import { armErrors } from "../errors.ts";
import { sameName } from "../ids.ts";
import type { Locks } from "../locks/locks.ts";
import { RETRY_AFTER_SECONDS } from "../operations.ts";
import type { ArmResponse } from "../provider.ts";
import { pageOf, parseFilter } from "../query.ts";
import type { GroupDeletion } from "./deletion.ts";
import { type Group, type Groups, groupId } from "./groups.ts";
import { decodeGroup, decodeTags, requireObject, validateGroupName } from "./validate.ts";

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

/** Versions from which answers carry `type`. Source: recorded answers of 2018-05-01 and 2020-10-01. */
const TYPE_SINCE = "2019-05-01";

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
    async put(call) {
      const name = call.params.group ?? "";
      validateGroupName(name);
      locks.check("PUT", groupId(subscriptionOf(call), groups.find(subscriptionOf(call), name)?.name ?? name));
      const { group, created } = await groups.put({ subscriptionId: subscriptionOf(call), name, ...decodeGroup(decodeBody(call.text)) });
      return { status: created ? 201 : 200, body: groupView(group, call.apiVersion) };
    },
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

/** Source: recorded answers; `type` is absent in 2018-05-01. */
function groupView(group: Group, apiVersion: string): Record<string, unknown> {
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

/** Differs from AKS: a group that a cluster manages goes with its cluster only; AKS lets its owner delete it and breaks. */
function refuseManaged(call: Call, group: Group): void {
  if (group.managedBy === undefined) return;
  const { applicationId, name, objectId } = call.principal;
  throw armErrors.denyAssignment(groupId(group.subscriptionId, group.name), applicationId ?? name, objectId);
}

function accepted(call: Call, id: string, location: string): ArmResponse {
  const token = Buffer.from(JSON.stringify({ jobId: id, jobLocation: location })).toString("base64url");
  const url = `${call.baseUrl}/subscriptions/${subscriptionOf(call)}/operationresults/${token}?api-version=${call.apiVersion}`;
  return { status: 202, headers: { Location: url, "Retry-After": String(RETRY_AFTER_SECONDS) } };
}

function operationResult(call: Call, deletion: GroupDeletion): ArmResponse {
  const id = decodeJob(call.params.id ?? "");
  const job = deletion.job(subscriptionOf(call), id);
  if (job.endMs === undefined) return accepted(call, job.id, job.location);
  return job.error === undefined ? { status: 200 } : { status: 409, body: { error: job.error } };
}

/** @throws {ArmError} 404 for text that is not the token of a job. */
function decodeJob(token: string): string {
  try {
    const { jobId } = JSON.parse(Buffer.from(token, "base64url").toString()) as { readonly jobId?: unknown };
    if (typeof jobId === "string") return jobId;
  } catch {
    // Not one of ours: answered below like a job that is not known.
  }
  throw armErrors.operationNotFound();
}
