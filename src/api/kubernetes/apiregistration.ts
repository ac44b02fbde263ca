import type { Condition } from "./core.ts";
import type { KubeObject } from "./meta.ts";

/** apiregistration.k8s.io/v1: who answers for a group and version. */
export interface APIService extends KubeObject {
  spec: {
    group?: string;
    version?: string;
    service?: { namespace?: string; name?: string; port?: number };
    caBundle?: string;
    insecureSkipTLSVerify?: boolean;
    groupPriorityMinimum?: number;
    versionPriority?: number;
  };
  status?: { conditions?: Condition[] };
}

/** The service that answers for the usage of nodes and pods. Source: kubernetes-sigs/metrics-server manifests. */
export const METRICS_API_SERVICE = "v1beta1.metrics.k8s.io";
