import { readFileSync } from "node:fs";
import { parse } from "yaml";

/** Differences that may be: of calls and paths that match, or of any where one is left out. */
export interface Allowed {
  readonly calls: RegExp;
  readonly path: RegExp;
}

interface Entry {
  readonly calls?: string;
  readonly path?: string;
  readonly reason: string;
}

/** Reads `allowed.yaml`. @throws {Error} for an entry without a reason. */
export function readAllowed(path: string): readonly Allowed[] {
  return (parse(readFileSync(path, "utf8")) as readonly Entry[]).map(({ calls = "", path: at = "", reason }) => {
    if (!reason) throw new Error(`${path}: a difference is allowed without a reason`);
    return { calls: new RegExp(calls), path: new RegExp(at) };
  });
}

/** Whether a difference is one of those that may be. */
export function isAllowed(allowed: readonly Allowed[], { call, path }: { readonly call: string; readonly path: string }): boolean {
  return allowed.some((each) => each.calls.test(call) && each.path.test(path));
}
