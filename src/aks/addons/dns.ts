import type { ConfigMap, Service } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import type { SystemWorkload } from "./component.ts";

/** What CoreDNS answers and forwards. Source: Azure docs coredns-custom, the default Corefile. */
const corefile = `.:53 {
    errors
    ready
    health
    kubernetes cluster.local in-addr.arpa ip6.arpa {
      pods insecure
      fallthrough in-addr.arpa ip6.arpa
    }
    prometheus :9153
    forward . /etc/resolv.conf
    cache 30
    loop
    reload
    loadbalance
    import custom/*.override
}
import custom/*.server
`;

/** How many CoreDNS pods a cluster of some size wants. Source: Azure docs coredns-autoscale. */
const ladder = '{"coresToReplicas":[[1,2],[512,3],[1024,4],[2048,5]],"nodesToReplicas":[[1,2],[8,3],[16,4],[32,5]]}';

const labels = { "addonmanager.kubernetes.io/mode": "Reconcile", "kubernetes.io/cluster-service": "true" } as const;

/** The service and the settings of the cluster's name server. @param clusterIp address of the service, inside the service network. */
export function dnsSettings(clusterIp: string): readonly SystemWorkload[] {
  return [
    configMap("coredns", { Corefile: corefile }),
    configMap("coredns-custom", {}),
    configMap("coredns-autoscaler", { ladder }),
    { type: resources.services, object: dnsService(clusterIp) },
  ];
}

function dnsService(clusterIP: string): Service {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: {
      name: "kube-dns",
      namespace: "kube-system",
      labels: { ...labels, "k8s-app": "kube-dns", "kubernetes.io/name": "CoreDNS" },
    },
    spec: {
      type: "ClusterIP",
      clusterIP,
      selector: { "k8s-app": "kube-dns" },
      ports: [
        { name: "dns", port: 53, protocol: "UDP", targetPort: 53 },
        { name: "dns-tcp", port: 53, protocol: "TCP", targetPort: 53 },
      ],
    },
  };
}

function configMap(name: string, values: Record<string, string>): SystemWorkload {
  const metadata = { name, namespace: "kube-system", labels: { ...labels, "k8s-app": "kube-dns" } };
  const object: ConfigMap = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata,
    ...(Object.keys(values).length === 0 ? {} : { data: values }),
  };
  return { type: resources.configMaps, object };
}
