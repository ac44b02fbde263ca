import { assert } from "#lib";
import { MAX_ATTEMPTS, MAX_OPS, type Op } from "#store";
import type { Compute, Instance, ScaleSet, ScaleSetKey } from "./compute.ts";
import { DURATIONS } from "./durations.ts";
import { computerName, instanceId, nextZone, scaleSetId } from "./instance.ts";
import { dueAfter, type Parts } from "./parts.ts";

interface Creation {
  readonly key: ScaleSetKey;
  readonly count: number;
  readonly userData: Parameters<Compute["createInstances"]>[2];
}

/**
 * Stores all new instances and the next id in one transaction: all are made, or none.
 * Creations take turns, so that two of them never both take what is left of a quota.
 */
export async function createInstances(parts: Parts, { key, count, userData }: Creation): Promise<readonly Instance[]> {
  const { scaleSets, instances, store, addresses } = parts;
  assert(count > 0 && count < MAX_OPS, "a creation fits one transaction");
  const id = scaleSetId(key);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const stored = scaleSets.get(id);
    assert(stored !== undefined, "instances are made in a scale set that exists");
    if (stored.value.isDeleting === true) throw new Error(`scale set ${id} is being deleted`);
    const { scaleSet } = stored.value;
    parts.quotas.check(scaleSet, count);
    const taken = addresses.take(scaleSet.network, count);
    const made = newInstances(parts, scaleSet, { taken, userData });
    const ops: Op[] = made.map((instance) => instances.put(instanceId(key, instance.id), instance));
    ops.push(scaleSets.put(id, { ...stored.value, scaleSet: { ...scaleSet, nextInstanceId: scaleSet.nextInstanceId + count } }));
    if ((await store.transact([scaleSets.unchanged(id, stored)], ops)).succeeded) return made;
    for (const address of taken) addresses.release(scaleSet.network.id, address);
  }
  throw new Error(`scale set ${id} changed ${MAX_ATTEMPTS} times while instances were made`);
}

function newInstances(
  parts: Parts,
  scaleSet: ScaleSet,
  { taken, userData }: { taken: readonly string[]; userData: Creation["userData"] },
): Instance[] {
  const { subscriptionId, resourceGroup, name, nextInstanceId } = scaleSet;
  const placed: Pick<Instance, "zone">[] = parts.instances.list(`${scaleSetId(scaleSet)}/`).map(({ value }) => value);
  return taken.map((privateIp, index) => {
    const id = nextInstanceId + index;
    const zone = scaleSet.zones.length === 0 ? undefined : nextZone(scaleSet, placed);
    const machine = { id, computerName: computerName(scaleSet, id), privateIp, ...(zone === undefined ? {} : { zone }) };
    placed.push(machine);
    return {
      ...machine,
      scaleSet: { subscriptionId, resourceGroup, name },
      state: "Creating",
      userData: userData(machine),
      boot: 1,
      dueMs: dueAfter(parts, DURATIONS.bootMs),
      createdMs: parts.clock.now(),
      ...(scaleSet.image !== undefined && { image: scaleSet.image }),
    };
  });
}
