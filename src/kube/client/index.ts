export type { KubeClient, ListOptions, ListResult, Name, Patch, WatchOptions, WriteOptions } from "./client.ts";
export { type HttpTransport, httpTransport, type HttpTransportOptions } from "./http-transport.ts";
export { type Informer, type InformerHandlers, objectKey } from "./informer.ts";
export { KubeconfigError, readKubeconfig } from "./kubeconfig.ts";
export { createRecorder, MAX_KNOWN_EVENTS, type Moment, type Occurrence, type Recorder, type RecorderOptions } from "./recorder.ts";
export { createInformer, type InformerOptions } from "./shared-informer.ts";
export { createKubeClient } from "./typed-client.ts";
