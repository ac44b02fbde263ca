import { ownEntry } from "#lib";
import { armErrors } from "../errors.ts";
import { sameName } from "../ids.ts";
import type { GenericResource } from "../provider.ts";

/** Whether a list shows a resource. */
export type ResourceFilter = (resource: GenericResource, group: string) => boolean;

/** Characters and conditions of one filter at most: a bound on the reader's own stack and time. */
const MAX_LENGTH = 4096;
const TOKEN = /\s*(?:'((?:[^']|'')*)'|([A-Za-z_][\w/]*)|([(),]))/y;

type Token = { readonly kind: "text" | "word" | "mark"; readonly text: string };

/**
 * The `$filter` of a list of resources: `name eq 'value'` and `ne`, `substringof('part', name)`, `startswith(name, 'part')`,
 * joined with `and`, `or` and parentheses.
 * Source: learn.microsoft.com/rest/api/resources/resources/list, the parameter $filter.
 * @throws {ArmError} InvalidFilterInQueryString.
 */
export function parseResourceFilter(filter: string | null): ResourceFilter {
  if (filter === null || filter.trim() === "") return () => true;
  return new FilterReader(filter).read();
}

/** The values of a resource that can be asked for, by the property's name in lower case. */
const PROPERTIES: Readonly<Record<string, ((resource: GenericResource, group: string) => readonly string[]) | undefined>> = {
  name: ({ name }) => [name],
  resourcetype: ({ type }) => [type],
  resourcegroup: (_resource, group) => [group],
  location: ({ location }) => [location],
  tagname: ({ tags = {} }) => Object.keys(tags),
  tagvalue: ({ tags = {} }) => Object.values(tags),
  "identity/principalid": ({ identity }) => (typeof identity?.["principalId"] === "string" ? [identity["principalId"]] : []),
};

/** `property eq 'value'`, kept apart so that a tag's name and its value can be looked for in one tag. */
interface Condition {
  readonly test: ResourceFilter;
  readonly equals?: { readonly property: string; readonly value: string };
}

class FilterReader {
  readonly #filter: string;
  readonly #tokens: readonly Token[];
  #index = 0;

  constructor(filter: string) {
    this.#filter = filter;
    this.#tokens = this.#tokenize();
  }

  read(): ResourceFilter {
    const filter = this.#or();
    if (this.#index < this.#tokens.length) this.#fail();
    return filter;
  }

  #or(): ResourceFilter {
    const parts = [this.#and()];
    while (this.#takeWord("or")) parts.push(this.#and());
    return (resource, group) => parts.some((part) => part(resource, group));
  }

  #and(): ResourceFilter {
    const conditions = [this.#condition()];
    while (this.#takeWord("and")) conditions.push(this.#condition());
    const valueOf = (property: string): string | undefined =>
      conditions.find(({ equals }) => equals !== undefined && sameName(equals.property, property))?.equals?.value;
    const [tagName, tagValue] = [valueOf("tagName"), valueOf("tagValue")];
    const tests = conditions.map(({ test }) => test);
    if (tagName !== undefined && tagValue !== undefined) tests.push((resource) => hasTag(resource, tagName, tagValue));
    return (resource, group) => tests.every((test) => test(resource, group));
  }

  #condition(): Condition {
    if (this.#takeMark("(")) {
      const test = this.#or();
      this.#expectMark(")");
      return { test };
    }
    const property = this.#next("word");
    if (this.#takeMark("(")) return { test: this.#call(property) };
    const values = ownEntry(PROPERTIES, property.toLowerCase()) ?? this.#fail();
    const isEqual = this.#takeWord("eq") || (this.#takeWord("ne") ? false : this.#fail());
    const value = this.#next("text");
    const test: ResourceFilter = (resource, group) => values(resource, group).some((present) => sameName(present, value)) === isEqual;
    return isEqual ? { test, equals: { property, value } } : { test };
  }

  #call(name: string): ResourceFilter {
    const isPart = sameName(name, "substringof");
    if (!isPart && !sameName(name, "startswith")) this.#fail();
    const first = this.#next(isPart ? "text" : "word");
    this.#expectMark(",");
    const second = this.#next(isPart ? "word" : "text");
    this.#expectMark(")");
    const values = ownEntry(PROPERTIES, (isPart ? second : first).toLowerCase()) ?? this.#fail();
    const part = (isPart ? first : second).toLowerCase();
    const fits = (value: string): boolean => (isPart ? value.toLowerCase().includes(part) : value.toLowerCase().startsWith(part));
    return (resource, group) => values(resource, group).some(fits);
  }

  #tokenize(): readonly Token[] {
    if (this.#filter.length > MAX_LENGTH) this.#fail();
    const tokens: Token[] = [];
    const end = this.#filter.trimEnd().length;
    for (TOKEN.lastIndex = 0; TOKEN.lastIndex < end;) {
      const [, text, word, mark] = TOKEN.exec(this.#filter) ?? this.#fail();
      if (text !== undefined) tokens.push({ kind: "text", text: text.replaceAll("''", "'") });
      else tokens.push(word === undefined ? { kind: "mark", text: mark ?? "" } : { kind: "word", text: word });
    }
    return tokens;
  }

  #next(kind: Token["kind"]): string {
    const token = this.#tokens[this.#index++];
    return token?.kind === kind ? token.text : this.#fail();
  }

  #takeWord(word: string): boolean {
    const token = this.#tokens[this.#index];
    if (token?.kind !== "word" || !sameName(token.text, word)) return false;
    this.#index++;
    return true;
  }

  #takeMark(mark: string): boolean {
    const token = this.#tokens[this.#index];
    if (token?.kind !== "mark" || token.text !== mark) return false;
    this.#index++;
    return true;
  }

  #expectMark(mark: string): void {
    if (!this.#takeMark(mark)) this.#fail();
  }

  #fail(): never {
    throw armErrors.invalidFilter(this.#filter);
  }
}

function hasTag({ tags = {} }: GenericResource, name: string, value: string): boolean {
  return Object.entries(tags).some(([key, present]) => sameName(key, name) && present === value);
}
