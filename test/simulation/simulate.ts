import { createHash } from "node:crypto";
import { seededRandom, type Speed } from "#lib";
import { Intents } from "./intents.ts";
import { makeMove, opening } from "./moves.ts";
import type { Table } from "./table.ts";
import { heal, rest, restart } from "./rest.ts";
import { World } from "./world.ts";

export interface Options {
  readonly seed: number;
  readonly steps: number;
  /** Gets each line of the trace as it is made. */
  readonly onLine?: (line: string) => void;
}

export interface Outcome {
  /** Of the whole trace: equal for equal seeds and steps. */
  readonly hash: string;
  /** What was done, and the store's revision and the time after it. */
  readonly trace: readonly string[];
  /** Times that the service was started. */
  readonly starts: number;
}

/** A run in which a promise was broken. */
export class Failure extends Error {}

/** Lines of the trace that a failure shows. */
const SHOWN = 25;
/** Runs of fewer moves begin with one cluster, so that the moves are about something, and every second is healed at its end. */
const SHORT = 25;
/** How often a run begins with what has been made; the others may fall upon it while it is made. */
const BEGINS_AT_REST = { short: 0.35, long: 0.7 } as const;
/** Everything comes to rest and is looked at after this many moves. */
const REST_EVERY = 25;

/**
 * Runs the service through random moves and crashes, and checks its promises at each transaction and at rest.
 * @throws {Failure} with the promise that broke, the seed and the last moves.
 */
export async function simulate({ seed, steps, onLine }: Options): Promise<Outcome> {
  const random = seededRandom(seed);
  const speeds: readonly Speed[] = ["fast", "fast", "realtime", "instant"];
  const world = await World.open(seed, speeds[random.int(speeds.length)] ?? "fast");
  const table: Table = { world, random, intents: new Intents(world) };
  const trace: string[] = [];
  const hash = createHash("sha256");

  const step = async (name: string, work: () => Promise<string>): Promise<void> => {
    const begun = world.clock.now();
    const told = await work().catch((error: unknown) => {
      world.watchman.report("noDefect", error instanceof Error ? (error.stack ?? error.message) : String(error));
      return "throws";
    });
    await world.settle();
    if (world.isDead) await restart(table);
    world.watchman.checkOperations();
    const line = `${name} @${begun} ${told} [revision ${world.store.revision()}]`;
    trace.push(line);
    hash.update(line);
    onLine?.(line);
    if (world.watchman.breaches.length > 0) throw failure(seed, steps, trace, world);
  };

  const isShort = steps < SHORT;
  const beginning = isShort ? [seed % 2 === 0 ? opening.old : opening.new] : [opening.old, opening.new];
  for (const move of beginning) await step("opening", () => move(table));
  if (random.next() < BEGINS_AT_REST[isShort ? "short" : "long"]) await step("rest", () => rest(table).then(() => "at rest"));
  for (let index = 0; index < steps; index++) {
    await step(`step ${index}`, () => makeMove(table));
    if (index % REST_EVERY === REST_EVERY - 1) await step("rest", () => rest(table).then(() => "at rest"));
  }
  await step("rest", () => rest(table).then(() => "at rest"));
  if (!isShort || seed % 4 < 2) await step("heal", () => heal(table).then(() => "healed"));
  const { starts } = world;
  world.crash(0, "before");
  return { hash: hash.digest("hex"), trace, starts };
}

function failure(seed: number, steps: number, trace: readonly string[], world: World): Failure {
  const told = world.watchman.breaches.slice(0, 5).map(({ message }) => message);
  const again = `npm run sim -- --seed ${seed} --steps ${steps}`;
  return new Failure(
    `seed ${seed}, after ${trace.length} moves\n${told.join("\n")}\nlast moves:\n  ${trace.slice(-SHOWN).join("\n  ")}\nagain: ${again}`,
  );
}
