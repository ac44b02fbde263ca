/**
 * Texts that take long to make, made when first asked for. As many are kept as `most`: the one made first goes first.
 */
export function keepTexts(most: number, make: (key: string) => string): (key: string) => string {
  const kept = new Map<string, string>();
  return (key) => {
    const found = kept.get(key);
    if (found !== undefined) return found;
    const text = make(key);
    const [oldest] = kept.keys();
    if (kept.size >= most && oldest !== undefined) kept.delete(oldest);
    kept.set(key, text);
    return text;
  };
}
