import { KubectlError } from "./flags.ts";

/** One step from values to those within them. */
type Step =
  | { readonly kind: "key"; readonly key: string }
  | { readonly kind: "all" }
  | { readonly kind: "slice"; readonly from: number | undefined; readonly to: number | undefined }
  | { readonly kind: "index"; readonly index: number }
  | { readonly kind: "filter"; readonly path: readonly Step[]; readonly operator: string; readonly value: unknown };

/** A part of a template. */
type Part =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "values"; readonly path: readonly Step[] }
  | { readonly kind: "range"; readonly path: readonly Step[]; readonly body: readonly Part[] };

/** Parts and steps of one template at most. */
const MAX_DEPTH = 20;

/**
 * A template of `-o jsonpath`, filled in:
 *
 * ```
 *   {range .items[*]}{.metadata.name}{"\t"}{.status.phase}{"\n"}{end}
 *   {.items[?(@.spec.nodeName=="n1")].metadata.name}
 * ```
 *
 * Keys, `['key']`, `[n]`, `[a:b]`, `[*]`, `.*`, filters of one comparison, `range` and texts; what is absent is empty.
 * Source: kubernetes/client-go util/jsonpath. @throws {KubectlError} for what cannot be read, and for `..` and unions.
 */
export function fillJsonPath(template: string, root: unknown): string {
  const reader = new TemplateReader(template);
  return printed(reader.parts(0), root);
}

function printed(parts: readonly Part[], value: unknown): string {
  return parts
    .map((part) => {
      if (part.kind === "text") return part.text;
      const found = select([value], part.path);
      return part.kind === "values" ? found.map(textOf).join(" ") : found.map((each) => printed(part.body, each)).join("");
    })
    .join("");
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function select(values: readonly unknown[], path: readonly Step[]): readonly unknown[] {
  return path.reduce<readonly unknown[]>((present, step) => present.flatMap((value) => within(value, step)), values);
}

function within(value: unknown, step: Step): readonly unknown[] {
  if (typeof value !== "object" || value === null) return [];
  const list = Array.isArray(value) ? (value as unknown[]) : undefined;
  switch (step.kind) {
    case "key":
      return list === undefined && Object.hasOwn(value, step.key) ? [(value as Record<string, unknown>)[step.key]] : [];
    case "all":
      return list ?? Object.values(value);
    case "index":
      return list?.at(step.index) === undefined ? [] : [list.at(step.index)];
    case "slice":
      return list?.slice(step.from, step.to) ?? [];
    default:
      return list?.filter((item) => holds(item, step)) ?? [];
  }
}

function holds(item: unknown, { path, operator, value }: Extract<Step, { kind: "filter" }>): boolean {
  const found = select([item], path);
  if (operator === "") return found.length > 0;
  return found.some((each) => compare(each, value, operator));
}

function compare(left: unknown, right: unknown, operator: string): boolean {
  if (operator === "==") return left === right;
  if (operator === "!=") return left !== right;
  if (typeof left !== typeof right || (typeof left !== "number" && typeof left !== "string")) return false;
  const order = left < (right as typeof left) ? -1 : left > (right as typeof left) ? 1 : 0;
  return { "<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0 }[operator] ?? false;
}

class TemplateReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Parts up to the end, or to the `{end}` of the range that they are in. */
  parts(depth: number): readonly Part[] {
    if (depth > MAX_DEPTH) throw this.#fault("it is nested too deeply");
    const parts: Part[] = [];
    while (this.#at < this.#text.length) {
      if (this.#text[this.#at] !== "{") {
        const next = this.#text.indexOf("{", this.#at);
        const end = next === -1 ? this.#text.length : next;
        parts.push({ kind: "text", text: this.#text.slice(this.#at, end) });
        this.#at = end;
        continue;
      }
      const action = this.#action();
      if (action === "end") {
        if (depth === 0) throw this.#fault("not in range, nothing to end");
        return parts;
      }
      const range = /^range\s+(.*)$/s.exec(action);
      if (range === null) parts.push(...this.#values(action));
      else parts.push({ kind: "range", path: this.#path(range[1] ?? ""), body: this.parts(depth + 1) });
    }
    if (depth > 0) throw this.#fault("unclosed range");
    return parts;
  }

  /** What is between braces; quoted braces do not count. */
  #action(): string {
    let quote = "";
    for (let end = this.#at + 1; end < this.#text.length; end++) {
      const char = this.#text[end] ?? "";
      if (quote !== "" && char === "\\") end++;
      else if (char === quote) quote = "";
      else if (quote === "" && (char === '"' || char === "'")) quote = char;
      else if (quote === "" && char === "}") {
        const action = this.#text.slice(this.#at + 1, end).trim();
        this.#at = end + 1;
        return action;
      }
    }
    throw this.#fault("unclosed action");
  }

  /** `"\n"` is a text, all else a path. */
  #values(action: string): readonly Part[] {
    const quoted = /^(["'])(.*)\1$/s.exec(action);
    return [quoted === null ? { kind: "values", path: this.#path(action) } : { kind: "text", text: unescaped(quoted[2] ?? "") }];
  }

  #path(text: string): readonly Step[] {
    const steps: Step[] = [];
    let rest = text.trim().replace(/^[$@]/, "");
    while (rest !== "") {
      const step = this.#step(rest);
      if (step === undefined) throw this.#fault(`unrecognized character in action: ${rest}`);
      steps.push(...step.steps);
      rest = rest.slice(step.length);
    }
    return steps;
  }

  #step(text: string): { readonly steps: readonly Step[]; readonly length: number } | undefined {
    const all = /^(?:\.\*|\[\*\])/.exec(text);
    if (all !== null) return { steps: [{ kind: "all" }], length: all[0].length };
    const key = /^\.((?:\\.|[^.[\]\\\s{}()|"'])+)/.exec(text);
    if (key !== null) return { steps: [{ kind: "key", key: (key[1] ?? "").replaceAll(/\\(.)/g, "$1") }], length: key[0].length };
    if (text === ".") return { steps: [], length: 1 };
    const named = /^\[(["'])(.*?)\1\]/.exec(text);
    if (named !== null) return { steps: [{ kind: "key", key: named[2] ?? "" }], length: named[0].length };
    const slice = /^\[(-?\d*):(-?\d*)\]/.exec(text);
    if (slice !== null) return { steps: [{ kind: "slice", from: numberOf(slice[1]), to: numberOf(slice[2]) }], length: slice[0].length };
    const index = /^\[(-?\d+)\]/.exec(text);
    if (index !== null) return { steps: [{ kind: "index", index: Number(index[1]) }], length: index[0].length };
    const filter = /^\[\?\(\s*@((?:\\.|[^\s=!<>)\\])+)\s*(?:(==|!=|<=|>=|<|>)\s*("[^"]*"|'[^']*'|[^\s)]+))?\s*\)\]/.exec(text);
    if (filter === null) return undefined;
    const [whole, path = "", operator = "", value = ""] = filter;
    return { steps: [{ kind: "filter", path: this.#path(path), operator, value: literal(value) }], length: whole.length };
  }

  #fault(reason: string): KubectlError {
    return new KubectlError(`error parsing jsonpath ${this.#text}, ${reason}`);
  }
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined || text === "" ? undefined : Number(text);
}

function literal(text: string): unknown {
  if (/^["']/.test(text)) return text.slice(1, -1);
  if (text === "true" || text === "false") return text === "true";
  return /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : text;
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r" };

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/gs, (_, char: string) => ESCAPES[char] ?? char);
}
