import { isDeepStrictEqual } from "node:util";
import { createReconciler } from "#lib";
import { type DocumentEvent, MAX_OPS, openDocuments } from "#store";
import { type Addresses, createAddresses, PUBLIC_NETWORK } from "./addresses.ts";
import { createBoots } from "./boots.ts";
import { changeInstances } from "./change-instances.ts";
import type { Compute, Instance, ScaleSet, ScaleSetKey } from "./compute.ts";
import { createInstances } from "./create-instances.ts";
import { addPodAddresses } from "./pod-addresses.ts";
import { DURATIONS } from "./durations.ts";
import { afterDue, bySize, instanceId, scaleSetId } from "./instance.ts";
import { followMachines } from "./machines.ts";
import { type ComputeOptions, dueAfter, inTurns, type Parts, PREFIX, type StoredScaleSet } from "./parts.ts";
import { openQuotas, type Quotas } from "./quota.ts";

/** Scale sets whose instances change at the same time. */
const CONCURRENCY = 8;

/** Opens the scale sets in the store and takes up what was under way. */
export async function openCompute(options: ComputeOptions): Promise<Compute & Quotas> {
  const scaleSets = await openDocuments<StoredScaleSet>(options.store, `${PREFIX}scale-sets/`);
  const instances = await openDocuments<Instance>(options.store, `${PREFIX}instances/`);
  const quotas = await openQuotas(options.store, (scope) => machinesIn({ scaleSets, instances }, scope));
  const parts: Parts = { ...options, scaleSets, instances, quotas, addresses: createAddresses(), inTurn: inTurns() };
  for (const { value } of instances.list()) {
    parts.addresses.keep(networkOf(parts, value), value.privateIp);
    if (value.publicIp !== undefined) parts.addresses.keep(PUBLIC_NETWORK.id, value.publicIp);
    if (value.podAddresses !== undefined) parts.addresses.keepRanges(value.podAddresses.networkId, value.podAddresses.ranges);
  }
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
    usages: quotas.usages,
    setLimit: quotas.setLimit,
    async attach(host) {
      machines.attach(host);
    },
    async stop() {
      for (const stop of wake) stop();
      machines.close();
      await reconciler.stop();
      quotas.close();
      scaleSets.close();
      instances.close();
    },
  };
}

function networkOf({ scaleSets }: Parts, instance: Instance): string {
  return scaleSets.get(scaleSetId(instance.scaleSet))?.value.scaleSet.network.id ?? "";
}

