import { compareVersions } from "../catalog/index.ts";
import type { Component } from "./component.ts";

/**
 * What ran in kube-system until Kubernetes 1.15.
 * Sources: Azure/AKS vhd-notes AKSUbuntu-1604/2020.02.12 for images; Azure/AKS CHANGELOG 2019-01-31 for CoreDNS from 1.12 on and
 * its autoscaler; Azure/AKS issues 34, 875 and 2667 for names and the tunnel's requests; Azure/aks-engine parts/k8s/addons and
 * kubernetes cluster/addons for the other requests.
 * Unverified: requests of heapster, dashboard and redirector, as listings of the time show them.
 */
export function components2019(version: string): readonly Component[] {
  return [...nameServers(version), ...nodeComponents(version), ...metrics, dashboard, tunnel];
}

function nameServers(version: string): readonly Component[] {
  return [
    {
      kind: "Deployment",
      name: "coredns",
      since: "1.12.0",
      replicas: 2,
      selector: { "k8s-app": "kube-dns" },
      priorityClassName: "system-cluster-critical",
      serviceAccountName: "coredns",
      containers: [
        {
          name: "coredns",
          image: `k8s.gcr.io/coredns:${compareVersions(version, "1.14.0") < 0 ? "1.2.6" : "1.3.1"}`,
          args: ["-conf", "/etc/coredns/Corefile"],
          requests: { cpu: "100m", memory: "70Mi" },
          limits: { memory: "170Mi" },
        },
      ],
    },
    {
      kind: "Deployment",
      name: "kube-dns-v20",
      until: "1.12.0",
      replicas: 2,
      selector: { "k8s-app": "kube-dns" },
      serviceAccountName: "kube-dns",
      containers: [
        {
          name: "kubedns",
          image: "k8s.gcr.io/k8s-dns-kube-dns-amd64:1.14.13",
          requests: { cpu: "100m", memory: "70Mi" },
          limits: { memory: "170Mi" },
        },
        { name: "dnsmasq", image: "k8s.gcr.io/k8s-dns-dnsmasq-nanny-amd64:1.14.10" },
        { name: "sidecar", image: "k8s.gcr.io/k8s-dns-sidecar-amd64:1.14.10", requests: { cpu: "10m", memory: "20Mi" } },
      ],
    },
    {
      kind: "Deployment",
      name: compareVersions(version, "1.12.0") < 0 ? "kube-dns-autoscaler" : "coredns-autoscaler",
      selector: { "k8s-app": compareVersions(version, "1.12.0") < 0 ? "kube-dns-autoscaler" : "coredns-autoscaler" },
      serviceAccountName: "coredns-autoscaler",
      containers: [
        {
          name: "autoscaler",
          image: "mcr.microsoft.com/oss/kubernetes/autoscaler/cluster-proportional-autoscaler:1.3.0",
          requests: { cpu: "20m", memory: "10Mi" },
        },
      ],
    },
  ];
}

const metrics: readonly Component[] = [
  {
    kind: "Deployment",
    name: "heapster",
    selector: { "k8s-app": "heapster" },
    serviceAccountName: "heapster",
    containers: [
      {
        name: "heapster",
        image: "k8s.gcr.io/heapster-amd64:v1.5.3",
        requests: { cpu: "80m", memory: "160Mi" },
        limits: { cpu: "80m", memory: "160Mi" },
      },
      {
        name: "heapster-nanny",
        image: "k8s.gcr.io/addon-resizer:1.8.4",
        requests: { cpu: "50m", memory: "90Mi" },
        limits: { cpu: "50m", memory: "90Mi" },
      },
    ],
  },
  {
    kind: "Deployment",
    name: "metrics-server",
    selector: { "k8s-app": "metrics-server" },
    serviceAccountName: "metrics-server",
    containers: [{ name: "metrics-server", image: "k8s.gcr.io/metrics-server-amd64:v0.2.1" }],
  },
];

const dashboard: Component = {
  kind: "Deployment",
  name: "kubernetes-dashboard",
  selector: { "k8s-app": "kubernetes-dashboard" },
  serviceAccountName: "kubernetes-dashboard",
  containers: [
    {
      name: "main",
      image: "k8s.gcr.io/kubernetes-dashboard-amd64:v1.10.1",
      requests: { cpu: "100m", memory: "50Mi" },
      limits: { cpu: "100m", memory: "500Mi" },
    },
  ],
};

const tunnel: Component = {
  kind: "Deployment",
  name: "tunnelfront",
  selector: { component: "tunnel" },
  serviceAccountName: "tunnelfront",
  containers: [{ name: "tunnel-front", image: "docker.io/deis/hcp-tunnel-front:v1.9.2-v3.0.11", requests: { cpu: "10m", memory: "64Mi" } }],
};

function nodeComponents(version: string): readonly Component[] {
  return [
    {
      kind: "DaemonSet",
      name: "kube-proxy",
      selector: { component: "kube-proxy", tier: "node" },
      hostNetwork: true,
      priorityClassName: "system-node-critical",
      containers: [{ name: "kube-proxy", image: `k8s.gcr.io/hyperkube-amd64:v${version}`, requests: { cpu: "100m" } }],
    },
    {
      kind: "DaemonSet",
      name: "kube-svc-redirect",
      selector: { component: "kube-svc-redirect", tier: "node" },
      hostNetwork: true,
      priorityClassName: "system-node-critical",
      containers: [
        { name: "redirector", image: "docker.io/deis/kube-svc-redirect:v1.0.7", requests: { cpu: "5m", memory: "2Mi" } },
        { name: "azureproxy", image: "nginx:1.13.12-alpine", requests: { cpu: "5m", memory: "32Mi" } },
      ],
    },
  ];
}
