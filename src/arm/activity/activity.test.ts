import { seededRandom, silentLogger, VirtualClock } from "#lib";
import { openMemoryStore } from "#store";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Answer, CLUSTERS, GROUP, type Harness, type Loose, ROOT, startHarness } from "../testing/harness.ts";
import { attemptOf } from "./attempt.ts";
import { MAX_EVENTS, openActivityLog, RETENTION_MS } from "./log.ts";

const VALUES = `${ROOT}/providers/microsoft.insights/eventtypes/management/values`;
const SINCE = "eventTimestamp ge 2019-05-17T00:00:00Z";

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness();
  await harness.call("PUT", GROUP, { body: { location: "eastus" } });
});
afterEach(() => harness.stop());

function list(filter = SINCE, more = ""): Promise<Answer> {
  return harness.call("GET", `${VALUES}?$filter=${encodeURIComponent(filter)}${more}`, { version: "2015-04-01" });
}

/** Entries, oldest first, each in a few words. */
async function told(filter?: string): Promise<string[]> {
  const { body } = await list(filter);
  const entries = body.value as unknown as readonly Loose[];
  return entries
    .toReversed()
    .map((entry) => `${text(entry.operationName?.value)} ${text(entry.status?.value)} ${text(entry.subStatus?.value)}`.trim());
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

const putCluster = (name: string, properties: object = {}): Promise<Answer> =>
  harness.call("PUT", `${CLUSTERS}/${name}`, { version: "2024-09-01", body: { location: "eastus", properties } });

const GROUP_WRITE = "Microsoft.Resources/subscriptions/resourceGroups/write";
const CLUSTER_WRITE = "Microsoft.ContainerService/managedClusters/write";

describe("the activity log", () => {
  it("tells of a write that is done with its answer", async () => {
    expect(await told()).toEqual([`${GROUP_WRITE} Started`, `${GROUP_WRITE} Succeeded Created`]);
  });

  it("tells of an operation when it is accepted and when it ends", async () => {
    const made = await putCluster("c");
    expect(await told(`${SINCE} and resourceProvider eq 'microsoft.containerservice'`)).toEqual([
      `${CLUSTER_WRITE} Started`,
      `${CLUSTER_WRITE} Accepted Created`,
    ]);
    await harness.poll(made.headers["azure-asyncoperation"]);
    expect((await told()).at(-1)).toBe(`${CLUSTER_WRITE} Succeeded`);
  });

  it("tells of operations that fail, with their error", async () => {
    harness.provider.failing = "c";
    await harness.poll((await putCluster("c")).headers["azure-asyncoperation"]);
    const { body } = await list(`${SINCE} and status eq 'Failed'`);
    expect(body.value).toMatchObject([
      {
        level: "Error",
        status: { value: "Failed" },
        properties: { statusMessage: '{"error":{"code":"QuotaExceeded","message":"No cores left."}}' },
      },
    ]);
  });

  it("tells of a deployment that is canceled", async () => {
    const deployment = `${ROOT}/resourcegroups/myGroup/providers/Microsoft.Resources/deployments/d`;
    const $schema = "https://schema.management.azure.com/schemas/2015-01-01/deploymentTemplate.json#";
    const resource = { type: "Microsoft.ContainerService/managedClusters", apiVersion: "2019-04-01", name: "c", location: "eastus" };
    const template = { $schema, contentVersion: "1.0.0.0", resources: [resource] };
    await harness.call("PUT", deployment, { body: { properties: { mode: "Incremental", template } } });
    await harness.call("POST", `${deployment}/cancel`);
    expect(await told(`${SINCE} and resourceUri eq '${deployment}'`)).toContain("Microsoft.Resources/deployments/write Failed");
  });

  it("tells of refusals, and of no read", async () => {
    await putCluster("c", { refuse: true });
    await harness.call("GET", `${CLUSTERS}/c`, { version: "2024-09-01" });
    const events = await told(`${SINCE} and resourceUri eq '${CLUSTERS}/c'`.replace("resourceGroups", "resourcegroups"));
    expect(events).toEqual([`${CLUSTER_WRITE} Started`, `${CLUSTER_WRITE} Failed BadRequest`]);
  });

  it("tells of the deletion of a group when it is gone", async () => {
    const answer = await harness.call("DELETE", GROUP);
    await harness.poll(answer.headers.location);
    const name = "Microsoft.Resources/subscriptions/resourceGroups/delete";
    expect((await told()).slice(-3)).toEqual([`${name} Started`, `${name} Accepted Accepted`, `${name} Succeeded`]);
  });

  it("tells of actions", async () => {
    await harness.call("POST", `${ROOT}/providers/Microsoft.ContainerService/register`);
    expect((await told()).at(-1)).toBe("Microsoft.ContainerService/register/action Succeeded OK");
  });

  it("gives the entries of one request one correlation id and operation id", async () => {
    const correlation = "01234567-89ab-4def-8123-456789abcdef";
    const headers = { "x-ms-correlation-request-id": correlation, "x-ms-client-request-id": "client" };
    await harness.call("PUT", `${ROOT}/resourceGroups/other`, { body: { location: "westus" }, headers });
    const { body } = await list(`${SINCE} and correlationId eq '${correlation}'`);
    const entries = body.value as unknown as readonly Loose[];
    expect(entries).toHaveLength(2);
    expect(new Set(entries.map(({ operationId }) => operationId)).size).toBe(1);
    expect(entries[0]).toMatchObject({
      caller: "22222222-2222-2222-2222-222222222222",
      eventName: { value: "EndRequest", localizedValue: "End request" },
      category: { value: "Administrative" },
      httpRequest: { clientRequestId: "client", clientIpAddress: "127.0.0.1", method: "PUT" },
      operationName: { value: GROUP_WRITE, localizedValue: "Update resource group" },
      resourceGroupName: "other",
      subStatus: { value: "Created", localizedValue: "Created (HTTP Status Code: 201)" },
      eventTimestamp: "2019-05-17T12:00:00Z",
    });
  });

  it("is kept over a restart, with what is waited for", async () => {
    const made = await putCluster("c");
    await told();
    await harness.stop();
    const again = await startHarness({ store: harness.store });
    const id = text(made.headers["azure-asyncoperation"]).split("/").at(-1)?.split("?")[0] ?? "";
    const operation = again.arm.services.operations.get(ROOT.split("/")[2] ?? "", id);
    if (operation === undefined) throw new Error("the operation is gone");
    await again.store.transact([], [again.arm.services.operations.end(operation, { status: "Succeeded" })]);
    harness = again;
    expect(await told()).toEqual([
      `${GROUP_WRITE} Started`,
      `${GROUP_WRITE} Succeeded Created`,
      `${CLUSTER_WRITE} Started`,
      `${CLUSTER_WRITE} Accepted Created`,
      `${CLUSTER_WRITE} Succeeded`,
    ]);
  });

  it("tells of an end that came just before the program ended", async () => {
    const made = await putCluster("c");
    await told();
    const id = text(made.headers["azure-asyncoperation"]).split("/").at(-1)?.split("?")[0] ?? "";
    const { operations } = harness.arm.services;
    const operation = operations.get(ROOT.split("/")[2] ?? "", id);
    if (operation === undefined) throw new Error("the operation is gone");
    await harness.stop();
    await harness.store.transact([], [operations.end(operation, { status: "Canceled" })]);
    harness = await startHarness({ store: harness.store });
    expect((await told()).at(-1)).toBe(`${CLUSTER_WRITE} Failed`);
  });

  it("comes in pages", async () => {
    for (let count = 0; count < 100; count++) await harness.call("DELETE", `${CLUSTERS}/c`, { version: "bad" });
    const { body } = await list();
    expect(body.value).toHaveLength(200);
    const rest = await harness.call("GET", text(body.nextLink));
    expect(rest.body.value).toHaveLength(2);
    expect(rest.body.nextLink).toBeUndefined();
  });
});

describe("the stored log", () => {
  const attempt = attemptOf({
    method: "DELETE",
    path: { subscriptionId: "s", resourceGroup: "g", segments: [] },
    principal: { tenantId: "t", objectId: "o", name: "n" },
    correlationId: "c",
    headers: {},
  });

  it("forgets the oldest entries when there are too many, and those that are too old", async () => {
    const clock = new VirtualClock();
    const store = openMemoryStore();
    const log = await openActivityLog({ store, clock, random: seededRandom(1), log: silentLogger });
    if (attempt === undefined) throw new Error("a deletion is an attempt");
    const note = async (times: number): Promise<void> => {
      for (let count = 0; count < times; count++) log.begin(attempt)({ status: 200, headers: {}, text: "" });
      await log.list("s", 0, clock.now());
    };
    await note(MAX_EVENTS / 2);
    const [last] = await log.list("s", 0, clock.now());
    await note(MAX_EVENTS / 2 - 100);
    const kept = await log.list("s", 0, clock.now());
    expect(kept.length).toBeLessThanOrEqual(MAX_EVENTS + 100);
    expect(kept.length).toBeGreaterThan(MAX_EVENTS - 200);
    expect(kept.at(-1)?.id).not.toBe(last?.id);
    await clock.advance(RETENTION_MS + 1);
    await note(1);
    await note(1);
    expect(await log.list("s", 0, clock.now())).toHaveLength(4);
    await log.stop();
  });
});

describe("the list of the activity log", () => {
  it.each([
    ["eventTimestamp ge '2019-05-17T11:59:59Z' and eventTimestamp le '2019-05-17T12:00:01Z'", 2],
    ["eventTimestamp ge 2019-05-17T12:00:00+00:00 and eventTimestamp le 2019-05-17T13:00:00.123456+00:00", 2],
    ["eventTimestamp ge 2019-05-17T12:00:00 00:00", 2],
    ["eventTimestamp ge 2019-05-17T11:00:00.5 and eventTimestamp le 2019-05-17T11:30:00", 0],
    [`${SINCE} and resourceGroupName eq 'MYGROUP' and eventChannels eq 'Admin, Operation'`, 2],
    [`${SINCE} and resourceGroupName eq 'other'`, 0],
    [`${SINCE} and caller eq 'nobody'`, 0],
  ])("takes the filter %s", async (filter, count) => {
    expect((await list(filter)).body.value).toHaveLength(count);
  });

  it.each([
    ["", "The start time of the filter is missing."],
    ["eventTimestamp ge yesterday", "The filter has an invalid time 'yesterday'."],
    [`${SINCE} and constructor eq 'x'`, "The filter condition 'constructor eq 'x'' is not supported."],
    [`${SINCE} and colour eq 'red'`, "The filter condition 'colour eq 'red'' is not supported."],
    ["eventTimestamp ge 2018-01-01T00:00:00+00:00", "The start time cannot be more than 90 days in the past."],
  ])("refuses the filter %j in its own envelope", async (filter, message) => {
    const answer = await list(filter);
    expect([answer.status, answer.body]).toEqual([400, { Code: "BadRequest", Message: message }]);
  });

  it("selects members", async () => {
    const { body } = await list(SINCE, "&$select=status , correlationId");
    expect(Object.keys((body.value as unknown as readonly object[])[0] ?? {})).toEqual(["correlationId", "status"]);
  });

  it("has categories", async () => {
    const { body } = await harness.call("GET", "/providers/Microsoft.Insights/eventcategories", { version: "2015-04-01" });
    expect(body.value).toContainEqual({ value: "Administrative", localizedValue: "Administrative" });
  });
});
