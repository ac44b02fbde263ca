export { refusal } from "./errors.ts";
export { type Aks, type AksOptions, createAks, type PoolName } from "./service.ts";
export type { ControlPlanes, ControlPlaneSpec } from "./control-planes.ts";
export type { GenerationName } from "./generations/index.ts";
export { operations } from "./routes.ts";
export { throttled } from "./throttle.ts";
