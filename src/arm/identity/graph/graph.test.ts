import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CLIENT, type Harness, HOST, type Loose, startHarness } from "../../testing/harness.ts";
import { FilterError, parseGraphFilter } from "./filter.ts";

const APP = "33333333-3333-3333-3333-333333333333";
const OBJECT = "44444444-4444-4444-4444-444444444444";
const USER = "55555555-5555-5555-5555-555555555555";
const IDENTITIES = `
applications: [{ clientId: ${APP}, objectId: ${OBJECT}, displayName: "ci's own", secrets: [{ value: s }] }]
users: [{ userPrincipalName: ada@lido.local, objectId: ${USER}, displayName: Ada, password: p }]
managedIdentities: [{ name: machine }]
`;

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({ identities: () => IDENTITIES });
});
afterAll(() => harness.stop());

interface Answer {
  readonly status: number;
  readonly body: Loose;
}

async function graph(
  path: string,
  { method = "GET", token, body }: { method?: string; token?: string; body?: unknown } = {},
): Promise<Answer> {
  const bearer = token ?? (await harness.arm.issueToken({ audience: "https://graph.microsoft.com" }));
  const response = await harness.app.inject({
    method: method as "GET",
    url: `/v1.0/${path}`,
    headers: { host: HOST, ...(bearer === "" ? {} : { authorization: `Bearer ${bearer}` }) },
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  });
  return { status: response.statusCode, body: response.json<Loose>() };
}

async function userToken(): Promise<string> {
  const form = {
    grant_type: "password",
    client_id: "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
    username: "ada@lido.local",
    password: "p",
    scope: "User.Read",
  };
  const payload = new URLSearchParams(form).toString();
  const answer = await harness.app.inject({ method: "POST", url: "/organizations/oauth2/v2.0/token", headers: { host: HOST }, payload });
  return answer.json<{ access_token: string }>().access_token;
}

const names = ({ body }: Answer): unknown => (body.value as unknown as { displayName?: string }[]).map(({ displayName }) => displayName);
const filtered = (collection: string, filter: string): Promise<Answer> => graph(`${collection}?$filter=${encodeURIComponent(filter)}`);

describe("Microsoft Graph", () => {
  it("finds principals as az asks for them", async () => {
    expect(names(await graph("servicePrincipals"))).toEqual(["Lido", "ci's own", "machine"]);
    expect(names(await filtered("servicePrincipals", `servicePrincipalNames/any(c:c eq '${APP}')`))).toEqual(["ci's own"]);
    expect(names(await filtered("servicePrincipals", "startswith(displayName,'CI''S')"))).toEqual(["ci's own"]);
    expect(names(await filtered("servicePrincipals", `appId eq '${APP}' or displayName eq 'machine'`))).toEqual(["ci's own", "machine"]);
    expect(names(await filtered("servicePrincipals", `appId eq '${APP}' and displayName eq 'machine'`))).toEqual([]);
    expect(names(await filtered("users", "userPrincipalName eq 'ADA@lido.local'"))).toEqual(["Ada"]);
    expect((await graph(`servicePrincipals/${OBJECT}`)).body).toMatchObject({
      id: OBJECT,
      appId: APP,
      servicePrincipalType: "Application",
    });
    expect((await graph(`servicePrincipals(appId='${APP}')`)).body).toMatchObject({ id: OBJECT });
    expect((await graph("users/ada@lido.local?$select=id,displayName")).body).toEqual({
      "@odata.context": `http://${HOST}/v1.0/$metadata#users/$entity`,
      displayName: "Ada",
      id: USER,
    });
    expect((await graph(`applications?$filter=${encodeURIComponent(`appId eq '${APP}'`)}`)).body.value).toMatchObject([
      { appId: APP, identifierUris: [`api://${APP}`] },
    ]);
    expect(names(await graph("groups"))).toEqual([]);
  });

  it("tells whose ids they are", async () => {
    const { body } = await graph("directoryObjects/getByIds", {
      method: "POST",
      body: { ids: [USER, OBJECT, "x"], types: ["user", "servicePrincipal"] },
    });
    expect(body.value).toMatchObject([
      { "@odata.type": "#microsoft.graph.servicePrincipal", id: OBJECT },
      { "@odata.type": "#microsoft.graph.user", id: USER },
    ]);
  });

  it("pages", async () => {
    const first = await graph("servicePrincipals?$top=2");
    expect(names(first)).toEqual(["Lido", "ci's own"]);
    const next = (first.body["@odata.nextLink"] as unknown as string).split("/v1.0/")[1] ?? "";
    expect(names(await graph(next))).toEqual(["machine"]);
  });

  it("knows the user who asks, and no other", async () => {
    expect((await graph("me", { token: await userToken() })).body).toMatchObject({ userPrincipalName: "ada@lido.local", id: USER });
    expect((await graph("me")).body.error).toMatchObject({ message: "/me request is only valid with delegated authentication flow." });
  });

  it.each([
    { name: "no token", path: "users", options: { token: "" }, want: [401, "InvalidAuthenticationToken"] },
    { name: "a token that is none", path: "users", options: { token: "a.b.c" }, want: [401, "InvalidAuthenticationToken"] },
    { name: "an unknown object", path: "users/none@lido.local", options: {}, want: [404, "Request_ResourceNotFound"] },
    { name: "an unknown collection", path: "devices", options: {}, want: [400, "BadRequest"] },
    { name: "a filter that is not understood", path: "users?$filter=length(id)", options: {}, want: [400, "Request_UnsupportedQuery"] },
    { name: "a change", path: "applications", options: { method: "POST", body: {} }, want: [403, "Authorization_RequestDenied"] },
  ])("refuses $name", async ({ path, options, want }) => {
    const { status, body } = await graph(path, options);
    expect([status, body.error?.code]).toEqual(want);
    expect(body.error?.innerError).toHaveProperty("request-id");
  });

  it("takes no token that is for Azure Resource Manager of the public cloud", async () => {
    expect((await graph("users", { token: await harness.arm.issueToken() })).status).toBe(401);
    expect(CLIENT.clientId).not.toBe(APP);
  });

  it("leaves quoted words in filters alone", () => {
    const test = parseGraphFilter("displayName eq 'a and b or c'");
    expect([test({ displayName: "A and b or c" }), test({ displayName: "a" })]).toEqual([true, false]);
    expect(() => parseGraphFilter(Array.from({ length: 21 }, () => "id eq 'a'").join(" or "))).toThrow(FilterError);
    expect(() => parseGraphFilter("x".repeat(5_000))).toThrow(FilterError);
  });
});
