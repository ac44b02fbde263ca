import { armErrors } from "../errors.ts";

/** What a list of roles or assignments is narrowed to. */
export interface ListFilter {
  /** At the scope and above it alone. */
  readonly isAtScope: boolean;
  /** Values of `name eq 'value'`, by name in lower case. */
  readonly equal: Readonly<Record<string, string | undefined>>;
  /** Value of `assignedTo('…')`. */
  readonly assignedTo?: string;
}

const CALL = /^\s*(\w+)\(\s*(?:'([^']*)')?\s*\)\s*$/;
const CONDITION = /^\s*(\w+)\s+eq\s+'((?:[^']|'')*)'\s*$/i;

/**
 * Reads a `$filter` that joins `atScope()`, `assignedTo('id')` and `name eq 'value'` with `and`.
 * Source: learn.microsoft.com/rest/api/authorization, "List For Scope".
 * @throws {ArmError} InvalidFilterInQueryString.
 */
export function parseListFilter(query: URLSearchParams, names: readonly string[]): ListFilter {
  const filter = query.get("$filter");
  if (filter === null || filter.trim() === "") return { isAtScope: false, equal: {} };
  let isAtScope = false;
  let assignedTo: string | undefined;
  const equal: Record<string, string> = {};
  for (const part of filter.split(/\s+and\s+/i)) {
    const [, call = "", argument] = CALL.exec(part) ?? [];
    const [, name = "", value = ""] = CONDITION.exec(part) ?? [];
    if (/^atScope$/i.test(call)) isAtScope = true;
    else if (/^assignedTo$/i.test(call) && argument !== undefined) assignedTo = argument;
    else if (names.includes(name.toLowerCase())) equal[name.toLowerCase()] = value.replaceAll("''", "'");
    else if (!/^atScopeAndBelow$/i.test(call)) throw armErrors.invalidFilter(filter);
  }
  return { isAtScope, equal, ...(assignedTo === undefined ? {} : { assignedTo }) };
}
