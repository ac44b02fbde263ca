export { createDeploymentsProvider, deploymentOperations } from "./provider.ts";
export { openDeploymentRecords } from "./deployments.ts";
