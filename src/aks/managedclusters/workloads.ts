import type { KubeObject } from "#api/kubernetes/meta";
import { resources } from "#api/kubernetes/resources";
import { isStatus } from "#api/kubernetes/status";
import { type SystemWorkload, systemWorkloads } from "../addons/index.ts";
import type { AksContext } from "../context.ts";
import type { StoredCluster } from "../documents.ts";
import { each } from "../each.ts";

/** Source: kubernetes cluster/addons/addon-manager/README.md. */
const ADDON_MODE = "addonmanager.kubernetes.io/mode";

/**
 * Puts what AKS runs in `kube-system` into the cluster, and its storage classes; objects of an older version are replaced, but
 * those that are only to exist are left as they are. Can be repeated.
 * Namespaces and their own objects are the control plane's.
 * Differs from AKS: with `--kubernetes`, what others have made under the same names stays as it is, and no metrics are served.
 */
export async function applySystemWorkloads({ controlPlanes }: Pick<AksContext, "controlPlanes">, cluster: StoredCluster): Promise<void> {
  const { outside } = controlPlanes;
  const client = controlPlanes.client(cluster.uid);
  const isOwn = async ({ type, object }: SystemWorkload): Promise<boolean> =>
    outside === undefined || outside.owns(cluster.uid, await client.get(type, nameOf(object)));
  // Nobody answers for the API of metrics there, and a namespace of a server with such an API is never let go.
  const served = workloadsOf(cluster).filter(({ type }) => outside === undefined || type !== resources.apiServices);
  await each(served, async (workload) => {
    const { type, object } = workload;
    await client.create(type, object).catch(async (error: unknown) => {
      if (!isStatus(error, "AlreadyExists")) throw error;
      if (object.metadata.labels?.[ADDON_MODE] === "EnsureExists" || !(await isOwn(workload))) return;
      const { metadata: _metadata, ...body } = object;
      await client.patch(type, nameOf(object), { type: "merge", body });
    });
  });
}

function workloadsOf({ version, properties: { networkProfile } }: StoredCluster): readonly SystemWorkload[] {
  const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
  return systemWorkloads({
    version,
    dnsServiceIp: text(networkProfile["dnsServiceIP"]),
    networkPlugin: text(networkProfile["networkPlugin"]),
  });
}

function nameOf({ metadata: { name, namespace } }: KubeObject): { name: string; namespace?: string } {
  return { name, ...(namespace !== undefined && { namespace }) };
}
