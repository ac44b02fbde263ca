import type { FieldError } from "../../registry/kind.ts";
import { baselineChecks } from "./baseline.ts";
import { restrictedChecks } from "./restricted.ts";
import type { Subject, Violation } from "./spec.ts";

const LEVELS = ["privileged", "baseline", "restricted"] as const;
export type Level = (typeof LEVELS)[number];

/** A level at a version of the policy: `baseline:latest`, `restricted:v1.28`. */
export interface LevelVersion {
  readonly level: Level;
  /** `latest`, or `v1.28`. */
  readonly version: string;
}

/** What a namespace wants of its pods. */
export interface Policy {
  readonly enforce: LevelVersion;
  readonly warn: LevelVersion;
  readonly errors: readonly FieldError[];
}

const PREFIX = "pod-security.kubernetes.io/";
const PRIVILEGED: LevelVersion = { level: "privileged", version: "latest" };

export const textOfLevel = ({ level, version }: LevelVersion): string => `${level}:${version}`;
export const strictness = ({ level }: LevelVersion): number => LEVELS.indexOf(level);
export const isSameLevel = (left: LevelVersion, right: LevelVersion): boolean => textOfLevel(left) === textOfLevel(right);

/**
 * The policy that a namespace's labels stand for. Levels that cannot be read are `restricted` to enforce and nothing to warn of.
 * Source: pod-security-admission api/helpers.go, PolicyToEvaluate. Audits leave no trace here.
 */
export function policyOf(labels: Readonly<Record<string, string>> | undefined): Policy {
  const errors: FieldError[] = [];
  const [enforce, , warn] = (["enforce", "audit", "warn"] as const).map((mode) => levelIn(labels ?? {}, mode, errors)) as [
    LevelVersion,
    LevelVersion,
    LevelVersion,
  ];
  const isGiven = (label: string): boolean => labels?.[`${PREFIX}${label}`] !== undefined;
  const isReadable = LEVELS.some((level) => level === labels?.[`${PREFIX}enforce`]);
  const followed =
    !isGiven("warn") && isReadable && strictness(enforce) > strictness(warn)
      ? { level: enforce.level, version: isGiven("warn-version") ? warn.version : enforce.version }
      : warn;
  return { enforce, warn: followed, errors };
}

function levelIn(labels: Readonly<Record<string, string>>, mode: "enforce" | "audit" | "warn", errors: FieldError[]): LevelVersion {
  const [levelLabel, versionLabel] = [`${PREFIX}${mode}`, `${PREFIX}${mode}-version`];
  const [asked, version] = [labels[levelLabel], labels[versionLabel]];
  const refuse = (label: string, value: string, detail: string): void =>
    void errors.push({ type: "Invalid", field: `metadata.labels[${label}]`, value, detail });
  const level = LEVELS.find((each) => each === asked);
  if (asked !== undefined && level === undefined) refuse(levelLabel, asked, `must be one of ${LEVELS.join(", ")}`);
  const isVersion = version === undefined || version === "latest" || /^v1\.(\d|[1-9]\d*)$/.test(version);
  if (!isVersion) refuse(versionLabel, version, 'must be "latest" or "v1.x"');
  const unread = mode === "enforce" ? "restricted" : "privileged";
  return {
    level: level ?? (asked === undefined ? PRIVILEGED.level : unread),
    version: isVersion ? (version ?? PRIVILEGED.version) : PRIVILEGED.version,
  };
}

/** What is wrong with a pod at a level, baseline first. Source: pod-security-admission policy/registry.go. */
export function violationsOf(subject: Subject, { level, version }: LevelVersion): readonly Violation[] {
  if (level === "privileged") return [];
  const minor = version === "latest" ? Number.POSITIVE_INFINITY : Number(version.slice("v1.".length));
  const restricted = level === "restricted" ? restrictedChecks.filter(({ since = 0 }) => minor >= since) : [];
  const overridden = new Set(restricted.flatMap(({ overrides = [] }) => overrides));
  const baseline = baselineChecks.filter(({ id, since = 0 }) => minor >= since && !overridden.has(id));
  return [...baseline, ...restricted].flatMap((check) => check.find(subject, minor) ?? []);
}

/** Source: policy/checks.go, ForbiddenDetail. */
export function detailOf(violations: readonly Violation[]): string {
  return violations.map(({ reason, detail }) => `${reason} (${detail})`).join(", ");
}
