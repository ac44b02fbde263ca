export {
  type AgentPoolOrigin,
  hasResourceUid,
  maxAgentPools,
  settledAutoScaler,
  withAgentPoolDefaults,
  withAutoScalerDefaults,
  withManagedClusterDefaults,
} from "./defaults.ts";
export { type Generation, type GenerationName, generationOf, generations } from "./generation.ts";
export { versionSkew } from "./skew.ts";
