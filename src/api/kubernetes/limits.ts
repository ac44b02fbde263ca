import type { ResourceList } from "./core.ts";
import type { KubeObject } from "./meta.ts";

/** core/v1 LimitRange: bounds of single pods, containers and claims. */
export interface LimitRange extends KubeObject {
  spec?: { limits?: LimitRangeItem[] };
}

export interface LimitRangeItem {
  /** `Container`, `Pod` or `PersistentVolumeClaim`. */
  type: string;
  min?: ResourceList;
  max?: ResourceList;
  default?: ResourceList;
  defaultRequest?: ResourceList;
  maxLimitRequestRatio?: ResourceList;
}

export interface ScopeRequirement {
  scopeName: string;
  operator: string;
  values?: string[];
}

/** core/v1 ResourceQuota: bounds of all that is in a namespace. */
export interface ResourceQuota extends KubeObject {
  spec?: { hard?: ResourceList; scopes?: string[]; scopeSelector?: { matchExpressions?: ScopeRequirement[] } };
  status?: { hard?: ResourceList; used?: ResourceList };
}
