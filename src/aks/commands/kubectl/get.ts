import { isStatus } from "#api/kubernetes/status";
import type { Arguments } from "./flags.ts";
import { outputForm, printObjects } from "./output.ts";
import { kindText, pathOf, type Session } from "./session.ts";
import { type ApiTable, tableLines } from "./table.ts";
import { namespaceOf, objectsOf, selectorQuery, type Target, targetsOf } from "./targets.ts";

/** `kubectl get`. Source: kubernetes/kubectl pkg/cmd/get/get.go. */
export async function get(session: Session, args: Arguments): Promise<void> {
  const form = outputForm(args.text("--output"));
  const targets = await targetsOf(session, args, args.positional);
  if (form === "json" || form === "yaml") {
    const found = await each(args, targets, (target) => objectsOf(session, args, target));
    const asList = targets.length > 1 || targets[0]?.name === undefined;
    if (asList || found.length > 0) session.say(printObjects(found.flat(), form, asList));
    return;
  }
  if (form === "name") {
    for (const target of targets) {
      const [objects = []] = await each(args, [target], (one) => objectsOf(session, args, one));
      for (const { metadata } of objects) session.say(`${kindText(target.kind)}/${metadata.name}`);
    }
    return;
  }
  await printTables(session, args, { targets, wide: form === "wide" });
}

/** What is named and absent is passed over when the caller asks for it. */
async function each<T>(args: Arguments, targets: readonly Target[], read: (target: Target) => Promise<T>): Promise<readonly T[]> {
  const results: T[] = [];
  for (const target of targets) {
    try {
      results.push(await read(target));
    } catch (error) {
      if (!args.flag("--ignore-not-found") || !isStatus(error, "NotFound")) throw error;
    }
  }
  return results;
}

async function printTables(
  session: Session,
  args: Arguments,
  { targets, wide }: { readonly targets: readonly Target[]; readonly wide: boolean },
): Promise<void> {
  const groups = byKind(targets);
  const tables = await Promise.all(
    groups.map(async (group) => {
      const parts = await each(args, group, async ({ kind, namespace, name }) => {
        const query = name === undefined ? selectorQuery(args) : {};
        return (await session.transport.call({ method: "GET", path: pathOf(kind, namespace, name), query, asTable: true })) as ApiTable;
      });
      return { group, table: joined(parts) };
    }),
  );
  const shown = tables.filter(({ table }) => table !== undefined && table.rows.length > 0);
  if (shown.length === 0) return sayNothing(session, args, targets);
  shown.forEach(({ group, table }, index) => {
    const [first] = group;
    if (table === undefined || first === undefined) return;
    if (index > 0) session.say("");
    const lines = tableLines(table, {
      wide,
      headers: !args.flag("--no-headers"),
      namespaces: args.flag("--all-namespaces") && first.kind.namespaced,
      labels: args.flag("--show-labels"),
      labelColumns: args.texts("--label-columns").flatMap((text) => text.split(",")),
      kind: groups.length > 1 || args.flag("--show-kind") ? kindText(first.kind) : undefined,
    });
    for (const line of lines) session.say(line);
  });
}

/** Targets of one kind are one table. */
function byKind(targets: readonly Target[]): readonly (readonly Target[])[] {
  const groups = new Map<string, Target[]>();
  for (const target of targets) {
    const key = kindText(target.kind);
    groups.set(key, [...(groups.get(key) ?? []), target]);
  }
  return [...groups.values()];
}

function joined(tables: readonly ApiTable[]): ApiTable | undefined {
  const [first] = tables;
  return first === undefined ? undefined : { ...first, rows: tables.flatMap(({ rows }) => rows) };
}

function sayNothing(session: Session, args: Arguments, targets: readonly Target[]): void {
  if (args.flag("--ignore-not-found")) return;
  const isScoped = targets.some(({ namespace }) => namespace !== undefined);
  session.say(isScoped ? `No resources found in ${namespaceOf(args)} namespace.` : "No resources found");
}
