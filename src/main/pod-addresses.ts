import type { NodeBootstrap } from "#api/kubelet";
import { AllocationError, type Compute, type Instance } from "#compute";
import type { PodAddressSource } from "#kube/kubelet";

/** What gives the nodes of a cluster addresses of subnets for pods: the machines that run hold them. */
export interface PodAddresses {
  /** The machine runs, as the node of this cluster. */
  started(instance: Instance, bootstrap: Pick<NodeBootstrap, "clusterId" | "nodeName">): void;
  stopped(bootstrap: Pick<NodeBootstrap, "clusterId" | "nodeName">): void;
  of(clusterId: string): PodAddressSource;
}

export function createPodAddresses(compute: Pick<Compute, "instance" | "addPodAddresses">): PodAddresses {
  const machines = new Map<string, Pick<Instance, "scaleSet" | "id">>();
  const keyOf = (clusterId: string, nodeName: string): string => `${clusterId}/${nodeName}`;
  return {
    started: ({ scaleSet, id }, { clusterId, nodeName }) => void machines.set(keyOf(clusterId, nodeName), { scaleSet, id }),
    stopped: ({ clusterId, nodeName }) => void machines.delete(keyOf(clusterId, nodeName)),
    of: (clusterId) => ({
      held(nodeName) {
        const machine = machines.get(keyOf(clusterId, nodeName));
        return machine === undefined ? [] : (compute.instance(machine.scaleSet, machine.id)?.podAddresses?.ranges ?? []);
      },
      async more(nodeName, { id: network, cidr, mode }, count) {
        const machine = machines.get(keyOf(clusterId, nodeName));
        if (machine === undefined) return undefined;
        const want = { network: { id: network, cidr }, count, isBlocks: mode === "StaticBlock" };
        try {
          return await compute.addPodAddresses(machine.scaleSet, machine.id, want);
        } catch (error) {
          if (error instanceof AllocationError) return undefined;
          throw error;
        }
      },
    }),
  };
}
