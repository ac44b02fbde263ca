import { pullMs, imageSize } from "../images.ts";
import type { StageAction } from "../stages/pod-stages.ts";
import { type ContainerRecord, endContainer } from "./containers.ts";
import type { PodWorker } from "./pod-worker.ts";

/** One kind of stage, carried out. */
interface Doing {
  /** Whether it can be done now; the pod waits and is resumed otherwise. */
  isPossible(worker: PodWorker): boolean;
  perform(worker: PodWorker, container: ContainerRecord | undefined): void;
}

const always = (): boolean => true;

/** Hexadecimal digits of a container id. */
const ID_LENGTH = 64;

/** A doing that is about a container. */
function ofContainer(perform: (worker: PodWorker, container: ContainerRecord) => void): Doing {
  return {
    isPossible: always,
    perform(worker, container) {
      if (container !== undefined) perform(worker, container);
    },
  };
}

/** What each stage does. Source: the order of events in pkg/kubelet/kuberuntime/kuberuntime_container.go, startContainer. */
export const STAGE_ACTIONS: Readonly<Record<StageAction, Doing>> = {
  makeSandbox: { isPossible: takeIp, perform: () => undefined },
  beginPull: ofContainer((worker, { name, image }) => worker.record("Pulling", worker.node.release.pulling(image), name)),
  endPull: ofContainer((worker, { name, image }) => {
    const tookMs = pullMs(image, worker.node.images.has(image));
    worker.node.images.use(image);
    worker.record("Pulled", worker.node.release.pulled(image, tookMs, imageSize(image)), name);
  }),
  findImage: ofContainer((worker, { name, image }) => {
    worker.node.images.use(image);
    worker.record("Pulled", worker.node.release.present(image), name);
  }),
  createContainer: ofContainer((worker, container) => {
    container.id = worker.parts.random.hex(ID_LENGTH);
    worker.record("Created", worker.node.release.created(container.name), container.name);
  }),
  startContainer: ofContainer((worker, container) => {
    container.state = "running";
    container.startedMs = worker.parts.clock.now();
    worker.record("Started", worker.node.release.started(container.name), container.name);
    if (worker.containers.every(({ kind, state }) => kind === "init" || state === "running")) worker.becomeRunning();
  }),
  completeInitContainer: ofContainer((worker, container) => endContainer(container, 0, worker.parts.clock.now())),
  becomeReady: { isPossible: always, perform: (worker) => worker.becomeReady() },
};

/** Pods without an address of their own have their node's; the others wait for the node's podCIDR, as with kubenet. */
function takeIp(worker: PodWorker): boolean {
  if (worker.ip !== undefined) return true;
  const { node, pod } = worker;
  if (pod.spec.hostNetwork === true) worker.ip = node.bootstrap.internalIp;
  else {
    const before = pod.status?.podIP;
    worker.ip = before !== undefined && node.ips?.reserve(before) === true ? before : node.ips?.take();
  }
  worker.isWaitingForIp = worker.ip === undefined;
  return !worker.isWaitingForIp;
}
