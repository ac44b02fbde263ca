import { isMap, isScalar, type LineCounter, type Document, visit } from "yaml";

/** Members of a body that come twice, in the words of the decoder that finds them. */
export interface Duplicates {
  readonly from: "json" | "yaml";
  readonly texts: readonly string[];
}

/** Source: sigs.k8s.io/json internal/golang/encoding/json/kubernetes_patch.go, maxStrictErrors. */
const MAX_NAMED = 100;
const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

interface Level {
  /** Of an object; a list has none. */
  readonly keys?: Set<string>;
  key: string;
  index: number;
  expectsKey: boolean;
}

/** The members of objects in a JSON text that come again, `duplicate field "spec.containers[0].name"`. @param text that is JSON. */
export function jsonDuplicates(text: string): Duplicates | undefined {
  const levels: Level[] = [];
  const texts = new Set<string>();
  for (let at = 0; at < text.length && texts.size < MAX_NAMED; at++) {
    const level = levels.at(-1);
    switch (text.charCodeAt(at)) {
      case OPEN_OBJECT:
        levels.push({ keys: new Set(), key: "", index: 0, expectsKey: true });
        break;
      case OPEN_LIST:
        levels.push({ key: "", index: 0, expectsKey: false });
        break;
      case CLOSE_OBJECT:
      case CLOSE_LIST:
        levels.pop();
        break;
      case COMMA:
        if (level === undefined) break;
        if (level.keys === undefined) level.index++;
        else level.expectsKey = true;
        break;
      case QUOTE: {
        const end = endOfString(text, at);
        if (level?.keys !== undefined && level.expectsKey) {
          level.expectsKey = false;
          const key = text.slice(at + 1, end);
          level.key = key.includes("\\") ? (JSON.parse(`"${key}"`) as string) : key;
          if (level.keys.has(level.key)) texts.add(`duplicate field "${pathOf(levels)}"`);
          else level.keys.add(level.key);
        }
        at = end;
        break;
      }
      default:
    }
  }
  return texts.size === 0 ? undefined : { from: "json", texts: [...texts] };
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE || Number.isNaN(code)) return at;
    if (code === BACKSLASH) at++;
  }
}

function pathOf(levels: readonly Level[]): string {
  let path = "";
  for (const { keys, key, index } of levels) path += keys === undefined ? `[${index}]` : path === "" ? key : `.${key}`;
  return path;
}

/** The same of a YAML document, `line 9: key "foo" already set in map`. Source: sigs.k8s.io/yaml goyaml.v2/decode.go. */
export function yamlDuplicates(document: Document, lines: LineCounter): Duplicates | undefined {
  const found: { readonly line: number; readonly key: string }[] = [];
  visit(document, {
    Map(_key, map) {
      const keys = new Set<unknown>();
      for (const { key } of map.items) {
        const value = isScalar(key) ? key.value : key;
        if (keys.has(value) && isScalar(key)) found.push({ line: lines.linePos(key.range?.[0] ?? 0).line, key: String(value) });
        keys.add(value);
      }
    },
  });
  if (found.length === 0 || !isMap(document.contents)) return undefined;
  const inOrder = found.toSorted((a, b) => a.line - b.line).slice(0, MAX_NAMED);
  return { from: "yaml", texts: inOrder.map(({ line, key }) => `line ${line}: key ${JSON.stringify(key)} already set in map`) };
}
