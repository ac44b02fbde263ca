import { createHash, createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import { decodeJwt, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CERTIFICATE, CERTIFICATE_KEY } from "../../testing/certificate.ts";
import { CLIENT, type Harness, HOST, TENANT, startHarness } from "../../testing/harness.ts";

const AZ = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
const CERTIFIED = "33333333-3333-3333-3333-333333333333";
const FEDERATED = "44444444-4444-4444-4444-444444444444";
const API = "55555555-5555-5555-5555-555555555555";
const BASE = `http://${HOST}`;
const TOKEN = `/${TENANT}/oauth2/v2.0/token`;
const scope = "https://management.azure.com/.default";
const USER_SCOPE = `${scope} openid offline_access`;
const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const ISSUER = "https://token.example.org";

const publicKey = createPublicKey(CERTIFICATE_KEY).export({ type: "spki", format: "pem" }).toString();
const IDENTITIES = `
applications:
  - clientId: ${CERTIFIED}
    certificates:
    - ${JSON.stringify(CERTIFICATE)}
  - clientId: ${FEDERATED}
    federatedCredentials:
    - name: main
      issuer: ${ISSUER}
      subject: repo:o/r:ref:refs/heads/main
      keys: ${JSON.stringify(publicKey)}
  - clientId: ${API}
    secrets: [{ value: old, expires: 2019-05-01T00:00:00Z }, { value: new }]
    redirectUris: [https://app.example.org/back]
users:
  - { userPrincipalName: ada@lido.local, password: "pass word" }
`;

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({ identities: () => IDENTITIES });
});
afterAll(() => harness.stop());

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

async function ask(form: Record<string, string>, path = TOKEN): Promise<Answer> {
  const payload = new URLSearchParams(form).toString();
  const response = await harness.app.inject({ method: "POST", url: path, headers: { host: HOST }, payload });
  return { status: response.statusCode, body: response.json<Record<string, unknown>>() };
}

const codeOf = ({ body }: Answer): unknown => (body.error_codes as readonly unknown[] | undefined)?.[0] ?? "no error";
const seconds = (): number => Math.floor(harness.clock.now() / 1000);

interface Assertion {
  readonly claims?: Record<string, unknown>;
  readonly header?: Record<string, unknown>;
  readonly spoil?: boolean;
}

async function sign(claims: Record<string, unknown>, header: Record<string, unknown>): Promise<string> {
  const times = { iat: seconds(), nbf: seconds(), exp: seconds() + 600 };
  return await new SignJWT({ ...times, ...claims }).setProtectedHeader({ alg: "RS256", ...header }).sign(createPrivateKey(CERTIFICATE_KEY));
}

const spoiled = (token: string): string => `${token.slice(0, -8)}AAAAAAAA`;
const digest = (algorithm: string): string => createHash(algorithm).update(new X509Certificate(CERTIFICATE).raw).digest("base64url");

describe("a certificate", () => {
  const ours = { iss: CERTIFIED, sub: CERTIFIED, aud: `${BASE}${TOKEN}` };
  async function attempt({ claims = {}, header = { x5t: digest("sha1") }, spoil = false }: Assertion): Promise<Answer> {
    const token = await sign({ ...ours, ...claims }, header);
    const client_assertion = spoil ? spoiled(token) : token;
    return await ask({
      grant_type: "client_credentials",
      client_id: CERTIFIED,
      scope,
      client_assertion,
      client_assertion_type: ASSERTION_TYPE,
    });
  }

  it.each([
    { name: "its SHA-1", header: { x5t: digest("sha1") } },
    { name: "its SHA-1 with padding", header: { x5t: `${digest("sha1")}=` } },
    { name: "its SHA-256", header: { "x5t#S256": digest("sha256"), alg: "PS256" } },
    { name: "its thumbprint", header: { kid: Buffer.from(digest("sha1"), "base64url").toString("hex") } },
    { name: "the authority as audience", header: { x5t: digest("sha1") }, claims: { aud: `${BASE}/${TENANT}/v2.0` } },
    { name: "the adfs endpoint as audience", header: { x5t: digest("sha1") }, claims: { aud: `${BASE}/adfs/oauth2/token` } },
  ])("signs in by $name", async (assertion) => {
    const answer = await attempt(assertion);
    expect([answer.status, codeOf(answer)]).toEqual([200, "no error"]);
    expect(decodeJwt(String(answer.body.access_token))).toMatchObject({ appid: CERTIFIED, idtyp: "app", appidacr: "2" });
  });

  it.each<Assertion & { readonly name: string; readonly want: number }>([
    { name: "of another key", header: { x5t: "AAAAAAAAAAAAAAAAAAAAAAAAAAA" }, want: 700027 },
    { name: "without a key's name", header: {}, want: 50027 },
    { name: "with a signature that is not good", spoil: true, want: 700027 },
    { name: "for another audience", claims: { aud: "https://example.org/" }, want: 700023 },
    { name: "that has ended", claims: { exp: 1 }, want: 700024 },
    { name: "that has not begun", claims: { nbf: 4_000_000_000 }, want: 700024 },
    { name: "about another application", claims: { sub: FEDERATED }, want: 700021 },
  ])("is refused in an assertion $name", async ({ want, ...assertion }) => {
    const answer = await attempt(assertion);
    expect(codeOf(answer)).toBe(want);
    expect(answer.body).toMatchObject({ error_uri: `https://login.microsoftonline.com/error?code=${want}` });
    expect(answer.body.access_token).toBeUndefined();
  });
});

