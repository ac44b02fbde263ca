export { createKubelets, type Kubelets, type KubeletsOptions } from "./kubelets.ts";
export { EXIT_CODE_ANNOTATION, RUN_SECONDS_ANNOTATION } from "./pods/pod-run.ts";
