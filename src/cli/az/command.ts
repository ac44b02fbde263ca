import type { AzContext } from "./client.ts";
import { AzError, type AzArgs, type AzOption } from "./grammar.ts";
import type { Row } from "./table.ts";

/** One command of az: its words, its options, what it does and, where it has one, its table. */
export interface AzCommand {
  /** `aks nodepool add`. */
  readonly words: string;
  readonly summary: string;
  readonly options: readonly AzOption[];
  /** Resolves with what is printed; undefined for nothing. */
  run(context: AzContext, args: AzArgs): Promise<unknown>;
  table?(result: unknown): readonly Row[];
}

/** A text option, by its names. */
export const text = (...names: string[]): AzOption => ({ names, kind: "text" });
/** A text option that must be given. */
export const required = (...names: string[]): AzOption => ({ names, kind: "text", isRequired: true });
export const number = (...names: string[]): AzOption => ({ names, kind: "number" });
export const flag = (...names: string[]): AzOption => ({ names, kind: "flag" });
export const words = (...names: string[]): AzOption => ({ names, kind: "words" });

export const RESOURCE_GROUP = required("--resource-group", "-g");
export const NO_WAIT = flag("--no-wait");
export const YES = flag("--yes", "-y");

/** `a=b c` as az reads it: a word without `=` has an empty value. */
export function keyValues(pairs: readonly string[] | undefined): Record<string, string> | undefined {
  if (pairs === undefined) return undefined;
  return Object.fromEntries(
    pairs
      .filter((pair) => pair !== "")
      .map((pair) => {
        const at = pair.indexOf("=");
        return at === -1 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
      }),
  );
}

/**
 * Asks before something that cannot be undone. @throws {AzError} 1 when the user says no or cannot be asked.
 * Source: azure-cli core/commands/__init__.py, user_confirmed_handler.
 */
export async function confirm(
  { terminal }: AzContext,
  args: AzArgs,
  question = "Are you sure you want to perform this operation?",
): Promise<void> {
  if (args.flag("yes")) return;
  if (!terminal.canAsk) throw new AzError("Unable to prompt for confirmation as no tty available. Use --yes.");
  const answer = await terminal.ask(`${question} (y/n): `);
  if (!/^y(es)?$/i.test(answer.trim())) throw new AzError("Operation cancelled.");
}

/**
 * A resource as az prints it: `properties` folded into the top, and the group that its id names.
 * Source: azure-mgmt models flatten `properties`; azure-cli adds `resourceGroup` from the id.
 */
export function flattened(resource: unknown, attributes: readonly string[] = []): Record<string, unknown> {
  const { properties = {}, ...envelope } = resource as { properties?: Record<string, unknown>; id?: string; [member: string]: unknown };
  const { type: kindOfPool, ...rest } = properties;
  const absent = Object.fromEntries(attributes.map((attribute) => [attribute, null]));
  const named = kindOfPool === undefined ? {} : { typePropertiesType: kindOfPool };
  return { ...absent, ...rest, ...named, ...envelope, ...groupOf(envelope.id) };
}

/** az adds `resourceGroup` to whatever carries an id. */
export function withGroup(resource: unknown): Record<string, unknown> {
  const object = resource as Record<string, unknown> & { id?: string };
  return { ...object, ...groupOf(object.id) };
}

function groupOf(id: string | undefined): { resourceGroup?: string } {
  const group = /\/resourcegroups\/([^/]+)\/providers\//i.exec(id ?? "")?.[1];
  return group === undefined ? {} : { resourceGroup: group };
}

/** Members that were given. */
export function optional(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
