/** A Kubernetes version taken apart; a missing patch counts as 0. */
export interface KubernetesVersion {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/** `1.12.6` or `1.12`; anything else gives zeros, which sort before every version. */
export function parseVersion(version: string): KubernetesVersion {
  const [, major = "0", minor = "0", patch = "0"] = /^(\d{1,5})\.(\d{1,5})(?:\.(\d{1,5}))?$/.exec(version) ?? [];
  return { major: Number(major), minor: Number(minor), patch: Number(patch) };
}

/** Whether the text is `1.x.y` or `1.x`. */
export function isVersionForm(version: string): boolean {
  return /^\d{1,5}\.\d{1,5}(?:\.\d{1,5})?$/.test(version);
}

/** Negative when `a` is older than `b`. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parseVersion(a), parseVersion(b)];
  return left.major - right.major || left.minor - right.minor || left.patch - right.patch;
}

/** `1.12` of `1.12.6`. */
export function minorOf(version: string): string {
  const { major, minor } = parseVersion(version);
  return `${major}.${minor}`;
}
