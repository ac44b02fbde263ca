export { baseImageName, imageFamily, nodeImageName, nodeImageNames, nodeRuntime, patchedImageName } from "./node-image.ts";
export { type Moment } from "./offer.ts";
export { LAST_DAY } from "./releases.ts";
export { compareVersions, minorOf, parseVersion } from "./version.ts";
export {
  agentPoolUpgrades,
  isAlias,
  isReleased,
  isSupported,
  type KubernetesRelease,
  resolveVersion,
  supportOf,
  upgradesOf,
  versionsFor,
} from "./versions.ts";
