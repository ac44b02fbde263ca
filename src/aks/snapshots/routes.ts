import type { ArmRequest, ArmResponse } from "#arm";
import { type DecodedSnapshot, decodeSnapshot, type SnapshotType } from "#api/containerservice/snapshot";
import { findRegion } from "#arm";
import type { Document } from "#store";
import { type Change, commit } from "../commit.ts";
import type { AksContext } from "../context.ts";
import type { ClusterName } from "../documents.ts";
import { refusals } from "../errors.ts";
import { resourceRefusals } from "../resource-errors.ts";
import { type Names, ok, type Route } from "../route.ts";
import { capture } from "./capture.ts";
import { actOf, answerSnapshot, snapshotKey, snapshotKinds, type StoredSnapshot } from "./documents.ts";

/** Source: Azure/azure-rest-api-specs managedClusters.json 2021-08-01, resourceName. */
const NAME = /^[a-zA-Z0-9](?:[-_a-zA-Z0-9]{0,61}[a-zA-Z0-9])?$/;
const MAX_TAGS = 50;

/** Snapshots of pools and of clusters. Every call is done when it is answered. Source: recorded answers of 2022-03. */
export const snapshotRoutes: readonly Route[] = (["NodePool", "ManagedCluster"] as const).flatMap((kind) => {
  const { segment } = snapshotKinds[kind];
  return [
    { pattern: segment, methods: { GET: (context, request) => list(context, request, kind) } },
    {
      pattern: `${segment}/{snapshot}`,
      methods: {
        GET: (context, request, names) => {
          const { value } = require(context, nameOf(request, names), kind);
          return ok(answerSnapshot(value, request.apiVersion));
        },
        PUT: (context, request, names) => put(context, request, { name: nameOf(request, names), kind }),
        PATCH: (context, request, names) => patch(context, request, { name: nameOf(request, names), kind }),
        DELETE: (context, request, names) => remove(context, nameOf(request, names), kind),
      },
    },
  ] satisfies Route[];
});

/** The snapshot that a request is for. */
interface Target {
  readonly name: ClusterName;
  readonly kind: SnapshotType;
}

/** @throws {ArmError} 404 when the path has no group. */
function nameOf({ path, apiVersion }: ArmRequest, { snapshot = "" }: Names): ClusterName {
  if (path.resourceGroup === undefined) throw refusals.noSuchType(apiVersion);
  return { subscriptionId: path.subscriptionId, resourceGroup: path.resourceGroup, name: snapshot };
}

function list({ snapshots }: AksContext, { path, apiVersion }: ArmRequest, kind: SnapshotType): ArmResponse {
  const { subscriptionId, resourceGroup } = path;
  const prefix = resourceGroup === undefined ? `${subscriptionId}/` : `${subscriptionId}/${resourceGroup}/`;
  const found = snapshots.list(prefix.toLowerCase()).filter(({ value }) => value.properties.snapshotType === kind);
  return ok({ value: found.map(({ value }) => answerSnapshot(value, apiVersion)) });
}

function require({ snapshots }: AksContext, name: ClusterName, kind: SnapshotType): Document<StoredSnapshot> {
  const document = snapshots.get(snapshotKey(name, kind));
  if (document === undefined) throw resourceRefusals.snapshotNotFound(snapshotKinds[kind].segment, name.name, name.resourceGroup);
  return document;
}

async function put(context: AksContext, request: ArmRequest, target: Target): Promise<ArmResponse> {
  const sent = decodeSnapshot(request.body, request.apiVersion);
  if (sent.errors[0] !== undefined) throw refusals.unreadable(sent.errors[0]);
  if (!NAME.test(target.name.name)) throw refusals.invalidParameter("name");
  checkTags(sent);
  const { snapshotType } = sent.properties;
  if (snapshotType !== undefined && snapshotType !== target.kind) throw refusals.invalidParameter("properties.snapshotType");
  const snapshot = await commit(context, () => changed(context, request, { ...target, sent }));
  return ok(answerSnapshot(snapshot, request.apiVersion));
}

/**
 * A new snapshot captures its source; of one that is there only the tags change.
 * Unverified: the second; a snapshot's properties are read-only but for the source.
 */
function changed(
  context: AksContext,
  { principal }: ArmRequest,
  { name, kind, sent }: Target & { readonly sent: DecodedSnapshot },
): Change<StoredSnapshot> {
  const key = snapshotKey(name, kind);
  const stored = context.snapshots.get(key);
  const source = sent.properties.creationData?.sourceResourceId;
  const act = actOf(principal, context.clock.now());
  if (stored !== undefined) {
    const { sourceResourceId } = stored.value.properties.creationData;
    if (source !== undefined && source.toLowerCase() !== sourceResourceId.toLowerCase())
      throw refusals.propertyChange("properties.creationData.sourceResourceId");
    const result = { ...stored.value, ...(sent.tags !== undefined && { tags: sent.tags }), modified: act };
    return { compares: [context.snapshots.unchanged(key, stored)], ops: [context.snapshots.put(key, result)], result };
  }
  const { properties, location, compares } = capture(context, kind, source);
  const region = findRegion(sent.location ?? "")?.name;
  if (region !== location) throw resourceRefusals.snapshotRegion(region ?? sent.location ?? "", location);
  const group = context.arm.group(name.subscriptionId, name.resourceGroup)?.name ?? name.resourceGroup;
  const result: StoredSnapshot = {
    ...name,
    resourceGroup: group,
    location,
    ...(sent.tags !== undefined && { tags: sent.tags }),
    properties,
    created: act,
    modified: act,
  };
  return {
    compares: [context.snapshots.unchanged(key, undefined), ...compares],
    ops: [context.snapshots.put(key, result)],
    result,
  };
}

/** PATCH: the tags, nothing else. Source: Azure/azure-rest-api-specs, Snapshots_UpdateTags. */
async function patch(context: AksContext, request: ArmRequest, { name, kind }: Target): Promise<ArmResponse> {
  const sent = decodeSnapshot(request.body, request.apiVersion);
  if (sent.errors[0] !== undefined) throw refusals.unreadable(sent.errors[0]);
  checkTags(sent);
  const snapshot = await commit(context, () => {
    const document = require(context, name, kind);
    const modified = actOf(request.principal, context.clock.now());
    const result: StoredSnapshot = { ...document.value, ...(sent.tags !== undefined && { tags: sent.tags }), modified };
    return { compares: [context.snapshots.unchanged(document.id, document)], ops: [context.snapshots.put(document.id, result)], result };
  });
  return ok(answerSnapshot(snapshot, request.apiVersion));
}

function checkTags({ tags = {} }: DecodedSnapshot): void {
  if (Object.keys(tags).length > MAX_TAGS) throw refusals.invalidParameter("tags");
}

/** 200 for one that was there, 204 for none. Sources: recorded answer; Azure/azure-rest-api-specs, Snapshots_Delete. */
async function remove(context: AksContext, name: ClusterName, kind: SnapshotType): Promise<ArmResponse> {
  const removed = await removeSnapshot(context, name, kind);
  return { status: removed ? 200 : 204 };
}

/** Removes a snapshot; tells whether there was one. What was made from it keeps its image. */
export async function removeSnapshot(context: AksContext, name: ClusterName, kind: SnapshotType): Promise<boolean> {
  const key = snapshotKey(name, kind);
  return commit(context, () => {
    const document = context.snapshots.get(key);
    if (document === undefined) return { compares: [], ops: [], result: false };
    return { compares: [context.snapshots.unchanged(key, document)], ops: [context.snapshots.remove(key)], result: true };
  });
}
