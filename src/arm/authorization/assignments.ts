import { type Documents, openDocuments, type Store } from "#store";
import { guidOf, sameName } from "../ids.ts";
import type { Directory } from "../identity/directory/model.ts";
import { BUILT_IN_ROLES } from "./built-in-roles.data.ts";
import { authorizationErrors } from "./errors.ts";
import { holds } from "./permissions.ts";

export const PRINCIPAL_TYPES = ["User", "Group", "ServicePrincipal", "ForeignGroup", "Device", "Unknown"] as const;
export type PrincipalType = (typeof PRINCIPAL_TYPES)[number];

/** A role that a principal has at a scope and below. */
export interface Assignment {
  /** GUID. */
  readonly name: string;
  /** In the letter case of its PUT. */
  readonly scope: string;
  /** GUID. */
  readonly role: string;
  readonly principalId: string;
  readonly principalType: PrincipalType;
  readonly description?: string;
  readonly createdMs: number;
  readonly updatedMs: number;
  readonly createdBy: string;
}

/** What the store holds: an assignment, or that one of the file of identities has been deleted. */
type Stored = Assignment | { readonly deleted: true };

/** Assignments in the tenant at most. Source: azure-subscription-service-limits, "Azure RBAC limits". */
const MAX_ASSIGNMENTS = 4_000;

/** Who has which role where. */
export interface Assignments {
  find(name: string): Assignment | undefined;
  list(): readonly Assignment[];
  /** Keeps an assignment. @throws {ArmError} RoleAssignmentExists, RoleAssignmentUpdateNotPermitted, RoleAssignmentLimitExceeded. */
  put(assignment: Assignment): Promise<{ readonly assignment: Assignment; readonly created: boolean }>;
  remove(name: string): Promise<void>;
  /** Forgets those of what is gone. */
  removeBelow(scope: string): Promise<void>;
  close(): void;
}

/** Opens the assignments that the store holds, beside those that the file of identities says. */
export async function openAssignments(options: {
  readonly store: Store;
  readonly directory: () => Directory;
  readonly subscriptions: readonly { readonly id: string }[];
}): Promise<Assignments> {
  const { store, directory, subscriptions } = options;
  const documents: Documents<Stored> = await openDocuments(store, "/arm/authorization/assignments/");
  const given = remembering((known: Directory) => givenIn(known, subscriptions));
  const stored = (): readonly Assignment[] => documents.list().flatMap(({ value }) => ("deleted" in value ? [] : value));
  const list = (): readonly Assignment[] => [...given(directory()).filter(({ name }) => documents.get(name) === undefined), ...stored()];
  const find = (name: string): Assignment | undefined => list().find((assignment) => sameName(assignment.name, name));
  return {
    find,
    list,
    async put(assignment) {
      const name = assignment.name.toLowerCase();
      const present = find(name);
      if (present !== undefined && !isSame(present, assignment)) throw authorizationErrors.assignmentChange();
      const other = list().find((candidate) => candidate.name !== name && isSame(candidate, assignment));
      if (other !== undefined) throw authorizationErrors.assignmentExists(other.name);
      if (present === undefined && stored().length >= MAX_ASSIGNMENTS) throw authorizationErrors.tooManyAssignments();
      const next = present === undefined ? assignment : { ...assignment, createdMs: present.createdMs, createdBy: present.createdBy };
      await store.transact([], [documents.put(name, next)]);
      return { assignment: next, created: present === undefined };
    },
    async remove(name) {
      const isGiven = given(directory()).some((assignment) => sameName(assignment.name, name));
      const id = name.toLowerCase();
      await store.transact([], [isGiven ? documents.put(id, { deleted: true }) : documents.remove(id)]);
    },
    async removeBelow(scope) {
      for (const { name } of stored().filter((assignment) => holds(scope, assignment.scope)))
        await store.transact([], [documents.remove(name)]);
    },
    close: () => documents.close(),
  };
}

function isSame(a: Assignment, b: Assignment): boolean {
  return sameName(a.scope, b.scope) && sameName(a.role, b.role) && sameName(a.principalId, b.principalId);
}

/** The file's roles as assignments whose names do not change while the file says the same. */
function givenIn(
  { applications, users, managedIdentities }: Directory,
  subscriptions: readonly { readonly id: string }[],
): readonly Assignment[] {
  const everywhere = subscriptions.map(({ id }) => `/subscriptions/${id}`);
  const all = [
    ...applications.map((identity) => ({ identity, principalType: "ServicePrincipal" as const })),
    ...users.map((identity) => ({ identity, principalType: "User" as const })),
    ...managedIdentities.map((identity) => ({ identity, principalType: "ServicePrincipal" as const })),
  ];
  const assignments = all.flatMap(({ identity: { objectId: principalId, roles }, principalType }) =>
    roles.flatMap(({ role, scope }) =>
      (scope === undefined ? everywhere : [scope]).map((at): Assignment => {
        const name = guidOf(`${principalId}/${role}/${at}`.toLowerCase());
        return { name, scope: at, role: roleId(role), principalId, principalType, createdMs: 0, updatedMs: 0, createdBy: principalId };
      }),
    ),
  );
  return [...new Map(assignments.map((assignment) => [assignment.name, assignment])).values()];
}

/** The GUID of a role by its name or GUID. */
function roleId(role: string): string {
  return BUILT_IN_ROLES.find(({ roleName }) => sameName(roleName, role))?.name ?? role.toLowerCase();
}

/** A function that works again only when its argument is another one. */
function remembering<In, Out>(work: (value: In) => Out): (value: In) => Out {
  let last: { readonly value: In; readonly result: Out } | undefined;
  return (value) => {
    if (last?.value !== value) last = { value, result: work(value) };
    return last.result;
  };
}
