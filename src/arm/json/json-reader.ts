/** Where a value of a JSON text begins; lines count from 1, columns are those of Newtonsoft's reader. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/** A text that is not JSON. The message has the form of Newtonsoft.Json: reason, path, line and position. */
export class JsonError extends Error {}

/** Levels of nesting at most. Source: Newtonsoft.Json's default MaxDepth, 64 until version 12, 128 in ARM's use. */
export const MAX_DEPTH = 128;

const ESCAPES: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
const LITERALS: Readonly<Record<string, unknown>> = { true: true, false: false, null: null };
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRICT_SPACE = /[ \t\r\n]*/y;
const SPACE = /[\s\uFEFF]*/y;
const WORD = /[A-Za-z_$][\w$-]*/y;

/** A recursive descent reader of JSON that knows where it is. One reader reads one text once. */
export class JsonReader {
  readonly #text: string;
  readonly #lenient: boolean;
  #index = 0;
  #path: (string | number)[] = [];
  #positions = new WeakMap<object, number>();

  constructor(text: string, options: { readonly lenient: boolean }) {
    this.#text = text;
    this.#lenient = options.lenient;
  }

  /** The one value of the text. @throws {JsonError} */
  read(): unknown {
    this.#skip();
    const value = this.#value();
    this.#skip();
    if (this.#index < this.#text.length) this.#fail(`Additional text encountered after finished reading JSON content: ${this.#char()}.`);
    return value;
  }

  positionOf(object: unknown): TextPosition {
    const index = typeof object === "object" && object !== null ? this.#positions.get(object) : undefined;
    if (index === undefined) return { line: 1, column: 1 };
    const { line, column } = this.#place(index);
    return { line, column: Math.max(column, 1) };
  }

  #value(): unknown {
    if (this.#path.length > MAX_DEPTH) this.#fail(`The reader's MaxDepth of ${MAX_DEPTH} has been exceeded.`);
    const char = this.#char();
    if (char === "{") return this.#object();
    if (char === "[") return this.#array();
    if (char === '"' || (char === "'" && this.#lenient)) return this.#string(char);
    const number = this.#match(NUMBER);
    if (number !== undefined) return Number(number);
    return this.#literal();
  }

  #literal(): unknown {
    const start = this.#index;
    const word = this.#match(WORD);
    if (word !== undefined && Object.hasOwn(LITERALS, word)) return LITERALS[word];
    this.#index = start;
    if (start >= this.#text.length) this.#fail("Unexpected end when reading JSON.");
    return this.#fail(`Unexpected character encountered while parsing value: ${this.#char()}.`);
  }

  #object(): Record<string, unknown> {
    this.#index++;
    const object: Record<string, unknown> = {};
    this.#positions.set(object, this.#index);
    for (let first = true; ; first = false) {
      this.#skip();
      // As in Newtonsoft's reader, the path names the last member until the next one has a name.
      const isEnd = this.#char() === "}" && (first || this.#lenient);
      const name = isEnd ? "" : this.#propertyName();
      if (!first) this.#path.pop();
      if (isEnd) break;
      this.#path.push(name);
      this.#skip();
      if (this.#char() !== ":") this.#fail(`Invalid character after parsing property name. Expected ':' but got: ${this.#char()}.`);
      this.#index++;
      this.#skip();
      // Own property also for `__proto__`, which a plain assignment would take for the prototype.
      Object.defineProperty(object, name, { value: this.#value(), enumerable: true, configurable: true, writable: true });
      if (!this.#more("}")) break;
    }
    this.#index++;
    return object;
  }

  #array(): unknown[] {
    this.#index++;
    const array: unknown[] = [];
    this.#positions.set(array, this.#index);
    for (let first = true; ; first = false) {
      this.#skip();
      if (this.#char() === "]" && (first || this.#lenient)) break;
      this.#path.push(array.length);
      array.push(this.#value());
      if (!this.#more("]")) break;
      this.#path.pop();
    }
    this.#index++;
    return array;
  }

  /** Whether another member follows; otherwise the closing bracket is next and the path is back at the parent. */
  #more(close: string): boolean {
    this.#skip();
    const char = this.#char();
    if (char === ",") {
      this.#index++;
      return true;
    }
    if (char !== close) {
      if (char === "") this.#fail("Unexpected end when reading JSON.");
      this.#fail(`After parsing a value an unexpected character was encountered: ${char}.`);
    }
    this.#path.pop();
    return false;
  }

  #propertyName(): string {
    const char = this.#char();
    if (char === '"' || (char === "'" && this.#lenient)) return this.#string(char);
    const word = this.#lenient ? this.#match(WORD) : undefined;
    if (word !== undefined) return word;
    if (char === "") this.#fail("Unexpected end when reading JSON.");
    return this.#fail(`Invalid property identifier character: ${char}.`);
  }

  #string(quote: string): string {
    let result = "";
    let from = ++this.#index;
    for (; this.#index < this.#text.length; this.#index++) {
      const char = this.#char();
      if (char === quote) {
        result += this.#text.slice(from, this.#index++);
        return result;
      }
      if (char < " " && !this.#lenient) this.#fail(`Unexpected character encountered while parsing value: ${char}.`);
      if (char !== "\\") continue;
      result += this.#text.slice(from, this.#index) + this.#escape();
      from = this.#index + 1;
    }
    return this.#fail(`Unterminated string. Expected delimiter: ${quote}.`);
  }

  /** The character of an escape; leaves the index on the escape's last character. */
  #escape(): string {
    const char = this.#text[++this.#index] ?? "";
    if (char === "u") {
      const hex = this.#text.slice(this.#index + 1, this.#index + 5);
      if (!/^[0-9a-fA-F]{4}$/.test(hex)) this.#fail(`Could not parse Unicode escape sequence: \\u${hex}.`);
      this.#index += 4;
      return String.fromCharCode(Number.parseInt(hex, 16));
    }
    const escaped = ESCAPES[char] ?? ('"\\/'.includes(char) || (char === "'" && this.#lenient) ? char : undefined);
    return escaped ?? this.#fail(`Bad JSON escape sequence: \\${char}.`);
  }

  #skip(): void {
    this.#match(this.#lenient ? SPACE : STRICT_SPACE);
    while (this.#lenient && this.#comment()) this.#match(SPACE);
  }

  #comment(): boolean {
    const opening = this.#text.slice(this.#index, this.#index + 2);
    if (opening !== "//" && opening !== "/*") return false;
    const end = this.#text.indexOf(opening === "//" ? "\n" : "*/", this.#index + 2);
    if (end === -1 && opening === "/*") this.#fail("Unexpected end while parsing comment.");
    this.#index = end === -1 ? this.#text.length : end + (opening === "//" ? 1 : 2);
    return true;
  }

  #char(): string {
    return this.#text[this.#index] ?? "";
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#index;
    const text = pattern.exec(this.#text)?.[0];
    if (text === undefined) return undefined;
    this.#index += text.length;
    return text;
  }

  #place(index: number): TextPosition {
    const before = this.#text.slice(0, index);
    const lineStart = before.lastIndexOf("\n") + 1;
    return { line: before.split("\n").length, column: index - lineStart };
  }

  #fail(reason: string): never {
    const path = this.#path.map((part, index) => (typeof part === "number" ? `[${part}]` : `${index > 0 ? "." : ""}${part}`)).join("");
    const { line, column } = this.#place(this.#index);
    throw new JsonError(`${reason} Path '${path}', line ${line}, position ${column}.`);
  }
}
