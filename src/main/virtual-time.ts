import { type ClockChoice, StartError } from "#api/server";
import { type Clock, type ClockRecord, type Logger, SteeredClock } from "#lib";
import { openDocuments, type Store } from "#store";
import type { ControlPlanesOptions } from "./control-planes.ts";
import { createClusterSecrets } from "./kubeconfig.ts";
import { tokenSigning } from "./service-account-keys.ts";
import { createSettling } from "./settling.ts";

/** The time of a service, and what virtual time needs to know of the rest. */
export interface ServiceTime extends Pick<ControlPlanesOptions, "store" | "clock" | "wall" | "makeSecrets" | "signing" | "movesTo"> {
  /** The same as `clock` when that is virtual. */
  readonly steered?: SteeredClock;
}

const PREFIX = "/clock/";
const KEY = "virtual";

/**
 * The clock that a service is to run on. Virtual time goes on from where it was, also after the process was killed; it stands still
 * while no server runs.
 * @throws {StartError} when the machine's clock is asked for and is behind the virtual time of what is stored.
 */
export async function openTime(
  choice: ClockChoice,
  { store, wall, log }: { readonly store: Store; readonly wall: Clock; readonly log: Logger },
): Promise<ServiceTime> {
  const documents = await openDocuments<ClockRecord>(store, PREFIX);
  const record = documents.get(KEY)?.value;
  documents.close();
  if (choice === "real") {
    if (record !== undefined) {
      refuseFuture(record, wall);
      await store.transact([], [documents.remove(KEY)]);
    }
    return { store, clock: wall, wall };
  }
  const settling = createSettling(store, wall);
  const steered = new SteeredClock({
    wall,
    from: record ?? { nowMs: wall.now(), scale: 1, isPaused: false },
    settle: () => settling.settle(),
    save: async (next) => void (await store.transact([], [documents.put(KEY, next)])),
    log,
  });
  const makeSecrets = settling.counting(createClusterSecrets);
  const signing = { makeKey: settling.counting(tokenSigning.makeKey), sign: settling.counting(tokenSigning.sign) };
  return { store: settling.store, clock: steered, wall, steered, makeSecrets, signing, movesTo: () => steered.movesTo() };
}

function refuseFuture({ nowMs }: ClockRecord, wall: Clock): void {
  const aheadSeconds = Math.ceil((nowMs - wall.now()) / 1000);
  if (aheadSeconds <= 0) return;
  throw new StartError(
    `The state is of a virtual clock that is ${aheadSeconds} s ahead of this machine's, and time cannot go backwards. Start with --clock virtual, or forget the state with "lido reset".`,
  );
}
