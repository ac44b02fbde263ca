import { compareVersions } from "../catalog/index.ts";
import type { Component } from "./component.ts";

const registry = "mcr.microsoft.com/oss/v2";

/** Tags by first Kubernetes version, newest first. Sources: Azure docs supported-kubernetes-versions, Azure/AKS CHANGELOG and vhd-notes, 2026-07. */
const tags = {
  coredns: [
    ["1.36.0", "v1.14.3-11"],
    ["1.34.0", "v1.13.1-20"],
    ["1.33.0", "v1.12.1-25"],
    ["1.32.0", "v1.11.3-32"],
    ["1.24.0", "v1.9.4-6"],
    ["1.21.0", "v1.8.7"],
    ["1.0.0", "1.6.6"],
  ],
  cloudNodeManager: [
    ["1.36.0", "v1.36.3-1"],
    ["1.35.0", "v1.35.7-1"],
    ["1.34.0", "v1.34.12-1"],
    ["1.0.0", "v1.33.15-1"],
  ],
  azureDisk: [
    ["1.36.0", "v1.34.4"],
    ["1.35.0", "v1.34.3"],
    ["1.0.0", "v1.33.10"],
  ],
  azureFile: [
    ["1.35.0", "v1.35.4"],
    ["1.34.0", "v1.34.6"],
    ["1.0.0", "v1.33.10"],
  ],
} as const satisfies Record<string, readonly (readonly [since: string, tag: string])[]>;

const smallRequests = { cpu: "10m", memory: "20Mi" } as const;

/**
 * What runs in kube-system since Kubernetes 1.16.
 * Sources: Azure docs privileged-identity-management (names), coredns-autoscale (requests and limits of CoreDNS),
 * resize-node-pool (disruption budgets), Azure/AKS issues 2667 and 4515; images as for the tags.
 * Unverified: requests and limits of the others, as listings of nodes show them.
 * Differs from AKS: Windows nodes run none of these; nothing resizes CoreDNS or the metrics server.
 */
export function componentsToday(version: string): readonly Component[] {
  return [
    dns(version),
    dnsAutoscaler,
    metricsServer,
    ...tunnels,
    kubeProxy(version),
    cloudNodeManager(version),
    ipMasqAgent,
    azureCns,
    ...csi(version),
  ];
}

function dns(version: string): Component {
  return {
    kind: "Deployment",
    name: "coredns",
    replicas: 2,
    selector: { "k8s-app": "kube-dns" },
    priorityClassName: "system-node-critical",
    serviceAccountName: "coredns",
    minAvailable: { budget: "coredns-pdb", pods: 1 },
    containers: [
      {
        name: "coredns",
        image: `${registry}/kubernetes/coredns:${tagOf("coredns", version)}`,
        args: ["-conf", "/etc/coredns/Corefile"],
        requests: { cpu: "100m", memory: "70Mi" },
        limits: { cpu: "3", memory: "500Mi" },
      },
    ],
  };
}

const dnsAutoscaler: Component = {
  kind: "Deployment",
  name: "coredns-autoscaler",
  selector: { "k8s-app": "coredns-autoscaler" },
  priorityClassName: "system-node-critical",
  serviceAccountName: "coredns-autoscaler",
  containers: [
    {
      name: "autoscaler",
      image: `${registry}/kubernetes/autoscaler/cluster-proportional-autoscaler:v1.9.0-21`,
      requests: { cpu: "20m", memory: "10Mi" },
      limits: { cpu: "200m", memory: "500Mi" },
    },
  ],
};

const metricsServer: Component = {
  kind: "Deployment",
  name: "metrics-server",
  replicas: 2,
  selector: { "k8s-app": "metrics-server" },
  priorityClassName: "system-cluster-critical",
  serviceAccountName: "metrics-server",
  minAvailable: { budget: "metrics-server-pdb", pods: 1 },
  containers: [
    {
      name: "metrics-server-vpa",
      image: `${registry}/kubernetes/autoscaler/addon-resizer:v1.8.23-14`,
      requests: { cpu: "5m", memory: "30Mi" },
      limits: { cpu: "100m", memory: "300Mi" },
    },
    {
      name: "metrics-server",
      image: `${registry}/kubernetes/metrics-server:v0.8.0-13`,
      requests: { cpu: "153m", memory: "123Mi" },
      limits: { cpu: "153m", memory: "123Mi" },
    },
  ],
};

