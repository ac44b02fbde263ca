import type { KubeObject } from "#api/kubernetes/meta";
import type { Authorizer } from "../../access/authorizer.ts";
import type { User } from "../../request.ts";
import type { Resource, ResourceTable } from "../../resources.ts";

/** A write as admission is shown it. Source: apiserver pkg/admission/interfaces.go, Attributes. */
export interface Write {
  /** Absent for what the server itself writes. */
  readonly user: User | undefined;
  readonly operation: "CREATE" | "UPDATE" | "DELETE";
  readonly resource: Resource;
  /** Empty for the object itself. */
  readonly subresource: string;
  readonly namespace: string;
  /** Empty for a collection. */
  readonly name: string;
  /** What was sent: an object, or the body of what acts on one. */
  readonly object?: unknown;
  /** As it is; absent for what is new or sent to act. */
  readonly previous?: KubeObject;
}

/** What writes of nodes are judged by. */
export interface RestrictionContext {
  readonly resources: ResourceTable;
  /** Of the cluster, `1.12.6`. */
  readonly version: string;
  readonly access: Pick<Authorizer, "decide">;
}

/** A write of a node. */
export interface NodeWrite extends Write {
  readonly user: User;
  readonly node: string;
  readonly context: RestrictionContext;
}

/** Why the node may not do it, undefined when it may. @throws {StatusError} NotFound for what the write is about. */
export type Restriction = (write: NodeWrite) => string | undefined;

export const quoted = (text: string): string => JSON.stringify(text);
