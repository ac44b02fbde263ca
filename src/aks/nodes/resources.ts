import type { ResourceList } from "#api/kubernetes/core";
import { compareVersions } from "../catalog/index.ts";

/** What a VM size has, of what a node shows. */
export interface MachineFacts {
  /** `Standard_DS2_v2`. */
  readonly name: string;
  readonly vCPUs: number;
  /** Nominal, in MiB. */
  readonly memoryMB: number;
  readonly gpus?: number;
  readonly premiumIO?: boolean;
  readonly maxDataDisks?: number;
  readonly architecture?: "amd64" | "arm64";
}

export interface NodeResourcesRequest {
  readonly machine: MachineFacts;
  readonly osDiskSizeGB: number;
  readonly maxPods: number;
  readonly osType: "Linux" | "Windows";
  /** Full version of the node. */
  readonly kubernetesVersion: string;
}

const KI_PER_MI = 1024;
const MI_PER_GI = 1024;

/** First Kubernetes version with the newer memory reservation. */
const NEWER_MEMORY_RULE = "1.29.0";
/** First Kubernetes version whose disks are attached by a CSI driver: nodes then have no attachable-volumes resource. */
const CSI_DISKS = "1.21.0";

/** Reserved CPU by cores, in thousandths. Source: Azure docs node-resource-reservations. Between rows it is interpolated. */
const cpuReservations: readonly (readonly [cores: number, millicores: number])[] = [
  [1, 60],
  [2, 100],
  [4, 140],
  [8, 180],
  [16, 260],
  [32, 420],
  [64, 740],
];

/** Shares of memory reserved before 1.29, band by band, in GiB. Source: Azure docs node-resource-reservations. */
const memoryBands: readonly { readonly sizeGi: number; readonly share: number }[] = [
  { sizeGi: 4, share: 0.25 },
  { sizeGi: 4, share: 0.2 },
  { sizeGi: 8, share: 0.1 },
  { sizeGi: 112, share: 0.06 },
  { sizeGi: Number.POSITIVE_INFINITY, share: 0.02 },
];

/** Memory that the kubelet keeps free, in MiB, before and since 1.29. Source: Azure docs node-resource-reservations. */
const EVICTION_MI = { before: 750, since: 100 } as const;
/** Since 1.29, in MiB: for each pod, for the kubelet, and at most this share of the machine. Source: as above. */
const SINCE_129 = { podMi: 20, fixedMi: 50, share: 0.25 } as const;
/** Windows keeps this for itself, in MiB. Source: as above. */
const WINDOWS_MI = 2048;

/**
 * What the machine has, as its kubelet reports it.
 * `memory` is what the kernel leaves of the nominal size; GPUs are not in it: their device plugin adds them.
 */
export function nodeCapacity(request: NodeResourcesRequest): ResourceList {
  const { machine, maxPods, kubernetesVersion } = request;
  const { maxDataDisks } = machine;
  const hasVolumes = maxDataDisks !== undefined && compareVersions(kubernetesVersion, CSI_DISKS) < 0;
  return {
    ...(hasVolumes ? { "attachable-volumes-azure-disk": String(maxDataDisks) } : {}),
    cpu: String(machine.vCPUs),
    "ephemeral-storage": `${diskKi(request.osDiskSizeGB)}Ki`,
    "hugepages-1Gi": "0",
    "hugepages-2Mi": "0",
    memory: `${memTotalKi(machine.memoryMB)}Ki`,
    pods: String(maxPods),
  };
}

/** What of it pods may use: capacity less the reservations of AKS. */
export function nodeAllocatable(request: NodeResourcesRequest): ResourceList {
  const { machine } = request;
  const millicores = machine.vCPUs * 1000 - reservedMillicores(machine.vCPUs);
  const memoryKi = Math.max(0, memTotalKi(machine.memoryMB) - reservedMemoryMi(request) * KI_PER_MI);
  const diskBytes = diskKi(request.osDiskSizeGB) * 1024;
  return {
    ...nodeCapacity(request),
    cpu: millicores % 1000 === 0 ? String(millicores / 1000) : `${millicores}m`,
    // The kubelet keeps a tenth of the disk free, and reckons the tenth in single precision.
    "ephemeral-storage": String(diskBytes - Math.trunc(diskBytes * Math.fround(0.1))),
    memory: `${memoryKi}Ki`,
  };
}

function reservedMillicores(cores: number): number {
  const upper = cpuReservations.findIndex(([row]) => row >= cores);
  const [low, high] = upper === -1 ? cpuReservations.slice(-2) : cpuReservations.slice(Math.max(0, upper - 1), upper + 1);
  if (low === undefined || high === undefined) return low?.[1] ?? 0;
  return Math.round(low[1] + ((high[1] - low[1]) * (cores - low[0])) / (high[0] - low[0]));
}

function reservedMemoryMi({ machine, maxPods, kubernetesVersion, osType }: NodeResourcesRequest): number {
  const isNewer = compareVersions(kubernetesVersion, NEWER_MEMORY_RULE) >= 0;
  const kubelet = isNewer
    ? Math.min(SINCE_129.podMi * maxPods + SINCE_129.fixedMi, SINCE_129.share * machine.memoryMB)
    : bandedMi(machine.memoryMB);
  const eviction = isNewer ? EVICTION_MI.since : EVICTION_MI.before;
  return Math.trunc(kubelet) + eviction + (osType === "Windows" ? WINDOWS_MI : 0);
}

function bandedMi(memoryMi: number): number {
  let left = memoryMi;
  let reserved = 0;
  for (const { sizeGi, share } of memoryBands) {
    const inBand = Math.min(left, sizeGi * MI_PER_GI);
    reserved += inBand * share;
    left -= inBand;
  }
  return reserved;
}

/** Two machines whose nominal memory and MemTotal are known, in KiB: DS1_v2 and DS2_v2. */
const measuredMemory = { small: { nominal: 3_670_016, total: 3_500_452 }, large: { nominal: 7_340_032, total: 7_113_660 } } as const;

/**
 * The kernel's MemTotal, in KiB: on the line through the two measured machines.
 * Source: listings of nodes of 2019, stian.tech/downscaling-aks. Unverified: sizes off the two points; within 0.3% of those known.
 */
function memTotalKi(nominalMi: number): number {
  const { small, large } = measuredMemory;
  const slope = (large.total - small.total) / (large.nominal - small.nominal);
  return Math.max(0, Math.round(small.total + slope * (nominalMi * KI_PER_MI - small.nominal)));
}

/** The file system on an OS disk, in KiB: a line through 100 GB, 101445900Ki, and 128 GB, 129900528Ki. Unverified: other sizes. */
function diskKi(sizeGB: number): number {
  return Math.max(0, Math.round(1_016_236.714 * sizeGB - 177_771.4));
}
