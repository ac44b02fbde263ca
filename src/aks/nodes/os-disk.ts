import type { AgentPoolProperties } from "#api/containerservice/model";
import { isOfTime } from "#api/containerservice/times";
import { type LocalDisks, localDisks, type VmSize } from "#compute";
import type { GenerationName } from "../generations/index.ts";

/** In GB, by cores of the machine. Source: Azure docs concepts-storage, "default OS disk sizing". */
const sizesByCores: readonly { readonly below: number; readonly sizeGB: number }[] = [
  { below: 8, sizeGB: 128 },
  { below: 16, sizeGB: 256 },
  { below: 64, sizeGB: 512 },
  { below: Number.POSITIVE_INFINITY, sizeGB: 1024 },
];
/** First day on which a managed disk is as large as the cores ask for. Source: Azure docs concepts-storage. */
const BY_CORES_SINCE = "2022-07-01";

const PREVIEW_SIZE_GB = 100;
const SIZE_GB = 128;
/** Until then a default disk had 100 GB. Source: recorded answers of 2020-04 and 2020-09. */
const LARGER_SINCE = "2020-06-01";

/** Disks are on the host by default from then on. Unverified: the day; the member came with 2020-09-01, and was to be set at first. */
const EPHEMERAL_SINCE = "2021-01-01";
/** A temporary disk holds a system from then on. Sources: Azure/AKS#2672 (not in 2022-02); recorded answers of 2022-08-31. */
const TEMPORARY_SINCE = "2022-08-01";
/** A disk on the host is as large as what holds it from then on. Source: Azure docs concepts-storage, "March 2025". */
const WHOLE_SINCE = "2025-03-01";
/** Source: azure-docs virtual-machines/ephemeral-os-disks-faq.md. */
const LARGEST_GB = 2048;
const GIB = 1024 ** 3;

type OsDisk = Required<Pick<AgentPoolProperties, "osDiskSizeGB" | "osDiskType">>;

/** Whose disk it is. */
export interface DiskRequest {
  /** Undefined for a size that nobody knows. */
  readonly size: VmSize | undefined;
  readonly sent: Partial<Pick<AgentPoolProperties, "osDiskSizeGB" | "osDiskType" | "type">>;
  readonly generation: GenerationName;
  /** Of the request that makes the pool. */
  readonly apiVersion: string;
}

/**
 * The disk of a new pool: on the host where it fits, unless the caller wants a managed one.
 * Source: Azure docs concepts-storage, "Ephemeral OS disks"; recorded answers of 2020 to 2026.
 * @returns what was sent, even where it does not fit.
 */
export function osDiskOf({ size, sent, generation, apiVersion }: DiskRequest): OsDisk {
  const managedGB = managedSizeGB(size?.vCPUs ?? 1, generation, apiVersion);
  const onHostGB = onHostSizeGB(size, apiVersion);
  const { osDiskType, osDiskSizeGB } = sent;
  if (osDiskType !== undefined) {
    return { osDiskType, osDiskSizeGB: osDiskSizeGB ?? (osDiskType === "Ephemeral" ? onHostGB : managedGB) };
  }
  const sizeGB = osDiskSizeGB ?? onHostGB;
  const mayBeOnHost =
    generation === "current" && sent.type !== "AvailabilitySet" && size !== undefined && isOfTime(apiVersion, EPHEMERAL_SINCE);
  if (mayBeOnHost && holders(size, apiVersion).some((bytes) => bytes >= sizeGB * GIB)) {
    return { osDiskType: "Ephemeral", osDiskSizeGB: sizeGB };
  }
  return { osDiskType: "Managed", osDiskSizeGB: osDiskSizeGB ?? managedGB };
}

/** What is too small for a disk on the host of the size; undefined when one of its disks holds it. */
export function tooSmallFor(size: VmSize, osDiskSizeGB: number): LocalDisks | undefined {
  const disks = localDisks(size);
  return Math.max(disks.nvme, disks.cache, disks.temporary) >= osDiskSizeGB * GIB ? undefined : disks;
}

function managedSizeGB(vCPUs: number, generation: GenerationName, apiVersion: string): number {
  if (generation === "2019-preview" || !isOfTime(apiVersion, LARGER_SINCE)) return PREVIEW_SIZE_GB;
  if (!isOfTime(apiVersion, BY_CORES_SINCE)) return SIZE_GB;
  return sizesByCores.find(({ below }) => vCPUs < below)?.sizeGB ?? SIZE_GB;
}

function onHostSizeGB(size: VmSize | undefined, apiVersion: string): number {
  if (size === undefined || !isOfTime(apiVersion, WHOLE_SINCE)) return SIZE_GB;
  const holder = holders(size, apiVersion).find((bytes) => bytes >= SIZE_GB * GIB);
  return holder === undefined ? SIZE_GB : Math.min(Math.floor(holder / GIB), LARGEST_GB);
}

/** What may hold the disk, first choice first. Source: Azure/karpenter-provider-azure#940, on the order of AKS. */
function holders(size: VmSize, apiVersion: string): readonly number[] {
  const { nvme, cache, temporary } = localDisks(size);
  return isOfTime(apiVersion, TEMPORARY_SINCE) ? [nvme, cache, temporary] : [cache];
}
