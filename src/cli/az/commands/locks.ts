import type { AzContext } from "../client.ts";
import { type AzCommand, flattened, keyValues, required, text, words } from "../command.ts";
import { type AzArgs, AzError } from "../grammar.ts";

/** What az 2.45 speaks. Source: azure-cli core/profiles/_shared.py, RESOURCE_LOCKS and RESOURCE_RESOURCES. */
const LOCKS = "2016-09-01";
const TAGS = "2021-04-01";

const LOCK_TYPE = { ...required("--lock-type", "-t"), choices: ["CanNotDelete", "ReadOnly"] };
const SCOPE = [text("--resource-group", "-g"), text("--resource-name", "--resource"), text("--resource-type"), text("--namespace")];
const ATTRIBUTES = ["notes", "owners"];

/** Where a lock is, after `/subscriptions/{id}`. @throws {AzError} 2 for a resource without what names it. */
function scopeOf({ subscriptionId }: AzContext, args: AzArgs): string {
  const [group, resource, type] = [args.text("resource-group"), args.text("resource-name"), args.text("resource-type")];
  if (resource === undefined) return group === undefined ? "" : `/resourceGroups/${group}`;
  const prefix = `/subscriptions/${subscriptionId}`;
  if (resource.toLowerCase().startsWith(`${prefix}/`.toLowerCase())) return resource.slice(prefix.length);
  if (group === undefined || type === undefined) {
    throw new AzError("a resource is named by its id, or by --resource-group, --resource-type and --resource-name", 2);
  }
  const fullType = args.text("namespace") === undefined ? type : `${args.text("namespace")}/${type}`;
  return `/resourceGroups/${group}/providers/${fullType}/${resource}`;
}

const pathOf = (context: AzContext, args: AzArgs): string =>
  `${scopeOf(context, args)}/providers/Microsoft.Authorization/locks/${encodeURIComponent(args.required("name"))}`;

/** `az lock …`. Source: azure-cli resource module. */
export const lockCommands: readonly AzCommand[] = [
  {
    words: "lock create",
    summary: "Create a lock.",
    options: [required("--name", "-n"), LOCK_TYPE, text("--notes"), ...SCOPE],
    async run(context, args) {
      const notes = args.text("notes");
      const properties = { level: args.required("lock-type"), ...(notes === undefined ? {} : { notes }) };
      return flattened((await context.call("PUT", pathOf(context, args), LOCKS, { properties })).body, ATTRIBUTES);
    },
  },
  {
    words: "lock show",
    summary: "Show a lock.",
    options: [required("--name", "-n"), ...SCOPE],
    run: async (context, args) => flattened((await context.call("GET", pathOf(context, args), LOCKS)).body, ATTRIBUTES),
  },
  {
    words: "lock list",
    summary: "List locks.",
    options: SCOPE,
    async run(context, args) {
      const { body } = await context.call("GET", `${scopeOf(context, args)}/providers/Microsoft.Authorization/locks`, LOCKS);
      return (body as { readonly value: readonly unknown[] }).value.map((lock) => flattened(lock, ATTRIBUTES));
    },
    table: (locks) =>
      (locks as Record<string, unknown>[]).map(({ level, name, notes, resourceGroup }) => ({
        Level: level,
        Name: name,
        ...(notes === null ? {} : { Notes: notes }),
        ...(resourceGroup === undefined ? {} : { ResourceGroup: resourceGroup }),
      })),
  },
  {
    words: "lock delete",
    summary: "Delete a lock.",
    options: [required("--name", "-n"), ...SCOPE],
    async run(context, args) {
      await context.call("DELETE", pathOf(context, args), LOCKS);
    },
  },
];

/** The path of the tags of a resource, a group or the subscription itself. @throws {AzError} 2 for an id of elsewhere. */
function tagsPath({ subscriptionId }: AzContext, args: AzArgs): string {
  const prefix = `/subscriptions/${subscriptionId}`;
  const id = args.required("resource-id");
  if (!id.toLowerCase().startsWith(prefix.toLowerCase()))
    throw new AzError(`the id is not in the subscription ${subscriptionId}: ${id}`, 2);
  return `${id.slice(prefix.length)}/providers/Microsoft.Resources/tags/default`;
}

const RESOURCE_ID = required("--resource-id");
const OPERATION = { ...required("--operation"), choices: ["Merge", "Replace", "Delete"] };

/** `az tag …` of a resource. Source: azure-cli resource module. */
export const tagCommands: readonly AzCommand[] = [
  {
    words: "tag list",
    summary: "List the tags of a resource.",
    options: [RESOURCE_ID],
    run: async (context, args) => (await context.call("GET", tagsPath(context, args), TAGS)).body,
  },
  {
    words: "tag create",
    summary: "Set all tags of a resource.",
    options: [RESOURCE_ID, words("--tags")],
    async run(context, args) {
      const properties = { tags: keyValues(args.words("tags")) ?? {} };
      return (await context.call("PUT", tagsPath(context, args), TAGS, { properties })).body;
    },
  },
  {
    words: "tag update",
    summary: "Change tags of a resource.",
    options: [RESOURCE_ID, OPERATION, words("--tags")],
    async run(context, args) {
      const body = { operation: args.required("operation"), properties: { tags: keyValues(args.words("tags")) ?? {} } };
      return (await context.call("PATCH", tagsPath(context, args), TAGS, body)).body;
    },
  },
  {
    words: "tag delete",
    summary: "Delete all tags of a resource.",
    options: [RESOURCE_ID],
    async run(context, args) {
      await context.call("DELETE", tagsPath(context, args), TAGS);
    },
  },
];
