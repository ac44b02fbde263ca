/**
 * The entry of a table under a word that somebody else has chosen: undefined also for `constructor` and the other names that
 * every object has.
 */
export function ownEntry<T>(table: Readonly<Record<string, T>>, word: string): T | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}
