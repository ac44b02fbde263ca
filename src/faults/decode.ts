import { FAULT_KINDS, FAULT_PHASES, type FaultArea, type FaultKind, type FaultSpec, type FaultTarget } from "#api/faults";

/** Something is asked of the rules that they do not take; the message says what they do. */
export class FaultError extends Error {}

/** Longest pattern of a target. */
const MAX_PATTERN = 1024;
const MAX_TEXT = 4096;
const MAX_COUNT = 1_000_000;
/** A day: no fault needs to wait longer. */
const MAX_SECONDS = 86_400;
const MAX_EXPIRY_SECONDS = 365 * MAX_SECONDS;
const MAX_SEED = 2 ** 32 - 1;
/** Calls wait for minutes at most: clients do not wait longer either. */
const MAX_DELAY_SECONDS = 600;

const RESOURCE = ["subscription", "resourceGroup", "cluster", "pool"] as const;
/** Members of a target that have a meaning for each area. */
const TARGETS: Readonly<Record<FaultArea, readonly (keyof FaultTarget)[]>> = {
  calls: [...RESOURCE, "method", "path", "operation"],
  allocations: [...RESOURCE, "phase"],
  boots: [...RESOURCE, "node", "phase"],
  machines: [...RESOURCE, "node"],
};

/** Members that only some kinds have. */
const OWN: Readonly<Partial<Record<keyof FaultSpec, readonly FaultKind[]>>> = {
  status: ["respond"],
  code: ["respond"],
  message: ["respond"],
  retryAfterSeconds: ["respond", "throttle"],
  seconds: ["delay", "slowBoot"],
  afterwards: ["respond", "delay", "hang", "drop"],
};
const ANY: readonly string[] = ["kind", "target", "rate", "count", "seed", "expiresInSeconds"];

/** A rule out of decoded JSON. @throws {FaultError} */
export function decodeFault(body: unknown): FaultSpec {
  const spec = objectOf(body, "A fault") as Partial<Record<keyof FaultSpec, unknown>>;
  const kind = kindOf(spec.kind);
  checkMembers(spec, kind);
  const target = targetOf(spec.target, kind);
  const seconds = number(spec, "seconds", { above: 0, max: FAULT_KINDS[kind] === "calls" ? MAX_DELAY_SECONDS : MAX_SECONDS });
  if (seconds === undefined && OWN.seconds?.includes(kind) === true) throw new FaultError(`The fault "${kind}" needs "seconds".`);
  if (spec.afterwards !== undefined && typeof spec.afterwards !== "boolean") throw new FaultError('"afterwards" is true or false.');
  return dropUndefined({
    kind,
    target,
    rate: number(spec, "rate", { above: 0, max: 1 }),
    count: whole(spec, "count", { min: 1, max: MAX_COUNT }),
    seed: whole(spec, "seed", { min: 0, max: MAX_SEED }),
    expiresInSeconds: number(spec, "expiresInSeconds", { above: 0, max: MAX_EXPIRY_SECONDS }),
    status: whole(spec, "status", { min: 400, max: 599 }),
    code: text(spec, "code", /^[\w.-]{1,128}$/),
    message: text(spec, "message", /^[^\0]*$/),
    retryAfterSeconds: whole(spec, "retryAfterSeconds", { min: 0, max: MAX_SECONDS }),
    seconds,
    afterwards: spec.afterwards === true ? true : undefined,
  });
}

function kindOf(kind: unknown): FaultKind {
  const known = Object.keys(FAULT_KINDS).find((name) => name === kind);
  if (known === undefined) throw new FaultError(`"kind" is one of ${Object.keys(FAULT_KINDS).join(", ")}, not ${shown(kind)}.`);
  return known as FaultKind;
}

function checkMembers(spec: object, kind: FaultKind): void {
  for (const member of Object.keys(spec)) {
    const kinds = OWN[member as keyof FaultSpec];
    if (kinds !== undefined && !kinds.includes(kind))
      throw new FaultError(`"${member}" belongs to the faults ${kinds.join(", ")}, not to "${kind}".`);
    if (kinds === undefined && !ANY.includes(member)) throw new FaultError(`A fault has no member "${member.slice(0, 100)}".`);
  }
}

function targetOf(value: unknown, kind: FaultKind): FaultTarget {
  if (value === undefined) return {};
  const target = objectOf(value, '"target"');
  const allowed: readonly string[] = TARGETS[FAULT_KINDS[kind]];
  for (const [member, pattern] of Object.entries(target)) {
    if (!allowed.includes(member))
      throw new FaultError(`The target of "${kind}" has the members ${allowed.join(", ")}, not "${member.slice(0, 100)}".`);
    if (typeof pattern !== "string" || pattern === "" || pattern.length > MAX_PATTERN)
      throw new FaultError(`"target.${member}" is a text of 1 to ${MAX_PATTERN} characters, in which * stands for any text.`);
  }
  const { phase } = target as FaultTarget;
  if (phase !== undefined && !FAULT_PHASES.includes(phase))
    throw new FaultError(`"target.phase" is one of ${FAULT_PHASES.join(", ")}, not ${shown(phase)}.`);
  return target;
}

function objectOf(value: unknown, what: string): object {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new FaultError(`${what} is a JSON object.`);
}

type Members = Partial<Record<keyof FaultSpec, unknown>>;

function number(
  spec: Members,
  member: keyof FaultSpec,
  { above, max }: { readonly above: number; readonly max: number },
): number | undefined {
  const value = spec[member];
  if (value === undefined || (typeof value === "number" && value > above && value <= max)) return value;
  throw new FaultError(`"${member}" is a number above ${above} and at most ${max}, not ${shown(value)}.`);
}

function whole(spec: Members, member: keyof FaultSpec, { min, max }: { readonly min: number; readonly max: number }): number | undefined {
  const value = spec[member];
  if (value === undefined || (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max)) return value;
  throw new FaultError(`"${member}" is a whole number from ${min} to ${max}, not ${shown(value)}.`);
}

function text(spec: Members, member: keyof FaultSpec, form: RegExp): string | undefined {
  const value = spec[member];
  if (value === undefined || (typeof value === "string" && value.length <= MAX_TEXT && form.test(value))) return value;
  throw new FaultError(`"${member}" is a text of at most ${MAX_TEXT} characters that fits ${form.source}, not ${shown(value)}.`);
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? "nothing").slice(0, 100);
}

function dropUndefined(spec: { readonly [Member in keyof FaultSpec]: FaultSpec[Member] | undefined }): FaultSpec {
  return Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== undefined)) as unknown as FaultSpec;
}
