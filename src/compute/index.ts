export * from "./compute.ts";
export { openCompute } from "./open-compute.ts";
export { type ComputeOptions } from "./parts.ts";
export { createComputeProvider } from "./provider/provider.ts";
export { computeOperations } from "./provider/routes.ts";
export { CORE_LIMIT, type Quotas, type Usage } from "./quota.ts";
export { type LocalDisks, localDisks } from "./sizes/local-disks.ts";
export { sizesIn, type VmSize, vmSize } from "./sizes/sizes.ts";
export { zonesOf } from "./sizes/zones.ts";
