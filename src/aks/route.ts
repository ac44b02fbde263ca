import type { ArmRequest, ArmResponse } from "#arm";
import type { AksContext } from "./context.ts";
import type { ClusterName } from "./documents.ts";
import { refusals } from "./errors.ts";

/** What a pattern's names stand for in a path. */
export type Names = Readonly<Record<string, string>>;
export type Handler = (context: AksContext, request: ArmRequest, names: Names) => ArmResponse | Promise<ArmResponse>;

export interface Route {
  /** Words in lower case; a name in braces stands for any segment. */
  readonly pattern: string;
  readonly methods: Readonly<Partial<Record<ArmRequest["method"], Handler>>>;
}

/** The cluster that a path names. @throws {ArmError} 404 when the path has no group: resources of a cluster lie in one. */
export function clusterOf({ path, apiVersion }: ArmRequest, { cluster = "" }: Names): ClusterName {
  if (path.resourceGroup === undefined) throw refusals.noSuchType(apiVersion);
  return { subscriptionId: path.subscriptionId, resourceGroup: path.resourceGroup, name: cluster };
}

/** The pool that a path names. @throws as {@link clusterOf}. */
export function poolOf(request: ArmRequest, names: Names): ClusterName & { readonly pool: string } {
  return { ...clusterOf(request, names), pool: names["pool"] ?? "" };
}

/** 200 in the service's layout. */
export function ok(body: unknown): ArmResponse {
  return { status: 200, layout: "provider", body };
}
