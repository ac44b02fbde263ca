import type { FaultTarget } from "#api/faults";

/** What a rule may fall upon: members as a target names them, absent where it has none. */
export interface Subject extends FaultTarget {
  /** What a share is drawn by, for those that are asked more than once: they draw the same again. By their order when absent. */
  readonly draw?: string;
}

/** Whether a subject has, for every member of the target, a text that fits. */
export function fits(target: FaultTarget, subject: Subject): boolean {
  return Object.entries(target).every(([member, pattern]: [string, string | undefined]) => {
    const text = subject[member as keyof FaultTarget];
    return pattern === undefined || (text !== undefined && fitsPattern(pattern.toLowerCase(), text.toLowerCase()));
  });
}

/**
 * Whether a text fits a pattern in which `*` stands for any text, also for none. It looks back to the last `*` alone, so it takes the
 * product of both lengths at most.
 */
export function fitsPattern(pattern: string, text: string): boolean {
  let [at, place] = [0, 0];
  let star: { readonly pattern: number; text: number } | undefined;
  while (place < text.length) {
    if (pattern[at] === "*") {
      star = { pattern: at, text: place };
      at++;
    } else if (pattern[at] === text[place]) {
      at++;
      place++;
    } else if (star !== undefined) {
      star.text++;
      at = star.pattern + 1;
      place = star.text;
    } else return false;
  }
  while (pattern[at] === "*") at++;
  return at === pattern.length;
}
