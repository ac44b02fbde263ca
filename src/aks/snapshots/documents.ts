import { type GenericResource, type Principal, timestamp } from "#arm";
import { encodeSnapshot, type SnapshotProperties, type SnapshotType } from "#api/containerservice/snapshot";
import type { Documents } from "#store";
import type { ClusterName } from "../documents.ts";

/** Who did something to a snapshot, and when. */
interface Act {
  readonly by: string;
  readonly byType: "User" | "Application";
  readonly atMs: number;
}

export interface StoredSnapshot {
  readonly subscriptionId: string;
  /** In the letter case of the group itself. */
  readonly resourceGroup: string;
  readonly name: string;
  readonly location: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly properties: SnapshotProperties;
  readonly created: Act;
  readonly modified: Act;
}

export type Snapshots = Documents<StoredSnapshot>;

export const SNAPSHOTS_PREFIX = "/aks/snapshots/";

/** The two kinds: how a path names them, and the type in answers. Source: Azure/azure-rest-api-specs, examples of both. */
export const snapshotKinds = {
  NodePool: { segment: "snapshots", type: "Microsoft.ContainerService/Snapshots" },
  ManagedCluster: { segment: "managedclustersnapshots", type: "Microsoft.ContainerService/ManagedClusterSnapshots" },
} as const satisfies Record<SnapshotType, { readonly segment: string; readonly type: string }>;

/** Id of a snapshot's document: those of a group, and of a subscription, share a beginning. */
export function snapshotKey({ subscriptionId, resourceGroup, name }: ClusterName, kind: SnapshotType): string {
  return `${subscriptionId}/${resourceGroup}/${snapshotKinds[kind].segment}/${name}`.toLowerCase();
}

/** The snapshot's resource id. Unlike that of a pool it has `resourceGroups` as ARM writes it (recorded in every answer). */
export function snapshotId({ subscriptionId, resourceGroup, name, properties }: StoredSnapshot): string {
  const { segment } = snapshotKinds[properties.snapshotType];
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.ContainerService/${segment}/${name}`;
}

/** Somebody's act at a time. Users are named by their principal name, programs by their application. */
export function actOf({ name, applicationId, objectId }: Principal, atMs: number): Act {
  return name.includes("@") ? { by: name, byType: "User", atMs } : { by: applicationId ?? objectId, byType: "Application", atMs };
}

/** A snapshot as answers show it at an api-version. */
export function answerSnapshot(snapshot: StoredSnapshot, apiVersion: string): Record<string, unknown> {
  const { name, location, tags, properties, created, modified } = snapshot;
  const systemData = {
    createdBy: created.by,
    createdByType: created.byType,
    createdAt: timestamp(created.atMs),
    lastModifiedBy: modified.by,
    lastModifiedByType: modified.byType,
    lastModifiedAt: timestamp(modified.atMs),
  };
  const { type } = snapshotKinds[properties.snapshotType];
  const resource = { name, id: snapshotId(snapshot), type, location, ...(tags !== undefined && { tags }), systemData, properties };
  return encodeSnapshot(resource, apiVersion);
}

/** A snapshot in ARM's own lists. */
export function genericSnapshot(snapshot: StoredSnapshot): GenericResource {
  const { name, location, tags, properties } = snapshot;
  const type = `Microsoft.ContainerService/${snapshotKinds[properties.snapshotType].segment}`;
  return { id: snapshotId(snapshot), name, type, location, ...(tags !== undefined && { tags }) };
}
