import { guidOf } from "../../ids.ts";
import type { Application, Directory, ManagedIdentity, User } from "../directory/model.ts";
import type { GraphObject } from "./filter.ts";

/** Collections of the directory that can be read. */
export const COLLECTIONS = ["applications", "groups", "servicePrincipals", "users"] as const;
export type Collection = (typeof COLLECTIONS)[number];

/** `@odata.type` of the objects of a collection, without its namespace. */
export const TYPES: Readonly<Record<Collection, string>> = {
  applications: "application",
  groups: "group",
  servicePrincipals: "servicePrincipal",
  users: "user",
};

/** The objects of a collection. Differs from AKS: there are no groups. */
export function objectsOf(directory: Directory, collection: Collection): readonly GraphObject[] {
  if (collection === "applications") return directory.applications.map(applicationView);
  if (collection === "users") return directory.users.map(userView);
  if (collection === "groups") return [];
  const { tenantId } = directory;
  const ofApplications = directory.applications.map((application) => servicePrincipalView(application, tenantId));
  const ofMachines = directory.managedIdentities.filter(({ isSystemAssigned }) => !isSystemAssigned);
  return [...ofApplications, ...ofMachines.map((identity) => managedIdentityView(identity, tenantId))];
}

/** The credentials of other issuers that an application trusts. */
export function federatedViews({ applications }: Directory, id: string): readonly GraphObject[] | undefined {
  const application = applications.find(({ clientId }) => applicationId(clientId) === id.toLowerCase());
  return application?.federatedCredentials.map(({ name, issuer, subject, audiences }) => ({
    id: guidOf(`${application.clientId}/${name}`),
    name,
    issuer,
    subject,
    description: null,
    audiences,
  }));
}

/** The object of an application in the directory, which is not that of its service principal. */
function applicationId(clientId: string): string {
  return guidOf(`application/${clientId}`);
}

/** Members in the order of Microsoft Graph. Source: recorded `az ad app show`. */
function applicationView({ clientId, displayName, redirectUris, secrets, certificates }: Application): GraphObject {
  return {
    id: applicationId(clientId),
    deletedDateTime: null,
    appId: clientId,
    applicationTemplateId: null,
    disabledByMicrosoftStatus: null,
    createdDateTime: null,
    displayName,
    description: null,
    groupMembershipClaims: null,
    identifierUris: [`api://${clientId}`],
    isDeviceOnlyAuthSupported: null,
    isFallbackPublicClient: null,
    notes: null,
    publisherDomain: "lido.local",
    serviceManagementReference: null,
    signInAudience: "AzureADMyOrg",
    tags: [],
    addIns: [],
    appRoles: [],
    keyCredentials: certificates.map(({ x5t, endsMs }) => ({
      customKeyIdentifier: Buffer.from(x5t, "base64url").toString("hex").toUpperCase(),
      endDateTime: new Date(endsMs).toISOString(),
      keyId: guidOf(`${clientId}/${x5t}`),
      type: "AsymmetricX509Cert",
      usage: "Verify",
      key: null,
    })),
    passwordCredentials: secrets.map(({ endsMs }, index) => ({
      endDateTime: endsMs === undefined ? null : new Date(endsMs).toISOString(),
      keyId: guidOf(`${clientId}/secret/${index}`),
      secretText: null,
    })),
    publicClient: { redirectUris },
    requiredResourceAccess: [],
    web: { homePageUrl: null, logoutUrl: null, redirectUris: [] },
    spa: { redirectUris: [] },
  };
}

interface ServicePrincipal {
  readonly id: string;
  readonly clientId: string;
  readonly displayName: string;
  readonly names: readonly string[];
  readonly alternativeNames: readonly string[];
  readonly type: "Application" | "ManagedIdentity";
}

function servicePrincipalView({ objectId: id, clientId, displayName }: Application, tenantId: string): GraphObject {
  const names = [clientId, `api://${clientId}`];
  return principalView({ id, clientId, displayName, names, alternativeNames: [], type: "Application" }, tenantId);
}

function managedIdentityView({ objectId: id, clientId, displayName, resourceId }: ManagedIdentity, tenantId: string): GraphObject {
  const names = [clientId];
  const alternativeNames = ["isExplicit=True", resourceId];
  return principalView({ id, clientId, displayName, names, alternativeNames, type: "ManagedIdentity" }, tenantId);
}

/** Members in the order of Microsoft Graph. Source: recorded `az ad sp show`. */
function principalView({ id, clientId, displayName, names, alternativeNames, type }: ServicePrincipal, tenantId: string): GraphObject {
  return {
    id,
    deletedDateTime: null,
    accountEnabled: true,
    alternativeNames,
    appDisplayName: type === "Application" ? displayName : null,
    appDescription: null,
    appId: clientId,
    applicationTemplateId: null,
    appOwnerOrganizationId: type === "Application" ? tenantId : null,
    appRoleAssignmentRequired: false,
    createdDateTime: null,
    description: null,
    disabledByMicrosoftStatus: null,
    displayName,
    homepage: null,
    loginUrl: null,
    logoutUrl: null,
    notes: null,
    notificationEmailAddresses: [],
    preferredSingleSignOnMode: null,
    preferredTokenSigningKeyThumbprint: null,
    replyUrls: [],
    servicePrincipalNames: names,
    servicePrincipalType: type,
    signInAudience: type === "Application" ? "AzureADMyOrg" : null,
    tags: [],
    tokenEncryptionKeyId: null,
    samlSingleSignOnSettings: null,
    addIns: [],
    appRoles: [],
    keyCredentials: [],
    oauth2PermissionScopes: [],
    passwordCredentials: [],
    resourceSpecificApplicationPermissions: [],
  };
}

/** Members in the order of Microsoft Graph. Source: learn.microsoft.com/graph/api/user-get, "Standard users response". */
function userView({ objectId: id, displayName, userPrincipalName }: User): GraphObject {
  return {
    businessPhones: [],
    displayName,
    givenName: null,
    jobTitle: null,
    mail: null,
    mobilePhone: null,
    officeLocation: null,
    preferredLanguage: null,
    surname: null,
    userPrincipalName,
    id,
  };
}
