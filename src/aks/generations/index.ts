export {
  type AgentPoolOrigin,
  agentPoolDefaults,
  hasResourceUid,
  managedClusterDefaults,
  maxAgentPools,
  upgradeSettingsDefaults,
} from "./defaults.ts";
export { type Generation, type GenerationName, generationOf, generations } from "./generation.ts";
export { type SkewProblem, versionSkew } from "./skew.ts";
