import { assert, type Clock, createReconciler, type Logger, type Pace } from "#lib";
import { type Documents, MAX_ATTEMPTS, MAX_OPS, type Op, openDocuments, type Store } from "#store";
import { type Addresses, createAddresses } from "./addresses.ts";
import type { Compute, Instance, ScaleSet, ScaleSetKey } from "./compute.ts";
import { DURATIONS } from "./durations.ts";
import { afterDue, computerName, instanceId, nextZone, scaleSetId } from "./instance.ts";
import { followMachines } from "./machines.ts";
import { checkQuota, coresInUse, CORE_LIMIT, type Usage } from "./quota.ts";
import { sizesIn } from "./sizes/sizes.ts";

export interface ComputeOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly pace: Pace;
  readonly log: Logger;
}

interface StoredScaleSet {
  readonly scaleSet: ScaleSet;
  /** Wanted gone: its instances are being deleted. */
  readonly isDeleting?: true;
}

interface Parts extends ComputeOptions {
  readonly scaleSets: Documents<StoredScaleSet>;
  readonly instances: Documents<Instance>;
  readonly addresses: Addresses;
}

const PREFIX = "/compute/";
/** Scale sets whose instances change at the same time. */
const CONCURRENCY = 8;

/** Opens the scale sets in the store and takes up what was under way. */
export async function openCompute(
  options: ComputeOptions,
): Promise<Compute & { usages(subscriptionId: string, location: string): readonly Usage[] }> {
  const scaleSets = await openDocuments<StoredScaleSet>(options.store, `${PREFIX}scale-sets/`);
  const instances = await openDocuments<Instance>(options.store, `${PREFIX}instances/`);
  const parts: Parts = { ...options, scaleSets, instances, addresses: createAddresses() };
  for (const { value } of instances.list()) parts.addresses.keep(networkOf(parts, value), value.privateIp);
  const machines = followMachines(instances);
  const reconciler = createReconciler({
    name: "compute",
    clock: options.clock,
    log: options.log,
    concurrency: CONCURRENCY,
    reconcile: (id) => settle(parts, id),
  });
  const wake = [
    scaleSets.subscribe((event) => reconciler.enqueue(event.kind === "put" ? event.document.id : event.previous.id)),
    instances.subscribe((event) => reconciler.enqueue(scaleSetId((event.kind === "put" ? event.document : event.previous).value.scaleSet))),
  ];
  for (const { id } of scaleSets.list()) reconciler.enqueue(id);
  return {
    ...createCalls(parts),
    async attach(host) {
      machines.attach(host);
    },
    async stop() {
      for (const stop of wake) stop();
      machines.close();
      await reconciler.stop();
      scaleSets.close();
      instances.close();
    },
  };
}

function networkOf({ scaleSets }: Parts, instance: Instance): string {
  return scaleSets.get(scaleSetId(instance.scaleSet))?.value.scaleSet.network.id ?? "";
}

/** Moves on, in one transaction, all instances of a scale set whose time has come. */
async function settle(
  { store, clock, scaleSets, instances, addresses }: Parts,
  id: string,
): Promise<{ requeueAfterMs: number } | undefined> {
  const all = instances.list(`${id}/`);
  const due = all.filter(({ value }) => value.dueMs !== undefined && value.dueMs <= clock.now()).slice(0, MAX_OPS / 2);
  if (due.length > 0) {
    const changes = due.map((document) => ({ document, next: afterDue(document.value) }));
    const ops = changes.map(({ document, next }) =>
      next === undefined ? instances.remove(document.id) : instances.put(document.id, next),
    );
    const compares = due.map((document) => instances.unchanged(document.id, document));
    const { succeeded } = await store.transact(compares, ops);
    if (!succeeded) return { requeueAfterMs: 0 };
    const network = scaleSets.get(id)?.value.scaleSet.network.id ?? "";
    for (const { document, next } of changes) if (next === undefined) addresses.release(network, document.value.privateIp);
  }
  const left = instances.list(`${id}/`);
  const scaleSet = scaleSets.get(id);
  if (left.length === 0 && scaleSet?.value.isDeleting === true) {
    await store.transact([scaleSets.unchanged(id, scaleSet)], [scaleSets.remove(id)]);
    return undefined;
  }
  const nextMs = Math.min(...left.map(({ value }) => value.dueMs ?? Number.POSITIVE_INFINITY));
  return Number.isFinite(nextMs) ? { requeueAfterMs: Math.max(0, nextMs - clock.now()) } : undefined;
}

