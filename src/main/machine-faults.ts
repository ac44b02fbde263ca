import { faultKinds, type FaultKind, type FaultRule } from "#api/faults";
import type { PoolName } from "#aks";
import type { AllocationFault, BootFault, BootPhase, Compute, Instance, MachineFaults, ScaleSet, ScaleSetKey } from "#compute";
import type { Faults, RunningMachine, RunningMachines, Subject } from "#faults";

const ALLOCATIONS = faultKinds("allocations");
const BOOTS = faultKinds("boots");

/** The pool that a scale set belongs to. */
type PoolOf = (key: ScaleSetKey) => PoolName | undefined;

/** What falls upon machines that are to be had and to boot. */
export function machineFaults(faults: Faults, poolOf: PoolOf): MachineFaults {
  const subjectOf = (key: ScaleSetKey, phase: BootPhase, node?: string): Subject => ({
    ...subjectOfScaleSet(key, poolOf),
    phase,
    ...(node !== undefined && { node }),
  });
  return {
    async allocation(scaleSet, phase) {
      const kinds = ALLOCATIONS.filter((kind) => kind !== "zonalAllocationFailed" || scaleSet.zones.length > 0);
      if (!faults.any(kinds)) return undefined;
      const [rule] = await faults.strike(kinds, [subjectOf(scaleSet, phase)]);
      return rule?.kind as AllocationFault | undefined;
    },
    async boots(scaleSet, phase, names) {
      if (!faults.any(BOOTS)) return [];
      const rules = await faults.strike(
        BOOTS,
        names.map((name) => subjectOf(scaleSet, phase, name)),
      );
      return rules.map((rule) => rule && bootFault(rule));
    },
  };
}

function bootFault({ kind, seconds = 0 }: FaultRule): BootFault {
  return kind === "slowBoot" ? { extraMs: seconds * 1000 } : { ailment: "broken" };
}

function subjectOfScaleSet(key: ScaleSetKey, poolOf: PoolOf): Subject {
  const owner = poolOf(key);
  if (owner === undefined) return { subscription: key.subscriptionId, resourceGroup: key.resourceGroup };
  return { subscription: owner.subscriptionId, resourceGroup: owner.resourceGroup, cluster: owner.name, pool: owner.pool };
}

/** The machines that run, for what falls upon them. */
export function runningMachines(
  compute: Compute,
  { poolOf, subscriptions }: { readonly poolOf: PoolOf; readonly subscriptions: readonly { readonly id: string }[] },
): RunningMachines {
  const all = (): readonly ScaleSet[] => subscriptions.flatMap(({ id }) => compute.scaleSets({ subscriptionId: id }));
  return {
    subscribe: (onChange) => compute.subscribe(() => onChange()),
    list: () =>
      all().flatMap((scaleSet) => {
        const owner = subjectOfScaleSet(scaleSet, poolOf);
        return compute
          .instances(scaleSet)
          .filter(isWell)
          .map((instance) => machineOf(compute, { scaleSet, instance, owner }));
      }),
  };
}

function isWell({ state, ailment }: Instance): boolean {
  return state === "Running" && ailment === undefined;
}

function machineOf(
  compute: Compute,
  { scaleSet, instance, owner }: { readonly scaleSet: ScaleSet; readonly instance: Instance; readonly owner: Subject },
): RunningMachine {
  const { id, boot, computerName } = instance;
  const kinds: readonly FaultKind[] = scaleSet.spot === undefined ? ["kubeletLost"] : ["kubeletLost", "spotEviction"];
  return {
    subject: { ...owner, node: computerName, draw: `${scaleSet.subscriptionId}/${scaleSet.resourceGroup}/${computerName}/${boot}` },
    kinds,
    async befall(kind) {
      if (kind === "kubeletLost") await compute.silenceInstance(scaleSet, id, boot);
      else if (scaleSet.spot?.evictionPolicy === "Deallocate") await compute.deallocateInstances(scaleSet, [id]);
      else await compute.deleteInstances(scaleSet, [id]);
    },
  };
}
