import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Harness, HOST, startHarness } from "../../testing/harness.ts";

const AZ = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
const BASE = `http://${HOST}`;
const PATH = "/organizations/oauth2/v2.0/authorize";
const VERIFIER = "v".repeat(43);
const CHALLENGE = createHash("sha256").update(VERIFIER).digest("base64url");
const IDENTITIES = `users: [{ userPrincipalName: ada@lido.local, displayName: "<script>alert('a')</script>", password: "pass word" }]`;

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({ identities: () => IDENTITIES });
});
afterAll(() => harness.stop());

const asked = {
  client_id: AZ,
  response_type: "code",
  redirect_uri: "http://localhost:8400/",
  scope: `${BASE}//.default openid offline_access`,
  state: "a & b",
  code_challenge: CHALLENGE,
  code_challenge_method: "S256",
};

interface Page {
  readonly status: number;
  readonly text: string;
  readonly cookie: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

async function open(change: Record<string, string> = {}, remoteAddress = "127.0.0.1"): Promise<Page> {
  const url = `${PATH}?${new URLSearchParams({ ...asked, ...change }).toString()}`;
  const { statusCode, body, headers } = await harness.app.inject({ method: "GET", url, headers: { host: HOST }, remoteAddress });
  return { status: statusCode, text: body, headers, cookie: String(headers["set-cookie"]).split(";")[0] ?? "" };
}

const hidden = ({ text }: Page, name: string): string => new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? "";

async function submit(
  page: Page,
  change: Record<string, string> = {},
  { headers = {}, remoteAddress = "127.0.0.1" }: { headers?: Record<string, string>; remoteAddress?: string } = {},
): Promise<Page> {
  const form = {
    mark: hidden(page, "mark"),
    request: hidden(page, "request"),
    username: "ada@lido.local",
    password: "pass word",
    answer: "continue",
  };
  const payload = new URLSearchParams({ ...form, ...change }).toString();
  const sent = { host: HOST, cookie: page.cookie, origin: BASE, ...headers };
  const answer = await harness.app.inject({ method: "POST", url: PATH, headers: sent, payload, remoteAddress });
  return { status: answer.statusCode, text: answer.body, headers: answer.headers, cookie: "" };
}

async function redeem(form: Record<string, string>): Promise<{ status: number; body: Record<string, unknown> }> {
  const all = { grant_type: "authorization_code", client_id: AZ, redirect_uri: asked.redirect_uri, code_verifier: VERIFIER, ...form };
  const payload = new URLSearchParams(all).toString();
  const answer = await harness.app.inject({ method: "POST", url: "/organizations/oauth2/v2.0/token", headers: { host: HOST }, payload });
  return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() };
}
const numberOf = ({ body }: { body: Record<string, unknown> }): unknown => (body.error_codes as unknown[] | undefined)?.[0];
const targetOf = ({ headers }: Page): URL => new URL(String(headers.location));

