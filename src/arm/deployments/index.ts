export type { Contents } from "./complete.ts";
export { createContextOf } from "./context.ts";
export { openDeploymentRecords } from "./deployments.ts";
export { createDeploymentsProvider, deploymentOperations } from "./provider.ts";
export { openWhatIfJobs } from "./what-if.ts";
