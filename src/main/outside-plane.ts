import type { Node } from "#api/kubernetes/core";
import type { Rehearsal } from "#api/kubernetes/rehearsal";
import type { KubeTransport } from "#api/kubernetes/transport";
import type { ControlPlaneSpec } from "#aks";
import { createKubeClient, type KubeClient } from "#kube/client";
import { createCloudControllers } from "#kube/controllers";
import { createKubelets } from "#kube/kubelet";
import { createRehearsals } from "#kube/scheduler";
import type { StartOptions } from "./control-planes.ts";
import type { NodeHost } from "./machines.ts";
import type { Outside } from "./outside.ts";
import { isMarked, markingTransport } from "./outside-mark.ts";

/** What Lido runs of a cluster whose control plane others run. */
export interface OutsidePlane extends NodeHost {
  readonly id: string;
  /** What is created through it is marked as the cluster's. */
  readonly client: KubeClient;
  readonly transport: KubeTransport;
  rehearse(): Rehearsal;
  stop(): Promise<void>;
}

/**
 * Starts the kubelets of the machines, the controllers that are a cloud's, and the autoscaler's copy of what the scheduler knows.
 * Resolves when all of them know what is there.
 */
export async function startOutsidePlane(
  spec: ControlPlaneSpec,
  { transport, version }: Outside,
  { clock, pace, random, log: rootLog, podAddresses }: StartOptions,
): Promise<OutsidePlane> {
  const log = rootLog.with({ cluster: spec.fqdn });
  const client = createKubeClient(markingTransport(transport, spec.id));
  const shared = { client, clock, log, version: () => version };
  const isOwn = (node: Node): boolean => isMarked(spec.id, node);
  const kubelets = createKubelets({ client, clock, pace, random, log, isOwn, podAddresses: podAddresses.of(spec.id) });
  const controllers = createCloudControllers({
    ...shared,
    ...(spec.podCidr !== undefined && { podCidr: spec.podCidr }),
    nodeCidrMaskSize: spec.nodeCidrMaskSize,
    isOwn,
  });
  const rehearsals = createRehearsals(shared);
  await Promise.all([controllers.start(), rehearsals.start()]);
  return {
    id: spec.id,
    client,
    transport,
    rehearse: () => rehearsals.rehearse(),
    startNode: (bootstrap) => kubelets.start(bootstrap),
    stopNode: (nodeName) => kubelets.stop(nodeName),
    async stop() {
      await kubelets.close();
      rehearsals.stop();
      await controllers.stop();
    },
  };
}
