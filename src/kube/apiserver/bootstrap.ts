import type { Endpoints, Service } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";
import { isStatus } from "#api/kubernetes/status";
import { SYSTEM_PRIORITIES } from "#kube/apimachinery";
import { reconcileDefaultRoles } from "./access/defaults/reconcile.ts";
import type { Core } from "./core.ts";
import { createObject } from "./verbs/create.ts";

/**
 * Namespaces of every cluster. Source: pkg/controlplane/controller/systemnamespaces.
 * Differs from AKS: clusters older than 1.14 have kube-node-lease too; the kubelets' leases are there.
 */
const NAMESPACES = ["default", "kube-system", "kube-public", "kube-node-lease"];

/** Source: pkg/apis/scheduling/v1/helpers.go, systemPriorityClasses. */
const PRIORITY_DESCRIPTIONS: Readonly<Record<string, string>> = {
  "system-node-critical": "Used for system critical pods that must not be moved from their current node.",
  "system-cluster-critical": "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.",
};

/** Creates what every cluster has from its start and what is not there yet. */
export async function createClusterObjects(core: Core, serviceAddress: string): Promise<void> {
  for (const name of NAMESPACES) await ensure(core, { group: "", resource: "namespaces", namespace: "" }, { metadata: { name } });
  for (const [name, value] of Object.entries(SYSTEM_PRIORITIES)) {
    const object = { metadata: { name }, value, description: PRIORITY_DESCRIPTIONS[name] } as KubeObject;
    await ensure(core, { group: "scheduling.k8s.io", resource: "priorityclasses", namespace: "" }, object);
  }
  await reconcileDefaultRoles(core);
  await ensure(core, { group: "", resource: "services", namespace: "default" }, kubernetesService(serviceAddress));
  await ensure(core, { group: "", resource: "endpoints", namespace: "default" }, kubernetesEndpoints());
  await ensure(core, { group: "discovery.k8s.io", resource: "endpointslices", namespace: "default" }, kubernetesSlice());
}

async function ensure(core: Core, at: { group: string; resource: string; namespace: string }, body: KubeObject): Promise<void> {
  const resource = core.resources.preferred(at.group, at.resource);
  if (resource === undefined) return;
  try {
    await createObject(core, {
      resource,
      namespace: at.namespace,
      body,
      ownsBody: true,
      dryRun: false,
      author: { name: "kube-apiserver", isClient: false },
    });
  } catch (error) {
    if (!isStatus(error, "AlreadyExists")) throw error;
  }
}

/** Source: pkg/controlplane/controller/kubernetesservice/controller.go. */
function kubernetesService(address: string): Service {
  return {
    metadata: { name: "kubernetes", labels: { component: "apiserver", provider: "kubernetes" } },
    spec: {
      type: "ClusterIP",
      clusterIP: address,
      ports: [{ name: "https", protocol: "TCP", port: 443, targetPort: 443 }],
    },
  };
}

/**
 * Where the API server is behind its service. Differs from AKS: an address of the ranges for documentation, as there are no
 * packets in a cluster that would have to arrive.
 */
const SERVER_ADDRESS = "192.0.2.1";

/** Source: pkg/controlplane/reconcilers/endpointsadapter.go, lease.go; the service's targetPort. */
function kubernetesEndpoints(): Endpoints {
  return {
    metadata: { name: "kubernetes", labels: { "endpointslice.kubernetes.io/skip-mirror": "true" } },
    subsets: [{ addresses: [{ ip: SERVER_ADDRESS }], ports: [{ name: "https", port: 443, protocol: "TCP" }] }],
  };
}

/** Source: as above, endpointSliceFromEndpoints. */
function kubernetesSlice(): KubeObject {
  return {
    metadata: { name: "kubernetes", labels: { "kubernetes.io/service-name": "kubernetes" } },
    addressType: "IPv4",
    endpoints: [{ addresses: [SERVER_ADDRESS], conditions: { ready: true } }],
    ports: [{ name: "https", port: 443, protocol: "TCP" }],
  } as KubeObject;
}