describe("a token of another issuer", () => {
  const theirs = { iss: ISSUER, sub: "repo:o/r:ref:refs/heads/main", aud: "api://AzureADTokenExchange" };
  async function attempt({ claims = {}, header = { kid: "1" }, spoil = false }: Assertion): Promise<Answer> {
    const token = await sign({ ...theirs, ...claims }, header);
    const client_assertion = spoil ? spoiled(token) : token;
    return await ask({
      grant_type: "client_credentials",
      client_id: FEDERATED,
      scope,
      client_assertion,
      client_assertion_type: ASSERTION_TYPE,
    });
  }

  it("signs in", async () => {
    expect((await attempt({})).status).toBe(200);
  });

  it.each<Assertion & { readonly name: string; readonly want: number }>([
    { name: "another issuer", claims: { iss: `${ISSUER}/` }, want: 700211 },
    { name: "another subject, by letter case alone", claims: { sub: "repo:O/r:ref:refs/heads/main" }, want: 700213 },
    { name: "another audience", claims: { aud: "api://other" }, want: 700212 },
    { name: "another key", spoil: true, want: 50013 },
    { name: "an end that is over", claims: { exp: 1 }, want: 700024 },
  ])("is refused with $name", async ({ want, ...assertion }) => {
    expect(codeOf(await attempt(assertion))).toBe(want);
  });
});

describe("secrets and scopes", () => {
  const form = { grant_type: "client_credentials", client_id: API, client_secret: "new", scope };
  it.each([
    { name: "a good secret", change: {}, want: "no error" },
    { name: "an expired secret", change: { client_secret: "old" }, want: 7000222 },
    { name: "a wrong secret", change: { client_secret: "no" }, want: 7000215 },
    { name: "no scope", change: { scope: "" }, want: 900144 },
    { name: "a scope that is not the default one", change: { scope: "https://management.azure.com/user_impersonation" }, want: 1002012 },
    { name: "scopes of two resources", change: { scope: `${scope} https://graph.microsoft.com/.default` }, want: 1002012 },
  ])("answer $name", async ({ change, want }) => {
    expect(codeOf(await ask({ ...form, ...change }))).toBe(want);
  });
});

const password = { grant_type: "password", client_id: AZ, username: "ada@lido.local", password: "pass word", scope: USER_SCOPE };

describe("a user with a password", () => {
  it.each([
    { name: "the right one", change: {}, want: "no error" },
    { name: "a wrong one", change: { password: "no" }, want: 50126 },
    { name: "a name that is not here", change: { username: "bob@lido.local" }, want: 50034 },
    { name: "a client that is not here", change: { client_id: "66666666-6666-6666-6666-666666666666" }, want: 700016 },
    { name: "a scope that is none", change: { scope: "not/a/scope" }, want: 70011 },
    { name: "no name", change: { username: "" }, want: 900144 },
  ])("is answered with $name", async ({ change, want }) => {
    expect(codeOf(await ask({ ...password, ...change }))).toBe(want);
  });

  it("gets no refresh and no identity token unless the scope asks for them", async () => {
    const { body } = await ask({ ...password, scope });
    expect(Object.keys(body)).toEqual(["token_type", "expires_in", "ext_expires_in", "scope", "client_info", "access_token"]);
  });

  it("has a refresh token for the same client alone, which a new one follows and time ends", async () => {
    const { body } = await ask(password);
    const refresh = { grant_type: "refresh_token", client_id: AZ, refresh_token: String(body.refresh_token) };
    const next = await ask(refresh);
    expect(next.status).toBe(200);
    expect(next.body.refresh_token).not.toBe(body.refresh_token);
    expect(codeOf(await ask({ ...refresh, client_id: API, client_secret: "new" }))).toBe(70000);
    expect(codeOf(await ask({ ...refresh, refresh_token: `${refresh.refresh_token.slice(0, -4)}AAAA` }))).toBe(9002313);
    await harness.clock.advance(91 * 86_400_000);
    expect(codeOf(await ask(refresh))).toBe(70008);
  });

  it("is called for by an application that was called", async () => {
    const { body } = await ask({ ...password, scope: `api://${API}/access` });
    const form = {
      grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
      requested_token_use: "on_behalf_of",
      client_id: API,
      client_secret: "new",
      scope,
    };
    const answer = await ask({ ...form, assertion: String(body.access_token) });
    expect(decodeJwt(String(answer.body.access_token))).toMatchObject({
      appid: API,
      upn: "ada@lido.local",
      aud: "https://management.azure.com",
    });
    const other = await ask(password);
    expect(codeOf(await ask({ ...form, assertion: String(other.body.access_token) }))).toBe(500131);
    expect(codeOf(await ask({ ...form, assertion: "a.b.c" }))).toBe(50013);
  });
});

