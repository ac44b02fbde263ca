/**
 * `identities.yaml` of a data directory: who may sign in besides the installation's own identity. People may edit it; the
 * server reads it again when it has changed.
 */
export interface IdentitiesDocument {
  readonly applications?: readonly ApplicationEntry[];
  readonly users?: readonly UserEntry[];
  readonly managedIdentities?: readonly ManagedIdentityEntry[];
}

/** A role that an identity has from the start. */
export interface RoleEntry {
  /** Name or GUID of a built-in role: `Reader`. */
  readonly role: string;
  /** `/subscriptions/{id}` or a group or resource below it; every subscription when absent. */
  readonly scope?: string;
}

/** What every identity has. */
export interface IdentityEntry {
  /** GUID of the directory object that roles are given to; derived from the id or name when absent. */
  readonly objectId?: string;
  readonly displayName?: string;
  readonly roles?: readonly RoleEntry[];
}

/** A secret, in clear (`value`) or as {@link IdentitiesFile.hash} makes it (`hash`). */
export interface SecretEntry {
  readonly value?: string;
  readonly hash?: string;
  /** RFC 3339; never when absent. */
  readonly expires?: string;
}

/** Tokens of another issuer that stand for the application. */
export interface FederatedEntry {
  readonly name: string;
  /** The token's `iss`, `sub` and one of its `aud`, compared with letter case. */
  readonly issuer: string;
  readonly subject: string;
  /** `api://AzureADTokenExchange` when absent. */
  readonly audiences?: readonly string[];
  /** What the issuer signs with: public keys (PEM, SPKI or certificate) or a JSON Web Key Set. Nothing is fetched. */
  readonly keys: string;
}

export interface ApplicationEntry extends IdentityEntry {
  /** GUID. */
  readonly clientId: string;
  readonly secrets?: readonly SecretEntry[];
  /** Certificates, PEM, whose keys sign the application's assertions. */
  readonly certificates?: readonly string[];
  readonly federatedCredentials?: readonly FederatedEntry[];
  /** Where a browser may be sent back to, besides the loopback addresses. */
  readonly redirectUris?: readonly string[];
}

export interface UserEntry extends IdentityEntry {
  /** `ada@lido.local`. */
  readonly userPrincipalName: string;
  readonly password?: string;
  readonly passwordHash?: string;
}

export interface ManagedIdentityEntry extends IdentityEntry {
  readonly name: string;
  /** GUID; derived from the name when absent. */
  readonly clientId?: string;
  /** Full id of a `Microsoft.ManagedIdentity/userAssignedIdentities`; one of the group `identities` when absent. */
  readonly resourceId?: string;
}

export type IdentityKind = keyof IdentitiesDocument;

/** The file, for the command line; a server need not run. */
export interface IdentitiesFile {
  readonly path: string;
  /** Of the installation. */
  readonly tenantId: string;
  /** @throws {StartError} that says where the file is wrong. */
  read(): IdentitiesDocument;
  /** Adds an entry, or replaces the one at the index. Comments stay. @throws {StartError} for an entry that is wrong; the file stays as it was. */
  put(kind: IdentityKind, index: number, entry: ApplicationEntry | UserEntry | ManagedIdentityEntry): void;
  remove(kind: IdentityKind, index: number): void;
  /** What is kept instead of a secret. */
  hash(secret: string): Promise<string>;
}
