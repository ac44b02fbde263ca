import type { Permission } from "./built-in-roles.data.ts";

/** Patterns whose expression is remembered at most. */
const MAX_REMEMBERED = 2_048;
const expressions = new Map<string, RegExp>();

/** Whether an action is one of a pattern's: `*` stands for any text, letter case does not matter. */
export function matchesAction(pattern: string, action: string): boolean {
  return pattern === "*" || expressionOf(pattern).test(action);
}

function expressionOf(pattern: string): RegExp {
  const known = expressions.get(pattern);
  if (known !== undefined) return known;
  const made = new RegExp(`^${pattern.split("*").map(escaped).join(".*")}$`, "i");
  if (expressions.size >= MAX_REMEMBERED) expressions.clear();
  expressions.set(pattern, made);
  return made;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.|?+()[\]{}]/g, String.raw`\$&`);
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
