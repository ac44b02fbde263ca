import { type ServerSubscription, StartError } from "#api/server";
import type { DataDirectory } from "./data-directory.ts";

/** The subscriptions that were added to the default one; a file that its owner may edit while no server runs. */
export const SUBSCRIPTIONS_FILE = "subscriptions.json";
const DEFAULT_NAME = "Lido";
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Characters of a name at most. Source: learn.microsoft.com/azure/cost-management-billing, subscription names. */
const MAX_NAME_LENGTH = 64;

/**
 * The default subscription and those that were added, by `--subscription` now or before, or in the file. What is added stays,
 * so that no state is left without its subscription.
 * @throws {StartError} for a subscription that cannot be, and for a file that does not hold a list of them.
 */
export function loadSubscriptions(
  directory: DataDirectory,
  { defaultId, added }: { readonly defaultId: string; readonly added: readonly ServerSubscription[] },
): readonly ServerSubscription[] {
  const text = directory.read(SUBSCRIPTIONS_FILE);
  const stored = text === undefined ? [] : parse(text);
  const byId = new Map<string, ServerSubscription>([[defaultId.toLowerCase(), { id: defaultId, name: DEFAULT_NAME }]]);
  for (const subscription of [...stored, ...added]) byId.set(subscription.id.toLowerCase(), checked(subscription));
  if (added.length > 0) directory.write(SUBSCRIPTIONS_FILE, `${JSON.stringify([...byId.values()], undefined, 2)}\n`);
  return [...byId.values()];
}

function parse(text: string): readonly ServerSubscription[] {
  const refuse = (reason: string): never => {
    throw new StartError(`${SUBSCRIPTIONS_FILE} in the data directory is to hold [{"id": "…", "name": "…"}]: ${reason}.`);
  };
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value)
      ? value.map((item) => asSubscription(item) ?? refuse("an entry is not of that form"))
      : refuse("it is no list");
  } catch (error) {
    if (error instanceof SyntaxError) return refuse(error.message);
    throw error;
  }
}

function asSubscription(item: unknown): ServerSubscription | undefined {
  const { id, name } = (item ?? {}) as { readonly id?: unknown; readonly name?: unknown };
  return typeof id === "string" && typeof name === "string" ? { id, name } : undefined;
}

function checked({ id, name }: ServerSubscription): ServerSubscription {
  if (!GUID.test(id)) throw new StartError(`A subscription is named by a GUID, not "${id}".`);
  if (name === "" || name.length > MAX_NAME_LENGTH)
    throw new StartError(`The name of a subscription has 1 to ${MAX_NAME_LENGTH} characters.`);
  return { id: id.toLowerCase(), name };
}
