import type {
  ApplicationEntry,
  FederatedEntry,
  IdentitiesDocument,
  IdentityEntry,
  ManagedIdentityEntry,
  RoleEntry,
  UserEntry,
} from "#api/identities";
import { BUILT_IN_ROLES } from "../../authorization/built-in-roles.data.ts";
import { guidOf, isGuid, sameName } from "../../ids.ts";
import { IdentitiesError } from "./decode.ts";
import { readCertificate, readKeys } from "./keys.ts";
import { type Application, type Directory, type FederatedCredential, type ManagedIdentity, objectIdOf, type User } from "./model.ts";

/** The installation's own application, which may sign in with its secret. */
export interface Credential {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** What an installation begins with. */
export interface Installation {
  readonly tenantId: string;
  /** The first one is the machine's managed identity, and its secret the password of the first user. */
  readonly credentials: readonly Credential[];
  /** The first one holds the managed identities that say no other. */
  readonly subscriptions: readonly { readonly id: string }[];
}

/** The audience of tokens that are exchanged. Source: learn.microsoft.com/entra/workload-id/workload-identity-federation. */
export const EXCHANGE_AUDIENCE = "api://AzureADTokenExchange";
/** The user who is always there. */
export const BUILT_IN_USER = "admin@lido.local";
const OWNER: readonly RoleEntry[] = [{ role: "Owner" }];

/**
 * Everyone who may sign in: the installation's own identity, and what the file says.
 * @throws {IdentitiesError} for certificates and keys that cannot be read.
 */
export function createDirectory({ tenantId, credentials, subscriptions }: Installation, document: IdentitiesDocument): Directory {
  checkRoles(document);
  const own = credentials.map(({ clientId, clientSecret }): ApplicationEntry => ({
    clientId,
    displayName: "Lido",
    secrets: [{ value: clientSecret }],
    roles: OWNER,
  }));
  const listed = document.applications ?? [];
  const pathOf = (entry: ApplicationEntry): string =>
    `applications[${listed.findIndex(({ clientId }) => sameName(clientId, entry.clientId))}]`;
  const merged = own.map((entry) =>
    merge(
      entry,
      listed.find(({ clientId }) => sameName(clientId, entry.clientId)),
    ),
  );
  const others = listed.filter(({ clientId }) => !own.some((entry) => sameName(entry.clientId, clientId)));
  const applications = [...merged, ...others].map((entry) => applicationOf(tenantId, entry, pathOf(entry)));
  const [machine] = credentials;
  return {
    tenantId,
    applications,
    users: [
      ...(machine === undefined ? [] : [builtInUser(tenantId, machine)]),
      ...(document.users ?? []).map((entry) => userOf(tenantId, entry)),
    ],
    managedIdentities: [
      ...(machine === undefined ? [] : [systemAssigned(tenantId, machine)]),
      ...(document.managedIdentities ?? []).map((entry) =>
        managedIdentityOf({ tenantId, subscriptionId: subscriptions[0]?.id ?? guidOf(tenantId) }, entry),
      ),
    ],
  };
}

/** @throws {IdentitiesError} for a role by a name that is no built-in role's. */
function checkRoles(document: IdentitiesDocument): void {
  for (const [kind, entries] of Object.entries(document) as readonly (readonly [string, readonly IdentityEntry[]])[]) {
    entries.forEach(({ roles = [] }, index) => {
      const wrong = roles.findIndex(({ role }) => !isGuid(role) && !BUILT_IN_ROLES.some(({ roleName }) => sameName(roleName, role)));
      if (wrong === -1) return;
      const names = BUILT_IN_ROLES.map(({ roleName }) => roleName).join(", ");
      throw new IdentitiesError(`${kind}[${index}].roles[${wrong}].role: "${roles[wrong]?.role}" is no GUID and none of ${names}`);
    });
  }
}

/** The installation's own application can be given more credentials in the file. */
function merge(own: ApplicationEntry, listed: ApplicationEntry | undefined): ApplicationEntry {
  if (listed === undefined) return own;
  return { ...own, ...listed, secrets: [...(own.secrets ?? []), ...(listed.secrets ?? [])], roles: [...OWNER, ...(listed.roles ?? [])] };
}

function identityOf(tenantId: string, { objectId, displayName, roles = [] }: IdentityEntry, name: string) {
  return { objectId: objectId?.toLowerCase() ?? objectIdOf(tenantId, name), displayName: displayName ?? name, roles };
}

function applicationOf(tenantId: string, entry: ApplicationEntry, path: string): Application {
  const clientId = entry.clientId.toLowerCase();
  return {
    ...identityOf(tenantId, entry, clientId),
    clientId,
    secrets: (entry.secrets ?? []).map(({ value, hash, expires }) => ({
      ...(value === undefined ? {} : { value }),
      ...(hash === undefined ? {} : { hash }),
      ...(expires === undefined ? {} : { endsMs: Date.parse(expires) }),
    })),
    certificates: (entry.certificates ?? []).map((pem, index) => readCertificate(pem, `${path}.certificates[${index}]`)),
    federatedCredentials: (entry.federatedCredentials ?? []).map((federated, index) =>
      federatedOf(federated, `${path}.federatedCredentials[${index}]`),
    ),
    redirectUris: entry.redirectUris ?? [],
  };
}

function federatedOf({ name, issuer, subject, audiences, keys }: FederatedEntry, path: string): FederatedCredential {
  return { name, issuer, subject, audiences: audiences ?? [EXCHANGE_AUDIENCE], keys: readKeys(keys, `${path}.keys`) };
}

function userOf(tenantId: string, entry: UserEntry): User {
  const { userPrincipalName, password, passwordHash } = entry;
  return {
    ...identityOf(tenantId, entry, userPrincipalName),
    userPrincipalName,
    password: password === undefined ? { hash: passwordHash ?? "" } : { value: password },
    isBuiltIn: false,
  };
}

function builtInUser(tenantId: string, { clientSecret }: Credential): User {
  const identity = identityOf(tenantId, { displayName: "Lido administrator", roles: OWNER }, BUILT_IN_USER);
  return { ...identity, userPrincipalName: BUILT_IN_USER, password: { value: clientSecret }, isBuiltIn: true };
}

function systemAssigned(tenantId: string, { clientId }: Credential): ManagedIdentity {
  const identity = identityOf(tenantId, { displayName: "Lido", roles: OWNER }, clientId.toLowerCase());
  return { ...identity, clientId: clientId.toLowerCase(), resourceId: "", isSystemAssigned: true };
}

function managedIdentityOf(
  { tenantId, subscriptionId }: { readonly tenantId: string; readonly subscriptionId: string },
  entry: ManagedIdentityEntry,
): ManagedIdentity {
  const clientId = (entry.clientId ?? guidOf(`${tenantId}/managed/${entry.name}`.toLowerCase())).toLowerCase();
  const resourceId =
    entry.resourceId ??
    `/subscriptions/${subscriptionId}/resourcegroups/identities/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${entry.name}`;
  return { ...identityOf(tenantId, { displayName: entry.name, ...entry }, clientId), clientId, resourceId, isSystemAssigned: false };
}

/** The application of a client id. */
export function findApplication({ applications }: Directory, clientId: string): Application | undefined {
  return applications.find((application) => sameName(application.clientId, clientId));
}

/** The user of a name, in any letter case. */
export function findUser({ users }: Directory, userPrincipalName: string): User | undefined {
  return users.find((user) => sameName(user.userPrincipalName, userPrincipalName));
}
