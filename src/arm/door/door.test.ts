import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CLUSTERS, GROUP, type Harness, HOST, ROOT, startHarness, SUBSCRIPTION } from "../testing/harness.ts";

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
  await harness.call("PUT", GROUP, { body: { location: "eastus" } });
});
afterAll(() => harness.stop());

const cluster = { location: "eastus", properties: {} };

describe("refusals of the door", () => {
  it.each([
    { name: "a request without api-version", path: "/subscriptions", version: "", want: [400, "MissingApiVersionParameter"] },
    { name: "any path without api-version", path: "/", version: "", want: [400, "MissingApiVersionParameter"] },
    {
      name: "a malformed api-version of ARM's own paths",
      path: "/subscriptions",
      version: "banana",
      want: [400, "InvalidApiVersionParameter"],
    },
    { name: "a day that is none", path: "/subscriptions", version: "2021-02-30", want: [400, "InvalidApiVersionParameter"] },
    { name: "a malformed api-version of a provider", path: `${CLUSTERS}/c`, version: "banana", want: [400, "NoRegisteredProviderFound"] },
    {
      name: "an api-version before the provider's first",
      path: `${CLUSTERS}/c`,
      version: "2016-01-01",
      want: [400, "NoRegisteredProviderFound"],
    },
    { name: "a subscription that is no GUID", path: "/subscriptions/abc/resourcegroups", want: [400, "InvalidSubscriptionId"] },
    {
      name: "an unknown subscription",
      path: "/subscriptions/99999999-0000-0000-0000-000000000000/resourcegroups",
      want: [404, "SubscriptionNotFound"],
    },
    { name: "an unknown group", path: `${ROOT}/resourcegroups/none`, want: [404, "ResourceGroupNotFound"] },
    {
      name: "a resource of an unknown group",
      path: `${ROOT}/resourcegroups/none/providers/Microsoft.ContainerService/managedClusters/c`,
      want: [404, "ResourceGroupNotFound"],
    },
    { name: "an unknown namespace", path: `${GROUP}/providers/Contoso.Things/a/b`, want: [404, "InvalidResourceNamespace"] },
    { name: "an unknown type", path: `${GROUP}/providers/Microsoft.ContainerService/fleets/b`, want: [404, "InvalidResourceType"] },
    {
      name: "a namespace that nothing serves",
      path: `${GROUP}/providers/Microsoft.Network/virtualNetworks/v`,
      want: [400, "NotEmulated"],
    },
    {
      name: "an unknown operation",
      path: `${ROOT}/providers/Microsoft.ContainerService/locations/eastus/operations/x`,
      want: [404, "NotFound"],
    },
    { name: "a path of nobody", path: "/nowhere", want: [404, "NotFound"] },
    { name: "a path that cannot be decoded", path: `${ROOT}/resourcegroups/%zz`, want: [400, "InvalidRequestUri"] },
    { name: "a defect", path: `${CLUSTERS}/defect`, version: "2024-09-01", want: [500, "InternalServerError"] },
  ])("$name gets $want", async ({ path, version, want }) => {
    const answer = await harness.call("GET", path, version === undefined ? {} : { version });
    expect([answer.status, answer.body.error?.code]).toEqual(want);
    expect(answer.headers["x-ms-failure-cause"]).toBe("gateway");
    expect(answer.headers["content-type"]).toBe("application/json; charset=utf-8");
    expect(answer.text).not.toContain("\n");
  });

  it.each([
    { name: "text that is not JSON", body: "{nope", reason: "Invalid property identifier character: n. Path '', line 1, position 1." },
    {
      name: "a body that ends early",
      body: '{"location":"eastus"',
      reason: "Unexpected end when reading JSON. Path 'location', line 1, position 20.",
    },
    {
      name: "a comma too many",
      body: '{"location":"eastus",}',
      reason: "Invalid property identifier character: }. Path 'location', line 1, position 21.",
    },
  ])("$name is InvalidRequestContent in Newtonsoft's words", async ({ body, reason }) => {
    for (const path of [`${CLUSTERS}/c`, `${ROOT}/resourcegroups/other`]) {
      const answer = await harness.call("PUT", path, { body });
      expect([answer.status, answer.body.error?.code]).toEqual([400, "InvalidRequestContent"]);
      expect(answer.body.error?.message).toBe(`The request content was invalid and could not be deserialized: '${reason}'.`);
    }
    expect((await harness.call("GET", `${ROOT}/resourcegroups/other`)).status).toBe(404);
  });

  it.each([
    { name: "no location", body: { properties: {} }, want: [400, "LocationRequired"] },
    { name: "a region the type is not in", body: { location: "brazilsouth" }, want: [400, "LocationNotAvailableForResourceType"] },
    { name: "a location that is no text", body: { location: 5 }, want: [400, "LocationNotAvailableForResourceType"] },
    { name: "no object", body: [1], want: [400, "InvalidRequestContent"] },
    { name: "no body", body: undefined, want: [400, "InvalidRequestContent"] },
  ])("a new resource with $name is refused", async ({ body, want }) => {
    const answer = await harness.call("PUT", `${CLUSTERS}/c`, { body });
    expect([answer.status, answer.body.error?.code]).toEqual(want);
  });

  it("a body over 4 MiB is RequestContentTooLarge", async () => {
    const answer = await harness.call("PUT", `${CLUSTERS}/c`, { body: { location: "eastus", filler: "x".repeat(4 * 1024 * 1024) } });
    expect([answer.status, answer.body.error?.code]).toEqual([413, "RequestContentTooLarge"]);
    expect(answer.body.error?.message).toBe("The request content size exceeds the maximum size of 4 MB.");
  });

  it("a method that a path does not have is 405", async () => {
    const answer = await harness.call("POST", GROUP);
    expect([answer.status, answer.body.error?.message]).toEqual([405, "The requested resource does not support http method 'POST'."]);
  });

  it("what belongs to a resource cannot be made without it", async () => {
    const answer = await harness.call("PUT", `${CLUSTERS}/none/agentPools/p`, { body: {}, version: "2024-09-01" });
    expect([answer.status, answer.body.error]).toEqual([
      404,
      {
        code: "ParentResourceNotFound",
        message:
          "Can not perform requested operation on nested resource. Parent resource 'Microsoft.ContainerService/managedClusters/none' not found.",
      },
    ]);
  });

  it("a part of a path of more than 2,048 characters", async () => {
    const { status, body } = await harness.call("GET", `${ROOT}/operationresults/${"a".repeat(2049)}`);
    expect([status, body.error?.code]).toEqual([414, "RequestUriTooLong"]);
  });

  it("members nested beyond the reader's depth", async () => {
    const deep = `{"location":"eastus","properties":{"unknown":${'{"a":'.repeat(129)}1${"}".repeat(129)}}}`;
    const { status, body } = await harness.call("PUT", `${CLUSTERS}/c`, { version: "2024-09-01", body: deep });
    expect([status, body.error?.code]).toEqual([400, "InvalidRequestContent"]);
    expect(body.error?.message).toContain("MaxDepth of 128 has been exceeded");
  });

  it.each([
    ["PUT", { ["x".repeat(513)]: "y" }, "InvalidTagName"],
    ["PATCH", { ["x".repeat(513)]: "y" }, "InvalidTagName"],
    ["PUT", { "cost/center": "y" }, "InvalidTagNameCharacters"],
    ["PATCH", { "tab\there": "y" }, "InvalidTagNameCharacters"],
    ["PUT", { x: "y".repeat(257) }, "InvalidTagValueLength"],
  ])("a tag that no resource may have: %s %j", async (method, tags, code) => {
    const answer = await harness.call(method, `${CLUSTERS}/tagged`, { version: "2024-09-01", body: { ...cluster, tags } });
    expect([answer.status, answer.body.error?.code]).toEqual([400, code]);
  });

  it("a resource cannot move to another region", async () => {
    await harness.call("PUT", `${CLUSTERS}/stays`, { body: cluster, version: "2024-09-01" });
    const answer = await harness.call("PUT", `${CLUSTERS}/stays`, { body: { location: "West US 2" }, version: "2024-09-01" });
    expect([answer.status, answer.body.error?.code]).toEqual([409, "InvalidResourceLocation"]);
  });
});

