import { CLOCK_PATH, type ClockView, MAX_ADVANCE_SECONDS, MAX_SCALE, MIN_SCALE } from "#api/clock";
import { type AdministrativeRoute, ArmError } from "#arm";
import { type Clock, ClockBusyError, ClockLateError, type SteeredClock } from "#lib";

/** What an advance may take of the machine's time: less than the minute after which many clients give an answer up. */
const MOST_ADVANCING_MS = 45_000;

interface Times {
  /** Absent when the service runs on the machine's clock. */
  readonly steered?: SteeredClock | undefined;
  readonly wall: Clock;
}

/** Calls that show and steer virtual time. On the machine's clock they are all refused. */
export function clockAdministration({ steered, wall }: Times): readonly AdministrativeRoute[] {
  const virtual = (): SteeredClock => {
    if (steered !== undefined) return steered;
    const message = 'The server runs on the real clock, which nobody can steer. Start it with "lido start --clock virtual".';
    throw new ArmError(409, "ClockIsReal", message);
  };
  const steers = (word: string, steer: (clock: SteeredClock, body: unknown) => Promise<void>): AdministrativeRoute => ({
    method: "POST",
    url: `${CLOCK_PATH}/${word}`,
    async handle({ body }) {
      const clock = virtual();
      await refusing(() => steer(clock, body));
      return { status: 200, body: viewOf(clock, wall) };
    },
  });
  return [
    { method: "GET", url: CLOCK_PATH, handle: async () => ({ status: 200, body: viewOf(virtual(), wall) }) },
    steers("pause", (clock) => clock.pause()),
    steers("resume", (clock) => clock.resume()),
    steers("advance", (clock, body) => {
      const seconds = numberOf(body, "seconds", { least: 0.001, most: MAX_ADVANCE_SECONDS });
      return clock.advance(seconds * 1000, MOST_ADVANCING_MS);
    }),
    steers("scale", (clock, body) => clock.setScale(numberOf(body, "factor", { least: MIN_SCALE, most: MAX_SCALE }))),
  ];
}

function viewOf(clock: SteeredClock, wall: Clock): ClockView {
  const { nowMs, scale, isPaused, isAdvancing } = clock.state();
  return {
    now: new Date(nowMs).toISOString(),
    state: isAdvancing ? "advancing" : isPaused ? "paused" : "running",
    scale,
    aheadSeconds: (nowMs - wall.now()) / 1000,
  };
}

/** The one member of a body. @throws {ArmError} 400 for anything else. */
function numberOf(body: unknown, name: string, { least, most }: { readonly least: number; readonly most: number }): number {
  const members = typeof body === "object" && body !== null && !Array.isArray(body) ? Object.entries(body) : [];
  const [[member, value] = []] = members;
  if (members.length === 1 && member === name && typeof value === "number" && value >= least && value <= most) return value;
  throw new ArmError(400, "InvalidClock", `The body must be an object with the member "${name}" alone: a number from ${least} to ${most}.`);
}

async function refusing(steer: () => Promise<void>): Promise<void> {
  try {
    await steer();
  } catch (error) {
    if (error instanceof ClockBusyError)
      throw new ArmError(409, "ClockIsAdvancing", "Time is being advanced. Try again when that is over.");
    if (!(error instanceof ClockLateError)) throw error;
    const message = `In ${MOST_ADVANCING_MS / 1000} seconds time came to ${new Date(error.reachedMs).toISOString()} and no further. Advance again for the rest.`;
    throw new ArmError(503, "ClockIsLate", message);
  }
}
