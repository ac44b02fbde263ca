export { createDeploymentsProvider } from "./provider.ts";
export { type DeploymentRecords, openDeploymentRecords } from "./deployments.ts";
