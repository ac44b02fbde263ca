export { systemWorkloads } from "./system-workloads.ts";
