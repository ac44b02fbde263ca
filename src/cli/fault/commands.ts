import { FAULTS_PATH, type FaultList, type FaultRule } from "#api/faults";
import { asked, prettyJson } from "../ask.ts";
import { CliError } from "../errors.ts";
import { type FaultFlags, specOf } from "./spec.ts";
import { faultTable } from "./table.ts";

/** Digits of a rule's number in its id: people leave the zeros out. */
const ID_DIGITS = 8;

/** `lido fault add`: one rule more. */
export async function runFaultAdd(kind: string, flags: FaultFlags): Promise<number> {
  const spec = specOf(kind, flags);
  const rule = (await asked(flags.dataDir, (connection) => connection.arm("POST", FAULTS_PATH, spec))).body as FaultRule;
  process.stdout.write(flags.json ? prettyJson(rule) : faultTable([rule]));
  return 0;
}

/** `lido fault list`. */
export async function runFaultList({ dataDir, json: asJson }: Pick<FaultFlags, "dataDir" | "json">): Promise<number> {
  const { value } = (await asked(dataDir, (connection) => connection.arm("GET", FAULTS_PATH))).body as FaultList;
  process.stdout.write(asJson ? prettyJson(value) : value.length === 0 ? "Nothing goes wrong on purpose.\n" : faultTable(value));
  return 0;
}

/** `lido fault remove`: those with the ids, or all. */
export async function runFaultRemove(
  ids: readonly string[],
  { dataDir, all }: { readonly dataDir: string; readonly all?: true },
): Promise<number> {
  if ((ids.length === 0) === (all === undefined))
    throw new CliError("Name the faults to remove by their ids, or all of them with --all.", 2);
  const paths = all ? [FAULTS_PATH] : ids.map((id) => `${FAULTS_PATH}/${encodeURIComponent(id.padStart(ID_DIGITS, "0"))}`);
  for (const path of paths) await asked(dataDir, (connection) => connection.arm("DELETE", path));
  return 0;
}
