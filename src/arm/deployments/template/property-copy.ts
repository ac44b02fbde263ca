import type { Loop, Scope } from "./scope.ts";
import { isObject } from "./template-function.ts";

/** Turns of a copy loop at most. Source: learn.microsoft.com/azure/azure-resource-manager/templates/copy-resources, limits. */
export const MAX_COPIES = 800;

/** `copy: [{name, count, input}]` in an object: members whose value is the list that a loop makes. */
export interface PropertyCopy {
  readonly name: string;
  readonly count: unknown;
  readonly input: unknown;
}

/** Source: learn.microsoft.com/azure/azure-resource-manager/templates/copy-properties. */
export function isPropertyCopy(key: string, member: unknown): member is readonly PropertyCopy[] {
  return (
    key.toLowerCase() === "copy" &&
    Array.isArray(member) &&
    member.length > 0 &&
    member.every((loop) => isObject(loop) && typeof loop.name === "string" && "count" in loop && "input" in loop)
  );
}

/** The scope inside a turn of a loop. */
export function withLoop(scope: Scope, loop: Loop): Scope {
  return { ...scope, loops: [...(scope.loops ?? []), loop] };
}
