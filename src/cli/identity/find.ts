import type { ApplicationEntry, IdentitiesDocument, IdentitiesFile, IdentityKind, ManagedIdentityEntry, UserEntry } from "#api/identities";
import { CliError } from "../errors.ts";

type Entry = ApplicationEntry | UserEntry | ManagedIdentityEntry;

interface Found {
  readonly kind: IdentityKind;
  readonly index: number;
  readonly entry: Entry;
  /** How people call it. */
  readonly name: string;
  readonly id: string;
}

const KINDS: Readonly<Record<IdentityKind, string>> = { applications: "app", users: "user", managedIdentities: "managed-identity" };

/** `lido identity list`. */
export function listIdentities(file: IdentitiesFile): number {
  const all = everyone(file.read());
  if (all.length === 0) process.stdout.write(`Nobody but the installation's own identity may sign in; ${file.path} is empty or absent.\n`);
  const width = Math.max(...all.map(({ name }) => name.length), 0);
  for (const { kind, name, id, entry } of all) {
    const roles = (entry.roles ?? []).map(({ role, scope }) => (scope === undefined ? role : `${role} at ${scope}`)).join(", ");
    process.stdout.write(`${KINDS[kind].padEnd(16)}  ${name.padEnd(width)}  ${id}${roles === "" ? "" : `  ${roles}`}\n`);
  }
  return 0;
}

/** `lido identity show`: the entry without its secrets. */
export function showIdentity(file: IdentitiesFile, name: string): number {
  const { kind, entry } = find(file, name);
  const shown = JSON.stringify({ kind: KINDS[kind], ...entry }, (key, value: unknown) => (SECRET_MEMBERS.has(key) ? "<hidden>" : value), 2);
  process.stdout.write(`${shown}\n`);
  return 0;
}

const SECRET_MEMBERS: ReadonlySet<string> = new Set(["value", "hash", "password", "passwordHash"]);

/** `lido identity remove`. */
export function removeIdentity(file: IdentitiesFile, name: string): number {
  const { kind, index, name: found } = find(file, name);
  file.remove(kind, index);
  process.stdout.write(`Removed ${KINDS[kind]} ${found}.\n`);
  return 0;
}

/** @throws {CliError} when there is none, or more than one. */
function find(file: IdentitiesFile, name: string): Found {
  const wanted = name.toLowerCase();
  const found = everyone(file.read()).filter((one) => one.name.toLowerCase() === wanted || one.id.toLowerCase() === wanted);
  const [first] = found;
  if (first === undefined) throw new CliError(`${file.path} has no identity "${name}".`, 3);
  if (found.length > 1)
    throw new CliError(
      `${file.path} has ${found.length} identities "${name}"; say which by its id: ${found.map(({ id }) => id).join(", ")}.`,
      2,
    );
  return first;
}

function everyone({ applications = [], users = [], managedIdentities = [] }: IdentitiesDocument): readonly Found[] {
  return [
    ...applications.map((entry, index) => ({
      kind: "applications" as const,
      index,
      entry,
      name: entry.displayName ?? entry.clientId,
      id: entry.clientId,
    })),
    ...users.map((entry, index) => ({ kind: "users" as const, index, entry, name: entry.userPrincipalName, id: entry.objectId ?? "" })),
    ...managedIdentities.map((entry, index) => ({
      kind: "managedIdentities" as const,
      index,
      entry,
      name: entry.name,
      id: entry.clientId ?? "",
    })),
  ];
}
