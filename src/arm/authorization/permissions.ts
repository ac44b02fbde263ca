import type { Permission } from "./built-in-roles.data.ts";

/**
 * Whether an action is one of a pattern's: `*` stands for any text, letter case does not matter. Patterns come from callers, so
 * the time it takes grows with their length alone.
 */
export function matchesAction(pattern: string, action: string): boolean {
  if (pattern === "*") return true;
  const text = action.toLowerCase();
  const [first = "", ...others] = pattern.toLowerCase().split("*");
  const last = others.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of others) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return text.endsWith(last) && text.length - last.length >= at;
}

/**
 * Whether one of the permissions allows an action. What one excludes another may still allow.
 * Source: learn.microsoft.com/azure/role-based-access-control/role-definitions, "NotActions".
 */
export function allows(permissions: readonly Pick<Permission, "actions" | "notActions">[], action: string): boolean {
  return permissions.some(
    ({ actions, notActions }) =>
      actions.some((pattern) => matchesAction(pattern, action)) && !notActions.some((pattern) => matchesAction(pattern, action)),
  );
}

/** Whether a scope is another one or holds it. */
export function holds(scope: string, other: string): boolean {
  const [outer, inner] = [scope.toLowerCase().replace(/\/+$/, ""), other.toLowerCase().replace(/\/+$/, "")];
  return outer === "" || inner === outer || inner.startsWith(`${outer}/`);
}
