import { changeInstances } from "./change-instances.ts";
import type { Compute, Instance, ScaleSet, ScaleSetKey } from "./compute.ts";
import { DURATIONS } from "./durations.ts";
import { bootFaults, booting, checkAllocation } from "./faults.ts";
import { instanceId, scaleSetId } from "./instance.ts";
import { dueAfter, type Parts } from "./parts.ts";

/** The calls by which machines that exist boot anew. */
export function createBoots(parts: Parts): Pick<Compute, "reimageInstance" | "rebootInstance" | "startInstances"> {
  return {
    async reimageInstance(key, id, userData) {
      const image = scaleSetOf(parts, key)?.image;
      await bootAgain(parts, { key, id, phase: "reimage", durationMs: DURATIONS.reimageMs }, (instance) =>
        instance.state === "Deleting" ? undefined : { ...instance, userData, ...(image !== undefined && { image }) },
      );
    },
    rebootInstance: (key, id) =>
      bootAgain(parts, { key, id, phase: "reboot", durationMs: DURATIONS.rebootMs }, (instance) =>
        instance.state === "Running" ? instance : undefined,
      ),
    startInstances: (key, ids, userData) => startInstances(parts, { key, ids, userData }),
  };
}

interface NextBoot {
  readonly key: ScaleSetKey;
  readonly id: number;
  readonly phase: "reimage" | "reboot";
  /** On Azure. */
  readonly durationMs: number;
}

/** Boots a machine anew as `change` leaves it; undefined leaves it alone. */
async function bootAgain(
  parts: Parts,
  { key, id, phase, durationMs }: NextBoot,
  change: (instance: Instance) => Instance | undefined,
): Promise<void> {
  const name = parts.instances.get(instanceId(key, id))?.value.computerName ?? "";
  const faults = await bootFaults(parts, scaleSetOf(parts, key), { phase, names: [name] });
  const timing = { dueMs: dueAfter(parts, durationMs), fault: faults.get(name) };
  await parts.instances.update(instanceId(key, id), (instance) => {
    const next = change(instance);
    return next === undefined ? undefined : { ...booting(next, timing), state: "Updating", boot: instance.boot + 1 };
  });
}

interface Start {
  readonly key: ScaleSetKey;
  readonly ids: readonly number[];
  readonly userData: Parameters<Compute["startInstances"]>[2];
}

/** @throws {AllocationError} */
async function startInstances(parts: Parts, { key, ids, userData }: Start): Promise<void> {
  const scaleSet = scaleSetOf(parts, key);
  const startable = ids.flatMap((id) => parts.instances.get(instanceId(key, id))?.value ?? []).filter(isDeallocated);
  if (scaleSet === undefined || startable.length === 0) return;
  await checkAllocation(parts, scaleSet, { phase: "start", count: startable.length });
  const faults = await bootFaults(parts, scaleSet, { phase: "start", names: startable.map(({ computerName }) => computerName) });
  const { image } = scaleSet;
  await changeInstances(parts, { key, ids }, (instance) => {
    if (!isDeallocated(instance)) return undefined;
    const timing = { dueMs: dueAfter(parts, DURATIONS.startMs), fault: faults.get(instance.computerName) };
    const boot = { state: "Starting", boot: instance.boot + 1, userData: userData(instance) } as const;
    return { ...booting(instance, timing), ...boot, ...(image !== undefined && { image }) };
  });
}

function scaleSetOf({ scaleSets }: Parts, key: ScaleSetKey): ScaleSet | undefined {
  return scaleSets.get(scaleSetId(key))?.value.scaleSet;
}

function isDeallocated({ state }: Instance): boolean {
  return state === "Deallocated";
}
