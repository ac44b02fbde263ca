import { isStatus } from "#api/kubernetes/status";
import type { KubeClient } from "#kube/client";
import { systemWorkloads } from "../addons/index.ts";
import type { StoredCluster } from "../documents.ts";
import { each } from "../each.ts";

/** Source: kubernetes cluster/addons/addon-manager/README.md. */
const ADDON_MODE = "addonmanager.kubernetes.io/mode";

/**
 * Puts what AKS runs in `kube-system` into the cluster, and its storage classes; objects of an older version are replaced, but
 * those that are only to exist are left as they are. Can be repeated.
 * Namespaces and their own objects are the control plane's.
 */
export async function applySystemWorkloads(client: KubeClient, { version, properties: { networkProfile } }: StoredCluster): Promise<void> {
  const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
  const workloads = systemWorkloads({
    version,
    dnsServiceIp: text(networkProfile["dnsServiceIP"]),
    networkPlugin: text(networkProfile["networkPlugin"]),
  });
  await each(workloads, async ({ type, object }) => {
    await client.create(type, object).catch(async (error: unknown) => {
      if (!isStatus(error, "AlreadyExists")) throw error;
      const { name, namespace, labels } = object.metadata;
      if (labels?.[ADDON_MODE] === "EnsureExists") return;
      const { metadata: _metadata, ...body } = object;
      await client.patch(type, { name, ...(namespace !== undefined && { namespace }) }, { type: "merge", body });
    });
  });
}
