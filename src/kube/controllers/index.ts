export { type CloudControllersOptions, createCloudControllers } from "./cloud.ts";
export type { ServedResource } from "./context.ts";
export { type Controllers, type ControllersOptions, createControllers } from "./controllers.ts";
