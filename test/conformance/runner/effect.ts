import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { agentPoolFields } from "#api/containerservice/agent-pool-fields";
import { type Field, isKnown, type WireType } from "#api/containerservice/field";

const API_VERSION = "2026-04-01";
const SOURCE = join(import.meta.dirname, "../../../src");
/** The wire's tables, the rules and the clients name every member; only what reads one elsewhere does something with it. */
const NAMES_ALL = [join(SOURCE, "api"), join(SOURCE, "aks/agentpools/rules"), join(SOURCE, "cli")];

/**
 * Whether something is done with a member of an agent pool's properties besides keeping it and checking it: whether a file of
 * the source outside of {@link NAMES_ALL} names it (and, for a member of a member, what it belongs to).
 */
export function effectOf(path: string): "some" | "none" {
  const names = path.split(".");
  if (!isOnWire(names)) return "none";
  const [leaf = "", parent] = names.toReversed();
  const wanted = parent === undefined ? [leaf] : [leaf, parent];
  return sources().some((words) => wanted.every((name) => words.has(name))) ? "some" : "none";
}

function isOnWire(names: readonly string[]): boolean {
  let fields: readonly Field[] | undefined = agentPoolFields;
  return names.every((name) => {
    const field: Field | undefined = fields?.find((one) => one.name === name);
    if (field === undefined || !isKnown(field, API_VERSION)) return false;
    fields = fieldsOf(field.type);
    return true;
  });
}

function fieldsOf(type: WireType): readonly Field[] | undefined {
  if (type.kind === "list" || type.kind === "map") return fieldsOf(type.of);
  return type.kind === "object" ? type.fields : undefined;
}

let read: readonly ReadonlySet<string>[] | undefined;

/** The words of each file. */
function sources(): readonly ReadonlySet<string>[] {
  read ??= readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
    .map((file) => join(SOURCE, file))
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && !NAMES_ALL.some((folder) => file.startsWith(folder)))
    .map((file) => new Set(readFileSync(file, "utf8").match(/\w+/g)));
  return read;
}
