import { compareVersions, parseVersion } from "../catalog/version.ts";
import type { Generation } from "./generation.ts";

/** Why a pool may not run its version under a control plane. */
export type SkewProblem =
  | { readonly kind: "newer-minor" | "newer-patch" }
  /** It trails by more than `allowed` minor versions. */
  | { readonly kind: "too-old"; readonly allowed: number };

/**
 * Whether a pool of `pool` may live under a control plane of `controlPlane`; undefined when it may.
 * Source: Azure docs, nodepoolmcversionincompatible-error; for the preview the 2019 docs, which let a pool run a newer patch.
 * @param versions full versions, `1.12.6`.
 */
export function versionSkew(
  versions: { readonly pool: string; readonly controlPlane: string },
  generation: Generation,
): SkewProblem | undefined {
  const pool = parseVersion(versions.pool);
  const controlPlane = parseVersion(versions.controlPlane);
  if (pool.major !== controlPlane.major || pool.minor > controlPlane.minor) return { kind: "newer-minor" };
  const isNewerPatch = pool.minor === controlPlane.minor && pool.patch > controlPlane.patch;
  if (isNewerPatch && !generation.newerPatchAllowed) return { kind: "newer-patch" };
  const allowed = generation.olderMinors.find((rule) => compareVersions(versions.controlPlane, rule.since) >= 0)?.minors ?? 0;
  return controlPlane.minor - pool.minor > allowed ? { kind: "too-old", allowed } : undefined;
}
