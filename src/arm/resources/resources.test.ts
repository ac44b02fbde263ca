import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CLUSTERS, GROUP, type Harness, type Loose, ROOT, startHarness } from "../testing/harness.ts";
import type { GenericResource } from "../provider.ts";
import { parseResourceFilter } from "./filter.ts";

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
  await harness.call("PUT", GROUP, { body: { location: "eastus", tags: { team: "red" } } });
  await harness.call("PUT", `${CLUSTERS}/c`, { body: { location: "eastus" }, version: "2024-09-01" });
});

afterAll(() => harness.stop());

const one: GenericResource = {
  id: "/x",
  name: "myCluster",
  type: "Microsoft.ContainerService/managedClusters",
  location: "eastus",
  tags: { env: "dev", team: "red" },
};

describe("the filter of a list of resources", () => {
  it.each([
    ["name eq 'MYCLUSTER'", true],
    ["name ne 'myCluster'", false],
    ["resourceType eq 'Microsoft.ContainerService/managedClusters' and location eq 'eastus'", true],
    ["location eq 'westus' or resourceGroup eq 'g'", true],
    ["(location eq 'westus' or location eq 'eastus') and resourceGroup eq 'other'", false],
    ["substringof('clus', name)", true],
    ["startswith(tagName, 'en')", true],
    ["startswith(name, 'clus')", false],
    ["tagName eq 'env' and tagValue eq 'dev'", true],
    ["tagName eq 'env' and tagValue eq 'red'", false],
    ["tagname eq 'none'", false],
    ["name eq 'it''s'", false],
    ["", true],
  ])("%s", (filter, fits) => {
    expect(parseResourceFilter(filter)(one, "g")).toBe(fits);
  });

  it.each([
    "name",
    "name eq",
    "name eq x",
    "colour eq 'red'",
    "name eq 'a' and",
    "(name eq 'a'",
    "substringof(name, 'a')",
    "name eq 'a' %",
    `name eq '${"a".repeat(5000)}'`,
    "constructor eq 'x'",
    "startswith(toString, 'x')",
  ])("refuses %s", (filter) => {
    expect(() => parseResourceFilter(filter)).toThrow("specified in the query string");
  });
});

describe("tags as a resource", () => {
  const tagsOf = (scope: string): string => `${scope}/providers/Microsoft.Resources/tags/default`;
  const put = (scope: string, tags: unknown) => harness.call("PUT", tagsOf(scope), { body: { properties: { tags } } });
  const patch = (scope: string, operation: string, tags: unknown) =>
    harness.call("PATCH", tagsOf(scope), { body: { operation, properties: { tags } } });

  it("of a group are those of the group", async () => {
    expect((await harness.call("GET", tagsOf(GROUP))).body).toEqual({
      id: tagsOf(GROUP),
      name: "default",
      type: "Microsoft.Resources/tags",
      properties: { tags: { team: "red" } },
    });
    expect((await patch(GROUP, "Merge", { env: "dev", TEAM: "blue" })).body.properties).toEqual({ tags: { env: "dev", TEAM: "blue" } });
    expect((await patch(GROUP, "Delete", { env: "prod", TEAM: "blue" })).body.properties).toEqual({ tags: { env: "dev" } });
    expect((await harness.call("GET", GROUP)).body.tags).toEqual({ env: "dev" });
  });

  it("of a subscription stand for themselves, until they are deleted", async () => {
    expect((await put(ROOT, { cost: "1" })).status).toBe(200);
    expect((await harness.call("GET", tagsOf(ROOT))).body.properties).toEqual({ tags: { cost: "1" } });
    expect((await harness.call("GET", ROOT, { version: "2022-12-01" })).body.tags).toEqual({ cost: "1" });
    expect((await harness.call("GET", ROOT, { version: "2019-11-01" })).body.tags).toBeUndefined();
    expect((await harness.call("DELETE", tagsOf(ROOT))).status).toBe(200);
    expect((await harness.call("GET", tagsOf(ROOT))).body.properties).toEqual({ tags: {} });
  });

  it("of a resource are read and changed at its provider", async () => {
    await put(`${CLUSTERS}/c`, { a: "b" });
    expect(harness.provider.requests.at(-1)).toMatchObject({ method: "PATCH", body: { tags: { a: "b" } } });
    const missing = await put(`${CLUSTERS}/none`, { a: "b" });
    expect([missing.status, missing.body.error?.code]).toEqual([404, "ResourceNotFound"]);
  });

  it.each([
    [{ properties: { tags: "a" } }, "InvalidRequestContent"],
    [{ operation: "Add", properties: { tags: {} } }, "InvalidRequestContent"],
    [{ properties: { tags: { a: "v".repeat(257) } } }, "InvalidTagValueLength"],
    [{ properties: { tags: { "a/b": "v" } } }, "InvalidTagNameCharacters"],
    ["nothing", "InvalidRequestContent"],
  ])("refuse %j", async (body, code) => {
    const answer = await harness.call("PATCH", tagsOf(GROUP), { body });
    expect([answer.status, answer.body.error?.code]).toEqual([400, code]);
  });
});

describe("names of tags", () => {
  const names = `${ROOT}/tagNames`;
  const list = async (): Promise<readonly Loose[]> => (await harness.call("GET", names)).body.value as unknown as readonly Loose[];

  it("are made, offered values, listed with those in use, and deleted", async () => {
    expect([(await harness.call("PUT", `${names}/cost`)).status, (await harness.call("PUT", `${names}/cost`)).status]).toEqual([201, 200]);
    expect((await harness.call("PUT", `${names}/cost/tagValues/low`)).body).toEqual({
      id: `${names}/cost/tagValues/low`,
      tagValue: "low",
      count: { type: "Total", value: 0 },
    });
    expect((await list()).map(({ tagName, count }) => [tagName, count])).toEqual([
      ["cost", { type: "Total", value: 0 }],
      ["env", { type: "Total", value: 1 }],
    ]);
    expect((await harness.call("DELETE", `${names}/cost`)).status).toBe(409);
    expect((await harness.call("DELETE", `${names}/cost/tagValues/low`)).status).toBe(200);
    expect([(await harness.call("DELETE", `${names}/cost`)).status, (await harness.call("DELETE", `${names}/cost`)).status]).toEqual([
      200, 204,
    ]);
    expect((await harness.call("PUT", `${names}/none/tagValues/x`)).body.error?.code).toBe("TagNotFound");
  });
});
