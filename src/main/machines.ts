import type { NodeBootstrap } from "#api/kubelet";
import type { Instance, MachineHost } from "#compute";
import type { PodAddresses } from "./pod-addresses.ts";

/** What runs the kubelets of a cluster's machines. */
export interface NodeHost {
  startNode(bootstrap: NodeBootstrap): void;
  stopNode(nodeName: string): void;
}

/** Told of machines by compute, and of the clusters that they can join. */
export interface ClusterMachines extends MachineHost {
  /** Machines that have booted before it join the cluster now. */
  clusterStarted(id: string): void;
}

/** Hands machines to their cluster, also those that boot before its control plane runs, and says who holds addresses for pods. */
export function createMachines(planeOf: (id: string) => NodeHost | undefined, addresses: PodAddresses): ClusterMachines {
  const running = new Map<string, NodeBootstrap>();
  return {
    started(instance: Instance) {
      const bootstrap = bootstrapOf(instance);
      running.set(keyOf(instance), bootstrap);
      addresses.started(instance, bootstrap);
      planeOf(bootstrap.clusterId)?.startNode(bootstrap);
    },
    stopped(instance: Instance) {
      const bootstrap = running.get(keyOf(instance));
      if (bootstrap === undefined) return;
      running.delete(keyOf(instance));
      addresses.stopped(bootstrap);
      planeOf(bootstrap.clusterId)?.stopNode(bootstrap.nodeName);
    },
    clusterStarted(id) {
      for (const bootstrap of running.values()) if (bootstrap.clusterId === id) planeOf(id)?.startNode(bootstrap);
    },
  };
}

/** What the machine boots with, and what ails it. */
function bootstrapOf({ userData, ailment }: Instance): NodeBootstrap {
  const bootstrap = userData as NodeBootstrap;
  return ailment === "broken" ? { ...bootstrap, networkFails: true } : bootstrap;
}

function keyOf({ scaleSet, id }: Instance): string {
  return `${scaleSet.subscriptionId}/${scaleSet.resourceGroup}/${scaleSet.name}/${id}`.toLowerCase();
}