describe("who calls", () => {
  const tamper = (token: string): string => `${token.slice(0, -6)}AAAAAA`;
  const foreign = (claims: object): string =>
    ["{}", JSON.stringify(claims), "x"].map((part) => Buffer.from(part).toString("base64url")).join(".");

  it.each([
    { name: "no token", token: null, code: "AuthenticationFailed" },
    { name: "text that is no token", token: "abc", code: "InvalidAuthenticationToken" },
    {
      name: "a token of another tenant",
      token: foreign({ iss: "https://sts.windows.net/other/" }),
      code: "InvalidAuthenticationTokenTenant",
    },
    {
      name: "a forged token of this tenant",
      token: foreign({ iss: "https://sts.windows.net/11111111-1111-1111-1111-111111111111/" }),
      code: "InvalidAuthenticationToken",
    },
  ])("$name is 401 $code with a challenge", async ({ token, code }) => {
    const answer = await harness.call("GET", "/subscriptions", { token });
    expect([answer.status, answer.body.error?.code]).toEqual([401, code]);
    expect(answer.headers["www-authenticate"]).toMatch(
      /^Bearer authorization_uri="http:\/\/localhost:8443\/1{8}-[^"]+", error="invalid_token", error_description="[^"]+"$/,
    );
  });

  it("another scheme than Bearer is refused", async () => {
    const answer = await harness.call("GET", "/subscriptions", { token: null, headers: { authorization: "Basic eDp5" } });
    expect(answer.body.error?.code).toBe("AuthenticationFailedInvalidHeader");
  });

  it("a token with a changed signature is refused", async () => {
    const answer = await harness.call("GET", "/subscriptions", { token: tamper(await harness.arm.issueToken()) });
    expect([answer.status, answer.body.error?.code]).toEqual([401, "InvalidAuthenticationToken"]);
  });

  it("a token is good for a day, also one that was seen before", async () => {
    const own = await startHarness();
    expect((await own.call("GET", "/subscriptions")).status).toBe(200);
    await own.clock.advance(86_400_000);
    const answer = await own.call("GET", "/subscriptions");
    expect([answer.status, answer.body.error?.code]).toEqual([401, "ExpiredAuthenticationToken"]);
    expect(answer.body.error?.message).toBe(
      "The access token expiry UTC time '5/18/2019 11:59:59 AM' is earlier than current UTC time '5/18/2019 12:00:00 PM'.",
    );
    await own.stop();
  });
});