describe("the sign-in page", () => {
  it("sends the browser back with a code that opens once, for the verifier alone", async () => {
    const back = await submit(await open());
    expect([back.status, targetOf(back).origin, targetOf(back).searchParams.get("state")]).toEqual([302, "http://localhost:8400", "a & b"]);
    const code = targetOf(back).searchParams.get("code") ?? "";
    expect(numberOf(await redeem({ code, code_verifier: "w".repeat(43) }))).toBe(501_481);
    expect(numberOf(await redeem({ code, redirect_uri: "http://localhost:1/" }))).toBe(500_112);
    expect(numberOf(await redeem({ code, client_id: "1950a258-227b-4e31-a9cf-719495945fc2" }))).toBe(70_000);
    expect((await redeem({ code })).body).toMatchObject({ token_type: "Bearer", scope: asked.scope });
    expect(numberOf(await redeem({ code }))).toBe(54_005);
    expect(numberOf(await redeem({ code: "none" }))).toBe(9_002_313);
  });

  it("gives back the longest state that it takes", async () => {
    const state = "é".repeat(4_096);
    const back = await submit(await open({ state, redirect_uri: `http://localhost:8400/${"p".repeat(500)}` }));
    expect(targetOf(back).searchParams.get("state")).toBe(state);
  });

  it("gives codes that end after ten minutes", async () => {
    const code = targetOf(await submit(await open())).searchParams.get("code") ?? "";
    await harness.clock.advance(601_000);
    expect(numberOf(await redeem({ code }))).toBe(70_008);
  });

  it("answers in a form or in the fragment when it is asked to", async () => {
    const form = await submit(await open({ response_mode: "form_post" }));
    expect([form.status, hidden(form, "state")]).toEqual([200, "a &amp; b"]);
    expect(form.text).toContain('action="http://localhost:8400/"');
    expect(form.headers["content-security-policy"]).toMatch(/script-src 'sha256-.*form-action 'self' http:\/\/localhost:8400/);
    const fragment = targetOf(await submit(await open({ response_mode: "fragment" })));
    expect([fragment.search, fragment.hash.startsWith("#code=")]).toEqual(["", true]);
  });

  it.each([
    { name: "another site", change: { redirect_uri: "https://evil.example/" }, want: "AADSTS50011" },
    { name: "a name that begins like this machine's", change: { redirect_uri: "http://localhost.evil.example/" }, want: "AADSTS50011" },
    { name: "a script", change: { redirect_uri: "javascript:alert(1)" }, want: "AADSTS50011" },
    { name: "a client that is not here", change: { client_id: "x" }, want: "AADSTS700016" },
    { name: "a client with a name that objects have", change: { client_id: "constructor" }, want: "AADSTS700016" },
    { name: "no redirect URI", change: { redirect_uri: "" }, want: "AADSTS900144" },
  ])("sends nobody to $name", async ({ change, want }) => {
    const page = await open(change);
    expect([page.status, page.headers.location, page.text.includes(want)]).toEqual([400, undefined, true]);
  });

  it.each([
    { name: "an unsupported response type", change: { response_type: "token" }, want: "unsupported_response_type" },
    { name: "a scope that is none", change: { scope: "a/b/" }, want: "invalid_scope" },
    { name: "a silent request", change: { prompt: "none" }, want: "login_required" },
    { name: "an unknown challenge", change: { code_challenge_method: "S512" }, want: "invalid_request" },
  ])("tells the client of $name", async ({ change, want }) => {
    const page = await open(change);
    expect([page.status, targetOf(page).searchParams.get("error")]).toEqual([302, want]);
  });

  it("tells the client that the person has cancelled", async () => {
    expect(targetOf(await submit(await open(), { answer: "cancel" })).searchParams.get("error")).toBe("access_denied");
  });

  it("takes no form that another site or another browser has sent", async () => {
    const page = await open();
    const refused = async (...change: [Record<string, string>, { headers?: Record<string, string> }?]): Promise<number> =>
      (await submit(page, ...change)).status;
    expect(await refused({ mark: "x" })).toBe(403);
    expect(await refused({ request: "x" })).toBe(403);
    expect(await refused({}, { headers: { cookie: "" } })).toBe(403);
    expect(await refused({}, { headers: { cookie: `lido-sign-in=${"0".repeat(32)}` } })).toBe(403);
    expect(await refused({}, { headers: { origin: "https://evil.example" } })).toBe(403);
    expect(await refused({}, { headers: { origin: "null" } })).toBe(403);
    expect(await refused({}, { headers: { "sec-fetch-site": "cross-site" } })).toBe(403);
    expect((await submit(page)).status).toBe(302);
    await harness.clock.advance(3_600_001);
    expect((await submit(page)).status).toBe(403);
  });

  it("wants the built-in user's password from everywhere but this machine", async () => {
    const admin = { username: "admin@lido.local", password: "" };
    expect((await submit(await open(), admin)).status).toBe(302);
    const remote = await open({}, "192.0.2.1");
    expect(remote.text).not.toContain("no password needed");
    expect((await submit(remote, admin, { remoteAddress: "192.0.2.1" })).status).toBe(400);
    expect((await submit(await open(), { ...admin, username: "ada@lido.local" })).status).toBe(400);
  });

  it("shows what people have written as text, and cannot be framed", async () => {
    const page = await open({ login_hint: '"><script>' });
    expect(page.text).toContain("&lt;script&gt;alert(&#39;a&#39;)&lt;/script&gt;");
    expect(page.text).not.toContain("<script>");
    expect(page.headers).toMatchObject({ "x-frame-options": "DENY", "cache-control": "no-store, no-cache" });
    expect(page.headers["content-security-policy"]).toMatch(/^default-src 'none'.*frame-ancestors 'none'$/);
    expect(page.headers["set-cookie"]).toMatch(/HttpOnly; SameSite=Lax$/);
  });

  it("is of one tenant", async () => {
    const url = `/99999999-9999-9999-9999-999999999999/oauth2/v2.0/authorize?${new URLSearchParams(asked).toString()}`;
    const { statusCode, body } = await harness.app.inject({ method: "GET", url, headers: { host: HOST } });
    expect([statusCode, body.includes("AADSTS90002")]).toEqual([400, true]);
  });
});
