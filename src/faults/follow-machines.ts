import { faultKinds, type FaultKind } from "#api/faults";
import { type Clock, createReconciler, type Logger } from "#lib";
import type { Faults } from "./rules.ts";
import type { Subject } from "./subject.ts";

/** A machine that runs and is well. */
export interface RunningMachine {
  /** Its `draw` names the machine and its boot. */
  readonly subject: Subject;
  /** The kinds that can befall it. */
  readonly kinds: readonly FaultKind[];
  /** Makes it so. Repeating it changes nothing. */
  befall(kind: FaultKind): Promise<void>;
}

export interface RunningMachines {
  list(): readonly RunningMachine[];
  /** Called when the list may have become longer. Returns the way to stop. */
  subscribe(onChange: () => void): () => void;
}

const KINDS = faultKinds("machines");

/** Lets rules for running machines fall upon those that run, now and as they come, until it is stopped. */
export function followMachines(options: {
  readonly faults: Faults;
  readonly machines: RunningMachines;
  readonly clock: Clock;
  readonly log: Logger;
}): { stop(): Promise<void> } {
  const { faults, machines, clock, log } = options;
  const reconciler = createReconciler({ name: "faults", clock, log, concurrency: 1, reconcile: () => strikeAll(faults, machines) });
  const look = (): void => {
    if (faults.any(KINDS)) reconciler.enqueue("machines");
  };
  const stops = [faults.subscribe(look), machines.subscribe(look)];
  look();
  return {
    async stop() {
      for (const stop of stops) stop();
      await reconciler.stop();
    },
  };
}

async function strikeAll(faults: Faults, machines: RunningMachines): Promise<undefined> {
  for (const kind of KINDS) {
    if (!faults.any([kind])) continue;
    const able = machines.list().filter(({ kinds }) => kinds.includes(kind));
    const struck = await faults.strike(
      [kind],
      able.map(({ subject }) => subject),
    );
    for (const [index, machine] of able.entries()) if (struck[index] !== undefined) await machine.befall(kind);
  }
}
