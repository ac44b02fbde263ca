import { createLocalJWKSet, decodeJwt, jwtVerify } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CLIENT, type Harness, HOST, type Loose, ROOT, startHarness, TENANT } from "../testing/harness.ts";

const MACHINE = {
  clientId: "77777777-7777-7777-7777-777777777777",
  objectId: "88888888-8888-8888-8888-888888888888",
  resourceId: `${ROOT}/resourcegroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/mine`,
};

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({ identities: () => JSON.stringify({ managedIdentities: [{ name: "mine", ...MACHINE }] }) });
});
afterAll(() => harness.stop());

const BASE = `http://${HOST}`;
const get = async (path: string, app = harness.app): Promise<{ status: number; body: Loose }> => {
  const response = await app.inject({ method: "GET", url: path, headers: { host: HOST } });
  return { status: response.statusCode, body: response.json<Loose>() };
};
const post = async (
  path: string,
  form: Record<string, string>,
  headers = {},
): Promise<{ status: number; body: Record<string, unknown> }> => {
  const payload = new URLSearchParams(form).toString();
  const type = "application/x-www-form-urlencoded";
  const response = await harness.app.inject({
    method: "POST",
    url: path,
    headers: { host: HOST, "content-type": type, ...headers },
    payload,
  });
  return { status: response.statusCode, body: response.json<Record<string, unknown>>() };
};
const AZ = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
const scope = "https://management.azure.com/.default";
const secretGrant = { grant_type: "client_credentials", client_id: CLIENT.clientId, client_secret: CLIENT.clientSecret, scope };

