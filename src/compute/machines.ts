import type { Documents } from "#store";
import type { Instance, MachineHost } from "./compute.ts";

/** Tells a host, once attached, which machines run: those that run now, then each that starts or stops. */
export interface Machines {
  attach(host: MachineHost): void;
  close(): void;
}

/** Follows the stored instances: what a host hears is what is stored, also after a restart. */
export function followMachines(instances: Documents<Instance>): Machines {
  let attached: MachineHost | undefined;
  const close = instances.subscribe((event) => {
    if (attached === undefined) return;
    const previous = event.previous?.value;
    const next = event.kind === "put" ? event.document.value : undefined;
    const ran = isRunning(previous);
    const runs = isRunning(next);
    const rebooted = ran && runs && previous?.boot !== next?.boot;
    if (previous !== undefined && ran && (!runs || rebooted)) attached.stopped(previous);
    if (next !== undefined && runs && (!ran || rebooted)) attached.started(next);
  });
  return {
    attach(host) {
      attached = host;
      for (const { value } of instances.list()) if (isRunning(value)) host.started(value);
    },
    close,
  };
}

/** Whether what is on the machine runs: not on one that has gone silent. */
function isRunning(instance: Instance | undefined): boolean {
  return instance?.state === "Running" && instance.ailment !== "silent";
}
