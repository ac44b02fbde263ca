export { createKubelets, type Kubelets, type KubeletsOptions } from "./kubelets.ts";
