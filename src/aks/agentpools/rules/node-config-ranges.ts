/** The least and the greatest value, both allowed. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

const MAX_INT32 = 0x7fff_ffff;

function range(min: number, max: number): Range {
  return { min, max };
}

/**
 * Sources: MicrosoftDocs/azure-aks-docs articles/aks/custom-node-configuration-reference.md; Azure/azure-rest-api-specs
 * managedClusters.json for the rest; Azure/karpenter-provider-azure:pkg/apis/v1beta1/aksnodeclass.go for buffers' defaults and threads;
 * Azure/karpenter-provider-azure#1782: `vm.max_map_count` above 262144 is taken.
 */
export const RANGES: { readonly kubelet: Readonly<Record<string, Range>>; readonly sysctls: Readonly<Record<string, Range>> } = {
  kubelet: {
    imageGcHighThreshold: range(0, 100),
    imageGcLowThreshold: range(0, 100),
    containerLogMaxSizeMB: range(1, MAX_INT32),
    containerLogMaxFiles: range(2, MAX_INT32),
    podMaxPids: range(-1, MAX_INT32),
  },
  sysctls: {
    netCoreSomaxconn: range(4096, 3_240_000),
    netCoreNetdevMaxBacklog: range(1000, 3_240_000),
    netCoreRmemDefault: range(212_992, 134_217_728),
    netCoreRmemMax: range(212_992, 134_217_728),
    netCoreWmemDefault: range(212_992, 134_217_728),
    netCoreWmemMax: range(212_992, 134_217_728),
    netCoreOptmemMax: range(20_480, 4_194_304),
    netIpv4TcpMaxSynBacklog: range(128, 3_240_000),
    netIpv4TcpMaxTwBuckets: range(8000, 1_440_000),
    netIpv4TcpFinTimeout: range(5, 120),
    netIpv4TcpKeepaliveTime: range(30, 432_000),
    netIpv4TcpKeepaliveProbes: range(1, 15),
    netIpv4TcpkeepaliveIntvl: range(10, 90),
    netIpv4NeighDefaultGcThresh1: range(128, 80_000),
    netIpv4NeighDefaultGcThresh2: range(512, 90_000),
    netIpv4NeighDefaultGcThresh3: range(1024, 100_000),
    netNetfilterNfConntrackMax: range(131_072, 2_097_152),
    netNetfilterNfConntrackBuckets: range(65_536, 524_288),
    fsInotifyMaxUserWatches: range(781_250, 2_097_152),
    fsFileMax: range(8192, MAX_INT32),
    fsAioMaxNr: range(65_536, 6_553_500),
    fsNrOpen: range(8192, 20_000_500),
    kernelThreadsMax: range(20, 513_785),
    vmMaxMapCount: range(65_530, MAX_INT32),
    vmSwappiness: range(0, 100),
    vmVfsCachePressure: range(1, 100),
  },
};

/** The service's words for a value out of its range. Source: answer quoted in MicrosoftDocs/azure-docs#91516. */
export function outOfRange(path: string, value: number, { min, max }: Range): string | undefined {
  if (value >= min && value <= max) return undefined;
  return `${path} ${value} is not in a valid range. Allowed minimum value is ${min}, maximum value is ${max}.`;
}
