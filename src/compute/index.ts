export * from "./compute.ts";
export { type ComputeOptions, openCompute } from "./open-compute.ts";
export { CORE_LIMIT, type Usage } from "./quota.ts";
export { sizesIn, type VmSize, vmSize } from "./sizes/sizes.ts";
