/** The first path segment of an authority that MSAL takes without asking Microsoft whether the host is one of theirs. */
export const ADFS = "adfs";

type Json = Readonly<Record<string, unknown>>;

/** Where a client finds everything of this cloud, in the shape that the api-version has. */
export type MetadataView = Json | readonly Json[];

const NAME = "AksLocal";

/**
 * `/metadata/endpoints`, by api-version: 2015-01-01 flat, 2018-01-01 by cloud, 2019-05-01 a list, later ones an object.
 * az reads 2015-01-01 and 2019-05-01 and can only sign in under `/adfs`; Terraform's provider reads 2022-09-01 and wants AAD.
 * Source: azure-cli-core cloud.py, hashicorp/go-azure-sdk environments/metadata, and what both accept.
 * @param base Scheme, host and port of the TLS listener.
 */
export function metadataView(base: string, apiVersion: string): MetadataView {
  const slash = `${base}/`;
  if (apiVersion < "2018-01-01") {
    return {
      galleryEndpoint: slash,
      graphEndpoint: slash,
      portalEndpoint: slash,
      authentication: { loginEndpoint: `${base}/${ADFS}`, audiences: [slash] },
    };
  }
  if (apiVersion < "2019-05-01") return { cloudEndpoint: { [NAME]: { endpoint: base, locations: [] } } };
  if (apiVersion < "2020-06-01") {
    return [cloud(base, { loginEndpoint: `${base}/${ADFS}`, audiences: [slash], tenant: "common", identityProvider: "ADFS" })];
  }
  return cloud(base, { loginEndpoint: base, audiences: [slash], tenant: "common", identityProvider: "AAD" });
}

function cloud(base: string, authentication: Json): Json {
  const slash = `${base}/`;
  return {
    name: NAME,
    portal: base,
    authentication,
    media: base,
    graphAudience: slash,
    graph: slash,
    microsoftGraphResourceId: slash,
    batch: base,
    resourceManager: slash,
    vmImageAliasDoc: `${base}/aliases.json`,
    sqlManagement: base,
    gallery: base,
    activeDirectoryDataLake: base,
    azmirrorStorageAccountResourceId: base,
    suffixes: {
      storage: "core.localhost",
      keyVaultDns: "vault.localhost",
      acrLoginServer: "azurecr.localhost",
      sqlServerHostname: "database.localhost",
      azureDataLakeStoreFileSystem: "dls.localhost",
      azureDataLakeAnalyticsCatalogAndJob: "dla.localhost",
    },
  };
}

/** What an OpenID configuration is of. */
export interface Authority {
  /** First path segment as the client sent it: `adfs`, a tenant's id, `common`. */
  readonly authority: string;
  readonly issuer: string;
  /** 2 adds `/v2.0` where Microsoft Entra ID does. */
  readonly version: 1 | 2;
}

/** The OpenID configuration of an authority. */
export function openIdConfiguration(base: string, { authority, issuer, version }: Authority): Json {
  const root = `${base}/${authority}/oauth2${version === 2 ? "/v2.0" : ""}`;
  return {
    issuer,
    authorization_endpoint: `${root}/authorize`,
    token_endpoint: `${root}/token`,
    device_authorization_endpoint: `${root}/devicecode`,
    jwks_uri: `${base}/${authority}/discovery/${version === 2 ? "v2.0/" : ""}keys`,
    response_modes_supported: ["query", "fragment", "form_post"],
    response_types_supported: ["code", "id_token", "token"],
    subject_types_supported: ["pairwise"],
    id_token_signing_alg_values_supported: ["RS256"],
    token_endpoint_auth_methods_supported: ["client_secret_post", "client_secret_basic", "private_key_jwt"],
    scopes_supported: ["openid", "profile", "email", "offline_access"],
    claims_supported: ["sub", "iss", "aud", "exp", "iat", "oid", "tid", "appid", "upn", "preferred_username"],
  };
}

/** What instance discovery says of this host: it is its own authority, under no other name. */
export function instanceDiscovery(base: string, tenantId: string): Json {
  const host = new URL(base).host;
  return {
    tenant_discovery_endpoint: `${base}/${tenantId}/v2.0/.well-known/openid-configuration`,
    "api-version": "1.1",
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  };
}
