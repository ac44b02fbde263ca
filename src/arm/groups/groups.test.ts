import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openMemoryStore } from "#store";
import { CLUSTERS, GROUP, type Harness, ROOT, startHarness } from "../testing/harness.ts";
import { MAX_TAGS } from "./validate.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.stop());

const path = (name: string): string => `${ROOT}/resourcegroups/${name}`;
const version = "2018-05-01";

describe("resource groups", () => {
  it("are created, replaced, patched, found and listed in the recorded shapes", async () => {
    const tags = { a: "b", c: "" };
    const made = await harness.call("PUT", path("one"), { body: { location: "West US", tags }, version });
    const view = {
      id: `${ROOT}/resourceGroups/one`,
      name: "one",
      location: "westus",
      tags,
      properties: { provisioningState: "Succeeded" },
    };
    expect([made.status, made.body]).toEqual([201, view]);
    expect(Object.keys(made.body)).toEqual(["id", "name", "location", "tags", "properties"]);
    expect(made.headers.vary).toBeUndefined();
    expect((await harness.call("GET", path("ONE"))).body).toEqual({ ...view, type: "Microsoft.Resources/resourceGroups" });
    expect(await harness.call("HEAD", path("one"), { version })).toMatchObject({ status: 204, text: "" });
    expect((await harness.call("HEAD", path("two"), { version })).status).toBe(404);
    const replaced = await harness.call("PUT", path("one"), { body: { location: "westus", tags: {}, properties: {} }, version });
    expect([replaced.status, replaced.body.tags]).toEqual([200, {}]);
    const patched = await harness.call("PATCH", path("one"), { body: { tags: { d: "e" } }, version });
    expect([patched.status, patched.body.tags]).toEqual([200, { d: "e" }]);
    const bare = await harness.call("PUT", path("one"), { body: { location: "westus" }, version });
    expect(bare.body.tags).toBeUndefined();
  });

  it.each([
    { name: "both conditions", filter: "tagname eq 'cost' and tagvalue eq 'it''s'", want: ["tagged"] },
    { name: "a name only", filter: "tagName eq 'COST'", want: ["other", "tagged"] },
    { name: "a value that none has", filter: "tagname eq 'cost' and tagvalue eq 'x'", want: [] },
  ])("are listed by tag: $name", async ({ filter, want }) => {
    await harness.call("PUT", path("tagged"), { body: { location: "eastus", tags: { cost: "it's" } } });
    await harness.call("PUT", path("other"), { body: { location: "eastus", tags: { cost: "y" } } });
    const { body } = await harness.call("GET", `${ROOT}/resourcegroups?$filter=${encodeURIComponent(filter)}`);
    expect((body.value as unknown as readonly { name: string }[]).map(({ name }) => name)).toEqual(want);
  });

  it("are listed in pages", async () => {
    const first = await harness.call("GET", `${ROOT}/resourcegroups?$top=1`);
    const second = await harness.call("GET", first.body.nextLink as unknown as string);
    expect([first.body.value?.length, second.body.value?.length]).toEqual([1, 1]);
    expect(second.body.value?.[0]?.name).not.toBe(first.body.value?.[0]?.name);
  });

  it.each([
    { name: "characters that no name has", url: path("a%20b"), body: { location: "eastus" }, want: [400, "InvalidResourceGroup"] },
    { name: "a period at the end", url: path("a."), body: { location: "eastus" }, want: [400, "InvalidResourceGroup"] },
    { name: "a name of 91 characters", url: path("x".repeat(91)), body: { location: "eastus" }, want: [400, "InvalidResourceGroup"] },
    { name: "no location", url: path("bad"), body: {}, want: [400, "LocationRequired"] },
    {
      name: "a region that is none",
      url: path("bad"),
      body: { location: "atlantis" },
      want: [400, "LocationNotAvailableForResourceGroup"],
    },
    { name: "a location that is no text", url: path("bad"), body: { location: 5 }, want: [400, "InvalidRequestContent"] },
    { name: "tags that are no object", url: path("bad"), body: { location: "eastus", tags: [] }, want: [400, "InvalidRequestContent"] },
    {
      name: "too many tags",
      url: path("bad"),
      body: { location: "eastus", tags: Object.fromEntries(Array.from({ length: MAX_TAGS + 1 }, (_, index) => [`t${index}`, ""])) },
      want: [400, "InvalidTags"],
    },
    {
      name: "a reserved character in a tag's name",
      url: path("bad"),
      body: { location: "eastus", tags: { "a?": "" } },
      want: [400, "InvalidTagNameCharacters"],
    },
  ])("are refused with $name, and nothing is kept", async ({ url, body, want }) => {
    const answer = await harness.call("PUT", url, { body });
    expect([answer.status, answer.body.error?.code]).toEqual(want);
    expect((await harness.call("HEAD", url)).status).toBe(404);
  });

  it("may have the tags by which the portal links resources", async () => {
    const body = { location: "eastus", tags: { "hidden-link:/subscriptions/a/b": "Resource" } };
    expect((await harness.call("PUT", path("linked"), { body })).status).toBe(201);
  });

  it("stay where they are", async () => {
    await harness.call("PUT", path("fixed"), { body: { location: "eastus" } });
    const { status, body } = await harness.call("PUT", path("fixed"), { body: { location: "westus" } });
    expect([status, body.error?.code, body.error?.message]).toEqual([
      409,
      "InvalidResourceGroupLocation",
      "Invalid resource group location 'westus'. The Resource group already exists in location 'eastus'.",
    ]);
  });

  it("refuse a filter they do not know", async () => {
    const { status, body } = await harness.call("GET", `${ROOT}/resourcegroups?$filter=name%20eq%20'x'`);
    expect([status, body.error?.code]).toEqual([400, "InvalidFilterInQueryString"]);
  });
});

