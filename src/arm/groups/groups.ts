import type { Clock } from "#lib";
import { type Document, type Documents, openDocuments, type Store } from "#store";
import { armErrors } from "../errors.ts";
import { sameName } from "../ids.ts";

/** A resource group as it is stored. */
export interface Group {
  readonly subscriptionId: string;
  /** Letter case of its first PUT. */
  readonly name: string;
  /** Normal form: `eastus`. */
  readonly location: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** Full id of the resource that made the group and will remove it. */
  readonly managedBy?: string;
  readonly provisioningState: "Succeeded" | "Deleting";
}

/** Groups in a subscription at most. Source: learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits. */
export const MAX_GROUPS = 980;

/** Every resource group of the store. */
export interface Groups {
  readonly documents: Documents<Group>;
  find(subscriptionId: string, name: string): Group | undefined;
  /** @throws {ArmError} ResourceGroupNotFound. */
  require(subscriptionId: string, name: string): Group;
  /** In order of name. */
  list(subscriptionId: string): readonly Group[];
  /** Groups that resources of this group manage. */
  managedFrom(group: Group): readonly Group[];
  /** Creates or replaces; the location of a group never changes. @throws {ArmError} for a group that is being deleted, elsewhere, or one too many. */
  put(wanted: Omit<Group, "provisioningState">): Promise<{ readonly group: Group; readonly created: boolean }>;
  /** Changes a group that is not being deleted. */
  update(subscriptionId: string, name: string, change: (group: Group) => Group): Promise<Group>;
  remove(subscriptionId: string, name: string): Promise<void>;
  close(): void;
}

/** Opens the groups that the store holds. */
export async function openGroups({ store }: { readonly store: Store; readonly clock: Clock }): Promise<Groups> {
  const documents = await openDocuments<Group>(store, "/arm/groups/");
  const get = (subscriptionId: string, name: string): Document<Group> | undefined => documents.get(groupKey(subscriptionId, name));
  const list = (subscriptionId: string): readonly Group[] => documents.list(`${subscriptionId.toLowerCase()}/`).map(({ value }) => value);

  function require(subscriptionId: string, name: string): Group {
    const group = get(subscriptionId, name)?.value;
    if (group === undefined) throw armErrors.groupNotFound(name);
    return group;
  }

  async function create(wanted: Omit<Group, "provisioningState">): Promise<Group | undefined> {
    const { subscriptionId, name } = wanted;
    if (wanted.managedBy === undefined && list(subscriptionId).length >= MAX_GROUPS) throw armErrors.groupQuota(name, MAX_GROUPS);
    const group: Group = { ...wanted, provisioningState: "Succeeded" };
    const id = groupKey(subscriptionId, name);
    const { succeeded } = await store.transact([documents.unchanged(id, undefined)], [documents.put(id, group)]);
    return succeeded ? group : undefined;
  }

  async function update(subscriptionId: string, name: string, change: (group: Group) => Group): Promise<Group> {
    const document = await documents.update(groupKey(subscriptionId, name), (group) => {
      if (group.provisioningState === "Deleting") throw armErrors.groupBeingDeleted(group.name);
      return change(group);
    });
    if (document === undefined) throw armErrors.groupNotFound(name);
    return document.value;
  }

  return {
    documents,
    find: (subscriptionId, name) => get(subscriptionId, name)?.value,
    require,
    list,
    managedFrom: ({ subscriptionId, name }) => {
      const prefix = `${groupId(subscriptionId, name)}/`.toLowerCase();
      return list(subscriptionId).filter(({ managedBy }) => managedBy?.toLowerCase().startsWith(prefix) ?? false);
    },
    async put(wanted) {
      const { subscriptionId, name, location, tags, managedBy } = wanted;
      const present = get(subscriptionId, name)?.value;
      const created = present === undefined ? await create(wanted) : undefined;
      if (created !== undefined) return { group: created, created: true };
      const group = await update(subscriptionId, name, (stored) => {
        if (!sameName(stored.location, location)) throw armErrors.groupLocation(location, stored.location);
        const { tags: _replaced, ...rest } = stored;
        return { ...rest, ...(tags === undefined ? {} : { tags }), ...(managedBy === undefined ? {} : { managedBy }) };
      });
      return { group, created: false };
    },
    update,
    async remove(subscriptionId, name) {
      await store.transact([], [documents.remove(groupKey(subscriptionId, name))]);
    },
    close: () => documents.close(),
  };
}

/** Key of a group's document: both parts in lower case. */
export function groupKey(subscriptionId: string, name: string): string {
  return `${subscriptionId}/${name}`.toLowerCase();
}

/** `/subscriptions/{id}/resourceGroups/{name}`. */
export function groupId(subscriptionId: string, name: string): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${name}`;
}
