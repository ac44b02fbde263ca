import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { ControlPlanes, ControlPlaneSpec } from "#aks";
import type { MachineHost } from "#compute";
import type { Clock, Logger, Pace, Random } from "#lib";
import { MAX_OPS, type Store } from "#store";
import { openSecrets, type SecretsOfClusters } from "./cluster-secrets.ts";
import { type ControlPlane, keyPrefixOf, startControlPlane } from "./control-plane.ts";
import type { PodAddresses } from "./pod-addresses.ts";
import { openServiceAccountKeys, type ServiceAccountKeys, type TokenSigning } from "./service-account-keys.ts";
import { administratorOf, type createClusterSecrets, kubeconfigText } from "./kubeconfig.ts";
import { createMachines } from "./machines.ts";
import { refuseOutsideState } from "./outside-place.ts";
import { refuseUpgrade, writeStatus } from "./statuses.ts";

/** Where clusters are served: `/clusters/{fqdn}/api/v1/…`. */
const CLUSTERS_PATH = "/clusters/";

/**
 * Paths of Kubernetes without a cluster's: `kubectl get --raw` leaves out what the server's address has. The credential tells which
 * cluster is meant. Source: client-go rest/request.go, RequestURI.
 */
const BARE_PATH = /^\/(api|apis|healthz|livez|readyz|version|openapi|openid|\.well-known\/openid-configuration|metrics|logs)(\/|\?|$)/;

/** Whether the path of a request is one that clusters answer. */
export function isForCluster(url = ""): boolean {
  return url.startsWith(CLUSTERS_PATH) || BARE_PATH.test(url);
}

export interface ControlPlanesOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** The clock of callers, for what they compare with theirs and for how long they wait: the machine's; `clock` when absent. */
  readonly wall?: Clock;
  readonly pace: Pace;
  readonly random: Random;
  readonly log: Logger;
  /** What a new cluster trusts and hands out: keys and certificates of its own when absent. Making those takes real time. */
  readonly makeSecrets?: typeof createClusterSecrets;
  /** Of service accounts' tokens; as `tokenSigning` when absent. */
  readonly signing?: TokenSigning;
  /** Where virtual time is being moved to; absent on the machine's clock. */
  readonly movesTo?: () => number;
}

/** Every cluster's Kubernetes control plane in this process, and the kubelets of its machines. */
export interface RunningControlPlanes extends ControlPlanes {
  /** Answers a request that {@link isForCluster}. */
  request(request: IncomingMessage, response: ServerResponse): void;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Machines that boot become nodes of the cluster that their user data names. */
  readonly machines: MachineHost;
  stop(): Promise<void>;
}

/**
 * @param listenerCaPem authority of the listener's certificate, for kubeconfigs.
 * @throws {StartError} when the store is of a cluster in a control plane elsewhere.
 */
export async function openControlPlanes(options: StartOptions, listenerCaPem: string): Promise<RunningControlPlanes> {
  await refuseOutsideState(options.store);
  const onWall = { ...options, clock: options.wall ?? options.clock };
  const credentials = { secrets: await openSecrets(onWall), keys: await openServiceAccountKeys(onWall), listenerCaPem };
  return createControlPlanes(options, credentials);
}

/** What control planes are started with. */
export interface StartOptions extends ControlPlanesOptions {
  readonly podAddresses: PodAddresses;
}

/** What clusters trust, hand out and sign with. */
interface ClusterCredentials {
  readonly secrets: SecretsOfClusters;
  readonly keys: ServiceAccountKeys;
  readonly listenerCaPem: string;
}

