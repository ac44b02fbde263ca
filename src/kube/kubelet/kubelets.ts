import type { NodeBootstrap, SpokenHeartbeats } from "#api/kubelet";
import type { ConfigMap, Node, Pod, Secret } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import { equalJson, findCondition } from "#kube/apimachinery";
import { createInformer, createRecorder, type Informer, type KubeClient, objectKey } from "#kube/client";
import type { Clock, Logger, Pace, Random } from "#lib";
import { Agenda } from "./agenda.ts";
import { heartbeatSlot, NodeLoop, SLOTS } from "./nodes/node-loop.ts";
import { NodeRuntime } from "./nodes/node-runtime.ts";
import { PodLoop } from "./pods/pod-loop.ts";
import { type PodAddressSource, SubnetAddresses } from "./pods/subnet-addresses.ts";

export interface KubeletsOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  /** Shortens what pulling, creating and booting take; heartbeats keep the clock's time. */
  readonly pace: Pace;
  readonly random: Random;
  readonly log: Logger;
  /**
   * On virtual time: what tells the node controller who lives while it is moved on. Leases of a period are then written together.
   * Differs from AKS: while virtual time is moved on, leases are renewed in its last ten seconds only.
   */
  readonly heartbeats?: SpokenHeartbeats | undefined;
  /** Nodes that may be a machine's here: one of its name that is not is left alone, and the machine does not join. All when absent. */
  readonly isOwn?: (node: Node) => boolean;
  /** Where nodes have addresses of subnets for pods from; such nodes have none when absent. */
  readonly podAddresses?: PodAddressSource | undefined;
}

/** The kubelets of all machines of one cluster. */
export interface Kubelets {
  /**
   * The machine has booted with this. Repeating a start changes nothing; another bootstrap under the same name is a reimage: what
   * ran before is gone and the pods that are still bound to the node start anew, as a kubelet does that finds no containers.
   */
  start(bootstrap: NodeBootstrap): void;
  /** The machine is gone: its heartbeats end at once and its pods stand still. Nothing is written. Unknown names are fine. */
  stop(nodeName: string): void;
  /** Writes nothing more and resolves when the calls under way have ended. */
  close(): Promise<void>;
}

/** Makes the kubelets of a cluster. Nothing is asked of the API before the first node starts. */
export function createKubelets(options: KubeletsOptions): Kubelets {
  return new ClusterKubelets(options);
}

const NODE_INDEX = "node";

class ClusterKubelets implements Kubelets {
  readonly #options: KubeletsOptions;
  readonly #runtimes = new Map<string, NodeRuntime>();
  readonly #agenda: Agenda;
  readonly #slots: number;
  readonly #nodeLoop: NodeLoop;
  readonly #podLoop: PodLoop;
  readonly #nodes: Informer<Node>;
  readonly #pods: Informer<Pod>;
  readonly #configMaps: Informer<ConfigMap>;
  readonly #secrets: Informer<Secret>;
  #informed: Promise<void> | undefined;
  #order = 0;
  #isClosed = false;

