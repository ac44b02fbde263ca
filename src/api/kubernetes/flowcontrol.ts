import type { Condition } from "./core.ts";
import type { KubeObject } from "./meta.ts";

/*
 * flowcontrol.apiserver.k8s.io/v1, as far as this program reads it. Callers may leave out what is optional here, and lists.
 * Source: kubernetes/api flowcontrol/v1/types.go.
 */

export interface FlowSchema extends KubeObject {
  spec: {
    priorityLevelConfiguration?: { name?: string };
    matchingPrecedence?: number;
    distinguisherMethod?: { type?: string };
    rules?: readonly FlowRules[];
  };
  status?: { conditions?: FlowCondition[] };
}

export type FlowCondition = Partial<Condition> & { readonly type: string };

/** Requests of these subjects for these things. */
export interface FlowRules {
  readonly subjects?: readonly FlowSubject[];
  readonly resourceRules?: readonly FlowResourceRule[];
  readonly nonResourceRules?: readonly FlowPathRule[];
}

export interface FlowSubject {
  readonly kind?: string;
  readonly user?: { readonly name?: string };
  readonly group?: { readonly name?: string };
  readonly serviceAccount?: { readonly namespace?: string; readonly name?: string };
}

export interface FlowResourceRule {
  readonly verbs?: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly clusterScope?: boolean;
  readonly namespaces?: readonly string[] | null;
}

export interface FlowPathRule {
  readonly verbs?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

export interface PriorityLevelConfiguration extends KubeObject {
  spec: {
    type?: string;
    limited?: LimitedLevel;
    exempt?: { nominalConcurrencyShares?: number; lendablePercent?: number };
  };
  status?: { conditions?: FlowCondition[] };
}

export interface LimitedLevel {
  nominalConcurrencyShares?: number;
  limitResponse?: { type?: string; queuing?: { queues?: number; handSize?: number; queueLengthLimit?: number } };
  lendablePercent?: number;
  borrowingLimitPercent?: number;
}
