import type { NodeBootstrap } from "#api/kubelet";
import type { Pod, PodSpec, ResourceList } from "#api/kubernetes/core";

/** A machine of a pool of 2019, as it boots. */
export function makeBootstrap(nodeName: string, overrides: Partial<NodeBootstrap> = {}): NodeBootstrap {
  return {
    clusterId: "test",
    nodeName,
    providerId: `azure:///subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachineScaleSets/v/virtualMachines/${nodeName}`,
    kubeletVersion: "v1.12.6",
    osImage: "Ubuntu 16.04.6 LTS",
    kernelVersion: "4.15.0-1037-azure",
    containerRuntimeVersion: "docker://3.0.4",
    operatingSystem: "linux",
    architecture: "amd64",
    internalIp: "10.240.0.4",
    labels: { agentpool: "nodepool1", "kubernetes.io/hostname": nodeName },
    taints: [],
    capacity: { cpu: "2", memory: "7113160Ki", "ephemeral-storage": "101445900Ki", pods: "110" },
    allocatable: { cpu: "1931m", memory: "5450576Ki", "ephemeral-storage": "93492209510", pods: "110" },
    gpus: 0,
    ...overrides,
  };
}

/** A pod that is bound to the node. */
export function makeBoundPod(name: string, nodeName: string, spec: Partial<PodSpec> = {}, requests: ResourceList = {}): Pod {
  return {
    metadata: { name, namespace: "default" },
    spec: { nodeName, containers: [{ name: "mypod", image: "nginx:1.15.9", resources: { requests } }], ...spec },
  };
}