describe("the deletion of a group", () => {
  it("takes what is in it along, shows as Deleting meanwhile, and refuses writes", async () => {
    const own = await startHarness();
    await own.call("PUT", GROUP, { body: { location: "eastus" } });
    await own.poll(
      (await own.call("PUT", `${CLUSTERS}/c`, { body: { location: "eastus" }, version: "2024-09-01" })).headers["azure-asyncoperation"],
    );
    const deletion = await own.call("DELETE", GROUP);
    expect([deletion.status, deletion.text, deletion.headers["content-length"], deletion.headers["retry-after"]]).toEqual([
      202,
      "",
      "0",
      "1",
    ]);
    const job = JSON.parse(
      Buffer.from(/operationresults\/([^?]+)/.exec(String(deletion.headers.location))?.[1] ?? "", "base64url").toString(),
    ) as unknown;
    expect(job).toEqual({ jobId: "RESOURCEGROUPDELETIONJOB-MYGROUP-EASTUS", jobLocation: "eastus" });
    expect((await own.call("GET", GROUP)).body.properties?.provisioningState).toBe("Deleting");
    for (const [method, url] of [
      ["PUT", GROUP],
      ["PATCH", GROUP],
      ["PUT", `${CLUSTERS}/d`],
    ] as const) {
      const refused = await own.call(method, url, { body: { location: "eastus", tags: {} }, version: "2024-09-01" });
      expect([refused.status, refused.body.error?.code]).toEqual([409, "ResourceGroupBeingDeleted"]);
    }
    expect((await own.call("DELETE", GROUP)).headers.location).toBe(deletion.headers.location);
    const running = await own.call("GET", String(deletion.headers.location));
    expect([running.status, running.headers.location]).toEqual([202, deletion.headers.location]);
    expect(await own.poll(deletion.headers.location)).toMatchObject({ status: 200, text: "" });
    expect((await own.call("GET", GROUP)).status).toBe(404);
    expect(own.clock.now() - Date.UTC(2019, 4, 17, 12)).toBeGreaterThanOrEqual(own.provider.workMs);
    await own.stop();
  });

  it("waits for the groups that its resources manage, which cannot be deleted themselves", async () => {
    const own = await startHarness();
    await own.call("PUT", GROUP, { body: { location: "eastus" } });
    const managed = {
      subscriptionId: ROOT.split("/")[2] ?? "",
      name: "MC_myGroup_c_eastus",
      location: "eastus",
      managedBy: `${CLUSTERS}/c`,
    };
    await own.arm.services.ensureManagedGroup(managed);
    await own.arm.services.ensureManagedGroup(managed);
    const refused = await own.call("DELETE", `${ROOT}/resourcegroups/${managed.name}`);
    expect([refused.status, refused.body.error?.code]).toEqual([403, "DenyAssignmentAuthorizationFailed"]);
    const { headers } = await own.call("DELETE", GROUP);
    await own.clock.advance(5000);
    expect((await own.call("GET", String(headers.location))).status).toBe(202);
    await own.arm.services.removeManagedGroup(managed.subscriptionId, managed.name);
    expect((await own.poll(headers.location)).status).toBe(200);
    await own.stop();
  });

  it("is given up when a resource will not go, and the group is usable again", async () => {
    const own = await startHarness();
    own.provider.keeps = true;
    await own.call("PUT", GROUP, { body: { location: "eastus" } });
    await own.call("PUT", `${CLUSTERS}/c`, { body: { location: "eastus" }, version: "2024-09-01" });
    const { headers } = await own.call("DELETE", GROUP);
    const end = await own.poll(headers.location);
    expect([end.status, end.body.error?.code]).toEqual([409, "InUse"]);
    expect((await own.call("GET", GROUP)).body.properties?.provisioningState).toBe("Succeeded");
    await own.stop();
  });

  it("goes on after a restart", async () => {
    const store = openMemoryStore();
    const first = await startHarness({ store });
    await first.call("PUT", GROUP, { body: { location: "eastus" } });
    await first.call("PUT", `${CLUSTERS}/c`, { body: { location: "eastus" }, version: "2024-09-01" });
    const { headers } = await first.call("DELETE", GROUP);
    await first.stop();
    const second = await startHarness({ store, start: false });
    expect((await second.call("GET", String(headers.location))).status).toBe(202);
    await second.arm.start();
    expect((await second.poll(headers.location)).status).toBe(200);
    expect((await second.call("GET", GROUP)).status).toBe(404);
    await second.stop();
  });
});
