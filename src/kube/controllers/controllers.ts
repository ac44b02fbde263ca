import type { SpokenHeartbeats } from "#api/kubelet";
import type { KubeObject } from "#api/kubernetes/meta";
import { resources as spokenOf } from "#api/kubernetes/resources";
import type { Clock, Logger, Random } from "#lib";
import { createInformer, createRecorder, type KubeClient, type Recorder } from "#kube/client";
import { type CertificatesOptions, createCertificatesController } from "./certificates/controller.ts";
import { createClusterRoleAggregationController } from "./cluster-role-aggregation/controller.ts";
import { type ControllerContext, createContext, type EventSink, type ServedResource } from "./context.ts";
import type { Controller } from "./controller.ts";
import { createApiServiceController } from "./api-service/controller.ts";
import { createCronJobController } from "./cronjob/controller.ts";
import { createDaemonSetController } from "./daemonset/controller.ts";
import { createDeploymentController } from "./deployment/controller.ts";
import { createDisruptionController } from "./disruption/controller.ts";
import { createEndpointSliceMirroringController } from "./endpoint-slice-mirroring/controller.ts";
import { createEndpointsController } from "./endpoints/controller.ts";
import { createGarbageCollector } from "./garbage-collector/controller.ts";
import { createHorizontalPodAutoscalerController } from "./horizontal-pod-autoscaler/controller.ts";
import { createJobController } from "./job/controller.ts";
import { createNamespaceController } from "./namespace/controller.ts";
import { createNodeIpamController, DEFAULT_NODE_MASK } from "./node-ipam/controller.ts";
import { createNodeController } from "./node/controller.ts";
import { createPersistentVolumeController } from "./persistent-volume/controller.ts";
import { createPodGcController } from "./pod-gc/controller.ts";
import { createReplicaSetController } from "./replicaset/controller.ts";
import { replicaSets, replicationControllers } from "./replicaset/flavors.ts";
import { createResourceQuotaController } from "./resource-quota/controller.ts";
import { createRootCaController } from "./root-ca/controller.ts";
import { createServiceAccountTokenController, type SignSecretToken } from "./service-account-token/controller.ts";
import { createServiceAccountController } from "./service-account/controller.ts";
import { createServiceLoadBalancerController } from "./service-load-balancer/controller.ts";
import { ServedKinds } from "./served-kinds.ts";
import { SharedInformers } from "./shared-informers.ts";
import { createStatefulSetController } from "./statefulset/controller.ts";
import { createTaintEvictionController } from "./taint-eviction/controller.ts";

export interface ControllersOptions {
  /** Access as `system:kube-controller-manager`. */
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** On virtual time: what kubelets say of themselves while it is moved on. */
  readonly heartbeats?: SpokenHeartbeats | undefined;
  /** The cluster's version now, `1.12.6`; asked each time, since upgrades change it. */
  readonly version: () => string;
  /** Range of the pods' addresses, `10.244.0.0/16`; nodes get no block of it when absent. */
  readonly podCidr?: string;
  /** Bits of a node's block of it; 24 when absent. */
  readonly nodeCidrMaskSize?: number;
  /** Certificate of the cluster's authority, for its ConfigMap in each namespace. */
  readonly rootCaPem: string;
  /** Signs certificates that are asked for and approved; nobody does when absent. */
  readonly certificates?: CertificatesOptions;
  /** Signs the tokens in secrets of service accounts; secrets stay without when absent. */
  readonly secretToken?: SignSecretToken;
  /**
   * Every kind the cluster serves: what a deleted namespace is emptied of and what is collected when its owner goes.
   * The kinds that Lido's own parts speak of, when absent.
   */
  readonly resources?: readonly ServedResource[];
}

/** All controllers of one cluster. `start` and `stop` are each called once. */
export interface Controllers {
  /** Resolves when every informer has its first list and the controllers run. */
  start(): Promise<void>;
  /** The cluster serves these kinds from now on: after an upgrade. */
  serve(resources: readonly ServedResource[]): void;
  /** Resolves when the runs under way have ended and their events are written. */
  stop(): Promise<void>;
}

