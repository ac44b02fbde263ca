export type { SystemWorkload } from "./component.ts";
export { systemWorkloads } from "./system-workloads.ts";
