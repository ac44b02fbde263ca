import type { KubeObject, ResourceType } from "#api/kubernetes/meta";
import { resources } from "#api/kubernetes/resources";
import { isStatus } from "#api/kubernetes/status";
import type { KubeClient } from "#kube/client";
import type { Logger } from "#lib";
import { type SystemWorkload, systemWorkloads } from "../addons/index.ts";
import type { AksContext } from "../context.ts";
import type { OutsideControlPlane } from "../control-planes.ts";
import type { StoredCluster } from "../documents.ts";
import { each } from "../each.ts";

/** Source: kubernetes cluster/addons/addon-manager/README.md. */
const ADDON_MODE = "addonmanager.kubernetes.io/mode";

/** Kinds that are of no use where nobody is behind them: a namespace of a server with a silent API is never let go. */
const NEEDS_SERVERS: readonly ResourceType[] = [resources.apiServices, resources.storageClasses];

/**
 * Puts what AKS runs in `kube-system` into the cluster, and its storage classes; objects of an older version are replaced, but
 * those that are only to exist are left as they are. Can be repeated.
 * Namespaces and their own objects are the control plane's.
 * Differs from AKS: with `--kubernetes`, what others have made under the same names stays as it is, what the control plane refuses is not
 * there, and there are neither metrics nor storage classes.
 */
export async function applySystemWorkloads(context: Pick<AksContext, "controlPlanes" | "log">, cluster: StoredCluster): Promise<void> {
  const client = context.controlPlanes.client(cluster.uid);
  const { outside } = context.controlPlanes;
  if (outside !== undefined) return await applyOutside(client, { cluster, outside, log: context.log });
  await each(workloadsOf(cluster), async ({ type, object }) => {
    await client.create(type, object).catch(async (error: unknown) => {
      if (!isStatus(error, "AlreadyExists")) throw error;
      await replace(client, { type, object });
    });
  });
}

interface OutsideSite {
  readonly cluster: StoredCluster;
  readonly outside: OutsideControlPlane;
  readonly log: Logger;
}

async function applyOutside(client: KubeClient, { cluster, outside, log }: OutsideSite): Promise<void> {
  const wanted = workloadsOf(cluster).filter(({ type }) => !NEEDS_SERVERS.includes(type));
  await each(wanted, async ({ type, object }) => {
    const present = await unlessAbsent(client.get(type, nameOf(object)));
    if (present !== undefined && !outside.owns(cluster.uid, present)) return;
    try {
      await (present === undefined ? client.create(type, object) : replace(client, { type, object }));
    } catch (error) {
      // Policies and ranges of addresses there are not AKS's.
      if (!isStatus(error, "Invalid") && !isStatus(error, "Forbidden")) throw error;
      log.warn("the control plane refuses an object of the system", { kind: type.kind, name: object.metadata.name, error });
    }
  });
}

async function replace(client: KubeClient, { type, object }: SystemWorkload): Promise<void> {
  if (object.metadata.labels?.[ADDON_MODE] === "EnsureExists") return;
  const { metadata: _metadata, ...body } = object;
  await client.patch(type, nameOf(object), { type: "merge", body });
}

async function unlessAbsent<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isStatus(error, "NotFound")) return undefined;
    throw error;
  }
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
