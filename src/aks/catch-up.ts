import type { Pod } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import { type Informer, type KubeClient, objectKey } from "#kube/client";
import type { Clock } from "#lib";
import { each } from "./each.ts";

/** How long a watch may lag behind its server; a copy that is further behind is a failure, which is tried again. */
const MAX_LAG_MS = 10_000;
const LOOK_MS = 20;

/**
 * Resolves when the copy shows every pod that is bound to the nodes now. Drains ask once they have cordoned: a pod that was bound
 * just before may not have been told of yet, and its node would be taken for empty. Source: kubectl drain, which lists after it cordons.
 * @throws {Error} when the copy stays behind.
 */
export async function catchUp(client: KubeClient, pods: Informer<Pod>, nodes: readonly string[], clock: Clock): Promise<void> {
  if (client.tellsAtOnce) return;
  const endMs = clock.now() + MAX_LAG_MS;
  await each(nodes, async (node) => {
    const { items } = await client.list(resources.pods, { fieldSelector: `spec.nodeName=${node}` });
    while (!items.every((pod) => isSeen(pods, pod))) {
      if (clock.now() > endMs) throw new Error(`pods of node ${node} are not seen within ${MAX_LAG_MS} ms`);
      await clock.sleep(LOOK_MS);
    }
  });
}

function isSeen(pods: Informer<Pod>, pod: Pod): boolean {
  const seen = pods.get(objectKey(pod));
  return seen?.metadata.uid === pod.metadata.uid && seen?.spec.nodeName === pod.spec.nodeName;
}
