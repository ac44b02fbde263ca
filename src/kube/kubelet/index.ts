export { createKubelets, type Kubelets, type KubeletsOptions } from "./kubelets.ts";
export { type PodAddressSource } from "./pods/subnet-addresses.ts";
