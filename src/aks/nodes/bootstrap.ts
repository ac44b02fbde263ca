import type { AgentPoolProperties } from "#api/containerservice/model";
import type { NodeBootstrap } from "#api/kubelet";
import { nodeImageName, nodeRuntime } from "../catalog/index.ts";
import { type GenerationName } from "../generations/index.ts";
import { nodeLabels } from "./labels.ts";
import { providerId, virtualMachineProviderId } from "./names.ts";
import { type MachineFacts, nodeAllocatable, nodeCapacity } from "./resources.ts";
import { poolTaints } from "./taints.ts";
import { type ImagedPool, isTrusted } from "./trusted-launch.ts";

/** A machine of a pool that is about to boot. */
export interface BootingNode {
  readonly cluster: {
    /** Id of the control plane that the node joins. */
    readonly controlPlaneId: string;
    readonly subscriptionId: string;
    readonly nodeResourceGroup: string;
    readonly location: string;
    readonly generation: GenerationName;
  };
  readonly poolName: string;
  readonly pool: AgentPoolProperties;
  /** Full version that the node is to run: `1.12.6`. */
  readonly kubernetesVersion: string;
  /** Name of the pool's scale set. */
  readonly vmss: string;
  readonly instance: {
    readonly id: number;
    readonly computerName: string;
    readonly privateIp: string;
    readonly publicIp?: string | undefined;
    readonly zone?: string | undefined;
  };
  readonly machine: MachineFacts;
}

/** What the machine boots with: everything its kubelet has to know. */
export function buildBootstrap(node: BootingNode): NodeBootstrap {
  const { cluster, pool, poolName, kubernetesVersion, vmss, instance, machine } = node;
  const hasFips = pool.enableFIPS === true;
  const runtime = nodeRuntime({ kubernetesVersion, osType: pool.osType, osSKU: pool.osSKU, architecture: machine.architecture, hasFips });
  const resources = { machine, osDiskSizeGB: pool.osDiskSizeGB, maxPods: pool.maxPods, osType: pool.osType, kubernetesVersion };
  const { generation, location, nodeResourceGroup, subscriptionId } = cluster;
  return {
    clusterId: cluster.controlPlaneId,
    nodeName: instance.computerName,
    providerId:
      pool.type === "VirtualMachines"
        ? virtualMachineProviderId({ subscriptionId, nodeResourceGroup, computerName: instance.computerName })
        : providerId({ subscriptionId, nodeResourceGroup, vmss, instanceId: instance.id }),
    kubeletVersion: `v${kubernetesVersion}`,
    osImage: runtime.osImage,
    kernelVersion: runtime.kernelVersion,
    containerRuntimeVersion: runtime.containerRuntimeVersion,
    operatingSystem: pool.osType === "Windows" ? "windows" : "linux",
    architecture: machine.architecture ?? "amd64",
    internalIp: instance.privateIp,
    ...(instance.publicIp !== undefined && { externalIp: instance.publicIp }),
    labels: nodeLabels({
      generation,
      location,
      nodeResourceGroup,
      poolName,
      pool,
      machine,
      nodeName: instance.computerName,
      zone: instance.zone,
      kubernetesVersion,
    }),
    taints: poolTaints(pool),
    capacity: nodeCapacity(resources),
    allocatable: nodeAllocatable(resources),
    ...(machine.maxDataDisks !== undefined && { dataDisks: machine.maxDataDisks }),
    gpus: gpusOf(pool, machine),
    ...(pool.gpuProfile?.driver === "None" && { lacksGpuDriver: true as const }),
  };
}

/**
 * GPUs as their device plugin offers them: each of the parts is one where they are divided.
 * Source: MicrosoftDocs/azure-aks-docs articles/aks/gpu-multi-instance.md, "GPU instance profiles" and single strategy.
 * Differs from AKS: the mixed strategy, whose resources have the names of profiles, is not known.
 */
function gpusOf({ gpuInstanceProfile }: AgentPoolProperties, { gpus = 0 }: MachineFacts): number {
  return gpus * (GPU_PARTS[gpuInstanceProfile ?? ""] ?? 1);
}

const GPU_PARTS: Readonly<Record<string, number>> = { MIG1g: 7, MIG2g: 3, MIG3g: 2, MIG4g: 1, MIG7g: 1 };

/** The newest node image on a day, `2026-07-16`, for a pool at a version: its `nodeImageVersion`. */
export function nodeImageVersion(
  pool: ImagedPool,
  kubernetesVersion: string,
  { architecture, day }: Pick<MachineFacts, "architecture"> & { readonly day?: string } = {},
): string {
  const { osType, osSKU, enableFIPS } = pool;
  return nodeImageName({ kubernetesVersion, osType, osSKU, architecture, day, isTrusted: isTrusted(pool), hasFips: enableFIPS === true });
}
