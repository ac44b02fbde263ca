/** A broken promise of the program itself, never the fault of a caller. Only the edge of the process catches it. */
export class Defect extends Error {}

/**
 * States a fact that holds whenever the program is right.
 * @param invariant The fact, in words.
 * @throws {Defect} when it does not hold.
 */
export function assert(condition: unknown, invariant: string): asserts condition {
  if (!condition) throw new Defect(`Broken invariant: ${invariant}`);
}