function createControlPlanes(options: StartOptions, { secrets, keys, listenerCaPem }: ClusterCredentials): RunningControlPlanes {
  const byId = new Map<string, ControlPlane>();
  const byFqdn = new Map<string, ControlPlane>();
  const starting = new Map<string, Promise<void>>();
  const machines = createMachines((id) => byId.get(id), options.podAddresses);

  async function start(spec: ControlPlaneSpec): Promise<void> {
    const plane = await startControlPlane(spec, { ...(await secrets.of(spec.id)), signingKeys: () => keys.of(spec.id) }, options);
    byId.set(spec.id, plane);
    byFqdn.set(spec.fqdn.toLowerCase(), plane);
    machines.clusterStarted(spec.id);
  }

  async function halt(id: string): Promise<void> {
    const plane = byId.get(id);
    byId.delete(id);
    if (plane !== undefined) byFqdn.delete(plane.spec.fqdn.toLowerCase());
    await plane?.stop();
  }

  function require(id: string): ControlPlane {
    const plane = byId.get(id);
    if (plane === undefined) throw new Error(`control plane ${id} does not run`);
    return plane;
  }

  return {
    machines,
    async ensure(spec) {
      const plane = byId.get(spec.id);
      if (plane !== undefined) return plane.setVersion(spec.version);
      const running = starting.get(spec.id) ?? start(spec);
      starting.set(spec.id, running);
      await running.finally(() => starting.delete(spec.id));
    },
    halt,
    rotate: secrets.rotate,
    rotateSigningKeys: keys.rotate,
    async remove(id) {
      await halt(id);
      await removeKeys(options.store, keyPrefixOf(id));
      await secrets.forget(id);
      await keys.forget(id);
    },
    client: (id) => require(id).client,
    transport: (id) => require(id).transport,
    rehearse: (id) => require(id).rehearse(),
    async kubeconfig(id, { fqdn, baseUrl, ...names }) {
      const access = administratorOf(await secrets.of(id), listenerCaPem);
      return kubeconfigText({ ...names, server: `${baseUrl}${CLUSTERS_PATH}${fqdn}` }, access);
    },
    request(request, response) {
      if (BARE_PATH.test(request.url ?? "")) return void answerBare(byFqdn, request, response);
      const found = find(byFqdn, request);
      if (found === undefined) return noSuchCluster(response);
      found.plane.apiServer.handle(request, response, found.prefix);
    },
    upgrade(request, socket, head) {
      const found = find(byFqdn, request);
      if (found === undefined) refuseUpgrade(socket);
      else found.plane.apiServer.handleUpgrade(request, socket, head, found.prefix);
    },
    async stop() {
      await Promise.all([...byId.values()].map((plane) => plane.stop()));
      secrets.close();
      keys.close();
    },
  };
}

function find(byFqdn: ReadonlyMap<string, ControlPlane>, request: IncomingMessage): { plane: ControlPlane; prefix: string } | undefined {
  const fqdn = /^\/clusters\/([^/?]+)/.exec(request.url ?? "")?.[1];
  const plane = fqdn === undefined ? undefined : byFqdn.get(fqdn.toLowerCase());
  return plane === undefined ? undefined : { plane, prefix: `${CLUSTERS_PATH}${fqdn}` };
}

async function answerBare(byFqdn: ReadonlyMap<string, ControlPlane>, request: IncomingMessage, response: ServerResponse): Promise<void> {
  for (const { apiServer } of byFqdn.values()) if (await apiServer.knows(request)) return apiServer.handle(request, response, "");
  writeStatus(response, { code: 401, reason: "Unauthorized", message: "Unauthorized" });
}

/**
 * What kubectl gets instead of a name that does not resolve: a Status that it prints. It does not say NotFound, which
 * clients would take for the absence of what they ask for.
 * Differs from AKS: the address of a cluster that is stopped or deleted answers, where AKS's name does not resolve.
 */
function noSuchCluster(response: ServerResponse): void {
  const message = "no cluster is served under this address: it is stopped, was deleted or does not exist";
  writeStatus(response, { code: 503, reason: "ServiceUnavailable", message });
}

async function removeKeys(store: Store, prefix: string): Promise<void> {
  for (;;) {
    const { pairs } = await store.range({ prefix, limit: MAX_OPS });
    if (pairs.length === 0) return;
    await store.transact(
      [],
      pairs.map(({ key }) => ({ kind: "delete", key })),
    );
  }
}
