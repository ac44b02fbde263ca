import { isStatus } from "#api/kubernetes/status";
import { type Arguments, PartsFailed } from "./flags.ts";
import { fillJsonPath } from "./json-path.ts";
import { jsonPathTemplate, outputForm, printObjects, valueOf } from "./output.ts";
import { kindText, pathOf, type Served, type Session } from "./session.ts";
import { type ApiTable, tableLines } from "./table.ts";
import { errorText, namespaceOf, objectsOf, selecting, type Target, targetsOf } from "./targets.ts";

/** `kubectl get`. Source: kubernetes/kubectl pkg/cmd/get/get.go. */
export async function get(session: Session, args: Arguments): Promise<void> {
  const template = jsonPathTemplate(args.text("--output"));
  const form = template === undefined ? outputForm(args.text("--output")) : "json";
  const targets = await targetsOf(session, args, args.positional);
  const reading: Reading = { args, failures: [] };
  if (form === "json" || form === "yaml") {
    const found = await each(reading, targets, (target) => objectsOf(session, args, target));
    const asList = targets.length > 1 || targets[0]?.name === undefined;
    const objects = found.flat();
    if (template !== undefined) session.print(fillJsonPath(template, valueOf(objects, asList)));
    else if (asList || objects.length > 0) session.say(printObjects(objects, form, asList));
  } else if (form === "name") {
    for (const target of targets) {
      const [objects = []] = await each(reading, [target], (one) => objectsOf(session, args, one));
      for (const { metadata } of objects) session.say(`${kindText(target.kind)}/${metadata.name}`);
    }
  } else {
    await printTables(session, reading, { targets, wide: form === "wide" });
  }
  for (const failure of reading.failures) session.say(failure);
  if (reading.failures.length > 0) throw new PartsFailed();
}

/** What could not be read is said after what could. */
interface Reading {
  readonly args: Arguments;
  readonly failures: string[];
}

/** What is named and absent is passed over when the caller asks for it. */
async function each<T>(
  { args, failures }: Reading,
  targets: readonly Target[],
  read: (target: Target) => Promise<T>,
): Promise<readonly T[]> {
  const results: T[] = [];
  for (const target of targets) {
    try {
      results.push(await read(target));
    } catch (error) {
      if (!args.flag("--ignore-not-found") || !isStatus(error, "NotFound")) failures.push(errorText(error));
    }
  }
  return results;
}

async function printTables(
  session: Session,
  reading: Reading,
  { targets, wide }: { readonly targets: readonly Target[]; readonly wide: boolean },
): Promise<void> {
  const { args } = reading;
  const groups = byKind(targets);
  const tables: { readonly kind: Served; readonly table: ApiTable }[] = [];
  for (const group of groups) {
    const table = joined(await each(reading, group, (target) => readTable(session, args, target)));
    const [first] = group;
    if (first !== undefined && table !== undefined && table.rows.length > 0) tables.push({ kind: first.kind, table });
  }
  if (tables.length === 0 && reading.failures.length === 0) return sayNothing(session, args, targets);
  for (const [index, { kind, table }] of tables.entries()) {
    if (index > 0) session.say("");
    const lines = tableLines(table, {
      wide,
      headers: !args.flag("--no-headers"),
      namespaces: args.flag("--all-namespaces") && kind.namespaced,
      labels: args.flag("--show-labels"),
      labelColumns: args.texts("--label-columns").flatMap((text) => text.split(",")),
      kind: groups.length > 1 || args.flag("--show-kind") ? kindText(kind) : undefined,
    });
    for (const line of lines) session.say(line);
  }
}

function readTable(session: Session, args: Arguments, target: Target): Promise<ApiTable> {
  const { kind, namespace, name } = target;
  const read = async (query: Record<string, string>): Promise<ApiTable> =>
    (await session.transport.call({ method: "GET", path: pathOf(kind, namespace, name), query, asTable: true })) as ApiTable;
  return name === undefined ? selecting(args, kind, read) : read({});
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
