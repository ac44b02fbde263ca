export { createDeploymentsProvider } from "./provider.ts";
export { openDeploymentRecords } from "./deployments.ts";
