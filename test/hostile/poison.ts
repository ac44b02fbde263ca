import type { Random } from "#lib";
import type { Draft } from "./draft.ts";
import type { Target } from "./target.ts";

/** One way to spoil a request. */
export interface Poison {
  readonly name: string;
  /** Whether it makes sense for the request. */
  fits(draft: Draft): boolean;
  /** Whether the request cannot succeed any more, whatever it asks for. A read may be spoiled by what is not sure. */
  readonly isSure: boolean;
  spoil(draft: Draft, random: Random, target: Target): void;
}

/** One of the list. */
export function oneOf<T>(random: Random, list: readonly T[]): T {
  const found = list[random.int(list.length)];
  if (found === undefined) throw new Error("one is taken of an empty list");
  return found;
}
