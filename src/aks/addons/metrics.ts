import { type APIService, METRICS_API_SERVICE } from "#api/kubernetes/apiregistration";
import type { Service } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import type { SystemWorkload } from "./component.ts";

const labels = { "addonmanager.kubernetes.io/mode": "Reconcile", "kubernetes.io/cluster-service": "true" } as const;

/**
 * How the API server finds the metrics server. Source: kubernetes/kubernetes cluster/addons/metrics-server, as AKS runs it in kube-system.
 */
export const metricsObjects: readonly SystemWorkload[] = [
  { type: resources.services, object: metricsService() },
  { type: resources.apiServices, object: metricsApiService() },
];

function metricsService(): Service {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "metrics-server", namespace: "kube-system", labels: { ...labels, "kubernetes.io/name": "Metrics-server" } },
    spec: {
      type: "ClusterIP",
      selector: { "k8s-app": "metrics-server" },
      ports: [{ name: "https", port: 443, protocol: "TCP", targetPort: 4443 }],
    },
  };
}

function metricsApiService(): APIService {
  return {
    apiVersion: "apiregistration.k8s.io/v1",
    kind: "APIService",
    metadata: { name: METRICS_API_SERVICE, labels: { ...labels } },
    spec: {
      service: { name: "metrics-server", namespace: "kube-system" },
      group: "metrics.k8s.io",
      version: "v1beta1",
      insecureSkipTLSVerify: true,
      groupPriorityMinimum: 100,
      versionPriority: 100,
    },
  };
}
