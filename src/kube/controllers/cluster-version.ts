/** The minor of a Kubernetes version: 12 for `1.12.6` and `v1.12.6`. Behaviour that came with a release is asked by it. */
export function minorOf(version: string): number {
  const minor = Number(/^v?1\.(\d+)/.exec(version)?.[1]);
  if (Number.isNaN(minor)) throw new Error(`${version} is no Kubernetes version`);
  return minor;
}
