/**
 * The expressions of a template: `[concat(parameters('name'), '-', variables('sizes')[0].count)]`.
 *
 * expression = primary { "." name | "[" expression "]" }
 * primary    = name [ "." name ] "(" [ expression { "," expression } ] ")" | 'text' | number
 *
 * Source: learn.microsoft.com/azure/azure-resource-manager/templates/template-expressions
 */
export type Expression =
  | { readonly kind: "literal"; readonly value: string | number }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Expression[] }
  /** `object.name` and `object['name']`, `array[0]`. */
  | { readonly kind: "member"; readonly of: Expression; readonly key: Expression };

/** A text that is no expression, in the words of Azure Resource Manager. */
export class SyntaxFailure extends Error {}

type TokenKind =
  | "Identifier"
  | "StringLiteral"
  | "NumberLiteral"
  | "LeftParenthesis"
  | "RightParenthesis"
  | "LeftSquareBracket"
  | "RightSquareBracket"
  | "Comma"
  | "Dot"
  | "EndOfData";

interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const PUNCTUATION: Readonly<Record<string, TokenKind>> = {
  "(": "LeftParenthesis",
  ")": "RightParenthesis",
  "[": "LeftSquareBracket",
  "]": "RightSquareBracket",
  ",": "Comma",
  ".": "Dot",
};
const TOKEN = /\s*(?:([A-Za-z_]\w*)|'((?:[^']|'')*)'|(-?\d+(?:\.\d+)?)|([()[\],.]))/y;
/** Characters of one expression at most. Source: azure-subscription-service-limits, template limits. */
const MAX_LENGTH = 24_576;
/** Levels of calls and indexers at most: a bound on the parser's own stack. */
const MAX_NESTING = 200;

/** Whether a string of a template is an expression: in square brackets that are not doubled. */
export function isExpression(text: string): boolean {
  return text.startsWith("[") && !text.startsWith("[[") && text.endsWith("]");
}

/** The string that a text with an escaped bracket, `[[literal]`, stands for. */
export function unescapeLiteral(text: string): string {
  return text.startsWith("[[") ? text.slice(1) : text;
}

/** Parses `[…]`. @throws {SyntaxFailure} */
export function parseExpression(text: string): Expression {
  const source = text.slice(1, -1);
  const fail = (reason: string): never => {
    throw new SyntaxFailure(`Unable to parse language expression '${source}': ${reason}.`);
  };
  if (source.length > MAX_LENGTH) fail(`expression length '${source.length}' exceeds the limit of '${MAX_LENGTH}' characters`);
  return new Parser(tokenize(source, fail), fail).parse();
}

function tokenize(source: string, fail: (reason: string) => never): readonly Token[] {
  const tokens: Token[] = [];
  const end = source.trimEnd().length;
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < end;) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(source);
    if (match === null) return fail(`the character at position '${at}' is not expected`);
    const [, identifier, text, number, mark] = match;
    if (identifier !== undefined) tokens.push({ kind: "Identifier", text: identifier });
    else if (text !== undefined) tokens.push({ kind: "StringLiteral", text: text.replaceAll("''", "'") });
    else if (number !== undefined) tokens.push({ kind: "NumberLiteral", text: number });
    else tokens.push({ kind: PUNCTUATION[mark ?? ""] ?? "EndOfData", text: mark ?? "" });
  }
  return tokens;
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #fail: (reason: string) => never;
  #index = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], fail: (reason: string) => never) {
    this.#tokens = tokens;
    this.#fail = fail;
  }

  parse(): Expression {
    const expression = this.#expression();
    this.#expect("EndOfData");
    return expression;
  }

  #expression(): Expression {
    if (++this.#depth > MAX_NESTING) this.#fail(`expression nesting exceeds the limit of '${MAX_NESTING}'`);
    let expression = this.#primary();
    for (;;) {
      if (this.#take("Dot")) {
        expression = { kind: "member", of: expression, key: { kind: "literal", value: this.#expect("Identifier").text } };
      } else if (this.#take("LeftSquareBracket")) {
        expression = { kind: "member", of: expression, key: this.#expression() };
        this.#expect("RightSquareBracket");
      } else {
        this.#depth--;
        return expression;
      }
    }
  }

  #primary(): Expression {
    const token = this.#next();
    if (token.kind === "StringLiteral") return { kind: "literal", value: token.text };
    if (token.kind === "NumberLiteral") return { kind: "literal", value: Number(token.text) };
    if (token.kind !== "Identifier") return this.#fail(`expected token 'Identifier' and actual '${token.kind}'`);
    // A user-defined function has its namespace before it.
    const name = this.#take("Dot") ? `${token.text}.${this.#expect("Identifier").text}` : token.text;
    this.#expect("LeftParenthesis");
    const args: Expression[] = [];
    if (this.#take("RightParenthesis")) return { kind: "call", name, args };
    do args.push(this.#expression());
    while (this.#take("Comma"));
    this.#expect("RightParenthesis");
    return { kind: "call", name, args };
  }

  #next(): Token {
    return this.#tokens[this.#index++] ?? { kind: "EndOfData", text: "" };
  }

  #take(kind: TokenKind): boolean {
    if (this.#tokens[this.#index]?.kind !== kind) return false;
    this.#index++;
    return true;
  }

  #expect(kind: TokenKind): Token {
    const token = this.#next();
    if (token.kind !== kind) this.#fail(`expected token '${kind}' and actual '${token.kind}'`);
    return token;
  }
}
