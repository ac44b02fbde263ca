export { type NodeImageChoice, nodeImageName, type NodeRuntime, nodeRuntime } from "./node-image.ts";
export { type MinorRelease, releases, type Support } from "./releases.ts";
export { compareVersions, isVersionForm, type KubernetesVersion, minorOf, parseVersion } from "./version.ts";
export {
  agentPoolUpgrades,
  defaultVersion,
  isPreview,
  type KubernetesRelease,
  type KubernetesReleaseWithUpgrades,
  resolveVersion,
  supportOf,
  upgradesOf,
  versionsFor,
} from "./versions.ts";
