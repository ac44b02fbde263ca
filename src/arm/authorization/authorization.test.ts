import { afterEach, describe, expect, it } from "vitest";
import { type Answer, GROUP, type Harness, ROOT, startHarness } from "../testing/harness.ts";

const READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7";
const CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c";
const APP = "33333333-3333-3333-3333-333333333333";
const OBJECT = "44444444-4444-4444-4444-444444444444";
const NAME = "55555555-5555-5555-5555-555555555555";
const OTHER = "66666666-6666-6666-6666-666666666666";
const VERSION = "2022-04-01";
const IDENTITIES = `applications: [{ clientId: ${APP}, objectId: ${OBJECT}, secrets: [{ value: s }] }]`;

let harness: Harness;
afterEach(() => harness.stop());
const start = async (options: Parameters<typeof startHarness>[0] = {}): Promise<void> => {
  harness = await startHarness({ identities: () => IDENTITIES, ...options });
};

const assignments = (scope: string, name = ""): string =>
  `${scope}/providers/Microsoft.Authorization/roleAssignments${name === "" ? "" : `/${name}`}`;
const definition = (role: string): string => `${ROOT}/providers/Microsoft.Authorization/roleDefinitions/${role}`;
const assign = (scope: string, change: Record<string, unknown> = {}, name = NAME): Promise<Answer> =>
  harness.call("PUT", assignments(scope, name), {
    version: VERSION,
    body: { properties: { roleDefinitionId: definition(READER), principalId: OBJECT, ...change } },
  });
const outcome = ({ status, body }: Answer): unknown[] => [status, body.error?.code];

describe("role assignments", () => {
  it("are made, listed at their scope and below, and deleted", async () => {
    await start();
    await harness.call("PUT", GROUP, { body: { location: "eastus" } });
    const made = await assign(GROUP, { description: "for tests" });
    expect([made.status, made.body.id, made.body.properties]).toMatchObject([
      201,
      assignments(GROUP, NAME),
      {
        principalId: OBJECT,
        principalType: "ServicePrincipal",
        scope: GROUP,
        roleDefinitionId: definition(READER),
        createdBy: null,
        description: "for tests",
      },
    ]);
    expect((await assign(GROUP)).status).toBe(200);
    const list = async (scope: string, filter = ""): Promise<unknown[]> => {
      const { body } = await harness.call("GET", `${assignments(scope)}?$filter=${encodeURIComponent(filter)}`, { version: VERSION });
      return (body.value as unknown as { name: string }[]).map(({ name }) => name);
    };
    expect(await list(ROOT, `principalId eq '${OBJECT}'`)).toEqual([NAME]);
    expect(await list(ROOT, `atScope() and assignedTo('${OBJECT}')`)).toEqual([]);
    expect(await list(GROUP, `atScope() and assignedTo('${OBJECT}')`)).toEqual([NAME]);
    expect((await list(GROUP, "atScope()")).length).toBe(3);
    expect(outcome(await harness.call("GET", `${assignments(ROOT)}?$filter=x`, { version: VERSION }))).toEqual([
      400,
      "InvalidFilterInQueryString",
    ]);
    expect((await harness.call("DELETE", assignments(GROUP, NAME), { version: VERSION })).status).toBe(200);
    expect((await harness.call("DELETE", assignments(GROUP, NAME), { version: VERSION })).status).toBe(204);
    expect(outcome(await harness.call("GET", assignments(GROUP, NAME), { version: VERSION }))).toEqual([404, "RoleAssignmentNotFound"]);
  });

  it("have the members of their version", async () => {
    await start();
    await assign(ROOT);
    const { body } = await harness.call("GET", assignments(ROOT, NAME), { version: "2015-07-01" });
    expect(Object.keys(body.properties ?? {})).toEqual([
      "roleDefinitionId",
      "principalId",
      "scope",
      "createdOn",
      "updatedOn",
      "createdBy",
      "updatedBy",
    ]);
  });

  it("go with their group", async () => {
    await start();
    await harness.call("PUT", GROUP, { body: { location: "eastus" } });
    await assign(GROUP);
    await harness.poll((await harness.call("DELETE", GROUP)).headers.location);
    await harness.call("PUT", GROUP, { body: { location: "eastus" } });
    expect((await harness.call("GET", assignments(GROUP, NAME), { version: VERSION })).status).toBe(404);
  });

  it.each([
    { name: "an unknown role", change: { roleDefinitionId: definition(OTHER) }, want: [400, "RoleDefinitionDoesNotExist"] },
    { name: "a role that is no GUID", change: { roleDefinitionId: definition("Reader") }, want: [400, "InvalidRoleDefinitionId"] },
    { name: "an unknown principal", change: { principalId: OTHER }, want: [400, "PrincipalNotFound"] },
    {
      name: "an unknown principal whose type is said",
      change: { principalId: OTHER, principalType: "ServicePrincipal" },
      want: [201, undefined],
    },
    { name: "another type than the principal has", change: { principalType: "User" }, want: [400, "UnmatchedPrincipalType"] },
    { name: "a principal that is no GUID", change: { principalId: "me" }, want: [400, "InvalidPrincipalId"] },
    { name: "no principal", change: { principalId: undefined }, want: [400, "BadRequestFormat"] },
    { name: "a condition", change: { condition: "@Resource", conditionVersion: "2.0" }, want: [400, "NotEmulated"] },
  ])("answer $name", async ({ change, want }) => {
    await start();
    expect(outcome(await assign(ROOT, change))).toEqual(want);
  });

  it("are made once, and not changed into others", async () => {
    await start();
    await assign(ROOT);
    expect(outcome(await assign(ROOT, {}, OTHER))).toEqual([409, "RoleAssignmentExists"]);
    expect(outcome(await assign(ROOT, { roleDefinitionId: definition(CONTRIBUTOR) }))).toEqual([409, "RoleAssignmentUpdateNotPermitted"]);
    expect(outcome(await assign(ROOT, {}, "name"))).toEqual([400, "InvalidRoleAssignmentId"]);
  });
});