  constructor(options: KubeletsOptions) {
    const { client, clock, log, heartbeats } = options;
    this.#options = options;
    this.#slots = heartbeats === undefined ? SLOTS.spread : SLOTS.together;
    this.#agenda = new Agenda(clock);
    this.#nodes = createInformer<Node>(client, resources.nodes, { clock, log });
    const indexes = { [NODE_INDEX]: ({ spec }: Pod) => (spec.nodeName ? [spec.nodeName] : []) };
    this.#pods = createInformer<Pod>(client, resources.pods, { clock, log, indexes });
    this.#configMaps = createInformer<ConfigMap>(client, resources.configMaps, { clock, log });
    this.#secrets = createInformer<Secret>(client, resources.secrets, { clock, log });
    this.#nodeLoop = new NodeLoop({
      ...options,
      agenda: this.#agenda,
      slots: this.#slots,
      find: (name) => this.#runtimes.get(name),
      all: () => this.#runtimes.values(),
      onRegistered: (runtime, isNewBoot) => this.#registered(runtime, isNewBoot),
    });
    this.#podLoop = new PodLoop({
      ...options,
      agenda: this.#agenda,
      objects: { configMap: (key) => this.#configMaps.get(key), secret: (key) => this.#secrets.get(key) },
      nodeStatusDue: (runtime) => this.#nodeLoop.statusDue(runtime),
    });
  }

  start(bootstrap: NodeBootstrap): void {
    if (this.#isClosed) return;
    const running = this.#runtimes.get(bootstrap.nodeName);
    if (running !== undefined && equalJson(running.bootstrap, bootstrap)) return;
    if (running !== undefined) this.stop(bootstrap.nodeName);
    const { client, clock, random, log } = this.#options;
    const source = { component: "kubelet", host: bootstrap.nodeName };
    const runtime = new NodeRuntime(bootstrap, {
      recorder: createRecorder({ client, clock, log, source }),
      slot: heartbeatSlot(this.#order++, this.#slots),
      bootId: random.uuid(),
    });
    this.#runtimes.set(runtime.name, runtime);
    this.#followSubnet(runtime);
    this.#informed ??= this.#inform();
    void this.#informed.then(() => {
      if (!runtime.isStopped) this.#nodeLoop.start(runtime);
    });
  }

  stop(nodeName: string): void {
    const runtime = this.#runtimes.get(nodeName);
    if (runtime === undefined) return;
    runtime.isStopped = true;
    this.#runtimes.delete(nodeName);
    this.#nodeLoop.stopped(nodeName);
    this.#podLoop.drop(runtime);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#nodes.stop();
    this.#pods.stop();
    this.#configMaps.stop();
    this.#secrets.stop();
    this.#agenda.clear();
    const recorders = [...this.#runtimes.values()].map(({ recorder }) => recorder);
    for (const runtime of this.#runtimes.values()) runtime.isStopped = true;
    this.#runtimes.clear();
    await Promise.all([this.#nodeLoop.close(), this.#podLoop.close()]);
    await Promise.all(recorders.map((recorder) => recorder.idle()));
  }

  #followSubnet(runtime: NodeRuntime): void {
    const { podAddresses: source } = this.#options;
    const { podSubnet } = runtime.bootstrap;
    if (source === undefined || podSubnet === undefined) return;
    const answered = (node: NodeRuntime): void => this.#ipsArrived(node);
    new SubnetAddresses(runtime, podSubnet, { source, agenda: this.#agenda, answered }).start();
  }

  /** Handlers come after the first list, which the nodes take over from when they register. */
  async #inform(): Promise<void> {
    await Promise.all([this.#nodes.start(), this.#pods.start(), this.#configMaps.start(), this.#secrets.start()]);
    this.#nodes.subscribe({ add: (node) => this.#nodeSeen(node), update: (node, previous) => this.#nodeSeen(node, previous) });
    this.#pods.subscribe({
      add: (pod) => this.#podSeen(pod),
      update: (pod) => this.#podSeen(pod),
      delete: (pod) => this.#podLoop.gone(objectKey(pod)),
    });
    const objectSeen = ({ metadata }: ConfigMap | Secret): void => this.#podLoop.objectSeen(metadata.namespace);
    for (const informer of [this.#configMaps, this.#secrets]) informer.subscribe({ add: objectSeen, update: objectSeen });
  }

  /** What the informers have seen of the node and its pods may be newer than the answer that it was registered with. */
  #registered(runtime: NodeRuntime, isNewBoot: boolean): void {
    const node = this.#nodes.get(runtime.name);
    if (node !== undefined) this.#nodeSeen(node);
    this.#podLoop.takeOver(runtime, this.#pods.byIndex(NODE_INDEX, runtime.name), isNewBoot);
  }

  #nodeSeen(node: Node, previous?: Node): void {
    const runtime = this.#runtimes.get(node.metadata.name);
    if (runtime?.isRegistered !== true || isOlder(node, runtime.node)) return;
    const hadIps = runtime.ips !== undefined;
    runtime.setNode(node);
    if (!hadIps && runtime.ips !== undefined) this.#ipsArrived(runtime);
    // The node controller missed heartbeats, as when the clock leapt: the kubelet still lives and says so.
    if (findCondition(node.status?.conditions, "Ready")?.status === "Unknown") this.#nodeLoop.statusDue(runtime);
    // Source: pkg/kubelet/kubelet_node_status.go, recordNodeSchedulableEvent.
    const isCordoned = node.spec.unschedulable === true;
    if (previous !== undefined && isCordoned !== (previous.spec.unschedulable === true)) {
      runtime.recordStatus(isCordoned ? "NodeNotSchedulable" : "NodeSchedulable");
    }
  }

  #ipsArrived(runtime: NodeRuntime): void {
    this.#podLoop.ipsArrived(runtime);
    this.#nodeLoop.networkSeen(runtime);
  }

  #podSeen(pod: Pod): void {
    const runtime = this.#runtimes.get(pod.spec.nodeName ?? "");
    if (runtime?.isRegistered === true) this.#podLoop.seen(runtime, pod);
  }
}

/** Whether the object is an earlier state of the other, or of one before it: watches may tell later than calls are answered. */
function isOlder({ metadata }: Node, other: Node | undefined): boolean {
  return Number(metadata.resourceVersion) < Number(other?.metadata.resourceVersion);
}
