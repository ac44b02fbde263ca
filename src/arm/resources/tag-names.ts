import { openDocuments, type Store } from "#store";
import type { Call, Handler } from "../door/call.ts";
import { armErrors } from "../errors.ts";
import type { Groups } from "../groups/groups.ts";
import { MAX_TAG_NAME_LENGTH, MAX_TAG_VALUE_LENGTH, type Tags } from "../groups/validate.ts";
import { sameName } from "../ids.ts";
import type { ResourceProvider } from "../provider.ts";
import { pageOf } from "../query.ts";

/** A tag's name that was made before anything has it, with the values that are offered for it. */
interface StoredName {
  readonly name: string;
  readonly values: readonly string[];
}

/** Values offered for one name at most: a bound of its own. */
const MAX_VALUES = 1000;

/** Names made in one subscription at most. Source: tag-resources, limits: 80,000 names and values used; a bound of its own for unused ones. */
const MAX_NAMES = 10_000;

/** Answers `/subscriptions/{id}/tagNames…`: the names that were made, and those that groups and resources have. */
export interface TagNameHandlers {
  readonly list: Handler;
  readonly putName: Handler;
  readonly removeName: Handler;
  readonly putValue: Handler;
  readonly removeValue: Handler;
  close(): void;
}

/** Source: Azure/azure-rest-api-specs Microsoft.Resources resources.json, Tags_List, Tags_CreateOrUpdate and others. */
export async function openTagNames(options: {
  readonly store: Store;
  readonly groups: Groups;
  readonly providers: () => readonly ResourceProvider[];
}): Promise<TagNameHandlers> {
  const { store } = options;
  const documents = await openDocuments<StoredName>(store, "/arm/tag-names/");
  const keyOf = (call: Call): string => `${call.params.subscriptionId}/${call.params.name}`.toLowerCase();
  const save = (call: Call, stored: StoredName): Promise<unknown> => store.transact([], [documents.put(keyOf(call), stored)]);

  return {
    async list(call) {
      const subscriptionId = call.params.subscriptionId ?? "";
      const used = tagsInUse(subscriptionId, options);
      const made = documents.list(`${subscriptionId.toLowerCase()}/`).map(({ value }) => value);
      return { status: 200, body: pageOf(call, merge(made, used), (stored) => nameView(subscriptionId, stored, used)) };
    },
    async putName(call) {
      const present = documents.get(keyOf(call))?.value;
      const name = checked(call.params.name, MAX_TAG_NAME_LENGTH, "name");
      const count = documents.list(`${call.params.subscriptionId}/`.toLowerCase()).length;
      if (present === undefined && count >= MAX_NAMES)
        throw armErrors.tags("The subscription has the most names of tags that it can have.");
      if (present === undefined) await save(call, { name, values: [] });
      const used = tagsInUse(call.params.subscriptionId ?? "", options);
      return {
        status: present === undefined ? 201 : 200,
        body: nameView(call.params.subscriptionId ?? "", present ?? { name, values: [] }, used),
      };
    },
    async removeName(call) {
      const present = documents.get(keyOf(call))?.value;
      if (present === undefined) return { status: 204 };
      const isUsed = tagsInUse(call.params.subscriptionId ?? "", options).some(([name]) => sameName(name, present.name));
      if (isUsed || present.values.length > 0) throw armErrors.tagInUse(present.name);
      await store.transact([], [documents.remove(keyOf(call))]);
      return { status: 200 };
    },
    async putValue(call) {
      const present = documents.get(keyOf(call))?.value;
      if (present === undefined) throw armErrors.tagNotFound(call.params.name ?? "");
      const value = checked(call.params.value, MAX_TAG_VALUE_LENGTH, "value");
      const isNew = !present.values.includes(value);
      if (isNew && present.values.length >= MAX_VALUES)
        throw armErrors.tags(`The tag '${present.name}' has the most values that it can have.`);
      if (isNew) await save(call, { ...present, values: [...present.values, value] });
      const used = tagsInUse(call.params.subscriptionId ?? "", options);
      return { status: isNew ? 201 : 200, body: valueView(call.params.subscriptionId ?? "", [present.name, value], used) };
    },
    async removeValue(call) {
      const present = documents.get(keyOf(call))?.value;
      const value = call.params.value ?? "";
      if (present === undefined || !present.values.includes(value)) return { status: 204 };
      await save(call, { ...present, values: present.values.filter((other) => other !== value) });
      return { status: 200 };
    },
    close: () => documents.close(),
  };
}

type Used = readonly (readonly [name: string, value: string])[];

function tagsInUse(
  subscriptionId: string,
  { groups, providers }: { readonly groups: Groups; readonly providers: () => readonly ResourceProvider[] },
): Used {
  const entries = (tags: Tags = {}): Used => Object.entries(tags);
  return groups.list(subscriptionId).flatMap((group) => [
    ...entries(group.tags),
    ...providers()
      .flatMap((provider) => provider.resources({ subscriptionId, resourceGroup: group.name }))
      .flatMap(({ tags }) => entries(tags)),
  ]);
}

function merge(made: readonly StoredName[], used: Used): readonly StoredName[] {
  const all = new Map(made.map((stored) => [stored.name.toLowerCase(), stored]));
  for (const [name, value] of used) {
    const present = all.get(name.toLowerCase()) ?? { name, values: [] };
    if (!present.values.includes(value)) all.set(name.toLowerCase(), { ...present, values: [...present.values, value] });
  }
  return [...all.values()].sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));
}

function checked(text: string | undefined, limit: number, what: string): string {
  if (text !== undefined && text !== "" && text.length <= limit) return text;
  throw armErrors.tags(`The ${what} of a tag has 1 to ${limit} characters.`);
}

function nameView(subscriptionId: string, { name, values }: StoredName, used: Used): Record<string, unknown> {
  return {
    id: `/subscriptions/${subscriptionId}/tagNames/${name}`,
    tagName: name,
    count: { type: "Total", value: used.filter(([other]) => sameName(other, name)).length },
    values: values.map((value) => valueView(subscriptionId, [name, value], used)),
  };
}

function valueView(subscriptionId: string, [name, value]: readonly [string, string], used: Used): Record<string, unknown> {
  return {
    id: `/subscriptions/${subscriptionId}/tagNames/${name}/tagValues/${value}`,
    tagValue: value,
    count: { type: "Total", value: used.filter(([other, present]) => sameName(other, name) && present === value).length },
  };
}
