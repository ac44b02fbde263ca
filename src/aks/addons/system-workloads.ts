import type { Affinity, NodeSelectorRequirement, PodSpec } from "#api/kubernetes/core";
import type { KubeObject, ObjectMeta } from "#api/kubernetes/meta";
import { resources } from "#api/kubernetes/resources";
import type { DaemonSet, Deployment, PodDisruptionBudget } from "#api/kubernetes/workloads";
import { compareVersions } from "../catalog/index.ts";
import { type Component, containersOf, everyNode, systemNodes, type SystemWorkload } from "./component.ts";
import { components2019 } from "./components-2019.ts";
import { componentsToday } from "./components-today.ts";
import { dnsSettings } from "./dns.ts";
import { metricsObjects } from "./metrics.ts";
import { storageClasses } from "./storage-classes.ts";

const NAMESPACE = "kube-system";
/** First Kubernetes version that runs today's set. */
const FIRST_OF_TODAY = "1.16.0";
/** First Kubernetes version with the label kubernetes.io/os. */
const STABLE_OS_LABEL = "1.14.0";
const DEFAULT_DNS_SERVICE_IP = "10.0.0.10";

export interface SystemCluster {
  /** Full version of the control plane. */
  readonly version: string;
  /** Address of the name server, from the cluster's network profile. */
  readonly dnsServiceIp?: string | undefined;
  readonly networkPlugin?: string | undefined;
}

/**
 * Everything that the service keeps in a cluster, in kube-system and its storage classes, in an order in which it can be created: settings and accounts
 * before what uses them. Another version may give other objects; what is no longer among them is to be deleted.
 */
export function systemWorkloads(cluster: SystemCluster): readonly SystemWorkload[] {
  const components = componentsOf(cluster);
  const accounts = new Set(components.map(({ serviceAccountName }) => serviceAccountName).filter((name) => name !== undefined));
  return [
    ...[...accounts].map((name) => ({ type: resources.serviceAccounts, object: serviceAccount(name) })),
    ...storageClasses(cluster.version),
    ...dnsSettings(cluster.dnsServiceIp ?? DEFAULT_DNS_SERVICE_IP),
    ...metricsObjects,
    ...components.flatMap((component) => objectsOf(component, cluster.version)),
  ];
}

function componentsOf({ version, networkPlugin = "kubenet" }: SystemCluster): readonly Component[] {
  const all = compareVersions(version, FIRST_OF_TODAY) < 0 ? components2019(version) : componentsToday(version);
  return all.filter(
    ({ since = version, until, networkPlugin: wanted = networkPlugin }) =>
      compareVersions(version, since) >= 0 && (until === undefined || compareVersions(version, until) < 0) && wanted === networkPlugin,
  );
}

function objectsOf(component: Component, version: string): readonly SystemWorkload[] {
  const { minAvailable } = component;
  const workload =
    component.kind === "Deployment"
      ? { type: resources.deployments, object: deployment(component, version) }
      : { type: resources.daemonSets, object: daemonSet(component, version) };
  if (minAvailable === undefined) return [workload];
  return [workload, { type: resources.podDisruptionBudgets, object: budget(component, minAvailable) }];
}

function deployment(component: Component, version: string): Deployment {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: metadata(component.name, component),
    spec: {
      replicas: component.replicas ?? 1,
      selector: { matchLabels: { ...component.selector } },
      template: { metadata: { labels: { ...component.selector } }, spec: podSpec(component, version) },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } },
    },
  };
}

function daemonSet(component: Component, version: string): DaemonSet {
  return {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: metadata(component.name, component),
    spec: {
      selector: { matchLabels: { ...component.selector } },
      template: { metadata: { labels: { ...component.selector } }, spec: podSpec(component, version) },
      updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "50%" } },
    },
  };
}

function podSpec(component: Component, version: string): PodSpec {
  const { hostNetwork, priorityClassName, serviceAccountName } = component;
  const isDaemonSet = component.kind === "DaemonSet";
  return {
    containers: containersOf(component),
    affinity: affinity(version, !isDaemonSet),
    tolerations: [...(isDaemonSet ? everyNode : systemNodes)],
    ...(hostNetwork === true ? { hostNetwork } : {}),
    ...(priorityClassName === undefined ? {} : { priorityClassName }),
    ...(serviceAccountName === undefined ? {} : { serviceAccountName }),
  };
}

/**
 * Linux nodes of AKS, not virtual ones; deployments rather on system pools.
 * Source: Azure docs use-system-pools: system pods prefer, and do not need, nodes of mode system.
 */
function affinity(version: string, prefersSystem: boolean): Affinity {
  const os = compareVersions(version, STABLE_OS_LABEL) < 0 ? "beta.kubernetes.io/os" : "kubernetes.io/os";
  const matchExpressions: NodeSelectorRequirement[] = [
    { key: "kubernetes.azure.com/cluster", operator: "Exists" },
    { key: "type", operator: "NotIn", values: ["virtual-kubelet"] },
    { key: os, operator: "In", values: ["linux"] },
  ];
  const required = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] } };
  if (!prefersSystem || compareVersions(version, FIRST_OF_TODAY) < 0) return { nodeAffinity: required };
  const mode: NodeSelectorRequirement = { key: "kubernetes.azure.com/mode", operator: "In", values: ["system"] };
  const preferredDuringSchedulingIgnoredDuringExecution = [{ weight: 100, preference: { matchExpressions: [mode] } }];
  return { nodeAffinity: { ...required, preferredDuringSchedulingIgnoredDuringExecution } };
}

function budget(component: Component, { budget: name, pods }: NonNullable<Component["minAvailable"]>): PodDisruptionBudget {
  return {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: metadata(name, component),
    spec: { minAvailable: pods, selector: { matchLabels: { ...component.selector } } },
  };
}

function serviceAccount(name: string): KubeObject {
  return {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name, namespace: NAMESPACE, labels: { "addonmanager.kubernetes.io/mode": "Reconcile" } },
  };
}

function metadata(name: string, component: Component): ObjectMeta {
  return {
    name,
    namespace: NAMESPACE,
    labels: { "addonmanager.kubernetes.io/mode": "Reconcile", "kubernetes.io/cluster-service": "true", ...component.selector },
  };
}
