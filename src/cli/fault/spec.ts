import { FAULT_KINDS, type FaultKind, type FaultPhase, type FaultSpec, type FaultTarget } from "#api/faults";
import { CliError } from "../errors.ts";
import { parseDuration } from "../duration.ts";

/** Options of `lido fault add` as the command line gives them. */
export interface FaultFlags {
  readonly dataDir: string;
  readonly json?: true;
  readonly subscription?: string;
  readonly resourceGroup?: string;
  readonly clusterName?: string;
  readonly nodepool?: string;
  readonly node?: string;
  readonly phase?: FaultPhase;
  readonly method?: string;
  readonly path?: string;
  readonly operation?: string;
  readonly rate?: string;
  readonly count?: string;
  readonly seed?: string;
  readonly expiresIn?: string;
  readonly status?: string;
  readonly code?: string;
  readonly message?: string;
  readonly retryAfter?: string;
  readonly by?: string;
  readonly afterwards?: true;
}

/** `allocation-failed` for `allocationFailed`. */
export function kindName(kind: FaultKind): string {
  return kind.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The kinds as the command line names them. */
export const KIND_NAMES: readonly string[] = (Object.keys(FAULT_KINDS) as FaultKind[]).map(kindName);

/** What the server is asked for; it checks the rest. @throws {CliError} 2 for a flag that is no number or duration. */
export function specOf(name: string, flags: FaultFlags): FaultSpec {
  const kind = (Object.keys(FAULT_KINDS) as FaultKind[]).find((known) => known === name || kindName(known) === name);
  if (kind === undefined) throw new CliError(`There is no fault "${name}". There are ${KIND_NAMES.join(", ")}.`, 2);
  const { status, count, seed, retryAfter, expiresIn, by } = flags;
  return withoutAbsent({
    kind,
    target: targetOf(flags),
    rate: flags.rate === undefined ? undefined : parseRate(flags.rate),
    count: numberOf("--count", count),
    seed: numberOf("--seed", seed),
    expiresInSeconds: expiresIn === undefined ? undefined : parseDuration("--expires-in", expiresIn),
    status: numberOf("--status", status),
    code: flags.code,
    message: flags.message,
    retryAfterSeconds: retryAfter === undefined ? undefined : parseDuration("--retry-after", retryAfter),
    seconds: by === undefined ? undefined : parseDuration("--by", by),
    afterwards: flags.afterwards,
  }) as unknown as FaultSpec;
}

function targetOf(flags: FaultFlags): FaultTarget {
  const { subscription, resourceGroup, clusterName: cluster, nodepool: pool, node, phase, method, path, operation } = flags;
  return withoutAbsent({ subscription, resourceGroup, cluster, pool, node, phase, method, path, operation });
}

function withoutAbsent(members: Readonly<Record<string, unknown>>): Record<string, never> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Record<string, never>;
}

function numberOf(flag: string, text: string | undefined): number | undefined {
  if (text === undefined || /^\d{1,15}$/.test(text)) return text === undefined ? undefined : Number(text);
  throw new CliError(`${flag} takes a whole number, not "${text}".`, 2);
}

/** `0.25` or `25%`. */
function parseRate(text: string): number {
  const [, number = "", percent = ""] = /^(\d{1,3}(?:\.\d{1,9})?)(%?)$/.exec(text) ?? [];
  if (number === "") throw new CliError(`--rate takes a share like 0.25 or 25%, not "${text}".`, 2);
  return percent === "" ? Number(number) : Number(number) / 100;
}
