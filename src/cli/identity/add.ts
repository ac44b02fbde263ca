import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import type {
  ApplicationEntry,
  FederatedEntry,
  IdentitiesFile,
  IdentityEntry,
  ManagedIdentityEntry,
  RoleEntry,
  SecretEntry,
  UserEntry,
} from "#api/identities";
import { systemRandom } from "#lib";
import { CliError } from "../errors.ts";

/** Options of the commands that add someone. */
export interface AddFlags {
  readonly clientId?: string;
  readonly secret?: string;
  readonly expires?: string;
  readonly certificate?: string;
  readonly federatedIssuer?: string;
  readonly federatedSubject?: string;
  readonly federatedAudience?: string;
  readonly federatedKeys?: string;
  readonly password?: string;
  readonly resourceId?: string;
  readonly role?: string;
  readonly scope?: string;
}

const SECRET_LENGTH = 40;
const SECRET_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789~._-";

/** Adds an application, or a credential or role to one that is there. Prints what `az ad sp create-for-rbac` prints. */
export async function addApplication(file: IdentitiesFile, name: string | undefined, flags: AddFlags): Promise<number> {
  const { applications = [] } = file.read();
  const index = applications.findIndex(
    ({ clientId, displayName }) =>
      same(clientId, flags.clientId) || (flags.clientId === undefined && displayName !== undefined && displayName === name),
  );
  const present = applications[index];
  const federated = federatedOf(flags, present?.federatedCredentials?.length ?? 0);
  const isProved = flags.certificate !== undefined || federated !== undefined || (present !== undefined && flags.role !== undefined);
  const password = flags.secret ?? (isProved ? undefined : newSecret());
  const secret = password === undefined ? undefined : await secretOf(file, password, flags.expires);
  const entry: ApplicationEntry = {
    clientId: present?.clientId ?? flags.clientId ?? randomUUID(),
    ...present,
    ...(name === undefined ? {} : { displayName: name }),
    ...more("secrets", present?.secrets, secret),
    ...more("certificates", present?.certificates, flags.certificate === undefined ? undefined : readText(flags.certificate)),
    ...more("federatedCredentials", present?.federatedCredentials, federated),
    ...roles(present, flags),
  };
  file.put("applications", index === -1 ? applications.length : index, entry);
  return print({
    appId: entry.clientId,
    displayName: entry.displayName ?? entry.clientId,
    ...(password === undefined ? {} : { password }),
    tenant: file.tenantId,
  });
}

/** Adds a user, or gives one another password or a further role. */
export async function addUser(file: IdentitiesFile, name: string, flags: AddFlags): Promise<number> {
  const { users = [] } = file.read();
  const index = users.findIndex(({ userPrincipalName }) => same(userPrincipalName, name));
  const present = users[index];
  const keeps = present !== undefined && flags.password === undefined && flags.role !== undefined;
  const password = keeps ? undefined : (flags.password ?? newSecret());
  const { password: _old, passwordHash, ...rest } = present ?? { userPrincipalName: name };
  const hash = password === undefined ? passwordHash : await file.hash(password);
  const entry: UserEntry = {
    ...rest,
    ...(hash === undefined ? (_old === undefined ? {} : { password: _old }) : { passwordHash: hash }),
    ...roles(present, flags),
  };
  file.put("users", index === -1 ? users.length : index, entry);
  return print({ userPrincipalName: entry.userPrincipalName, ...(password === undefined ? {} : { password }), tenant: file.tenantId });
}

/** Adds a user-assigned managed identity. */
export function addManagedIdentity(file: IdentitiesFile, name: string, flags: AddFlags): number {
  const { managedIdentities = [] } = file.read();
  const index = managedIdentities.findIndex((identity) => same(identity.name, name));
  const present = managedIdentities[index];
  const entry: ManagedIdentityEntry = {
    ...present,
    name,
    clientId: flags.clientId ?? present?.clientId ?? randomUUID(),
    ...(flags.resourceId === undefined ? {} : { resourceId: flags.resourceId }),
    ...roles(present, flags),
  };
  file.put("managedIdentities", index === -1 ? managedIdentities.length : index, entry);
  return print({ name, clientId: entry.clientId, tenant: file.tenantId });
}

function same(a: string, b: string | undefined): boolean {
  return b !== undefined && a.toLowerCase() === b.toLowerCase();
}

function newSecret(): string {
  return systemRandom.text(SECRET_LENGTH, SECRET_ALPHABET);
}

async function secretOf(file: IdentitiesFile, password: string, expires: string | undefined): Promise<SecretEntry> {
  return { hash: await file.hash(password), ...(expires === undefined ? {} : { expires }) };
}

function federatedOf(flags: AddFlags, count: number): FederatedEntry | undefined {
  const { federatedIssuer: issuer, federatedSubject: subject, federatedAudience, federatedKeys } = flags;
  if (issuer === undefined && subject === undefined && federatedKeys === undefined) return undefined;
  if (issuer === undefined || subject === undefined || federatedKeys === undefined) {
    throw new CliError("--federated-issuer, --federated-subject and --federated-keys go together.", 2);
  }
  const audiences = federatedAudience === undefined ? {} : { audiences: [federatedAudience] };
  return { name: `federated-${count + 1}`, issuer, subject, ...audiences, keys: readText(federatedKeys) };
}

function roles(present: IdentityEntry | undefined, { role, scope }: AddFlags): { readonly roles?: readonly RoleEntry[] } {
  if (role === undefined && scope !== undefined) throw new CliError("--scope goes with --role.", 2);
  return more("roles", present?.roles, role === undefined ? undefined : { role, ...(scope === undefined ? {} : { scope }) });
}

/** A list with one entry more; nothing when there is none to add. */
function more<Name extends string, Item>(
  name: Name,
  present: readonly Item[] | undefined,
  item: Item | undefined,
): Partial<Record<Name, readonly Item[]>> {
  if (item === undefined) return {};
  const list: Partial<Record<Name, readonly Item[]>> = {};
  list[name] = [...(present ?? []), item];
  return list;
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new CliError(`Cannot read ${path}: ${(error as Error).message}`, 2);
  }
}

function print(value: unknown): number {
  process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
  return 0;
}
