import { isAtLeast } from "#api/containerservice/versions";
import type { GenerationName } from "../generations/index.ts";

/** In GB, by cores of the machine. Source: Azure docs concepts-storage, "default OS disk sizing". */
const sizesByCores: readonly { readonly below: number; readonly sizeGB: number }[] = [
  { below: 8, sizeGB: 128 },
  { below: 16, sizeGB: 256 },
  { below: 64, sizeGB: 512 },
  { below: Number.POSITIVE_INFINITY, sizeGB: 1024 },
];

const PREVIEW_SIZE_GB = 100;
/** Until then a default disk had 100 GB. Source: recorded answers of 2020-04 and 2020-09. */
const LARGER_SINCE = "2020-06-01";

/** The disk of a pool whose caller asks for none, in GB. @param apiVersion of the request that makes the pool. */
export function osDiskSizeGB(machine: { readonly vCPUs: number }, generation: GenerationName, apiVersion?: string): number {
  if (generation === "2019-preview") return PREVIEW_SIZE_GB;
  if (apiVersion !== undefined && !isAtLeast(apiVersion, LARGER_SINCE)) return PREVIEW_SIZE_GB;
  return sizesByCores.find(({ below }) => machine.vCPUs < below)?.sizeGB ?? PREVIEW_SIZE_GB;
}
