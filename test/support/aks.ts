import { parse } from "yaml";
import type { KubeClient } from "#kube/client";
import { createKubeClient, httpTransport } from "#kube/client";
import type { Answer, Json, Lido } from "./lido.ts";

export const GROUP = "/resourceGroups/rg";
export const CLUSTER = `${GROUP}/providers/Microsoft.ContainerService/managedClusters/c`;
export const poolPath = (name: string): string => `${CLUSTER}/agentPools/${name}`;

/** Registers the features of the 2019 preview and waits until they are. */
export async function registerPreview(lido: Lido): Promise<void> {
  for (const name of ["MultiAgentpoolPreview", "VMSSPreview"]) {
    const path = `/providers/Microsoft.Features/providers/Microsoft.ContainerService/features/${name}`;
    await lido.arm("POST", `${path}/register`, undefined, "2021-07-01");
    for (let state = ""; state !== "Registered";) state = (await lido.arm("GET", path, undefined, "2021-07-01")).body.properties.state;
  }
}

/** The body of a cluster with one pool. */
export function clusterBody(kubernetesVersion: string, properties: Record<string, unknown> = {}): unknown {
  return {
    location: "eastus",
    identity: { type: "SystemAssigned" },
    properties: {
      kubernetesVersion,
      dnsPrefix: "test",
      agentPoolProfiles: [
        { name: "nodepool1", count: 1, vmSize: "Standard_DS2_v2", osType: "Linux", type: "VirtualMachineScaleSets", mode: "System" },
      ],
      ...properties,
    },
  };
}

/** Makes group and cluster, and waits until it is Succeeded. */
export async function createCluster(lido: Lido, kubernetesVersion: string, properties?: Record<string, unknown>): Promise<void> {
  await lido.arm("PUT", GROUP, { location: "eastus" }, "2021-04-01");
  const begun = await lido.arm("PUT", CLUSTER, clusterBody(kubernetesVersion, properties));
  const operation = await lido.finish(begun);
  if (operation.status !== "Succeeded") throw new Error(`the cluster is not created: ${JSON.stringify(operation)}`);
}

/** PUTs a pool of the default size. */
export function putPool(lido: Lido, name: string, properties: Record<string, unknown>): Promise<Answer> {
  return lido.arm("PUT", poolPath(name), {
    properties: { vmSize: "Standard_DS2_v2", osType: "Linux", type: "VirtualMachineScaleSets", mode: "User", ...properties },
  });
}

/** The text of a kubeconfig with the credentials that the service hands out. */
export async function kubeconfigOf(lido: Lido): Promise<string> {
  const answer = await lido.arm("POST", `${CLUSTER}/listClusterUserCredential`);
  return decode64(answer.body.kubeconfigs[0].value);
}

/** How to reach a cluster's API: what its kubeconfig says. */
export interface Access {
  readonly server: string;
  readonly caPem: string;
  readonly certPem: string;
  readonly keyPem: string;
}

export async function accessTo(lido: Lido): Promise<Access> {
  return accessOf(await kubeconfigOf(lido));
}

/** What a kubeconfig of one cluster and one client certificate says. */
export function accessOf(kubeconfig: string): Access {
  const config: Json = parse(kubeconfig);
  const [{ cluster }, { user }] = [config.clusters[0], config.users[0]];
  return {
    server: cluster.server,
    caPem: decode64(cluster["certificate-authority-data"]),
    certPem: decode64(user["client-certificate-data"]),
    keyPem: decode64(user["client-key-data"]),
  };
}

/** The cluster's API over HTTPS, with the credentials that the service hands out. */
export async function kubeClient(lido: Lido): Promise<KubeClient> {
  return createKubeClient(httpTransport(await accessTo(lido)));
}

function decode64(text: string): string {
  return Buffer.from(text, "base64").toString();
}
