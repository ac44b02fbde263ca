import type { FaultKind, FaultRule, FaultSpec } from "#api/faults";
import { type Clock, type Random, seededRandom } from "#lib";
import { type Documents, MAX_ATTEMPTS, openDocuments, type Store } from "#store";
import { FaultError } from "./decode.ts";
import { fits, type Subject } from "./subject.ts";

/** Rules at most, spent and expired ones among them. */
export const MAX_RULES = 100;
/** Digits of a rule's number in its key, so that keys sort by age. */
const ID_DIGITS = 8;
const PREFIX = "/lido/faults/";
const MAX_SEED = 2 ** 32 - 1;

/** The rules by which things go wrong on purpose. */
export interface Faults {
  /** By age. */
  list(): readonly FaultRule[];
  /** @throws {FaultError} when there are {@link MAX_RULES} already. */
  add(spec: FaultSpec): Promise<FaultRule>;
  /** @returns false when there is no such rule. */
  remove(id: string): Promise<boolean>;
  removeAll(): Promise<void>;
  /** Whether a rule of these kinds can still strike. Costs nothing while there are no rules. */
  any(kinds: readonly FaultKind[]): boolean;
  /**
   * Which rule of these kinds falls upon each subject, in their order: the oldest that fits and draws it. What was struck is stored
   * when this resolves.
   */
  strike(kinds: readonly FaultKind[], subjects: readonly Subject[]): Promise<readonly (FaultRule | undefined)[]>;
  /** Called after each change of the rules. Returns the way to stop. */
  subscribe(onChange: () => void): () => void;
  close(): void;
}

/** Opens the rules that the store holds. */
export async function openFaults({
  store,
  clock,
  random,
}: {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
}): Promise<Faults> {
  const documents = await openDocuments<FaultRule>(store, PREFIX);
  const list = (): readonly FaultRule[] => documents.list().map(({ value }) => value);
  const live = (kinds: readonly FaultKind[]): readonly FaultRule[] =>
    list().filter((rule) => kinds.includes(rule.kind) && canStrike(rule, clock.now()));

  return {
    list,
    add: (spec) => add({ documents, clock, random }, spec),
    async remove(id) {
      if (documents.get(id) === undefined) return false;
      await store.transact([], [documents.remove(id)]);
      return true;
    },
    async removeAll() {
      const ops = list().map(({ id }) => documents.remove(id));
      if (ops.length > 0) await store.transact([], ops);
    },
    any: (kinds) => live(kinds).length > 0,
    async strike(kinds, subjects) {
      const struck = subjects.map((): FaultRule | undefined => undefined);
      for (const { id } of live(kinds)) {
        const open = subjects.flatMap((subject, index) => (struck[index] === undefined ? [{ subject, index }] : []));
        for (const { index, rule } of await strikeBy(documents, id, open)) struck[index] = rule;
      }
      return struck;
    },
    subscribe: (onChange) => documents.subscribe(() => onChange()),
    close: () => documents.close(),
  };
}

function canStrike({ count, hits, expiresAt }: FaultRule, nowMs: number): boolean {
  return (count === undefined || hits < count) && (expiresAt === undefined || nowMs < Date.parse(expiresAt));
}

interface AddParts {
  readonly documents: Documents<FaultRule>;
  readonly clock: Clock;
  readonly random: Random;
}

/** Makes room by forgetting the oldest rule that can strike no more. */
async function add({ documents, clock, random }: AddParts, spec: FaultSpec): Promise<FaultRule> {
  const now = clock.now();
  const { expiresInSeconds, ...rest } = spec;
  const made = {
    ...rest,
    target: spec.target ?? {},
    rate: spec.rate ?? 1,
    seed: spec.seed ?? random.int(MAX_SEED),
    createdAt: new Date(now).toISOString(),
    ...(expiresInSeconds !== undefined && { expiresAt: new Date(now + expiresInSeconds * 1000).toISOString() }),
    seen: 0,
    hits: 0,
  };
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const present = documents.list();
    const spent = present.find(({ value }) => !canStrike(value, now));
    if (present.length >= MAX_RULES && spent === undefined)
      throw new FaultError(`There are ${MAX_RULES} faults already. Remove some first.`);
    const id = String(Number(present.at(-1)?.id ?? 0) + 1).padStart(ID_DIGITS, "0");
    const rule: FaultRule = { id, ...made };
    const ops = [documents.put(id, rule), ...(present.length >= MAX_RULES && spent !== undefined ? [documents.remove(spent.id)] : [])];
    if ((await documents.store.transact([documents.unchanged(id, undefined)], ops)).succeeded) return rule;
  }
  throw new FaultError("Too many faults are being added at once. Try again.");
}

interface Place {
  readonly subject: Subject;
  readonly index: number;
}

interface Struck {
  readonly index: number;
  readonly rule: FaultRule;
}

/** Draws for each subject that fits the rule, and stores how many were seen and struck. */
async function strikeBy(documents: Documents<FaultRule>, id: string, places: readonly Place[]): Promise<readonly Struck[]> {
  let struck: readonly Struck[] = [];
  await documents.update(id, (rule) => {
    const fitting = places.filter(({ subject }) => fits(rule.target, subject));
    const left = (rule.count ?? Number.POSITIVE_INFINITY) - rule.hits;
    const drawn = fitting.filter(({ subject }, place) => draws(rule, subject.draw ?? rule.seen + place)).slice(0, left);
    struck = drawn.map(({ index }) => ({ index, rule }));
    // Who draws by name is asked again and again: it counts when it is struck.
    const seen = fitting.filter((place) => place.subject.draw === undefined || drawn.includes(place)).length;
    return seen === 0 ? undefined : { ...rule, seen: rule.seen + seen, hits: rule.hits + drawn.length };
  });
  return struck;
}

/** Knuth's multiplier: neighbouring draws start the generator far apart. */
const SPREAD = 2_654_435_761;

/** Whether the rule strikes: a function of its seed and of who draws, by name or by place in the order, counted from 0. */
function draws({ rate, seed }: FaultRule, who: string | number): boolean {
  if (rate >= 1) return true;
  const number = typeof who === "number" ? who + 1 : nameNumber(who);
  return seededRandom(seed ^ Math.imul(number, SPREAD)).next() < rate;
}

function nameNumber(name: string): number {
  let number = 7;
  for (let index = 0; index < name.length; index++) number = Math.imul(number, 31) + name.charCodeAt(index);
  return number;
}
