import type { LimitedLevel, PriorityLevelConfiguration } from "#api/kubernetes/flowcontrol";
import { isReleaseAtLeast } from "#kube/apimachinery";

/*
 * The priority levels of every cluster. Source: apiserver pkg/apis/flowcontrol/bootstrap/default.go of each release.
 */

type Spec = PriorityLevelConfiguration["spec"];

const limited = (nominalConcurrencyShares: number, lendablePercent: number, limitResponse: LimitedLevel["limitResponse"]): Spec => ({
  type: "Limited",
  limited: { nominalConcurrencyShares, limitResponse: limitResponse ?? {}, lendablePercent },
});

const queues = (count: number, handSize: number): LimitedLevel["limitResponse"] => ({
  type: "Queue",
  queuing: { queues: count, handSize, queueLengthLimit: 50 },
});

/** Those that nobody may change. */
const MANDATORY: Readonly<Record<string, Spec>> = {
  "catch-all": limited(5, 0, { type: "Reject" }),
  exempt: { type: "Exempt", exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 } },
};

const SUGGESTED: Readonly<Record<string, Spec>> = {
  system: limited(30, 33, queues(64, 6)),
  "node-high": limited(40, 25, queues(64, 6)),
  "leader-election": limited(10, 0, queues(16, 4)),
  "workload-high": limited(40, 50, queues(128, 6)),
  "workload-low": limited(100, 90, queues(128, 6)),
  "global-default": limited(20, 50, queues(128, 6)),
};

/** The fixed spec of a level that nobody may change; undefined for others. */
export function mandatoryLevel(name: string, version: string): Spec | undefined {
  const spec = Object.hasOwn(MANDATORY, name) ? MANDATORY[name] : undefined;
  return spec && ofRelease(spec, version);
}

/** The levels of a release, by name, the mandatory ones first. */
export function defaultLevels(version: string): readonly (readonly [name: string, spec: Spec])[] {
  const levels = Object.entries({ ...MANDATORY, ...SUGGESTED }).filter(
    ([name]) => name !== "node-high" || isReleaseAtLeast(version, "1.22"),
  );
  return levels.map(([name, spec]) => [name, ofRelease(spec, version)]);
}

/** Levels lend as of 1.26, and the exempt one has shares as of 1.28. */
function ofRelease(spec: Spec, version: string): Spec {
  if (spec.exempt !== undefined) return isReleaseAtLeast(version, "1.28") ? spec : { type: "Exempt" };
  if (spec.limited === undefined || isReleaseAtLeast(version, "1.26")) return spec;
  const { lendablePercent: _, ...rest } = spec.limited;
  return { ...spec, limited: rest };
}
