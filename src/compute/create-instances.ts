import { assert } from "#lib";
import { MAX_ATTEMPTS, MAX_OPS, type Op } from "#store";
import { type MachineAddresses, PUBLIC_NETWORK } from "./addresses.ts";
import type { BootFault, Compute, Instance, ScaleSet, ScaleSetKey } from "./compute.ts";
import { DURATIONS } from "./durations.ts";
import { afflicted, bootFaults, checkAllocation } from "./faults.ts";
import { computerName, instanceId, nextZone, scaleSetId, sizedAs } from "./instance.ts";
import { dueAfter, type Parts } from "./parts.ts";

interface Creation {
  readonly key: ScaleSetKey;
  readonly count: number;
  readonly userData: Parameters<Compute["createInstances"]>[2];
  readonly vmSize: string | undefined;
}

/**
 * Stores all new instances and the next id in one transaction: all are made, or none.
 * Creations take turns, so that two of them never both take what is left of a quota.
 */
export async function createInstances(parts: Parts, { key, count, userData, vmSize }: Creation): Promise<readonly Instance[]> {
  const { scaleSets, instances, store, addresses } = parts;
  assert(count > 0 && count < MAX_OPS, "a creation fits one transaction");
  const id = scaleSetId(key);
  const faults = await faultsOf(parts, { key, count, vmSize });
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const stored = scaleSets.get(id);
    assert(stored !== undefined, "instances are made in a scale set that exists");
    if (stored.value.isDeleting === true) throw new Error(`scale set ${id} is being deleted`);
    const { scaleSet } = stored.value;
    parts.quotas.check(sizedAs(scaleSet, vmSize), count);
    const taken = addresses.takeFor(scaleSet.network, count, scaleSet.moreAddresses ?? 0);
    const publicIps = scaleSet.publicAddresses === undefined ? [] : addresses.take(PUBLIC_NETWORK, count);
    const made = newInstances(parts, scaleSet, { taken, publicIps, userData, vmSize, faults });
    const ops: Op[] = made.map((instance) => instances.put(instanceId(key, instance.id), instance));
    ops.push(scaleSets.put(id, { ...stored.value, scaleSet: { ...scaleSet, nextInstanceId: scaleSet.nextInstanceId + count } }));
    if ((await store.transact([scaleSets.unchanged(id, stored)], ops)).succeeded) return made;
    for (const { privateIp, others } of taken) {
      addresses.release(scaleSet.network.id, privateIp);
      addresses.releaseRanges(scaleSet.network.id, others);
    }
    for (const address of publicIps) addresses.release(PUBLIC_NETWORK.id, address);
  }
  throw new Error(`scale set ${id} changed ${MAX_ATTEMPTS} times while instances were made`);
}

/** What goes wrong on purpose, by name. No other creation comes between this and the transaction. @throws {AllocationError} */
async function faultsOf(parts: Parts, { key, count, vmSize }: Omit<Creation, "userData">): Promise<ReadonlyMap<string, BootFault>> {
  const stored = parts.scaleSets.get(scaleSetId(key))?.value.scaleSet;
  if (parts.faults === undefined || stored === undefined) return new Map();
  const scaleSet = sizedAs(stored, vmSize);
  await checkAllocation(parts, scaleSet, { phase: "create", count });
  const names = Array.from({ length: count }, (_, index) => computerName(scaleSet, scaleSet.nextInstanceId + index));
  return await bootFaults(parts, scaleSet, { phase: "create", names });
}

function newInstances(
  parts: Parts,
  scaleSet: ScaleSet,
  {
    taken,
    publicIps,
    userData,
    vmSize,
    faults,
  }: Pick<Creation, "userData" | "vmSize"> & {
    readonly taken: readonly MachineAddresses[];
    /** None, or as many. */
    readonly publicIps: readonly string[];
    readonly faults: ReadonlyMap<string, BootFault>;
  },
): Instance[] {
  const { subscriptionId, resourceGroup, name, nextInstanceId } = scaleSet;
  const placed: Pick<Instance, "zone">[] = parts.instances.list(`${scaleSetId(scaleSet)}/`).map(({ value }) => value);
  return taken.map(({ privateIp, others }, index) => {
    const id = nextInstanceId + index;
    const zone = scaleSet.zones.length === 0 ? undefined : nextZone(scaleSet, placed);
    const publicIp = publicIps[index];
    const machine = {
      id,
      computerName: computerName(scaleSet, id),
      privateIp,
      ...(others.length > 0 && { podAddresses: { networkId: scaleSet.network.id, ranges: others } }),
      ...(vmSize !== undefined && { vmSize }),
      ...(publicIp !== undefined && { publicIp }),
      ...(zone !== undefined && { zone }),
    };
    placed.push(machine);
    return {
      ...machine,
      scaleSet: { subscriptionId, resourceGroup, name },
      state: "Creating",
      userData: userData(machine),
      boot: 1,
      ...afflicted(dueAfter(parts, DURATIONS.bootMs), faults.get(machine.computerName)),
      createdMs: parts.clock.now(),
      ...(scaleSet.image !== undefined && { image: scaleSet.image }),
    };
  });
}
