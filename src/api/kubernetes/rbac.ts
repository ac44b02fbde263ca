import type { KubeObject, LabelSelector } from "./meta.ts";

/** rbac.authorization.k8s.io/v1. */
export interface PolicyRule {
  verbs?: string[];
  apiGroups?: string[];
  resources?: string[];
  resourceNames?: string[];
  nonResourceURLs?: string[];
}

export interface Role extends KubeObject {
  rules?: PolicyRule[] | null;
}

export interface ClusterRole extends Role {
  aggregationRule?: { clusterRoleSelectors?: LabelSelector[] };
}

export interface Subject {
  /** `User`, `Group` or `ServiceAccount`. */
  kind?: string;
  apiGroup?: string;
  name?: string;
  namespace?: string;
}

export interface RoleRef {
  apiGroup?: string;
  /** `Role` or `ClusterRole`. */
  kind?: string;
  name?: string;
}

/** A RoleBinding, or a ClusterRoleBinding when it has no namespace. */
export interface RoleBinding extends KubeObject {
  subjects?: Subject[];
  roleRef?: RoleRef;
}
