import { type Documents, openDocuments, type Store } from "#store";
import { armErrors } from "../errors.ts";
import type { Method } from "../provider.ts";

export const LOCK_LEVELS = ["NotSpecified", "CanNotDelete", "ReadOnly"] as const;
export type LockLevel = (typeof LOCK_LEVELS)[number];

/** A management lock as it is stored. */
export interface Lock {
  /** Full id of what is locked, in the letter case of its first PUT. */
  readonly scope: string;
  readonly name: string;
  readonly level: LockLevel;
  readonly notes?: string;
  readonly owners?: readonly { readonly applicationId: string }[];
}

/** Locks in one scope at most. Source: azure-subscription-service-limits, management locks per unique scope. */
export const MAX_LOCKS = 20;

/** The locks of every subscription. */
export interface Locks {
  find(scope: string, name: string): Lock | undefined;
  /** Locks at the scope and above it; with `below`, also those of what it holds. In order of id. */
  list(scope: string, options: { readonly below: boolean }): readonly Lock[];
  /** @throws {ArmError} TooManyLocks. */
  put(lock: Lock): Promise<{ readonly created: boolean }>;
  remove(scope: string, name: string): Promise<boolean>;
  /** Forgets the locks of what is gone. */
  removeBelow(scope: string): Promise<void>;
  /**
   * Refuses what a lock forbids: a deletion when the resource, what holds it or what it holds is locked; any other
   * change when the resource or what holds it is ReadOnly.
   * Unverified: POST under ReadOnly, which is refused as a write.
   * @throws {ArmError} ScopeLocked.
   */
  check(method: Method, id: string): void;
  close(): void;
}

/** Opens the locks that the store holds. */
export async function openLocks({ store }: { readonly store: Store }): Promise<Locks> {
  const documents = await openDocuments<Lock>(store, "/arm/locks/");
  const find = (scope: string, name: string): Lock | undefined => documents.get(keyOf(scope, name))?.value;

  return {
    find,
    list: (scope, { below }) => [...atOrAbove(documents, scope), ...(below ? under(documents, scope) : [])],
    async put(lock) {
      const key = keyOf(lock.scope, lock.name);
      const present = documents.get(key);
      const count = documents.list(keyOf(lock.scope, "")).length;
      if (present === undefined && count >= MAX_LOCKS) throw armErrors.tooManyLocks(lock.scope, MAX_LOCKS);
      await store.transact([], [documents.put(key, lock)]);
      return { created: present === undefined };
    },
    async remove(scope, name) {
      if (find(scope, name) === undefined) return false;
      await store.transact([], [documents.remove(keyOf(scope, name))]);
      return true;
    },
    async removeBelow(scope) {
      const gone = [...documents.list(keyOf(scope, "")).map(({ value }) => value), ...under(documents, scope)];
      const ops = gone.map((lock) => documents.remove(keyOf(lock.scope, lock.name)));
      if (ops.length > 0) await store.transact([], ops);
    },
    check(method, id) {
      if (method === "GET" || method === "HEAD") return;
      const isDelete = method === "DELETE";
      const above = atOrAbove(documents, id).filter(({ level }) => level === "ReadOnly" || (isDelete && level === "CanNotDelete"));
      const below = isDelete ? under(documents, id).filter(({ level }) => level !== "NotSpecified") : [];
      const scopes = [...new Set([...above, ...below].map(({ scope }) => scope))];
      if (scopes.length > 0) throw armErrors.scopeLocked(id, isDelete ? "delete" : "write", scopes);
    },
    close: () => documents.close(),
  };
}

/** A space ends the scope: no id holds one. */
function keyOf(scope: string, name: string): string {
  return `${scope} ${name}`.toLowerCase();
}

function atOrAbove(documents: Documents<Lock>, id: string): readonly Lock[] {
  const parts = id.split("/").slice(1);
  const scopes = parts.map((_, index) => `/${parts.slice(0, index + 1).join("/")}`);
  return scopes.flatMap((scope) => documents.list(keyOf(scope, "")).map(({ value }) => value));
}

function under(documents: Documents<Lock>, id: string): readonly Lock[] {
  return documents.list(`${id}/`.toLowerCase()).map(({ value }) => value);
}
