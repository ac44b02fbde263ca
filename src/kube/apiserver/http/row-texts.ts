import type { KubeObject } from "#api/kubernetes/meta";
import { ageSince } from "#kube/apimachinery";
import type { StrategyContext } from "../registry/kind.ts";
import type { Listed } from "../storage/resource-cache.ts";

/** Rows that are kept at most. */
const MAX_ROWS = 8192;
/** No text of an object is this one alone. */
const AGE_MARK = "\u0000age";
const AGE_MARK_JSON = JSON.stringify(AGE_MARK);

/** A row's text around its age. */
interface RowText {
  readonly before: string;
  readonly after: string;
  readonly since: string | undefined;
}

type MakeText = (object: KubeObject, context: StrategyContext) => string;

/**
 * The texts of rows of tables, kept for as long as their objects are what they are. All that changes in them with time is the
 * age of the object: rows that say more of the time are made anew.
 */
export class RowTexts {
  #rows = new WeakMap<KubeObject, RowText>();
  #size = 0;
  #version = "";

  /** Texts for the rows of one list, as `make` gives them. */
  forList(context: StrategyContext, make: MakeText): (item: Listed) => string {
    if (context.version !== this.#version) this.#clear();
    this.#version = context.version;
    const ages = new Map<string | undefined, string>();
    return (item) => {
      const { object } = item;
      const row = "revision" in item ? (this.#rows.get(object) ?? this.#make(object, context, make)) : undefined;
      if (row === undefined) return make(object, context);
      let age = ages.get(row.since);
      if (age === undefined) ages.set(row.since, (age = JSON.stringify(ageSince(row.since, context.nowMs))));
      return row.before + age + row.after;
    };
  }

  /** Undefined for a row that cannot be kept. */
  #make(object: KubeObject, { nowMs, version }: StrategyContext, make: MakeText): RowText | undefined {
    let isTimed = false;
    const text = make(object, {
      version,
      ageMark: AGE_MARK,
      get nowMs() {
        isTimed = true;
        return nowMs;
      },
    });
    const at = text.indexOf(AGE_MARK_JSON);
    if (isTimed || at === -1) return undefined;
    const row = { before: text.slice(0, at), after: text.slice(at + AGE_MARK_JSON.length), since: object.metadata.creationTimestamp };
    if (this.#size === MAX_ROWS) this.#clear();
    this.#size++;
    this.#rows.set(object, row);
    return row;
  }

  #clear(): void {
    this.#rows = new WeakMap();
    this.#size = 0;
  }
}
