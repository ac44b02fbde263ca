import { formatFieldErrors, invalid } from "./field-errors.ts";
import { type Selector, selectorOf } from "./labels.ts";
import { qualifiedNameErrors } from "./names.ts";
import { newRequirement, type Requirement, type RequirementOperator, SelectorError } from "./requirement.ts";

type TokenKind = ")" | "," | "!" | "==" | "=" | ">" | "in" | "<" | "!=" | "notin" | "(" | "identifier" | "end";

interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const SYMBOLS = "=!(),><";
const PAIRS = ["==", "!="] as const;

/** Longest selector text that is read; the request line of a real server is bounded in the same way. */
const MAX_SELECTOR_LENGTH = 65_536;

function isBlank(letter: string): boolean {
  return letter === " " || letter === "\t" || letter === "\r" || letter === "\n";
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const letter = text[at] ?? "";
    if (isBlank(letter)) {
      at++;
    } else if (SYMBOLS.includes(letter)) {
      const pair = PAIRS.find((each) => text.startsWith(each, at));
      tokens.push({ kind: (pair ?? letter) as TokenKind, text: pair ?? letter });
      at += (pair ?? letter).length;
    } else {
      let end = at;
      while (end < text.length && !isBlank(text[end] ?? "") && !SYMBOLS.includes(text[end] ?? "")) end++;
      const word = text.slice(at, end);
      tokens.push({ kind: word === "in" || word === "notin" ? word : "identifier", text: word });
      at = end;
    }
  }
  return tokens;
}

const END: Token = { kind: "end", text: "" };
const BINARY_OPERATORS = "in, notin, =, ==, !=, gt, lt";

/** Reads one selector; `in` and `notin` are words of the language only where an operator may stand. */
class SelectorParser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = tokenize(text);
  }

  #peek(): Token {
    const token = this.#tokens[this.#at] ?? END;
    return token.kind === "in" || token.kind === "notin" ? { kind: "identifier", text: token.text } : token;
  }

  #next(): Token {
    const token = this.#peek();
    this.#at++;
    return token;
  }

  parse(): Requirement[] {
    const requirements: Requirement[] = [];
    for (;;) {
      const token = this.#peek();
      if (token.kind === "end") return requirements;
      if (token.kind !== "identifier" && token.kind !== "!") {
        throw new SelectorError(`found '${token.text}', expected: !, identifier, or 'end of string'`);
      }
      try {
        requirements.push(this.#requirement());
      } catch (error) {
        if (error instanceof SelectorError) throw new SelectorError(`unable to parse requirement: ${error.message}`);
        throw error;
      }
      const after = this.#next();
      if (after.kind === "end") return requirements;
      if (after.kind !== ",") throw new SelectorError(`found '${after.text}', expected: ',' or 'end of string'`);
      const following = this.#peek();
      if (following.kind !== "identifier" && following.kind !== "!") {
        throw new SelectorError(`found '${following.text}', expected: identifier after ','`);
      }
    }
  }

  #requirement(): Requirement {
    const negated = this.#peek().kind === "!";
    if (negated) this.#at++;
    const key = this.#next();
    if (key.kind !== "identifier") throw new SelectorError(`found '${key.text}', expected: identifier`);
    const errors = qualifiedNameErrors(key.text);
    if (errors.length > 0) throw new SelectorError(formatFieldErrors([invalid("", key.text, errors.join("; "))]));
    if (negated) return newRequirement(key.text, "!", []);
    const after = this.#peek();
    if (after.kind === "end" || after.kind === ",") return newRequirement(key.text, "exists", []);
    const operator = this.#operator();
    const values = operator === "in" || operator === "notin" ? this.#values() : [this.#exactValue()];
    return newRequirement(key.text, operator, values);
  }

  #operator(): RequirementOperator {
    const token = this.#tokens[this.#at] ?? END;
    this.#at++;
    switch (token.kind) {
      case "in":
      case "notin":
      case "=":
      case "==":
      case "!=":
        return token.kind;
      case ">":
        return "gt";
      case "<":
        return "lt";
      default:
        throw new SelectorError(`found '${token.text}', expected: ${BINARY_OPERATORS}`);
    }
  }

  /** `(x,,y)`: empty places are the empty value. */
  #values(): string[] {
    const open = this.#next();
    if (open.kind !== "(") throw new SelectorError(`found '${open.text}' expected: '('`);
    const first = this.#peek();
    if (first.kind !== "identifier" && first.kind !== "," && first.kind !== ")") {
      throw new SelectorError(`found '${first.text}', expected: ',', ')' or identifier`);
    }
    const values = new Set<string>();
    for (;;) {
      const token = this.#peek();
      if (token.kind === "identifier") this.#at++;
      values.add(token.kind === "identifier" ? token.text : "");
      const separator = this.#next();
      if (separator.kind === ")") return [...values].sort();
      if (separator.kind !== ",") {
        const expected = token.kind === "identifier" ? "',' or ')'" : "',', or identifier";
        throw new SelectorError(`found '${separator.text}', expected: ${expected}`);
      }
    }
  }

  #exactValue(): string {
    const token = this.#peek();
    if (token.kind === "end" || token.kind === ",") return "";
    this.#at++;
    if (token.kind !== "identifier") throw new SelectorError(`found '${token.text}', expected: identifier`);
    return token.text;
  }
}

/**
 * Reads the text of `labelSelector`: `a=b,c in (x,y),!d,e!=f,g>1`. An empty text selects everything.
 *
 * @throws {SelectorError} with the message Kubernetes gives; the caller answers 400.
 * Source: apimachinery pkg/labels/selector.go, Parse.
 */
export function parseLabelSelector(text: string): Selector {
  if (text.length > MAX_SELECTOR_LENGTH) throw new SelectorError(`selector is longer than ${MAX_SELECTOR_LENGTH} characters`);
  return selectorOf(new SelectorParser(text).parse());
}