/** How the control plane reaches the nodes. */
const tunnels: readonly Component[] = [
  {
    kind: "Deployment",
    name: "tunnelfront",
    until: "1.21.0",
    selector: { component: "tunnel" },
    priorityClassName: "system-node-critical",
    serviceAccountName: "tunnelfront",
    containers: [
      {
        name: "tunnel-front",
        image: "mcr.microsoft.com/aks/hcp/hcp-tunnel-front:master.210623.2",
        requests: { cpu: "10m", memory: "64Mi" },
      },
    ],
  },
  {
    kind: "Deployment",
    name: "konnectivity-agent",
    since: "1.21.0",
    replicas: 2,
    selector: { app: "konnectivity-agent" },
    priorityClassName: "system-node-critical",
    serviceAccountName: "konnectivity-agent",
    minAvailable: { budget: "konnectivity-agent", pods: 1 },
    containers: [
      {
        name: "konnectivity-agent",
        image: `${registry}/kubernetes/apiserver-network-proxy/agent:v0.32.1-2`,
        requests: { cpu: "20m", memory: "20Mi" },
        limits: { cpu: "1", memory: "1Gi" },
      },
    ],
  },
];

function kubeProxy(version: string): Component {
  return {
    kind: "DaemonSet",
    name: "kube-proxy",
    selector: { component: "kube-proxy", tier: "node" },
    hostNetwork: true,
    priorityClassName: "system-node-critical",
    containers: [{ name: "kube-proxy", image: `${registry}/kubernetes/kube-proxy:v${version}`, requests: { cpu: "100m" } }],
  };
}

function cloudNodeManager(version: string): Component {
  return {
    kind: "DaemonSet",
    name: "cloud-node-manager",
    since: "1.22.0",
    selector: { "k8s-app": "cloud-node-manager" },
    hostNetwork: true,
    priorityClassName: "system-node-critical",
    serviceAccountName: "cloud-node-manager",
    containers: [
      {
        name: "cloud-node-manager",
        image: `${registry}/kubernetes/azure-cloud-node-manager:${tagOf("cloudNodeManager", version)}`,
        requests: { cpu: "50m", memory: "50Mi" },
        limits: { memory: "512Mi" },
      },
    ],
  };
}

const ipMasqAgent: Component = {
  kind: "DaemonSet",
  name: "azure-ip-masq-agent",
  selector: { "k8s-app": "azure-ip-masq-agent" },
  hostNetwork: true,
  priorityClassName: "system-node-critical",
  containers: [
    {
      name: "azure-ip-masq-agent",
      image: `${registry}/azure/ip-masq-agent-v2:v0.1.16-10`,
      requests: { cpu: "100m", memory: "50Mi" },
      limits: { cpu: "500m", memory: "250Mi" },
    },
  ],
};

const azureCns: Component = {
  kind: "DaemonSet",
  name: "azure-cns",
  since: "1.24.0",
  networkPlugin: "azure",
  selector: { "k8s-app": "azure-cns" },
  hostNetwork: true,
  priorityClassName: "system-node-critical",
  serviceAccountName: "azure-cns",
  containers: [
    {
      name: "cns-container",
      image: "mcr.microsoft.com/containernetworking/azure-cns:v1.8.6-0",
      requests: { cpu: "40m", memory: "250Mi" },
      limits: { memory: "250Mi" },
    },
  ],
};

function csi(version: string): readonly Component[] {
  return [csiDriver("azuredisk", tagOf("azureDisk", version), "1000Mi"), csiDriver("azurefile", tagOf("azureFile", version), "600Mi")];
}

function csiDriver(driver: "azuredisk" | "azurefile", tag: string, memoryLimit: string): Component {
  const csiRegistry = `${registry}/kubernetes-csi`;
  return {
    kind: "DaemonSet",
    name: `csi-${driver}-node`,
    since: "1.21.0",
    selector: { app: `csi-${driver}-node` },
    hostNetwork: true,
    priorityClassName: "system-node-critical",
    serviceAccountName: `csi-${driver}-node-sa`,
    containers: [
      { name: "liveness-probe", image: `${csiRegistry}/livenessprobe:v2.18.0`, requests: smallRequests, limits: { memory: "100Mi" } },
      {
        name: "node-driver-registrar",
        image: `${csiRegistry}/csi-node-driver-registrar:v2.16.0`,
        requests: smallRequests,
        limits: { memory: "100Mi" },
      },
      { name: driver, image: `${csiRegistry}/${driver}-csi:${tag}`, requests: smallRequests, limits: { memory: memoryLimit } },
    ],
  };
}

function tagOf(image: keyof typeof tags, version: string): string {
  const rows: readonly (readonly [string, string])[] = tags[image];
  return rows.find(([since]) => compareVersions(version, since) >= 0)?.[1] ?? "latest";
}
