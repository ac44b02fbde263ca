import type { APIService } from "./apiregistration.ts";
import type { HorizontalPodAutoscaler } from "./autoscaling.ts";
import type { CertificateSigningRequest } from "./certificates.ts";
import type * as core from "./core.ts";
import type { KubeObject, ResourceType } from "./meta.ts";
import type { PodMetrics } from "./metrics.ts";
import type * as limits from "./limits.ts";
import type * as rbac from "./rbac.ts";
import type * as storage from "./storage.ts";
import type * as workloads from "./workloads.ts";

/** @param apiVersion `v1` or `group/version`. */
function type<T extends KubeObject>(apiVersion: string, resource: string, kind: string, namespaced = true): ResourceType<T> {
  const [version = "", group = ""] = apiVersion.split("/").reverse();
  return { group, version, resource, kind, namespaced };
}

/** The kinds that Lido's own parts speak of through the typed client. The API server serves many more. */
export const resources = {
  nodes: type<core.Node>("v1", "nodes", "Node", false),
  namespaces: type<core.Namespace>("v1", "namespaces", "Namespace", false),
  pods: type<core.Pod>("v1", "pods", "Pod"),
  events: type<core.Event>("v1", "events", "Event"),
  configMaps: type<core.ConfigMap>("v1", "configmaps", "ConfigMap"),
  secrets: type<core.Secret>("v1", "secrets", "Secret"),
  serviceAccounts: type<core.ServiceAccount>("v1", "serviceaccounts", "ServiceAccount"),
  services: type<core.Service>("v1", "services", "Service"),
  endpoints: type<core.Endpoints>("v1", "endpoints", "Endpoints"),
  leases: type<core.Lease>("coordination.k8s.io/v1", "leases", "Lease"),
  deployments: type<workloads.Deployment>("apps/v1", "deployments", "Deployment"),
  replicaSets: type<workloads.ReplicaSet>("apps/v1", "replicasets", "ReplicaSet"),
  daemonSets: type<workloads.DaemonSet>("apps/v1", "daemonsets", "DaemonSet"),
  statefulSets: type<workloads.StatefulSet>("apps/v1", "statefulsets", "StatefulSet"),
  controllerRevisions: type<workloads.ControllerRevision>("apps/v1", "controllerrevisions", "ControllerRevision"),
  persistentVolumeClaims: type<workloads.PersistentVolumeClaim>("v1", "persistentvolumeclaims", "PersistentVolumeClaim"),
  persistentVolumes: type<storage.PersistentVolume>("v1", "persistentvolumes", "PersistentVolume", false),
  csiNodes: type<storage.CsiNode>("storage.k8s.io/v1", "csinodes", "CSINode", false),
  storageClasses: type<storage.StorageClass>("storage.k8s.io/v1", "storageclasses", "StorageClass", false),
  replicationControllers: type<workloads.ReplicationController>("v1", "replicationcontrollers", "ReplicationController"),
  jobs: type<workloads.Job>("batch/v1", "jobs", "Job"),
  cronJobs: type<workloads.CronJob>("batch/v1", "cronjobs", "CronJob"),
  horizontalPodAutoscalers: type<HorizontalPodAutoscaler>("autoscaling/v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler"),
  resourceQuotas: type<limits.ResourceQuota>("v1", "resourcequotas", "ResourceQuota"),
  clusterRoles: type<rbac.ClusterRole>("rbac.authorization.k8s.io/v1", "clusterroles", "ClusterRole", false),
  podDisruptionBudgets: type<workloads.PodDisruptionBudget>("policy/v1", "poddisruptionbudgets", "PodDisruptionBudget"),
  certificateSigningRequests: type<CertificateSigningRequest>(
    "certificates.k8s.io/v1",
    "certificatesigningrequests",
    "CertificateSigningRequest",
    false,
  ),
  apiServices: type<APIService>("apiregistration.k8s.io/v1", "apiservices", "APIService", false),
} as const;

/** What the metrics server answers: can be got and listed, not watched. */
export const podMetrics = type<PodMetrics>("metrics.k8s.io/v1beta1", "pods", "PodMetrics");