describe("what clients ask before they sign in", () => {
  it("the cloud's endpoints have the shape of their api-version", async () => {
    const endpoints = async (version: string): Promise<unknown> => (await get(`//metadata/endpoints?api-version=${version}`)).body;
    expect(await endpoints("2015-01-01")).toEqual({
      galleryEndpoint: `${BASE}/`,
      graphEndpoint: `${BASE}/`,
      portalEndpoint: `${BASE}/`,
      authentication: { loginEndpoint: `${BASE}/adfs`, audiences: [`${BASE}/`] },
    });
    expect(await endpoints("2018-01-01")).toHaveProperty("cloudEndpoint");
    expect(await endpoints("2019-05-01")).toMatchObject([
      { name: "AksLocal", resourceManager: `${BASE}/`, authentication: { loginEndpoint: `${BASE}/adfs`, identityProvider: "ADFS" } },
    ]);
    expect(await endpoints("2022-09-01")).toMatchObject({
      authentication: { loginEndpoint: BASE, identityProvider: "AAD", tenant: "common" },
      suffixes: { storage: "core.localhost", keyVaultDns: "vault.localhost" },
    });
  });

  it.each([
    { path: "/adfs/.well-known/openid-configuration", issuer: `${BASE}/adfs`, token: `${BASE}/adfs/oauth2/token` },
    { path: "/adfs/local/.well-known/openid-configuration", issuer: `${BASE}/${TENANT}/`, token: `${BASE}/adfs/oauth2/token` },
    {
      path: `/${TENANT}/v2.0/.well-known/openid-configuration`,
      issuer: `${BASE}/${TENANT}/v2.0`,
      token: `${BASE}/${TENANT}/oauth2/v2.0/token`,
    },
    { path: "/common/.well-known/openid-configuration", issuer: `${BASE}/${TENANT}/`, token: `${BASE}/common/oauth2/token` },
  ])("$path names the issuer $issuer", async ({ path, issuer, token }) => {
    const { body } = await get(path);
    expect(body).toMatchObject({ issuer, token_endpoint: token });
    const keys = await get(new URL(body.jwks_uri as unknown as string).pathname);
    expect(keys.body.keys?.[0]).toMatchObject({ kty: "RSA", alg: "RS256", use: "sig" });
    expect(keys.body.keys?.[0]).not.toHaveProperty("d");
  });

  it("another tenant is not found", async () => {
    const { status, body } = await get("/33333333-3333-3333-3333-333333333333/v2.0/.well-known/openid-configuration");
    expect([status, body.error]).toEqual([400, "invalid_request"]);
    expect(body.error_description).toMatch(/^AADSTS90002: Tenant '33333333-/);
  });

  it("the host is its own authority", async () => {
    expect((await get("/common/discovery/instance?api-version=1.1")).body.metadata?.[0]).toMatchObject({ preferred_network: HOST });
    expect((await get("/common/userrealm/me@example.org?api-version=1.0")).body.account_type).toBe("Managed");
  });
});

describe("the token endpoint", () => {
  it("gives an application a token that its key set verifies and the door takes", async () => {
    const { status, body } = await post("/adfs/oauth2/token", { ...secretGrant, scope: `${BASE}//.default` });
    expect([status, body.token_type, body.expires_in, body.ext_expires_in]).toEqual([200, "Bearer", 86_399, 86_399]);
    const token = String(body.access_token);
    const keys = (await harness.app.inject({ method: "GET", url: "/adfs/discovery/keys" })).json<Parameters<typeof createLocalJWKSet>[0]>();
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys), { currentDate: new Date(harness.clock.now()) });
    expect(payload).toMatchObject({
      aud: `${BASE}/`,
      iss: `https://sts.windows.net/${TENANT}/`,
      tid: TENANT,
      appid: CLIENT.clientId,
      idtyp: "app",
      ver: "1.0",
    });
    for (const claim of ["iat", "nbf", "exp", "oid", "sub"]) expect(payload).toHaveProperty(claim);
    expect((await harness.call("GET", ROOT, { token })).status).toBe(200);
  });

  it("answers version 1 in text and takes Basic credentials", async () => {
    const basic = Buffer.from(`${CLIENT.clientId}:${CLIENT.clientSecret}`).toString("base64");
    const { body } = await post(
      `/${TENANT}/oauth2/token?api-version=1.0`,
      { grant_type: "client_credentials", resource: "https://management.azure.com/" },
      { authorization: `Basic ${basic}` },
    );
    expect(body).toMatchObject({ expires_in: "86399", resource: "https://management.azure.com/", expires_on: "1558180799" });
  });

  it.each([
    {
      name: "a wrong secret",
      form: { ...secretGrant, client_secret: "no" },
      want: [401, "invalid_client", "AADSTS7000215: Invalid client secret provided."],
    },
    {
      name: "no secret",
      form: { grant_type: "client_credentials", client_id: CLIENT.clientId, scope },
      want: [401, "invalid_client", "AADSTS7000218"],
    },
    { name: "an unknown application", form: { ...secretGrant, client_id: "x" }, want: [400, "unauthorized_client", "AADSTS700016"] },
    {
      name: "no grant",
      form: {},
      want: [400, "invalid_request", "AADSTS900144: The request body must contain the following parameter: 'grant_type'."],
    },
    { name: "an unknown grant", form: { grant_type: "magic" }, want: [400, "unsupported_grant_type", "AADSTS70003"] },
    {
      name: "an assertion that is none",
      form: { ...secretGrant, client_assertion: "a.b.c", client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" },
      want: [400, "invalid_request", "AADSTS50027"],
    },
    {
      name: "a wrong password",
      form: { grant_type: "password", client_id: AZ, username: "admin@lido.local", password: "no", scope },
      want: [400, "invalid_grant", "AADSTS50126"],
    },
    {
      name: "a refresh token that is none",
      form: { grant_type: "refresh_token", client_id: AZ, refresh_token: "x" },
      want: [400, "invalid_grant", "AADSTS9002313"],
    },
    {
      name: "a device code that is none",
      form: { grant_type: "urn:ietf:params:oauth:grant-type:device_code", client_id: AZ, device_code: "x" },
      want: [400, "bad_verification_code", "AADSTS70018"],
    },
  ])("refuses $name", async ({ form, want }) => {
    const { status, body } = await post(`/${TENANT}/oauth2/v2.0/token`, form);
    expect([status, body.error, String(body.error_description).slice(0, want[2]?.toString().length)]).toEqual(want);
    expect(body).toHaveProperty("trace_id");
  });

  it("gives a user an identity token, and by the refresh token new ones", async () => {
    const form = {
      grant_type: "password",
      username: "Admin@lido.local",
      password: CLIENT.clientSecret,
      client_id: AZ,
      scope: `${BASE}//.default openid offline_access`,
    };
    const { body } = await post("/adfs/oauth2/token", form);
    expect(decodeJwt(String(body.id_token))).toMatchObject({
      aud: AZ,
      iss: `${BASE}/adfs`,
      preferred_username: "admin@lido.local",
      tid: TENANT,
    });
    expect(body.scope).toBe(form.scope);
    const again = await post("/adfs/oauth2/token", {
      grant_type: "refresh_token",
      client_id: AZ,
      refresh_token: String(body.refresh_token),
    });
    expect(decodeJwt(String(again.body.access_token))).toMatchObject({ idtyp: "user", upn: "admin@lido.local" });
    for (const token of [String(body.refresh_token), String(body.id_token)]) {
      expect((await harness.call("GET", ROOT, { token })).status).toBe(401);
    }
  });
});