/** Makes the controllers of one cluster, on informers they share. */
export function createControllers(options: ControllersOptions): Controllers {
  const resources = collectable(options.resources ?? Object.values(spokenOf));
  return assembleControllers({ ...options, resources }, (context) => createAll(context, options));
}

type SharedParts = Pick<ControllersOptions, "client" | "clock" | "log" | "version" | "heartbeats">;

/** Controllers on one set of informers. */
export function assembleControllers(
  options: SharedParts & { readonly resources: readonly ServedResource[] },
  create: (context: ControllerContext) => readonly Controller[],
): Controllers {
  const { client, clock, log, version, heartbeats, resources } = options;
  const served = new ServedKinds(resources);
  const informers = new SharedInformers((type, indexes) => createInformer(client, type, { clock, log, indexes }));
  const recorders = new Map<string, Recorder>();
  const controllers = create(
    createContext({
      client,
      clock,
      log,
      version,
      informers,
      heartbeats,
      served,
      events: (component) => eventSink(recorders, component, options),
    }),
  );
  return {
    async start() {
      await informers.start();
      for (const controller of controllers) controller.start();
    },
    serve(next) {
      served.set(collectable(next));
    },
    async stop() {
      await Promise.all(controllers.map((controller) => controller.stop()));
      informers.stop();
      await Promise.all([...recorders.values()].map((recorder) => recorder.idle()));
    },
  };
}

/** Node health and addresses come first: others act on what they write. */
function createAll(context: ControllerContext, options: ControllersOptions): Controller[] {
  const { podCidr, nodeCidrMaskSize = DEFAULT_NODE_MASK, rootCaPem, secretToken, random, certificates } = options;
  return [
    ...(podCidr === undefined ? [] : [createNodeIpamController(context, { podCidr, nodeCidrMaskSize })]),
    createNodeController(context),
    createTaintEvictionController(context),
    createDaemonSetController(context),
    createDeploymentController(context),
    createReplicaSetController(context, replicaSets(context)),
    createReplicaSetController(context, replicationControllers(context)),
    createStatefulSetController(context),
    createJobController(context, random),
    createCronJobController(context),
    createHorizontalPodAutoscalerController(context),
    createDisruptionController(context),
    createEndpointsController(context),
    createEndpointSliceMirroringController(context),
    createApiServiceController(context),
    createServiceLoadBalancerController(context),
    createPersistentVolumeController(context),
    createServiceAccountController(context),
    ...(secretToken === undefined ? [] : [createServiceAccountTokenController(context, { sign: secretToken, caPem: rootCaPem })]),
    createRootCaController(context, rootCaPem),
    ...(certificates === undefined ? [] : [createCertificatesController(context, certificates)]),
    createClusterRoleAggregationController(context),
    createResourceQuotaController(context),
    createNamespaceController(context),
    createPodGcController(context),
    createGarbageCollector(context),
  ];
}

const NEEDED_VERBS = ["list", "watch", "delete"];

function collectable(resources: readonly ServedResource[]): ServedResource[] {
  return resources.filter(
    ({ verbs, storedAs }) => storedAs === undefined && (verbs === undefined || NEEDED_VERBS.every((verb) => verbs.includes(verb))),
  );
}

/** One recorder per component, so that repeated events are known again. */
function eventSink(recorders: Map<string, Recorder>, component: string, { client, clock, log }: SharedParts): EventSink {
  let recorder = recorders.get(component);
  if (recorder === undefined) {
    recorder = createRecorder({ client, clock, log, source: { component } });
    recorders.set(component, recorder);
  }
  const { record } = { record: recorder.record.bind(recorder) };
  return {
    normal: (about: KubeObject, reason, message) => record({ about, type: "Normal", reason, message }),
    warning: (about: KubeObject, reason, message) => record({ about, type: "Warning", reason, message }),
  };
}
