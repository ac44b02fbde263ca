export { type Aks, type AksOptions, createAks } from "./service.ts";
export type { ControlPlanes, ControlPlaneSpec } from "./control-planes.ts";
export type { GenerationName } from "./generations/index.ts";
export { operations } from "./routes.ts";