describe("the door", () => {
  it.each([
    "https://management.azure.com/",
    "https://management.core.windows.net",
    "https://management.core.windows.net//",
    `${BASE}/`,
    "https://127.0.0.1:9999",
  ])("takes a token for %s", async (audience) => {
    expect((await harness.call("GET", ROOT, { token: await harness.arm.issueToken({ audience }) })).status).toBe(200);
  });

  it.each(["https://graph.microsoft.com", "https://management.azure.com.evil.example/", "https://localhost.evil.example", AZ])(
    "takes no token for %s, and says what it takes",
    async (audience) => {
      const { status, body, headers } = await harness.call("GET", ROOT, { token: await harness.arm.issueToken({ audience }) });
      expect([status, body.error?.code]).toEqual([401, "InvalidAuthenticationTokenAudience"]);
      expect(headers["www-authenticate"]).toMatch(/^Bearer authorization_uri=/);
    },
  );
});

describe("the plain listener", () => {
  const ask = async (method: "GET" | "POST", url: string, rest: { headers?: Record<string, string>; payload?: string } = {}) => {
    const response = await harness.plain.inject({ method, url, ...rest });
    return { status: response.statusCode, body: response.json<Record<string, unknown>>() };
  };
  const resource = encodeURIComponent(`${BASE}/`);

  it.each([
    {
      name: "msrestazure's form",
      method: "POST" as const,
      url: "/msi/token",
      headers: { metadata: "true", "content-type": "application/x-www-form-urlencoded" },
      payload: `resource=${resource}`,
    },
    {
      name: "App Service, old",
      method: "GET" as const,
      url: `/msi/token/?resource=${resource}&api-version=2017-09-01`,
      headers: { secret: CLIENT.clientSecret },
    },
    {
      name: "App Service, new",
      method: "GET" as const,
      url: `/msi/token?resource=${resource}`,
      headers: { "x-identity-header": CLIENT.clientSecret },
    },
    {
      name: "a virtual machine",
      method: "GET" as const,
      url: `/metadata/identity/oauth2/token?resource=${resource}&api-version=2018-02-01`,
      headers: { Metadata: "true" },
    },
  ])("gives a token in the form of $name", async ({ method, url, ...rest }) => {
    const { status, body } = await ask(method, url, rest);
    expect([status, body.expires_in, body.token_type, body.resource]).toEqual([200, "86399", "Bearer", `${BASE}/`]);
    expect((await harness.call("GET", ROOT, { token: String(body.access_token) })).status).toBe(200);
  });

  it("gives the identity that is asked for by client, object or resource, and no other", async () => {
    const metadata = { headers: { metadata: "true" } };
    const url = (query: string): string => `/metadata/identity/oauth2/token?resource=${resource}&${query}`;
    const { clientId, objectId, resourceId } = MACHINE;
    for (const query of [
      `client_id=${clientId}`,
      `object_id=${objectId}`,
      `msi_res_id=${encodeURIComponent(resourceId)}`,
      `mi_res_id=${resourceId}`,
    ]) {
      const { body } = await ask("GET", url(query), metadata);
      expect(decodeJwt(String(body.access_token))).toMatchObject({ appid: clientId, oid: objectId, xms_mirid: resourceId });
    }
    const none = await ask("GET", url(`client_id=${objectId}`), metadata);
    expect([none.status, none.body]).toEqual([400, { error: "invalid_request", error_description: "Identity not found" }]);
    const app = await ask("GET", url(`clientid=${objectId}`), { headers: { secret: CLIENT.clientSecret } });
    expect([app.status, app.body.message]).toEqual([400, expect.stringMatching(/^No User Assigned/)]);
  });

  it("refuses without the metadata header, with a wrong secret, and without a resource", async () => {
    expect((await ask("GET", `/metadata/identity/oauth2/token?resource=${resource}`)).status).toBe(400);
    expect((await ask("GET", `/msi/token?resource=${resource}`, { headers: { secret: "no" } })).status).toBe(401);
    expect((await ask("GET", "/msi/token", { headers: { metadata: "true" } })).status).toBe(400);
  });

  it("points metadata at the TLS listener once that is known, and serves nothing of Azure Resource Manager", async () => {
    expect((await ask("GET", "/metadata/endpoints?api-version=2019-05-01")).status).toBe(503);
    harness.arm.setEndpoint("https://localhost:9");
    expect((await ask("GET", "/metadata/endpoints?api-version=2015-01-01")).body.authentication).toMatchObject({
      loginEndpoint: "https://localhost:9/adfs",
    });
    expect((await ask("GET", "/health")).body).toEqual({ status: "ok" });
    expect((await ask("GET", "/subscriptions?api-version=2021-04-01")).status).toBe(404);
  });
});