describe("role definitions", () => {
  const custom = (change: Record<string, unknown> = {}, name = OTHER): Promise<Answer> =>
    harness.call("PUT", definition(name), {
      version: VERSION,
      body: {
        properties: {
          roleName: "Scaler",
          permissions: [{ actions: ["Microsoft.ContainerService/managedClusters/agentPools/*"] }],
          assignableScopes: [ROOT],
          ...change,
        },
      },
    });

  it("are built in, and found by name", async () => {
    await start();
    const { body } = await harness.call("GET", `${definition("")}?$filter=${encodeURIComponent("roleName eq 'reader'")}`, {
      version: VERSION,
    });
    expect(body.value).toMatchObject([
      {
        name: READER,
        id: definition(READER),
        properties: { roleName: "Reader", type: "BuiltInRole", permissions: [{ actions: ["*/read"], dataActions: [] }] },
      },
    ]);
    const old = await harness.call("GET", definition(READER), { version: "2015-07-01" });
    expect(old.body.properties?.permissions).toEqual([{ actions: ["*/read"], notActions: [] }]);
  });

  it("of the tenant's own are made, given and deleted", async () => {
    await start();
    expect((await custom()).body).toMatchObject({ name: OTHER, properties: { type: "CustomRole", roleName: "Scaler" } });
    expect((await assign(ROOT, { roleDefinitionId: definition(OTHER) })).status).toBe(201);
    expect(outcome(await harness.call("DELETE", definition(OTHER), { version: VERSION }))).toEqual([400, "RoleDefinitionHasAssignments"]);
    await harness.call("DELETE", assignments(ROOT, NAME), { version: VERSION });
    expect((await harness.call("DELETE", definition(OTHER), { version: VERSION })).status).toBe(200);
    expect((await harness.call("DELETE", definition(OTHER), { version: VERSION })).status).toBe(204);
    expect(outcome(await harness.call("GET", definition(OTHER), { version: VERSION }))).toEqual([404, "RoleDefinitionDoesNotExist"]);
  });

  it.each([
    { name: "a built-in role's name", change: { roleName: "owner" }, want: [409, "RoleDefinitionWithSameNameExists"] },
    { name: "no permissions", change: { permissions: [] }, want: [400, "BadRequestFormat"] },
    { name: "a scope that is none", change: { assignableScopes: ["/"] }, want: [400, "LinkedInvalidPropertyId"] },
  ])("are refused with $name", async ({ change, want }) => {
    await start();
    expect(outcome(await custom(change))).toEqual(want);
    expect(outcome(await custom({}, READER))).toEqual([403, "CannotModifyBuiltInRole"]);
  });
});

