import type { AddressRange } from "./addresses.ts";
import type { ResourceList, Taint } from "./kubernetes/core.ts";

/**
 * What a machine is told at boot about the node it becomes. The service writes it into the instance's user data;
 * the kubelet reads it. Neither needs to know the other.
 */
export interface NodeBootstrap {
  /** Which cluster's API the node joins; the control plane's id. */
  readonly clusterId: string;
  readonly nodeName: string;
  /** `azure:///subscriptions/…/virtualMachineScaleSets/…/virtualMachines/0`. */
  readonly providerId: string;
  /** With a leading `v`: `v1.12.6`. */
  readonly kubeletVersion: string;
  readonly osImage: string;
  readonly kernelVersion: string;
  /** `docker://3.0.4` or `containerd://1.7.15-1`. */
  readonly containerRuntimeVersion: string;
  readonly operatingSystem: "linux" | "windows";
  readonly architecture: "amd64" | "arm64";
  readonly internalIp: string;
  /** The machine's public address, where it has one. */
  readonly externalIp?: string;
  /** Addresses that the machine has for its pods; absent where they are of the node's podCIDR or of {@link podSubnet}. */
  readonly podAddresses?: readonly AddressRange[];
  /** The subnet that its pods have addresses of, as they are needed. */
  readonly podSubnet?: PodSubnet;
  /** Its pods have addresses of the node's podCIDR: without one its network does not come up. */
  readonly needsPodCidr?: true;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  readonly capacity: Readonly<ResourceList>;
  readonly allocatable: Readonly<ResourceList>;
  /** The node image that it boots from, by name; absent in machines made before this was noted. The kubelet does not read it. */
  readonly nodeImageVersion?: string;
  /** Stands for the settings that it has had since it booted; absent for none. The kubelet does not read it. */
  readonly settings?: string;
  /** Made for the time of an upgrade only. The kubelet does not read it. */
  readonly surge?: true;
  /** How often the cluster's certificates had been replaced; absent for never. The kubelet does not read it. */
  readonly certificateRotation?: number;
  /** The network plugin never comes up: the node registers and is not Ready. */
  readonly networkFails?: true;
  /** Disks that can be attached to the machine; absent where that is not known. */
  readonly dataDisks?: number;
  /** GPUs of the machine; the node shows them once a device plugin pod runs on it. */
  readonly gpus: number;
  /** Nobody has installed the driver of its GPUs: they show once a pod that brings it runs there, too. */
  readonly lacksGpuDriver?: true;
}

/** A subnet for pods. */
export interface PodSubnet {
  /** Its full id in lower case. */
  readonly id: string;
  /** `10.241.0.0/16` */
  readonly cidr: string;
  /** Whether nodes get addresses as they need them, or all at once in blocks. */
  readonly mode: "DynamicIndividual" | "StaticBlock";
}

/**
 * Heartbeats of nodes that pass by word of mouth while time is moved on, in place of a write for each: an hour of thousands of nodes
 * would be millions of writes, of which nobody could see any but the last.
 */
export interface SpokenHeartbeats {
  /** Where time is certain to come to, milliseconds since the epoch; in the past when nobody moves it. */
  movesTo(): number;
  /** The kubelet of the node lives. */
  note(nodeName: string, atMs: number): void;
  /** When it last said so, whether it still runs or not. */
  last(nodeName: string): number | undefined;
}
