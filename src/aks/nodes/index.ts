export { buildBootstrap, nodeImageVersion } from "./bootstrap.ts";
export { imageReference } from "./image-reference.ts";
export { machineVmName, nodeNameSuffix, vmsName, vmssName } from "./names.ts";
export { osDiskOf, tooSmallFor } from "./os-disk.ts";
export { parseTaint, spotKey, spotTaint } from "./taints.ts";
export { type ImagedPool, isTrusted } from "./trusted-launch.ts";