function createCalls(
  parts: Parts,
): Omit<Compute, "attach" | "stop"> & { usages(subscriptionId: string, location: string): readonly Usage[] } {
  const { scaleSets, instances, store } = parts;
  const scaleSet = (key: ScaleSetKey): ScaleSet | undefined => scaleSets.get(scaleSetId(key))?.value.scaleSet;
  const instancesOf = (key: ScaleSetKey): readonly Instance[] => instances.list(`${scaleSetId(key)}/`).map(({ value }) => value);
  const all = (subscriptionId: string, resourceGroup?: string): readonly ScaleSet[] =>
    scaleSets
      .list(`${subscriptionId}/${resourceGroup === undefined ? "" : `${resourceGroup}/`}`.toLowerCase())
      .map(({ value }) => value.scaleSet);
  return {
    async ensureScaleSet(spec) {
      const id = scaleSetId(spec);
      const stored = scaleSets.get(id);
      if (stored !== undefined) return stored.value.scaleSet;
      const made: ScaleSet = { ...spec, nextInstanceId: 0 };
      await store.transact([scaleSets.unchanged(id, undefined)], [scaleSets.put(id, { scaleSet: made })]);
      return scaleSets.get(id)?.value.scaleSet ?? made;
    },
    scaleSet,
    scaleSets: ({ subscriptionId, resourceGroup }) => all(subscriptionId, resourceGroup),
    createInstances: (key, count, userData) => createInstances(parts, { key, count, userData }),
    instance: (key, id) => instances.get(instanceId(key, id))?.value,
    instances: instancesOf,
    async reimageInstance(key, id, userData) {
      await instances.update(instanceId(key, id), (instance) =>
        instance.state === "Deleting"
          ? undefined
          : { ...instance, state: "Updating", userData, boot: instance.boot + 1, dueMs: dueAfter(parts, DURATIONS.reimageMs) },
      );
    },
    deleteInstances: (key, ids) => deleteInstances(parts, key, ids),
    async deleteScaleSet(key) {
      const id = scaleSetId(key);
      await scaleSets.update(id, (stored) => (stored.isDeleting ? undefined : { ...stored, isDeleting: true }));
      await deleteInstances(
        parts,
        key,
        instancesOf(key).map((instance) => instance.id),
      );
    },
    subscribe(onChange) {
      const stops = [
        scaleSets.subscribe((event) => onChange((event.kind === "put" ? event.document : event.previous).value.scaleSet)),
        instances.subscribe((event) => onChange((event.kind === "put" ? event.document : event.previous).value.scaleSet)),
      ];
      return () => stops.forEach((stop) => stop());
    },
    usages(subscriptionId, location) {
      const used = coresInUse(location, all(subscriptionId), instancesOf);
      const families = new Set(sizesIn(location).map(({ family }) => family));
      return ["cores", ...families].map((name) => ({ name, current: used.get(name) ?? 0, limit: CORE_LIMIT }));
    },
  };
}

function dueAfter({ clock, pace }: Parts, realMs: number): number {
  return clock.now() + pace(realMs);
}

interface Creation {
  readonly key: ScaleSetKey;
  readonly count: number;
  readonly userData: Parameters<Compute["createInstances"]>[2];
}

/** Stores all new instances and the next id in one transaction: all are made, or none. */
async function createInstances(parts: Parts, { key, count, userData }: Creation): Promise<readonly Instance[]> {
  const { scaleSets, instances, store, addresses } = parts;
  assert(count > 0 && count < MAX_OPS, "a creation fits one transaction");
  const id = scaleSetId(key);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const stored = scaleSets.get(id);
    assert(stored !== undefined, "instances are made in a scale set that exists");
    const { scaleSet } = stored.value;
    const all = scaleSets.list(`${key.subscriptionId.toLowerCase()}/`).map(({ value }) => value.scaleSet);
    checkQuota(
      scaleSet,
      count,
      coresInUse(scaleSet.location, all, (each) => instances.list(`${scaleSetId(each)}/`).map(({ value }) => value)),
    );
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
    };
  });
}

async function deleteInstances(parts: Parts, key: ScaleSetKey, ids: readonly number[]): Promise<void> {
  const { instances, store } = parts;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const documents = ids.flatMap((id) => instances.get(instanceId(key, id)) ?? []).filter(({ value }) => value.state !== "Deleting");
    if (documents.length === 0) return;
    const dueMs = dueAfter(parts, DURATIONS.deleteMs);
    const batch = documents.slice(0, MAX_OPS);
    await store.transact(
      batch.map((document) => instances.unchanged(document.id, document)),
      batch.map(({ id, value }) => instances.put(id, { ...value, state: "Deleting", dueMs })),
    );
  }
}
