import type { ConfigMap } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import { isStatus } from "#api/kubernetes/status";
import type { KubeClient } from "#kube/client";

/** Where people put the configuration of the scheduler. */
export const CONFIGURATION = { namespace: "kube-system", name: "kube-scheduler-config" } as const;
export const CONFIGURATION_KEY = "config.yaml";

/** Where the last configuration is that was accepted, of whichever source: it holds on while another one is refused. */
export const ACCEPTED = { namespace: "kube-system", name: "kube-scheduler-config-accepted" } as const;

/** The last text that was accepted; nothing while the scheduler's own rules hold. */
export async function readAccepted(client: KubeClient): Promise<string | undefined> {
  const map = await unlessAbsent(client.get<ConfigMap>(resources.configMaps, ACCEPTED));
  return map?.data?.[CONFIGURATION_KEY];
}

/** @param text nothing for the scheduler's own rules. */
export async function writeAccepted(client: KubeClient, text: string | undefined): Promise<void> {
  if (text === undefined) {
    await unlessAbsent(client.delete(resources.configMaps, ACCEPTED));
    return;
  }
  const data = { [CONFIGURATION_KEY]: text };
  const patched = await unlessAbsent(client.patch(resources.configMaps, ACCEPTED, { type: "merge", body: { data } }));
  if (patched === undefined) await client.create<ConfigMap>(resources.configMaps, { metadata: { ...ACCEPTED }, data });
}

async function unlessAbsent<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isStatus(error, "NotFound")) return undefined;
    throw error;
  }
}
