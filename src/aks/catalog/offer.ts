import type { GenerationName } from "../generations/generation.ts";
import { LAST_DAY, type MinorRelease, releases } from "./releases.ts";
import { compareVersions } from "./version.ts";

/** Which service is asked: its rules, and the day. The last day that is known when there is none. */
export interface Moment {
  readonly generation: GenerationName;
  /** `2022-10-25`. */
  readonly day?: string;
}

/**
 * What AKS says of a minor version on a day: not offered yet, a preview, supported, supported for clusters on the long-term
 * plan only, or no longer offered to new clusters.
 */
export type Support = "unknown" | "preview" | "official" | "long-term" | "retired";

/** What `get-versions` shows, and what the service takes when a caller names no version. */
export interface Offer {
  /** Full versions, oldest first. */
  readonly versions: readonly string[];
  readonly previews: ReadonlySet<string>;
  readonly defaultVersion: string;
  /** Minor versions that new clusters and pools may have, first and last. */
  readonly minors: { readonly first: string; readonly last: string };
}

/** How many patches of a minor version are on offer at a time. Source: recorded answers of `get-versions` of 2021-07 and 2022-03. */
export const PATCHES_ON_OFFER = 2;

/**
 * The preview of 2019, in May and June: 1.13 is generally available, 1.14 a preview (CHANGELOG 2019-04-15, 2019-04-22), and the
 * article's 1.12.6 is still listed beside the two newer patches.
 */
const preview2019: Offer = {
  versions: ["1.10.12", "1.10.13", "1.11.8", "1.11.9", "1.12.6", "1.12.7", "1.12.8", "1.13.5", "1.14.0"],
  previews: new Set(["1.14.0"]),
  defaultVersion: "1.12.8",
  minors: { first: "1.7", last: "1.15" },
};

/** Clusters of the years before the preview have its rules, and the versions of their day. */
const PREVIEW_SINCE = "2019-05-01";

const computed = new Map<string, Offer>();
/** Days whose offers are kept; there are fewer api-versions than this. */
const MAX_COMPUTED = 256;

/**
 * What is on offer at a moment. The default is the newest patch of the minor version before the newest generally available one.
 * Sources: Azure/AKS CHANGELOG 2020-03-09 ("the AKS default version follows n-1"), and every recorded cluster whose caller named
 * no version, 2019-10 to 2026-01; Azure docs supported-kubernetes-versions for the window.
 */
export function offerOf({ generation, day = LAST_DAY }: Moment): Offer {
  if (generation === "2019-preview" && day >= PREVIEW_SINCE) return preview2019;
  const key = `${generation} ${day}`;
  const present = computed.get(key);
  if (present !== undefined) return present;
  const offer = offerOn(day, generation === "current" ? { first: "1.13", last: releases.at(-1)?.minor ?? "" } : preview2019.minors);
  if (computed.size < MAX_COMPUTED) computed.set(key, offer);
  return offer;
}

function offerOn(day: string, minors: Offer["minors"]): Offer {
  const listed = releases.filter((minor) => ["preview", "official", "long-term"].includes(supportOn(minor, day)));
  const versions = listed.flatMap((minor) => patchesOn(minor, day).slice(-PATCHES_ON_OFFER));
  const previews = listed.filter((minor) => supportOn(minor, day) === "preview").flatMap((minor) => patchesOn(minor, day));
  return {
    versions,
    previews: new Set(previews),
    defaultVersion: defaultOn(day) ?? versions.at(-1) ?? "",
    minors,
  };
}

function defaultOn(day: string): string | undefined {
  const available = releases.filter(({ available }) => available <= day);
  const minor = available.at(-2) ?? available.at(-1);
  return minor === undefined ? undefined : patchesOn(minor, day).at(-1);
}

/** Full versions of a minor that were there on the day, oldest first. */
function patchesOn({ minor, patches }: MinorRelease, day: string): readonly string[] {
  return patches.filter(({ since }) => since <= day).map(({ patch }) => `${minor}.${patch}`);
}

/** How a minor version stands on a day. */
export function supportOn({ preview, available, end, longTermEnd }: MinorRelease, day: string): Support {
  if (day < (preview ?? available)) return "unknown";
  if (day < available) return "preview";
  if (day < end) return "official";
  return longTermEnd !== undefined && day < longTermEnd ? "long-term" : "retired";
}

/** Whether AKS had the full version on a day. */
export function isReleasedOn(version: string, day: string): boolean {
  return releases.some((minor) => patchesOn(minor, day).some((known) => compareVersions(known, version) === 0));
}
