import type { Namespace } from "#api/kubernetes/core";
import type { KubeObject, ResourceType } from "#api/kubernetes/meta";
import { resources } from "#api/kubernetes/resources";
import { isStatus } from "#api/kubernetes/status";
import type { Requeue } from "#lib";
import { objectKey } from "#kube/client";
import type { ControllerContext, ServedResource } from "../context.ts";
import { customType, type Definition, definitionType } from "../custom-types.ts";
import { assembleController, type Controller } from "../controller.ts";
import { eachLimited } from "../each-limited.ts";
import { found, messageOf, nameOf, writeStatus } from "../writes.ts";
import { deletionConditions, type DeletionOutcome, isTerminating, KUBERNETES_FINALIZER, type Remainder } from "./plan.ts";

/** Namespaces emptied at the same time. Source: kubernetes --concurrent-namespace-syncs. */
const CONCURRENCY = 10;
/** Objects deleted at the same time. */
const DELETIONS = 32;
/** When a namespace that still has content is looked at again: pods take a while to stop. */
const RETRY_MS = 1000;
/** First minor whose namespaces tell why they remain. Source: kubernetes PR 82189, 1.16. */
const CONDITIONS_MINOR = 16;

/** Empties namespaces that are being deleted, and lets them go. Source: kubernetes pkg/controller/namespace/deletion. */
export function createNamespaceController(context: ControllerContext): Controller {
  const namespaces = context.informers.of(resources.namespaces);
  const definitions = context.informers.of<Definition>(definitionType as ResourceType<Definition>);
  const types = (): readonly ServedResource[] => [
    ...context.resources,
    ...[...definitions.list()].flatMap((each) => customType(each) ?? []),
  ];
  const loop = context.loop("namespace", (name) => terminate(context, types(), namespaces.get(name)), CONCURRENCY);
  const observe = (namespace: Namespace): void => {
    if (isTerminating(namespace)) loop.enqueue(objectKey(namespace));
  };
  return assembleController({
    name: "namespace",
    loops: [loop],
    subscribe: () => [namespaces.subscribe({ add: observe, update: observe })],
  });
}

async function terminate(
  context: ControllerContext,
  types: readonly ServedResource[],
  namespace: Namespace | undefined,
): Promise<Requeue | void> {
  if (namespace === undefined || !isTerminating(namespace)) return;
  const outcome = await empty(context, types, namespace.metadata.name);
  if (outcome.failures.length === 0 && outcome.remaining.every(({ objects }) => objects.length === 0)) {
    const finalizers = (namespace.spec?.finalizers ?? []).filter((finalizer) => finalizer !== KUBERNETES_FINALIZER);
    await found(context.client.update(resources.namespaces, { ...namespace, spec: { finalizers } }, { subresource: "finalize" }));
    return;
  }
  if (context.minor() >= CONDITIONS_MINOR) {
    const conditions = deletionConditions(namespace, outcome, context.now());
    await writeStatus(context.client, resources.namespaces, namespace, { ...namespace.status, conditions });
  }
  return { requeueAfterMs: RETRY_MS };
}

/** Deletes everything in the namespace and tells what is left. */
async function empty(context: ControllerContext, types: readonly ServedResource[], namespace: string): Promise<DeletionOutcome> {
  const failures: string[] = [];
  const remaining: Remainder[] = [];
  for (const type of types.filter(({ namespaced }) => namespaced)) {
    const objects = await listAll(context, type, namespace);
    if (objects.length === 0) continue;
    const standing = objects.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    try {
      const remove = (object: KubeObject): Promise<boolean> =>
        found(context.client.delete(type, nameOf(object), { propagationPolicy: "Background" }));
      await eachLimited(standing, DELETIONS, remove);
    } catch (error) {
      failures.push(messageOf(error));
    }
    remaining.push({ resource: nameOfResource(type), objects: await listAll(context, type, namespace) });
  }
  return { failures, remaining };
}

async function listAll({ client }: ControllerContext, type: ServedResource, namespace: string): Promise<readonly KubeObject[]> {
  try {
    return (await client.list(type, { namespace })).items;
  } catch (error) {
    if (isStatus(error, "NotFound") || isStatus(error, "MethodNotAllowed")) return [];
    throw error;
  }
}

function nameOfResource({ group, resource }: ServedResource): string {
  return group === "" ? resource : `${resource}.${group}`;
}
