import { isJsonObject } from "#kube/apimachinery";

/*
 * The part of JSONPath that columns of custom resources use: `.spec.image`, `.status.conditions[?(@.type=="Ready")].status`,
 * `.spec.items[0]`, `.metadata.annotations.example\.com/owner`, `.spec['odd.name']`, `[*]`.
 * Source: client-go util/jsonpath; apiextensions-apiserver pkg/registry/customresource/tableconvertor.
 */

type Step =
  | { readonly kind: "field"; readonly name: string }
  | { readonly kind: "index"; readonly index: number }
  | { readonly kind: "all" }
  | { readonly kind: "where"; readonly path: JsonPath; readonly isEqual: boolean; readonly value: unknown };

export type JsonPath = readonly Step[];

const TOKENS =
  /\.((?:\\.|[^.[\\])+)|\[(-?\d+)\]|\[\*\]|\[['"]([^'"]+)['"]\]|\[\?\(@((?:\.|\[)[^=!<>)]*?)\s*(==|!=)\s*("[^"]*"|'[^']*'|[^)\s]+)\s*\)\]/y;

/** Steps of a path at most. */
const MAX_STEPS = 64;

/** Reads a path; undefined for one that is not understood. */
export function parseJsonPath(text: string): JsonPath | undefined {
  const path = text.startsWith("{") && text.endsWith("}") ? text.slice(1, -1) : text;
  const steps: Step[] = [];
  let end = 0;
  while (end < path.length) {
    TOKENS.lastIndex = end;
    const match = TOKENS.exec(path);
    // Conditions are paths too, and move the place to go on from.
    end = TOKENS.lastIndex;
    const step = match === null ? undefined : stepOf(match);
    if (step === undefined || steps.length === MAX_STEPS) return undefined;
    steps.push(step);
  }
  return steps;
}

function stepOf([token, name, index, quoted, where, operator, literal = ""]: RegExpExecArray): Step | undefined {
  if (name !== undefined) return name === "*" ? { kind: "all" } : { kind: "field", name: name.replaceAll(/\\(.)/g, "$1") };
  if (index !== undefined) return { kind: "index", index: Number(index) };
  if (quoted !== undefined) return { kind: "field", name: quoted };
  if (where === undefined) return token === "[*]" ? { kind: "all" } : undefined;
  const path = parseJsonPath(where);
  return path === undefined ? undefined : { kind: "where", path, isEqual: operator === "==", value: literalOf(literal) };
}

function literalOf(text: string): unknown {
  if (/^["']/.test(text)) return text.slice(1, -1);
  if (text === "true" || text === "false") return text === "true";
  const number = Number(text);
  return Number.isNaN(number) ? text : number;
}

/** Everything that the path leads to, in order. */
export function findByPath(value: unknown, path: JsonPath): readonly unknown[] {
  let found: readonly unknown[] = [value];
  for (const step of path) found = found.flatMap((each) => next(each, step));
  return found;
}

function next(value: unknown, step: Step): readonly unknown[] {
  if (step.kind === "field") return isJsonObject(value) && Object.hasOwn(value, step.name) ? [value[step.name]] : [];
  const items: readonly unknown[] = Array.isArray(value) ? value : step.kind === "all" && isJsonObject(value) ? Object.values(value) : [];
  if (step.kind === "all") return items;
  if (step.kind === "index") {
    const item = items.at(step.index);
    return item === undefined ? [] : [item];
  }
  return items.filter((item) => findByPath(item, step.path).some((each) => each === step.value) === step.isEqual);
}
