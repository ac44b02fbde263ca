import type { ScaleSetKey } from "#compute";
import type { Reconciler } from "#lib";
import { scaleSetKey, textOf } from "../agentpools/scale-set.ts";
import type { AksContext } from "../context.ts";
import { clusterKeyOfPool, poolKeyOfMachine, type StoredPool } from "../documents.ts";
import { holdsMachines } from "./documents.ts";

export interface MachineWaking {
  /** Asks for a turn of the machine that the node is; false for a node of another kind. */
  wakeNode(clusterKey: string, node: string | undefined): boolean;
  /** The key of the pool that the virtual machine belongs to. */
  poolOf(key: ScaleSetKey): string | undefined;
  readonly stopWaking: readonly (() => void)[];
}

type Reconcilers = Readonly<Record<"machines" | "pools", Reconciler>>;

/** Every change that machines which are made one by one may have been waiting for, or their pools for them, asks for a turn. */
export function wakeMachines(context: AksContext, reconcilers: Reconcilers): MachineWaking {
  const { clusters, machines } = context;
  /** The machine's document by its virtual machine. */
  const byName = new Map<string, string>();
  const nameOfMachine = (id: string, machine: StoredPool): string | undefined => {
    const cluster = clusters.get(clusterKeyOfPool(id))?.value;
    return cluster && textOf(scaleSetKey(cluster, machine));
  };
  const remember = (id: string, machine: StoredPool): void => {
    const name = nameOfMachine(id, machine);
    if (name !== undefined) byName.set(name, id);
  };
  const wake = (id: string | undefined): boolean => {
    if (id !== undefined) reconcilers.machines.enqueue(id);
    return id !== undefined;
  };
  for (const { id, value } of machines.list()) remember(id, value);
  return {
    wakeNode(clusterKey, node) {
      const cluster = clusters.get(clusterKey)?.value;
      if (cluster === undefined || node === undefined) return false;
      const { subscriptionId, properties } = cluster;
      return wake(byName.get(textOf({ subscriptionId, resourceGroup: properties.nodeResourceGroup, name: node })));
    },
    poolOf(key) {
      const id = byName.get(textOf(key));
      return id === undefined ? undefined : poolKeyOfMachine(id);
    },
    stopWaking: [
      machines.subscribe((event) => {
        const { id, value } = event.kind === "put" ? event.document : event.previous;
        const pool = context.pools.get(poolKeyOfMachine(id));
        if (pool?.value.work !== undefined) reconcilers.pools.enqueue(pool.id);
        if (event.kind === "put") remember(id, value);
        else byName.delete(nameOfMachine(id, value) ?? "");
        wake(event.kind === "put" ? id : value.work?.leader);
      }),
      ...wakeWithOwners(context, wake),
      context.compute.subscribe((key) => wake(byName.get(textOf(key)))),
    ],
  };
}

/** What a pool does, its machines take part in; what a cluster does, those wait for that work. */
function wakeWithOwners({ clusters, pools, machines }: AksContext, wake: (id: string) => void): readonly (() => void)[] {
  return [
    pools.subscribe((event) => {
      if (event.kind === "delete" || event.document.value.work === undefined || !holdsMachines(event.document.value)) return;
      for (const { id } of machines.list(`${event.document.id}/`)) wake(id);
    }),
    clusters.subscribe((event) => {
      if (event.kind === "delete") return;
      for (const { id, value } of machines.list(`${event.document.id}/`)) if (value.work !== undefined) wake(id);
    }),
  ];
}