describe("with --rbac", () => {
  const cluster = `${GROUP}/providers/Microsoft.ContainerService/managedClusters/c`;
  async function asApp(method: string, path: string, body?: unknown): Promise<Answer> {
    return await harness.call(method, path, {
      token: await harness.arm.issueToken({ clientId: APP }),
      ...(body === undefined ? {} : { body }),
    });
  }

  it("a caller without roles sees nothing, and with one what it allows", async () => {
    await start({ rbac: true });
    await harness.call("PUT", GROUP, { body: { location: "eastus" } });
    expect((await asApp("GET", "/subscriptions")).body.value).toEqual([]);
    expect(outcome(await asApp("GET", ROOT))).toEqual([404, "SubscriptionNotFound"]);
    expect((await asApp("GET", `${ROOT}/resourcegroups`)).body.value).toEqual([]);
    const refused = await asApp("GET", cluster);
    expect([refused.status, refused.body]).toEqual([
      403,
      {
        error: {
          code: "AuthorizationFailed",
          message:
            `The client '${APP}' with object id '${OBJECT}' does not have authorization to perform action ` +
            `'Microsoft.ContainerService/managedClusters/read' over scope '${cluster}' or the scope is invalid. ` +
            "If access was recently granted, please refresh your credentials.",
        },
      },
    ]);
    await assign(GROUP);
    expect((await asApp("GET", "/subscriptions")).body.value).toHaveLength(1);
    expect((await asApp("GET", ROOT)).status).toBe(200);
    expect((await asApp("GET", `${ROOT}/resourcegroups`)).body.value).toHaveLength(1);
    expect(outcome(await asApp("GET", cluster))).toEqual([404, "ResourceNotFound"]);
    expect(outcome(await asApp("PUT", cluster, { location: "eastus" }))).toEqual([403, "AuthorizationFailed"]);
    expect(outcome(await asApp("DELETE", GROUP))).toEqual([403, "AuthorizationFailed"]);
    expect(outcome(await asApp("PUT", `${ROOT}/resourceGroups/other`, { location: "eastus" }))).toEqual([403, "AuthorizationFailed"]);
  });

  it("a Contributor changes everything but roles, also through a deployment", async () => {
    await start({ rbac: true });
    await harness.call("PUT", GROUP, { body: { location: "eastus" } });
    await assign(GROUP, { roleDefinitionId: definition(CONTRIBUTOR) });
    expect((await asApp("PUT", cluster, { location: "eastus", properties: {} })).status).toBe(201);
    const template = {
      $schema: "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
      contentVersion: "1.0.0.0",
      resources: [
        {
          type: "Microsoft.Authorization/roleAssignments",
          apiVersion: VERSION,
          name: OTHER,
          properties: { roleDefinitionId: definition(READER), principalId: OBJECT },
        },
      ],
    };
    const deployment = `${GROUP}/providers/Microsoft.Resources/deployments/d`;
    const begun = await asApp("PUT", deployment, { properties: { mode: "Incremental", template } });
    expect(begun.status).toBe(201);
    const ended = await harness.poll(begun.headers["azure-asyncoperation"]);
    expect(JSON.stringify(ended.body)).toContain("AuthorizationFailed");
    expect(
      outcome(await asApp("PUT", assignments(GROUP, OTHER), { properties: { roleDefinitionId: definition(READER), principalId: OBJECT } })),
    ).toEqual([403, "AuthorizationFailed"]);
  });

  it("tells callers what they may do, and everyone may do everything without it", async () => {
    await start({ rbac: true });
    await assign(ROOT);
    expect((await asApp("GET", `${ROOT}/providers/Microsoft.Authorization/permissions`)).body.value).toMatchObject([
      { actions: ["*/read"] },
    ]);
    await harness.stop();
    await start();
    expect((await asApp("GET", `${ROOT}/providers/Microsoft.Authorization/permissions`)).body.value).toMatchObject([{ actions: ["*"] }]);
    expect((await asApp("PUT", GROUP, { location: "eastus" })).status).toBe(201);
  });

  it("the roles of the file hold until they are deleted, also after a restart", async () => {
    const identities = (): string => `applications: [{ clientId: ${APP}, objectId: ${OBJECT}, roles: [{ role: Reader }] }]`;
    await start({ rbac: true, identities });
    const given = await harness.call("GET", `${assignments(ROOT)}?$filter=${encodeURIComponent(`principalId eq '${OBJECT}'`)}`, {
      version: VERSION,
    });
    expect((await asApp("GET", `${ROOT}/resourcegroups`)).status).toBe(200);
    const [{ id = "" } = {}] = given.body.value as unknown as { id?: string }[];
    expect((await harness.call("DELETE", id, { version: VERSION })).status).toBe(200);
    const { store } = harness;
    await harness.stop();
    await start({ rbac: true, identities, store });
    expect(outcome(await asApp("GET", ROOT))).toEqual([404, "SubscriptionNotFound"]);
  });
});
