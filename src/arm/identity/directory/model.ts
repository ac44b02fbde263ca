import type { KeyObject } from "node:crypto";
import type { JWK } from "jose";
import type { RoleEntry } from "#api/identities";
import { guidOf } from "../../ids.ts";

/** A secret as it is kept, and until when it is good. */
export interface Secret {
  readonly value?: string;
  readonly hash?: string;
  readonly endsMs?: number;
}

/** A certificate that an application signs its assertions with. */
export interface Certificate {
  readonly key: KeyObject;
  /** SHA-1 and SHA-256 of its DER, base64url: `x5t` and `x5t#S256` of an assertion's header. */
  readonly x5t: string;
  readonly x5tS256: string;
  readonly endsMs: number;
}

/** Tokens of another issuer that stand for an application. */
export interface FederatedCredential {
  readonly name: string;
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
  readonly keys: readonly JWK[];
}

/** What every identity is. */
export interface Identity {
  /** The directory object that roles are given to. */
  readonly objectId: string;
  readonly displayName: string;
  readonly roles: readonly RoleEntry[];
}

/** An application and its service principal in the tenant. */
export interface Application extends Identity {
  readonly clientId: string;
  readonly secrets: readonly Secret[];
  readonly certificates: readonly Certificate[];
  readonly federatedCredentials: readonly FederatedCredential[];
  readonly redirectUris: readonly string[];
}

export interface User extends Identity {
  readonly userPrincipalName: string;
  readonly password: Secret;
  /** May sign in on the page of this machine without its password, as any program of this machine can. */
  readonly isBuiltIn: boolean;
}

export interface ManagedIdentity extends Identity {
  readonly clientId: string;
  readonly resourceId: string;
  /** Of the machine itself; the others are user-assigned. */
  readonly isSystemAssigned: boolean;
}

/** Everyone who may sign in. */
export interface Directory {
  readonly tenantId: string;
  readonly applications: readonly Application[];
  readonly users: readonly User[];
  readonly managedIdentities: readonly ManagedIdentity[];
}

/** The object id of an application or a user that names none. */
export function objectIdOf(tenantId: string, name: string): string {
  return guidOf(`${tenantId}/${name}`.toLowerCase());
}

/** Public clients that sign people in, and that no tenant has to register. Source: AzureAD and Azure repositories, each client's constant. */
export const PUBLIC_CLIENTS: Readonly<Record<string, string>> = {
  "04b07795-8ddb-461a-bbee-02f9e1bf7b46": "Microsoft Azure CLI",
  "1950a258-227b-4e31-a9cf-719495945fc2": "Microsoft Azure PowerShell",
  "aebc6443-996d-45c2-90f0-388ff96faa56": "Visual Studio Code",
  "80faf920-1908-4b52-b5ef-a8e7bedfc67a": "Azure Kubernetes Service AAD Client",
  "872cd9fa-d31f-45e0-9eab-6e460a02d1f1": "Visual Studio",
};
