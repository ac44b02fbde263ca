import { SelectorError } from "./requirement.ts";

/** One condition of a field selector. */
export interface FieldRequirement {
  readonly field: string;
  readonly operator: "=" | "!=";
  readonly value: string;
}

/** Chooses objects by named fields. */
export interface FieldSelector {
  readonly requirements: readonly FieldRequirement[];
  readonly empty: boolean;
  /** A field that is not among `fields` counts as empty. */
  matches(fields: Readonly<Record<string, string>>): boolean;
  /** The one value a matching object must have in this field, if the selector asks for one. */
  exactValue(field: string): string | undefined;
}

/** Longest selector text that is read. */
const MAX_SELECTOR_LENGTH = 65_536;

/** Splits at the commas that no backslash protects. */
function splitTerms(selector: string): string[] {
  const terms: string[] = [];
  let start = 0;
  for (let at = 0; at < selector.length; at++) {
    if (selector[at] === "\\") at++;
    else if (selector[at] === ",") {
      terms.push(selector.slice(start, at));
      start = at + 1;
    }
  }
  terms.push(selector.slice(start));
  return terms;
}

function unescape(text: string): string {
  let plain = "";
  for (let at = 0; at < text.length; at++) {
    const letter = text[at] ?? "";
    if (letter === "\\") {
      const next = text[++at] ?? "";
      if (next === "" || !"\\,=".includes(next)) throw new SelectorError(`invalid field selector: invalid escape sequence: \\${next}`);
      plain += next;
    } else if (letter === "=" || letter === ",") {
      // Go prints the number of the letter here.
      throw new SelectorError(`invalid field selector: unescaped character in value: ${letter.codePointAt(0)}`);
    } else {
      plain += letter;
    }
  }
  return plain;
}

function parseTerm(selector: string, term: string): FieldRequirement {
  const match = /!=|==|=/.exec(term);
  if (match === null) throw new SelectorError(`invalid selector: '${selector}'; can't understand '${term}'`);
  const value = unescape(term.slice(match.index + match[0].length));
  return { field: term.slice(0, match.index), operator: match[0] === "!=" ? "!=" : "=", value };
}

/**
 * Reads the text of `fieldSelector`: `metadata.name=a,spec.nodeName!=b`. `\,`, `\=` and `\\` stand for themselves in values.
 * Which fields a kind has is not checked here.
 *
 * @throws {SelectorError} with the message Kubernetes gives; the caller answers 400.
 * Source: apimachinery pkg/fields/selector.go, ParseSelector.
 */
export function parseFieldSelector(text: string): FieldSelector {
  if (text.length > MAX_SELECTOR_LENGTH) throw new SelectorError(`selector is longer than ${MAX_SELECTOR_LENGTH} characters`);
  const terms = splitTerms(text).sort();
  const requirements = terms.filter((term) => term !== "").map((term) => parseTerm(text, term));
  return {
    requirements,
    empty: requirements.length === 0,
    matches: (fields) => requirements.every(({ field, operator, value }) => ((fields[field] ?? "") === value) === (operator === "=")),
    exactValue: (field) => requirements.find((each) => each.field === field && each.operator === "=")?.value,
  };
}
