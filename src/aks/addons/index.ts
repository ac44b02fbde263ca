export type { SystemWorkload } from "./component.ts";
export { type SystemCluster, systemWorkloads } from "./system-workloads.ts";