/** Moves on, in one transaction, all instances of a scale set whose time has come. */
async function settle(parts: Parts, id: string): Promise<{ requeueAfterMs: number } | undefined> {
  const { store, clock, scaleSets, instances, addresses } = parts;
  await deleteWithScaleSet(parts, id);
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
    for (const { document, next } of changes) if (next === undefined) releaseAddresses(addresses, network, document.value);
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

function releaseAddresses(addresses: Addresses, network: string, { privateIp, publicIp, podAddresses }: Instance): void {
  addresses.release(network, privateIp);
  if (podAddresses !== undefined) addresses.releaseRanges(podAddresses.networkId, podAddresses.ranges);
  if (publicIp !== undefined) addresses.release(PUBLIC_NETWORK.id, publicIp);
}

/** A scale set that is to go takes its instances with it, also when the program ended between the two wishes. */
async function deleteWithScaleSet(parts: Parts, id: string): Promise<void> {
  if (parts.scaleSets.get(id)?.value.isDeleting !== true) return;
  const instances = parts.instances.list(`${id}/`).map(({ value }) => value);
  const [first] = instances;
  if (first === undefined) return;
  await deleteInstances(
    parts,
    first.scaleSet,
    instances.map((instance) => instance.id),
  );
}

/** How many machines each scale set of a subscription has. */
function machinesIn({ scaleSets, instances }: Pick<Parts, "scaleSets" | "instances">, subscriptionId: string) {
  return scaleSets.list(`${subscriptionId}/`.toLowerCase()).flatMap(({ id, value: { scaleSet } }) =>
    bySize(
      scaleSet,
      instances.list(`${id}/`).map(({ value }) => value),
    ),
  );
}

function scaleSetOf(stored: StoredScaleSet | undefined): ScaleSet | undefined {
  return stored?.isDeleting === true ? { ...stored.scaleSet, isDeleting: true } : stored?.scaleSet;
}

function createCalls(parts: Parts): Omit<Compute, "attach" | "stop"> {
  const { scaleSets, instances, store } = parts;
  const scaleSet = (key: ScaleSetKey): ScaleSet | undefined => scaleSetOf(scaleSets.get(scaleSetId(key))?.value);
  const instancesOf = (key: ScaleSetKey): readonly Instance[] => instances.list(`${scaleSetId(key)}/`).map(({ value }) => value);
  const all = (subscriptionId: string, resourceGroup?: string): readonly ScaleSet[] =>
    scaleSets
      .list(`${subscriptionId}/${resourceGroup === undefined ? "" : `${resourceGroup}/`}`.toLowerCase())
      .flatMap(({ value }) => scaleSetOf(value) ?? []);
  return {
    async ensureScaleSet(spec) {
      const id = scaleSetId(spec);
      const stored = scaleSets.get(id);
      if (stored !== undefined) return stored.value.scaleSet;
      const made: ScaleSet = { ...spec, nextInstanceId: 0, createdMs: parts.clock.now() };
      await store.transact([scaleSets.unchanged(id, undefined)], [scaleSets.put(id, { scaleSet: made })]);
      return scaleSets.get(id)?.value.scaleSet ?? made;
    },
    async updateScaleSet(key, { tags, image, security, applicationSecurityGroups, moreAddresses }) {
      await scaleSets.update(scaleSetId(key), (stored) => {
        const { security: _security, applicationSecurityGroups: _groups, ...rest } = stored.scaleSet;
        const next: ScaleSet = {
          ...rest,
          tags,
          ...(image !== undefined && { image }),
          ...(moreAddresses !== undefined && { moreAddresses }),
          ...(security !== undefined && { security }),
          ...(applicationSecurityGroups !== undefined && { applicationSecurityGroups }),
        };
        return isDeepStrictEqual(next, stored.scaleSet) ? undefined : { ...stored, scaleSet: next };
      });
    },
    scaleSet,
    scaleSets: ({ subscriptionId, resourceGroup }) => all(subscriptionId, resourceGroup),
    createInstances: (key, count, userData, vmSize) => parts.inTurn(() => createInstances(parts, { key, count, userData, vmSize })),
    addPodAddresses: (key, id, want) => addPodAddresses(parts, { key, id, ...want }),
    instance: (key, id) => instances.get(instanceId(key, id))?.value,
    instances: instancesOf,
    ...createBoots(parts),
    async silenceInstance(key, id, boot) {
      await instances.update(instanceId(key, id), (instance) =>
        instance.state === "Running" && instance.boot === boot && instance.ailment !== "silent"
          ? { ...instance, ailment: "silent" }
          : undefined,
      );
    },
    deallocateInstances: (key, ids) =>
      changeInstances(parts, { key, ids }, ({ dueMs: _dueMs, ...instance }) =>
        SERVING.has(instance.state) ? { ...instance, state: "Deallocating", dueMs: dueAfter(parts, DURATIONS.deallocateMs) } : undefined,
      ),
    deleteInstances: (key, ids) => deleteInstances(parts, key, ids),
    async deleteScaleSet(key) {
      const id = scaleSetId(key);
      await scaleSets.update(id, (stored) => (stored.isDeleting ? undefined : { ...stored, isDeleting: true }));
      await deleteWithScaleSet(parts, id);
    },
    subscribe(onChange) {
      const stops = [
        scaleSets.subscribe(
          oncePerTransaction(
            ({ scaleSet: { subscriptionId, resourceGroup, name } }) => ({ subscriptionId, resourceGroup, name }),
            onChange,
          ),
        ),
        instances.subscribe(oncePerTransaction((instance) => instance.scaleSet, onChange)),
      ];
      return () => stops.forEach((stop) => stop());
    },
  };
}

/**
 * Passes a subscriber one change of a document a transaction and scale set. Documents tell of a transaction when all of it
 * is in place, so the first of its changes shows the others, too.
 */
function oncePerTransaction<T>(keyOf: (value: T) => ScaleSetKey, onChange: (key: ScaleSetKey) => void): (event: DocumentEvent<T>) => void {
  let revision = 0;
  let told = new Set<string>();
  return (event) => {
    const changed = event.kind === "put" ? event.document : event.previous;
    const changedAt = event.kind === "put" ? event.document.revision : event.revision;
    if (changedAt !== revision) told = new Set();
    revision = changedAt;
    const key = keyOf(changed.value);
    const id = scaleSetId(key);
    if (told.has(id)) return;
    told.add(id);
    onChange(key);
  };
}

/** States in which a machine runs or is about to. */
const SERVING: ReadonlySet<Instance["state"]> = new Set(["Creating", "Running", "Updating", "Starting"]);

function deleteInstances(parts: Parts, key: ScaleSetKey, ids: readonly number[]): Promise<void> {
  return changeInstances(parts, { key, ids }, (instance) =>
    instance.state === "Deleting" ? undefined : { ...instance, state: "Deleting", dueMs: dueAfter(parts, DURATIONS.deleteMs) },
  );
}
