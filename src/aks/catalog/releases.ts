import type { GenerationName } from "../generations/generation.ts";

/**
 * What AKS says of a minor version: still in preview, supported, supported for clusters with long-term support only, or no
 * longer offered to new clusters.
 */
export type Support = "preview" | "official" | "long-term" | "retired";

export interface MinorRelease {
  /** `1.12`. */
  readonly minor: string;
  /** Patches that AKS offered at some time, ascending. */
  readonly patches: readonly number[];
  /** How it stands today. */
  readonly support: Support;
}

/**
 * Kubernetes versions that AKS offered, oldest first, the same in every region.
 * Sources: 1.7 to 1.9: `az aks get-versions` in the Azure docs of 2017 and 2018. 1.10 on: Azure/AKS CHANGELOG, releases
 * 2019-01-31 to 2026-07-17, which names most patches; recorded answers of `get-versions` of 2021-07 and 2022-03 and recorded
 * clusters name others. Support: Azure docs supported-kubernetes-versions, August 2026.
 */
export const releases: readonly MinorRelease[] = [
  { minor: "1.7", patches: [7, 9, 12, 15, 16], support: "retired" },
  { minor: "1.8", patches: [1, 2, 6, 7, 10, 11, 14, 15], support: "retired" },
  { minor: "1.9", patches: [1, 2, 6, 9, 10, 11], support: "retired" },
  { minor: "1.10", patches: [3, 5, 6, 7, 8, 9, 12, 13], support: "retired" },
  { minor: "1.11", patches: [1, 2, 3, 4, 5, 7, 8, 9, 10], support: "retired" },
  { minor: "1.12", patches: [4, 5, 6, 7, 8], support: "retired" },
  { minor: "1.13", patches: [5, 7, 9, 10, 11, 12], support: "retired" },
  { minor: "1.14", patches: [0, 3, 5, 6, 7, 8], support: "retired" },
  { minor: "1.15", patches: [3, 4, 5, 7, 10, 11, 12], support: "retired" },
  { minor: "1.16", patches: [0, 1, 7, 8, 9, 10, 13, 15], support: "retired" },
  { minor: "1.17", patches: [0, 3, 4, 5, 7, 9, 11, 13, 16], support: "retired" },
  { minor: "1.18", patches: [1, 2, 4, 6, 8, 10, 14, 17, 19], support: "retired" },
  { minor: "1.19", patches: [0, 1, 3, 6, 7, 9, 11, 13], support: "retired" },
  { minor: "1.20", patches: [2, 5, 7, 9, 13, 15], support: "retired" },
  { minor: "1.21", patches: [1, 2, 7, 9, 14], support: "retired" },
  { minor: "1.22", patches: [1, 2, 4, 6, 11, 15], support: "retired" },
  { minor: "1.23", patches: [3, 5, 8, 12, 15], support: "retired" },
  { minor: "1.24", patches: [0, 3, 6, 9, 10, 15], support: "retired" },
  { minor: "1.25", patches: [2, 4, 5, 6, 11, 15], support: "retired" },
  { minor: "1.26", patches: [0, 3, 6, 10], support: "retired" },
  { minor: "1.27", patches: [1, 3, 7, 9, 13, 14, 15, 16, 100, 101, 102], support: "retired" },
  { minor: "1.28", patches: [0, 3, 5, 9, 10, 11, 12, 13, 14], support: "retired" },
  { minor: "1.29", patches: [0, 2, 4, 5, 6, 7, 8, 9, 11, 12, 13, 15], support: "retired" },
  { minor: "1.30", patches: [0, 1, 2, 3, 4, 5, 7, 8, 9, 11, 13, 14], support: "retired" },
  { minor: "1.31", patches: [1, 2, 3, 4, 5, 7, 9, 10], support: "long-term" },
  { minor: "1.32", patches: [0, 5, 6, 7, 10, 11], support: "long-term" },
  { minor: "1.33", patches: [2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13], support: "long-term" },
  { minor: "1.34", patches: [1, 2, 3, 4, 5, 6, 7, 8, 9], support: "official" },
  { minor: "1.35", patches: [1, 2, 3, 4, 5, 6], support: "official" },
  { minor: "1.36", patches: [1, 2], support: "official" },
];

/** What `get-versions` shows in a generation, and what it takes when a caller names no version. */
export interface Offer {
  readonly versions: readonly string[];
  readonly previews: readonly string[];
  readonly defaultVersion: string;
  /** Minor versions that new clusters and pools may have, first and last. */
  readonly minors: { readonly first: string; readonly last: string };
}

/**
 * May and June 2019: 1.13 is generally available, 1.14 a preview (CHANGELOG 2019-04-15, 2019-04-22); the default is the minor
 * before the newest (CHANGELOG 2019-03-07).
 * Today: the two newest patches of each minor that is not retired; the default is the minor before the newest.
 * Differs from AKS: retired versions since 1.13 can still be asked for by name, so that older templates go on working.
 */
export const offers: Readonly<Record<GenerationName, Offer>> = {
  "2019-preview": {
    versions: ["1.10.12", "1.10.13", "1.11.8", "1.11.9", "1.12.6", "1.12.7", "1.12.8", "1.13.5", "1.14.0"],
    previews: ["1.14.0"],
    defaultVersion: "1.12.8",
    minors: { first: "1.7", last: "1.15" },
  },
  current: {
    versions: "1.31.9 1.31.10 1.32.10 1.32.11 1.33.12 1.33.13 1.34.8 1.34.9 1.35.5 1.35.6 1.36.1 1.36.2".split(" "),
    previews: [],
    defaultVersion: "1.35.6",
    minors: { first: "1.13", last: "1.36" },
  },
};
