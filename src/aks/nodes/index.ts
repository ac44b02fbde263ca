export { type BootingNode, buildBootstrap, nodeImageVersion } from "./bootstrap.ts";
export { type LabelledNode, nodeLabels } from "./labels.ts";
export { nodeName, nodeNameSuffix, type PoolNames, providerId, vmssName } from "./names.ts";
export { osDiskSizeGB } from "./os-disk.ts";
export { type MachineFacts, nodeAllocatable, nodeCapacity, type NodeResourcesRequest } from "./resources.ts";
export { nameSuffix } from "./suffix.ts";
export { parseTaint, poolTaints, spotKey, spotTaint } from "./taints.ts";
