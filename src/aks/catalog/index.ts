export { nodeImageName, nodeRuntime } from "./node-image.ts";
export { compareVersions, parseVersion } from "./version.ts";
export {
  agentPoolUpgrades,
  defaultVersion,
  type KubernetesRelease,
  resolveVersion,
  supportOf,
  upgradesOf,
  versionsFor,
} from "./versions.ts";
