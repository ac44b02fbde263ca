/** Releases whose numbers are remembered; a process asks for a few dozen, and for each of them very often. */
const CACHE_LIMIT = 256;
const known = new Map<string, readonly number[]>();

function cachedNumbersOf(version: string): readonly number[] {
  const hit = known.get(version);
  if (hit !== undefined) return hit;
  const numbers = numbersOf(version);
  if (known.size >= CACHE_LIMIT) known.clear();
  known.set(version, numbers);
  return numbers;
}

/** The numbers of a Kubernetes release, `1.34.2` or `v1.12.6`; what follows a `-` or `+` does not count. */
function numbersOf(version: string): readonly number[] {
  return version
    .replace(/^v/, "")
    .split(/[-+]/, 1)
    .flatMap((text) => text.split("."))
    .map((text) => Number.parseInt(text, 10) || 0);
}

/**
 * Whether a Kubernetes release is this one or a later one. Missing numbers count as zero: `1.24` is `1.24.0`.
 *
 * @param version `1.12.6` or `v1.12.6`; a part that is no number counts as zero.
 */
export function isReleaseAtLeast(version: string, minimum: string): boolean {
  const wanted = cachedNumbersOf(minimum);
  const found = cachedNumbersOf(version);
  for (let index = 0; index < wanted.length; index++) {
    const difference = (found[index] ?? 0) - (wanted[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