describe("a device", () => {
  const poll = (device_code: string): Promise<Answer> =>
    ask({ grant_type: "urn:ietf:params:oauth:grant-type:device_code", client_id: AZ, device_code });
  const begin = async (): Promise<Record<string, unknown>> =>
    (await ask({ client_id: AZ, scope: USER_SCOPE }, "/organizations/oauth2/v2.0/devicecode")).body;

  async function answerPage(form: Record<string, string>): Promise<{ status: number; text: string }> {
    const page = await harness.app.inject({ method: "GET", url: "/devicelogin", headers: { host: HOST } });
    const mark = /name="mark" value="([^"]+)"/.exec(page.body)?.[1] ?? "";
    const cookie = String(page.headers["set-cookie"]).split(";")[0] ?? "";
    const payload = new URLSearchParams({ mark, ...form }).toString();
    const answer = await harness.app.inject({ method: "POST", url: "/devicelogin", headers: { host: HOST, cookie }, payload });
    return { status: answer.statusCode, text: answer.body };
  }

  it("waits for a person, and gets tokens once", async () => {
    const { device_code, user_code, verification_uri, interval, expires_in, message } = await begin();
    expect([verification_uri, interval, expires_in]).toEqual([`${BASE}/devicelogin`, 5, 900]);
    expect(message).toBe(
      `To sign in, use a web browser to open the page ${BASE}/devicelogin and enter the code ${String(user_code)} to authenticate.`,
    );
    const pending = await poll(String(device_code));
    expect([pending.status, pending.body.error, codeOf(pending)]).toEqual([400, "authorization_pending", 70016]);
    const wrong = await answerPage({ user_code: String(user_code), username: "ada@lido.local", password: "no", answer: "continue" });
    expect([wrong.status, wrong.text.includes("incorrect")]).toEqual([400, true]);
    const allowed = { user_code: String(user_code).toLowerCase(), username: "ada@lido.local", password: "pass word", answer: "continue" };
    expect((await answerPage(allowed)).status).toBe(200);
    const { status, body } = await poll(String(device_code));
    expect([status, body.scope]).toEqual([200, USER_SCOPE]);
    expect(decodeJwt(String(body.id_token))).toMatchObject({ preferred_username: "ada@lido.local", aud: AZ });
    expect(codeOf(await poll(String(device_code)))).toBe(54005);
    expect((await answerPage(allowed)).text).toContain("That code didn&#39;t work");
  });

  it("can be declined, and ends", async () => {
    const first = await begin();
    await answerPage({ user_code: String(first.user_code), answer: "cancel" });
    expect((await poll(String(first.device_code))).body.error).toBe("authorization_declined");
    const second = await begin();
    await harness.clock.advance(901_000);
    expect((await poll(String(second.device_code))).body.error).toBe("expired_token");
    expect(
      (await answerPage({ user_code: String(second.user_code), username: "ada@lido.local", password: "pass word", answer: "continue" }))
        .status,
    ).toBe(400);
  });

  it("of version 1 is answered in text", async () => {
    const { body } = await ask({ client_id: AZ, resource: "https://management.azure.com/" }, `/${TENANT}/oauth2/devicecode`);
    expect(body).toMatchObject({ verification_url: `${BASE}/devicelogin`, interval: "5", expires_in: "900" });
  });

  it("of the built-in user needs no password in a browser of this machine", async () => {
    const { user_code, device_code } = await begin();
    expect((await answerPage({ user_code: String(user_code), username: "admin@lido.local", answer: "continue" })).status).toBe(200);
    expect((await poll(String(device_code))).status).toBe(200);
    expect(CLIENT.clientSecret).not.toBe("");
  });
});
