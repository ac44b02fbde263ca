import { type Random, seededRandom } from "#lib";
import { bodyPoisons } from "./bodies.ts";
import type { Draft } from "./draft.ts";
import { pathPoisons } from "./paths.ts";
import { oneOf, type Poison } from "./poison.ts";
import { type Call, draftOf, type Target } from "./target.ts";
import { tokenPoisons } from "./tokens.ts";
import { wirePoisons } from "./wires.ts";

const POISONS: readonly Poison[] = [...tokenPoisons, ...pathPoisons, ...bodyPoisons, ...wirePoisons];
/** One request in so many has more than one thing wrong. */
const MORE_THAN_ONE = 4;
/** Parts of a seed, so that the numbers of one seed are not those of the next. */
const NUMBERS = 1_000_003;

/** A request of a run. */
export interface Hostile {
  readonly number: number;
  readonly draft: Draft;
  /** What is wrong with it, and what it would have been. */
  readonly title: string;
  /** It would change something, and is spoiled for sure: an answer that tells of success is a fault. */
  readonly mustBeRefused: boolean;
}

const isRead = (method: string): boolean => method === "GET" || method === "HEAD";

/** The request with this number of the run with this seed: always the same. Calls take turns, so that each has its share. */
export function hostileRequest(number: number, { seed, calls, target }: { seed: number; calls: readonly Call[]; target: Target }): Hostile {
  const random = seededRandom(seed * NUMBERS + number);
  const call = calls[number % calls.length];
  if (call === undefined) throw new Error("the program has no operations");
  const draft = draftOf(call, target);
  const poisons = choose(draft, random);
  for (const poison of poisons) poison.spoil(draft, random, target);
  const wrong = poisons.map(({ name }) => name).join(", ");
  return { number, draft, title: `${call.operation} with ${wrong}`, mustBeRefused: !isRead(call.method) && call.side !== "plain" };
}

/** At least one; for what would change something one that is sure, and it comes last: no other takes it back. */
function choose(draft: Draft, random: Random): readonly Poison[] {
  const fitting = POISONS.filter((poison) => poison.fits(draft));
  const isWrite = !isRead(draft.method);
  const chosen = oneOf(random, isWrite ? fitting.filter(({ isSure }) => isSure) : fitting);
  const more = random.int(MORE_THAN_ONE) === 0 ? [oneOf(random, fitting)] : [];
  return [...more.filter((poison) => poison !== chosen && poison.fits(draft)), chosen];
}
