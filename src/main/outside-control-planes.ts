import type { IncomingMessage, ServerResponse } from "node:http";
import type { ControlPlaneSpec } from "#aks";
import { createKubeClient } from "#kube/client";
import type { RunningControlPlanes, StartOptions } from "./control-planes.ts";
import { kubeconfigText } from "./kubeconfig.ts";
import { createMachines } from "./machines.ts";
import { identityOf, type Outside } from "./outside.ts";
import { isMarked, removeMarked } from "./outside-mark.ts";
import { openPlace } from "./outside-place.ts";
import { type OutsidePlane, startOutsidePlane } from "./outside-plane.ts";
import { refuseUpgrade, writeStatus } from "./statuses.ts";

/**
 * Control planes where there is only one, which others run: it holds one cluster at a time. Lido is the cloud around it (machines and
 * their kubelets, pools, drains and upgrades), all of it over HTTPS; API server, scheduler and controllers are the control plane's own.
 * @throws {StartError} when the store is of other clusters.
 */
export async function openOutsideControlPlanes(options: StartOptions, outside: Outside): Promise<RunningControlPlanes> {
  const { transport, access } = outside;
  const place = await openPlace(options.store, outside);
  const machines = createMachines((id) => (plane?.id === id ? plane : undefined), options.podAddresses);
  let plane: OutsidePlane | undefined;

  async function start(spec: ControlPlaneSpec): Promise<void> {
    await place.take(spec);
    if ((await identityOf(transport)) !== outside.identity) throw new Error(`${access.server} is another control plane than it was`);
    plane = await startOutsidePlane(spec, outside, options);
    machines.clusterStarted(spec.id);
  }
  const starts = new Map<string, Promise<void>>();

  async function halt(id: string): Promise<void> {
    if (plane?.id !== id) return;
    const running = plane;
    plane = undefined;
    await running.stop();
  }

  function require(id: string): OutsidePlane {
    if (plane?.id !== id) throw new Error(`cluster ${id} is not joined to the control plane ${access.server}`);
    return plane;
  }

  return {
    outside: { server: access.server, owns: isMarked },
    machines,
    /** The version is the control plane's own, whatever the cluster's is. */
    async ensure(spec) {
      if (plane?.id === spec.id) return;
      const running = starts.get(spec.id) ?? start(spec);
      starts.set(spec.id, running);
      await running.finally(() => starts.delete(spec.id));
    },
    halt,
    rotate: () => Promise.reject(new Error(`certificates of ${access.server} are not Lido's to replace`)),
    rotateSigningKeys: () => Promise.reject(new Error(`keys of ${access.server} are not Lido's to replace`)),
    async remove(id) {
      await halt(id);
      await removeMarked(createKubeClient(transport), id);
      await place.leave(id);
    },
    client: (id) => require(id).client,
    transport: (id) => require(id).transport,
    rehearse: (id) => require(id).rehearse(),
    kubeconfig: (_id, names) => Promise.resolve(kubeconfigText({ ...names, server: access.server }, access)),
    request: (_request: IncomingMessage, response: ServerResponse) => elsewhere(response, access.server),
    upgrade: (_request, socket) => refuseUpgrade(socket),
    async stop() {
      await plane?.stop();
      transport.close();
      place.close();
    },
  };
}

/** Differs from AKS: with --kubernetes a cluster's own name serves nothing; its kubeconfig has the address of the control plane. */
function elsewhere(response: ServerResponse, server: string): void {
  const message = `no cluster is served under this address: the cluster's API is at ${server}`;
  writeStatus(response, { code: 503, reason: "ServiceUnavailable", message });
}
