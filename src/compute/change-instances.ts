import { MAX_ATTEMPTS, MAX_OPS } from "#store";
import type { Instance, ScaleSetKey } from "./compute.ts";
import { instanceId, scaleSetId } from "./instance.ts";
import type { Parts } from "./parts.ts";

/**
 * Stores what `change` makes of each instance, in as few transactions as fit; undefined leaves one as it is, and so does
 * its absence. Repeating a change that has been made does nothing.
 */
export async function changeInstances(
  { instances, store }: Pick<Parts, "instances" | "store">,
  { key, ids }: { readonly key: ScaleSetKey; readonly ids: readonly number[] },
  change: (instance: Instance) => Instance | undefined,
): Promise<void> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const changes = ids.flatMap((id) => {
      const document = instances.get(instanceId(key, id));
      const next = document === undefined ? undefined : change(document.value);
      return document === undefined || next === undefined ? [] : [{ document, next }];
    });
    if (changes.length === 0) return;
    const batch = changes.slice(0, MAX_OPS);
    await store.transact(
      batch.map(({ document }) => instances.unchanged(document.id, document)),
      batch.map(({ document, next }) => instances.put(document.id, next)),
    );
  }
  throw new Error(`instances of scale set ${scaleSetId(key)} changed ${MAX_ATTEMPTS} times while they were to be changed`);
}
