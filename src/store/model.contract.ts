import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { Compare, Op, Store } from "./store.ts";
import { put, remove, show, showEvent } from "./store.contract.ts";

interface Row {
  readonly value: string;
  readonly createRevision: number;
  readonly modRevision: number;
}

/** The plainest store there is: a whole copy of the state for each revision. */
class Model {
  readonly states: Map<string, Row>[] = [new Map(), new Map()];
  readonly events: string[][] = [[], []];
  compacted = 0;

  get revision(): number {
    return this.states.length - 1;
  }

  get state(): Map<string, Row> {
    return this.states.at(-1) ?? new Map<string, Row>();
  }

  transact(compares: readonly Compare[], ops: readonly Op[]): boolean {
    const before = this.state;
    if (compares.some(({ key, modRevision }) => (before.get(key)?.modRevision ?? 0) !== modRevision)) return false;
    const after = new Map(before);
    const revision = this.revision + 1;
    const events: string[] = [];
    for (const op of new Map(ops.map((op) => [op.key, op])).values()) {
      const previous = before.get(op.key);
      const was = previous === undefined ? "" : ` (was ${text(op.key, previous)})`;
      if (op.kind === "put") {
        const bytes = op.value instanceof Uint8Array ? op.value : op.value.bytes();
        const row = { value: String(bytes), createRevision: previous?.createRevision ?? revision, modRevision: revision };
        after.set(op.key, row);
        events.push(`${revision} put ${text(op.key, row)}${was}`);
      } else if (previous !== undefined) {
        after.delete(op.key);
        events.push(`${revision} delete ${op.key}${was}`);
      }
    }
    if (events.length === 0) return true;
    this.states.push(after);
    this.events.push(events);
    return true;
  }

  list(prefix: string, revision: number): string[] {
    const rows = [...(this.states[revision] ?? [])].filter(([key]) => key.startsWith(prefix));
    return rows.sort(([one], [other]) => (one < other ? -1 : 1)).map(([key, row]) => text(key, row));
  }

  since(prefix: string, revision: number): string[] {
    return this.events
      .slice(revision)
      .flat()
      .filter((event) => event.split(" ")[2]?.startsWith(prefix));
  }
}

function text(key: string, { value, createRevision, modRevision }: Row): string {
  const decoded = String.fromCharCode(...value.split(",").filter(Boolean).map(Number));
  return `${key}=${decoded} ${createRevision}:${modRevision}`;
}

const key = fc.constantFrom("a", "a/b", "a/c", "b", "b/\u{1F600}", "b/\uFFFD");
const prefix = fc.constantFrom("", "a", "a/", "b/", "c");
const op = fc.oneof(
  fc.tuple(key, fc.constantFrom("", "x", "yy")).map(([name, value]) => put(name, value)),
  key.map((name) => remove(name)),
);
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("transact" as const),
      ops: fc.array(op, { maxLength: 4 }),
      compare: fc.option(fc.tuple(key, fc.boolean())),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("range" as const),
      prefix,
      back: fc.nat(8),
      limit: fc.option(fc.nat(3)),
      after: fc.option(key),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("watch" as const), prefix, back: fc.nat(8) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("compact" as const), back: fc.nat(8) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("reopen" as const) }) },
);

/** Under test: a store that may be closed and opened again, if it outlives that. */
export interface Subject {
  readonly store: Store;
  reopen?(): Promise<Store>;
  close(): Promise<void>;
}

async function follow(subject: Subject, steps: readonly (typeof step extends fc.Arbitrary<infer T> ? T : never)[]): Promise<void> {
  let { store } = subject;
  const model = new Model();
  let live: string[] = [];
  const watchAll = (): unknown => store.watch({ prefix: "" }, (events) => void live.push(...events.map(showEvent)));
  watchAll();
  for (const taken of steps) {
    if (taken.kind === "transact") {
      const compares = taken.compare === null ? [] : [compareOf(model, ...taken.compare)];
      const result = await store.transact(compares, taken.ops);
      expect([result.succeeded, result.revision]).toEqual([model.transact(compares, taken.ops), model.revision]);
    } else if (taken.kind === "reopen") {
      store = (await subject.reopen?.()) ?? store;
      live = model.since("", 0);
      if (subject.reopen !== undefined) watchAll();
    } else if (taken.kind === "compact") {
      const revision = Math.max(model.revision - taken.back, 1);
      await store.compact(revision);
      model.compacted = Math.max(model.compacted, revision);
    } else {
      await look(store, model, taken);
    }
    expect(live).toEqual(model.since("", 0));
    expect([store.revision(), store.compactedRevision()]).toEqual([model.revision, model.compacted]);
    expect((await store.range({ prefix: "" })).pairs.map(show)).toEqual(model.list("", model.revision));
  }
}

type Look =
  | { readonly kind: "range"; readonly prefix: string; readonly back: number; readonly limit: number | null; readonly after: string | null }
  | { readonly kind: "watch"; readonly prefix: string; readonly back: number };

async function look(store: Store, model: Model, taken: Look): Promise<void> {
  const revision = Math.max(model.revision - taken.back, model.compacted + 1);
  if (revision > model.revision) return;
  if (taken.kind === "watch") {
    const past: string[] = [];
    store.watch({ prefix: taken.prefix, fromRevision: revision }, (events) => void past.push(...events.map(showEvent))).close();
    expect(past).toEqual(model.since(taken.prefix, revision));
    return;
  }
  const { after, limit } = taken;
  const page = await store.range({
    prefix: taken.prefix,
    revision,
    ...(after === null ? {} : { after }),
    ...(limit === null ? {} : { limit }),
  });
  const all = model.list(taken.prefix, revision).filter((row) => after === null || row.slice(0, row.lastIndexOf("=")) > after);
  expect(page.pairs.map(show)).toEqual(all.slice(0, limit ?? undefined));
  expect(page.remaining).toBe(all.length - page.pairs.length);
}

function compareOf(model: Model, name: string, isRight: boolean): Compare {
  return { key: name, modRevision: (model.state.get(name)?.modRevision ?? 0) + (isRight ? 0 : 1) };
}

/** Does random steps on a store and on a model of it, and holds everything visible of the one against the other. */
export function agreesWithModel(open: () => Promise<Subject>, runs: number): void {
  it(`does what a plain model does, in ${runs} random histories`, async () => {
    const property = fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const subject = await open();
      try {
        await follow(subject, steps);
      } finally {
        await subject.close();
      }
    });
    await fc.assert(property, { numRuns: runs });
  });
}