describe("answers", () => {
  it("come through the edge, for versions of its time", async () => {
    const early = await harness.call("GET", ROOT, { version: "2022-09-01" });
    expect(early.headers["x-cache"]).toBeUndefined();
    const { headers } = await harness.call("GET", ROOT, { version: "2025-04-01" });
    expect(headers["x-cache"]).toBe("CONFIG_NOCACHE");
    expect(headers["x-msedge-ref"]).toMatch(/^Ref A: [0-9A-F]{32} Ref B: \w{15} Ref C: 2019-05-17T12:\d\d:\d\dZ$/);
    expect(headers["x-ms-ratelimit-remaining-subscription-global-reads"]).toMatch(/^164\d\d$/);
  });

  it("carry the front door's headers", async () => {
    const { headers } = await harness.call("GET", "/subscriptions");
    expect(headers).toMatchObject({
      "cache-control": "no-cache",
      pragma: "no-cache",
      expires: "-1",
      "strict-transport-security": "max-age=31536000; includeSubDomains",
      "x-content-type-options": "nosniff",
      vary: "Accept-Encoding",
      "x-ms-ratelimit-remaining-tenant-reads": expect.stringMatching(/^11\d{3}$/),
    });
    expect(headers["x-ms-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers["x-ms-correlation-request-id"]).toBe(headers["x-ms-request-id"]);
    expect(headers["x-ms-routing-request-id"]).toBe(`EASTUS:20190517T120000Z:${String(headers["x-ms-request-id"])}`);
  });

  it("echo the client's request id only when asked", async () => {
    const id = "33333333-3333-3333-3333-333333333333";
    const silent = await harness.call("GET", "/subscriptions", { headers: { "x-ms-client-request-id": id } });
    expect(silent.headers["x-ms-client-request-id"]).toBeUndefined();
    const asked = await harness.call("GET", "/subscriptions", {
      headers: { "x-ms-client-request-id": id, "x-ms-return-client-request-id": "true" },
    });
    expect(asked.headers["x-ms-client-request-id"]).toBe(id);
  });

  it("of a provider are laid out as Go lays them out, its refusals flat", async () => {
    const { text, headers, status } = await harness.call("PUT", `${CLUSTERS}/r`, {
      body: { location: "eastus", properties: { refuse: true } },
      version: "2024-09-01",
    });
    expect(status).toBe(400);
    expect(text).toBe(
      '{\n  "code": "InvalidParameter",\n  "details": null,\n  "message": "The value is \\u003crefused\\u003e.",\n  "subcode": "",\n  "target": "refuse"\n }',
    );
    expect(headers["content-type"]).toBe("application/json");
    expect(headers["x-ms-failure-cause"]).toBeUndefined();
  });

  it("take paths in any letter case, with doubled and trailing slashes", async () => {
    for (const path of [`//subscriptions/${SUBSCRIPTION}//RESOURCEGROUPS/MYGROUP/`, `${ROOT}/resourcegroups/mygroup`]) {
      const answer = await harness.call("GET", path);
      expect([answer.status, answer.body.name]).toEqual([200, "myGroup"]);
    }
  });

  it("HEAD of a resource tells whether it is there", async () => {
    await harness.call("PUT", `${CLUSTERS}/head`, { body: cluster, version: "2024-09-01" });
    expect((await harness.call("HEAD", `${CLUSTERS}/head`, { version: "2024-09-01" })).status).toBe(204);
    const missing = await harness.call("HEAD", `${CLUSTERS}/none`, { version: "2024-09-01" });
    expect([missing.status, missing.text]).toEqual([404, ""]);
    expect(Number(missing.headers["content-length"])).toBeGreaterThan(50);
  });

  it("reach the provider outside a subscription too", async () => {
    const answer = await harness.call("GET", "/providers/Microsoft.ContainerService/operations", { version: "2024-09-01" });
    expect(answer.body.error?.code).toBe("ResourceNotFound");
    expect(harness.provider.requests.at(-1)?.path).toEqual({
      subscriptionId: "",
      namespace: "Microsoft.ContainerService",
      segments: ["operations"],
    });
  });
});

describe("operations", () => {
  it("are answered from their start to their end, at URLs on the client's own host", async () => {
    const made = await harness.call("PUT", `${CLUSTERS}/op`, { body: cluster, version: "2019-04-01" });
    const url = String(made.headers["azure-asyncoperation"]);
    const [, id = ""] =
      new RegExp(
        `^http://${HOST}${ROOT}/providers/Microsoft.ContainerService/locations/eastus/operations/([0-9a-f-]{36})\\?api-version=2017-08-31$`,
      ).exec(url) ?? [];
    expect(made.headers["retry-after"]).toBe("1");
    expect(made.headers.location).toBeUndefined();
    const running = await harness.call("GET", url);
    const swapped = `${id.slice(6, 8)}${id.slice(4, 6)}${id.slice(2, 4)}${id.slice(0, 2)}-${id.slice(11, 13)}${id.slice(9, 11)}-${id.slice(16, 18)}${id.slice(14, 16)}${id.slice(18)}`;
    expect(running.body).toEqual({ name: swapped, status: "InProgress", startTime: "2019-05-17T12:00:00Z" });
    expect(running.headers["retry-after"]).toBe("1");
    const result = url.replace("/operations/", "/operationresults/");
    expect(await harness.call("GET", result)).toMatchObject({ status: 202, text: "" });
    const ended = await harness.poll(url);
    expect(ended.body).toMatchObject({ status: "Succeeded", endTime: "2019-05-17T12:00:01Z" });
    expect(ended.headers["retry-after"]).toBeUndefined();
    expect((await harness.call("GET", result)).status).toBe(204);
  });

  it("carry a signed query since late 2023, are found with and without it, and have their own id for a name", async () => {
    const made = await harness.call("PUT", `${CLUSTERS}/signed`, { body: cluster, version: "2024-01-01" });
    const url = String(made.headers["azure-asyncoperation"]);
    const [, id, query = ""] = /operations\/([^?]+)\?(.*)$/.exec(url) ?? [];
    const parts = new URLSearchParams(query);
    expect([...parts.keys()]).toEqual(["api-version", "t", "c", "s", "h"]);
    expect(parts.get("api-version")).toBe("2016-03-30");
    // Ticks of 2019-05-17T12:00.
    expect(parts.get("t")).toMatch(/^63693691\d{10}$/);
    expect((await harness.call("GET", url)).body.name).toBe(id);
    expect((await harness.call("GET", url.replace(/&.*/, ""))).status).toBe(200);
    const result = await harness.call("GET", url.replace("/operations/", "/operationresults/"));
    expect(result.headers["location"]).toMatch(/operationresults\/[^?]+\?api-version=2016-03-30&t=\d{18}&c=/);
    await harness.poll(url);
  });

  it("tell what they do to callers of today", async () => {
    const own = await startHarness();
    await own.call("PUT", GROUP, { body: { location: "eastus" } });
    own.provider.progress = ({ resourceId }) => `Making ${resourceId.split("/").at(-1)}`;
    for (const [version, status] of [
      ["2026-01-01", "Making new"],
      ["2024-01-01", "InProgress"],
    ] as const) {
      const made = await own.call("PUT", `${CLUSTERS}/new`, { body: cluster, version });
      expect((await own.call("GET", String(made.headers["azure-asyncoperation"]))).body.status).toBe(status);
      expect((await own.poll(made.headers["azure-asyncoperation"])).body.status).toBe("Succeeded");
    }
    await own.stop();
  });

  it("are forgotten a day after their end, to the second", async () => {
    const own = await startHarness();
    await own.call("PUT", GROUP, { body: { location: "eastus" } });
    const made = await own.call("PUT", `${CLUSTERS}/op`, { body: cluster, version: "2025-05-01" });
    const url = made.headers["azure-asyncoperation"];
    await own.poll(url);
    await own.clock.advance(24 * 3_600_000 - 1_000);
    expect((await own.call("GET", String(url), { token: await own.arm.issueToken() })).status).toBe(200);
    await own.clock.advance(2_000);
    expect((await own.call("GET", String(url), { token: await own.arm.issueToken() })).status).toBe(404);
    await own.stop();
  });

  it("are forgotten a day after their end", async () => {
    const own = await startHarness();
    await own.call("PUT", GROUP, { body: { location: "eastus" } });
    const made = await own.call("PUT", `${CLUSTERS}/op`, { body: cluster, version: "2025-05-01" });
    const url = String(made.headers["azure-asyncoperation"]);
    expect((await own.poll(url)).body.name).toBe(/operations\/([^?]+)/.exec(url)?.[1]);
    await own.clock.advance(26 * 3_600_000);
    const token = await own.arm.issueToken();
    expect((await own.call("GET", url, { token })).status).toBe(404);
    await own.stop();
  });
});

describe("a namespace that several providers serve", () => {
  it("is one namespace, whose types each have their own", async () => {
    const own = await startHarness();
    const asked: string[] = [];
    const version = "2021-01-01";
    for (const resourceType of ["policyAssignments", "policyDefinitions"]) {
      own.arm.register({
        namespace: "Microsoft.Authorization",
        resourceTypes: [{ resourceType, locations: [], apiVersions: [version], capabilities: "SupportsExtension" }],
        resources: () => [],
        beginDelete: async () => undefined,
        async handle({ path }) {
          asked.push(`${resourceType} ${path.segments.join("/")} of ${path.extends ?? path.resourceGroup ?? "all"}`);
          return { status: 200, body: {} };
        },
      });
    }
    await own.call("PUT", GROUP, { body: { location: "eastus" } });
    await own.call("PUT", `${CLUSTERS}/c`, { body: cluster, version: "2024-09-01" });
    const below = (scope: string): string => `${scope}/providers/microsoft.authorization`;
    await own.call("GET", `${below(ROOT)}/policyDefinitions/a`, { version });
    await own.call("GET", `${below(GROUP)}/POLICYASSIGNMENTS/b`, { version });
    await own.call("GET", `${below(`${CLUSTERS}/c`)}/policyAssignments/c`, { version });
    expect((await own.call("GET", `${below(GROUP)}/locks`, { version: "2016-09-01" })).body).toEqual({ value: [] });
    expect((await own.call("GET", `${below(`${CLUSTERS}/none`)}/policyAssignments`, { version })).status).toBe(404);
    expect(asked).toEqual([
      "policyDefinitions policyDefinitions/a of all",
      "policyAssignments POLICYASSIGNMENTS/b of myGroup",
      `policyAssignments policyAssignments/c of ${CLUSTERS}/c`,
    ]);
    const elsewhere = await own.call("GET", `${CLUSTERS}/c/providers/Microsoft.ContainerService/managedClusters/c`, {
      version: "2024-09-01",
    });
    expect([elsewhere.status, elsewhere.body.error?.code]).toEqual([404, "InvalidResourceType"]);
    const { body } = await own.call("GET", below(ROOT));
    expect((body.resourceTypes as unknown as { resourceType: string }[]).map(({ resourceType }) => resourceType)).toEqual([
      "locks",
      "roleAssignments",
      "roleDefinitions",
      "permissions",
      "policyAssignments",
      "policyDefinitions",
    ]);
    await own.stop();
  });
});
