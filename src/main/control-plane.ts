import type { NodeBootstrap } from "#api/kubelet";
import type { Rehearsal } from "#api/kubernetes/rehearsal";
import type { KubeTransport } from "#api/kubernetes/transport";
import type { ControlPlaneSpec } from "#aks";
import { type ApiServer, builtInKinds, kindsOfRelease, createApiServer } from "#kube/apiserver";
import { createKubeClient, type KubeClient } from "#kube/client";
import { createControllers } from "#kube/controllers";
import { createKubelets } from "#kube/kubelet";
import { createConfiguredScheduler, type Scheduler } from "#kube/scheduler";
import { signCertificateRequest, type SigningOptions } from "#lib";
import type { StartOptions } from "./control-planes.ts";
import { createHeartbeats } from "./heartbeats.ts";
import { ADMINISTRATOR, type ClusterSecrets } from "./kubeconfig.ts";

/** One cluster's API server, scheduler, controllers and kubelets, all of this process. */
export interface ControlPlane {
  readonly spec: ControlPlaneSpec;
  readonly apiServer: ApiServer;
  readonly client: KubeClient;
  /** Any call, as the cluster's administrator. */
  readonly transport: KubeTransport;
  /** Nodes and pods to try things on, by the rules of the cluster's scheduler. */
  rehearse(): Rehearsal;
  /** The cluster serves this version from now on. */
  setVersion(version: string): void;
  startNode(bootstrap: NodeBootstrap): void;
  stopNode(nodeName: string): void;
  stop(): Promise<void>;
}

/** What the cluster trusts and signs with. */
export interface ControlPlaneSecrets extends ClusterSecrets {
  /** Private keys of its service accounts' tokens that are good now, the signing one first. */
  signingKeys(): Promise<readonly string[]>;
}

/** Prefix of the cluster's keys in the store. */
export function keyPrefixOf(id: string): string {
  return `/kubernetes/${id}/`;
}

function signerOf({ caPem, caKeyPem }: ControlPlaneSecrets): (request: string, options: SigningOptions) => Promise<string> {
  return (request, options) => signCertificateRequest({ certPem: caPem, keyPem: caKeyPem }, request, options);
}

/** Starts the parts in the order in which they need each other. */
export async function startControlPlane(
  spec: ControlPlaneSpec,
  secrets: ControlPlaneSecrets,
  { store, clock, wall = clock, pace, random, log: rootLog, movesTo, signing, podAddresses }: StartOptions,
): Promise<ControlPlane> {
  const log = rootLog.with({ cluster: spec.fqdn });
  let version = spec.version;
  const apiServer = createApiServer({
    store,
    keyPrefix: keyPrefixOf(spec.id),
    kinds: builtInKinds,
    clock,
    wall,
    random,
    log,
    version,
    serviceCidr: spec.serviceCidr,
    enforcesRoles: spec.enforcesRoles,
    // Unverified: the issuer of a cluster without an OIDC issuer; with one, AKS signs as https://{region}.oic.prod-aks.azure.com/….
    signingKeys: { issuer: `https://${spec.fqdn}`, keys: () => secrets.signingKeys(), ...(signing && { sign: signing.sign }) },
    explainPod: (namespace, name) => scheduler.explain(namespace, name),
    credentials: {
      caCertificatePem: secrets.caPem,
      tokens: (token) => (token === secrets.adminToken ? { name: ADMINISTRATOR.name, groups: [...ADMINISTRATOR.groups] } : undefined),
    },
  });
  await apiServer.start();
  const clientAs = (name: string, ...groups: string[]): KubeClient =>
    createKubeClient(apiServer.transport({ name, groups: [...groups, "system:authenticated"] }));
  const trustedAs = (name: string): KubeClient => clientAs(name, "system:masters");
  const heartbeats = movesTo && createHeartbeats(movesTo);
  const shared = { clock, random, log, heartbeats };
  const kubelets = createKubelets({ ...shared, client: trustedAs("system:nodes"), pace, podAddresses: podAddresses.of(spec.id) });
  const administrator = trustedAs("aks-service");
  const asScheduler = { client: clientAs("system:kube-scheduler"), administrator, version: () => version };
  const scheduler: Scheduler = createConfiguredScheduler({ ...shared, ...asScheduler });
  const controllers = createControllers({
    ...shared,
    client: trustedAs("system:kube-controller-manager"),
    version: () => version,
    ...(spec.podCidr !== undefined && { podCidr: spec.podCidr }),
    nodeCidrMaskSize: spec.nodeCidrMaskSize,
    rootCaPem: secrets.caPem,
    certificates: { wall, sign: signerOf(secrets) },
    secretToken: (account, secretName) => apiServer.secretToken(account, secretName),
    resources: kindsOfRelease(version),
  });
  await controllers.start();
  await scheduler.start();
  return {
    spec,
    apiServer,
    client: administrator,
    transport: apiServer.transport({ name: ADMINISTRATOR.name, groups: [...ADMINISTRATOR.groups] }),
    rehearse: () => scheduler.rehearse(),
    setVersion(next) {
      version = next;
      apiServer.setVersion(next);
      controllers.serve(kindsOfRelease(next));
    },
    startNode: (bootstrap) => kubelets.start(bootstrap),
    stopNode: (nodeName) => kubelets.stop(nodeName),
    async stop() {
      await kubelets.close();
      await scheduler.stop();
      await controllers.stop();
      await apiServer.stop();
    },
  };
}
