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
  const wanted = numbersOf(minimum);
  const found = numbersOf(version);
  for (let index = 0; index < wanted.length; index++) {
    const difference = (found[index] ?? 0) - (wanted[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
