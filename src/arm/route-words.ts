/** The names in a pattern and what a path has in their places. */
export type PathNames = Readonly<Record<string, string>>;

/**
 * Matches the segments below a namespace against the words of a pattern, in any letter case:
 *
 * ```
 *   managedclusters {cluster}   against   ManagedClusters C   →   { cluster: "C" }
 * ```
 *
 * @param words in lower case; those in braces stand for any segment.
 */
export function matchPath(words: readonly string[], segments: readonly string[]): PathNames | undefined {
  if (words.length !== segments.length) return undefined;
  const names: Record<string, string> = {};
  for (const [index, word] of words.entries()) {
    const segment = segments[index] ?? "";
    if (word.startsWith("{")) names[word.slice(1, -1)] = segment;
    else if (word !== segment.toLowerCase()) return undefined;
  }
  return names;
}
