import type { Pod } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";
import { resources } from "#api/kubernetes/resources";
import { equalJson, isPodTerminal } from "#kube/apimachinery";
import type { Informer } from "#kube/client";
import type { ControllerContext, ServedResource } from "../context.ts";
import { assembleController, type Controller } from "../controller.ts";
import { writeStatus } from "../writes.ts";
import type { ServedListener } from "../served-kinds.ts";
import { kindsOf, statusOf } from "./usage.ts";

/** Every quota is counted anew after this time. Source: kubernetes --resource-quota-sync-period. */
const RESYNC_MS = 300_000;
/** Kinds that come and go too often to be counted, as they are in Kubernetes. Source: pkg/quota/v1/install, DefaultIgnoredResources. */
const IGNORED: ReadonlySet<string> = new Set(["events"]);

/**
 * Counts what is used of resource quotas: when a quota is made or changed, and when something goes that it counts. What comes
 * is counted by the API server.
 * Source: kubernetes pkg/controller/resourcequota.
 */
export function createResourceQuotaController(context: ControllerContext): Controller {
  const { client, clock } = context;
  const quotas = context.informers.of(resources.resourceQuotas);
  const monitor = (types: readonly ServedResource[]): Monitored[] =>
    types
      .filter(({ namespaced, resource }) => namespaced && !IGNORED.has(resource))
      .map((type) => ({ type, informer: context.informers.of<KubeObject>(type) }));
  let monitored = monitor(context.resources);

  async function count(key: string): Promise<{ requeueAfterMs: number } | void> {
    const quota = quotas.get(key);
    if (quota === undefined) return;
    const { namespace = "" } = quota.metadata;
    const kinds = kindsOf(quota);
    const counted = monitored
      .filter(({ type }) => kinds.has(`${type.group}/${type.resource}`))
      .map(({ type, informer }) => ({ of: type, objects: objectsIn(type, informer, namespace) }));
    const status = statusOf(quota, counted, clock.now());
    if (!equalJson(status, quota.status)) await writeStatus(client, resources.resourceQuotas, quota, status);
    return { requeueAfterMs: RESYNC_MS };
  }

  const loop = context.loop("resource-quota", count);
  const replenish = ({ metadata: { namespace } }: KubeObject): void => {
    if (quotas.size === 0 || namespace === undefined) return;
    for (const quota of quotas.byIndex("namespace", namespace)) loop.enqueue(`${namespace}/${quota.metadata.name}`);
  };
  const enqueue = ({ metadata }: KubeObject): void => loop.enqueue(`${metadata.namespace ?? ""}/${metadata.name}`);
  const follow = ({ type, informer }: Monitored): (() => void) =>
    informer.subscribe({ delete: replenish, update: (object, previous) => void (frees(type, object, previous) && replenish(object)) });
  const followServed: ServedListener = ({ added, removed }) => {
    const more = monitor(added);
    monitored = [...monitored.filter(({ type }) => !removed.includes(type)), ...more];
    // Who has left the set of informers calls nobody any more: no need to unsubscribe.
    for (const each of more) follow(each);
    for (const { informer } of more) void informer.start();
  };
  return assembleController({
    name: "resource-quota",
    loops: [loop],
    subscribe: () => [
      quotas.subscribe({ add: enqueue, update: (quota, previous) => void (equalJson(quota.spec, previous.spec) || enqueue(quota)) }),
      ...monitored.map(follow),
      context.followServed(followServed),
    ],
  });
}

interface Monitored {
  readonly type: ServedResource;
  readonly informer: Informer<KubeObject>;
}

/** Those of a namespace, by the index where the kind has one. */
function objectsIn({ group, resource }: ServedResource, informer: Informer<KubeObject>, namespace: string): Iterable<KubeObject> {
  if (group === "" && (resource === "pods" || resource === "services")) return informer.byIndex("namespace", namespace);
  return [...informer.list()].filter(({ metadata }) => metadata.namespace === namespace);
}

/** Whether a change of an object may change what it uses. Source: pkg/quota/v1/evaluator/core, …ReplenishmentUpdateFunc. */
function frees({ group, resource }: ServedResource, object: KubeObject, previous: KubeObject): boolean {
  if (group !== "") return false;
  if (resource === "pods") return isPodTerminal(object as Pod) && !isPodTerminal(previous as Pod);
  if (resource !== "services" && resource !== "persistentvolumeclaims") return false;
  const specOf = (each: KubeObject): unknown => (each as { spec?: unknown }).spec;
  return !equalJson(specOf(object), specOf(previous));
}
