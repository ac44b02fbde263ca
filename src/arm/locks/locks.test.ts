import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CLUSTERS, GROUP, type Harness, ROOT, startHarness } from "../testing/harness.ts";

const LOCKS = "providers/Microsoft.Authorization/locks";
const version = "2016-09-01";
const CLUSTER = `${CLUSTERS}/c`;
const cluster = { body: { location: "eastus" }, version: "2024-09-01" };

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
  await harness.call("PUT", GROUP, { body: { location: "eastus" } });
  await harness.call("PUT", CLUSTER, cluster);
  await harness.clock.advance(2000);
});

afterAll(() => harness.stop());

const lock = (scope: string, level: string, name = "l") =>
  harness.call("PUT", `${scope}/${LOCKS}/${name}`, { body: { properties: { level } }, version });
const unlock = (scope: string, name = "l") => harness.call("DELETE", `${scope}/${LOCKS}/${name}`, { version });

describe("a lock", () => {
  it("is made, changed, listed and taken away", async () => {
    const made = await lock(GROUP, "CanNotDelete");
    expect([made.status, made.body]).toEqual([
      201,
      { properties: { level: "CanNotDelete" }, id: `${GROUP}/${LOCKS}/l`, type: "Microsoft.Authorization/locks", name: "l" },
    ]);
    expect(Object.keys(made.body)).toEqual(["properties", "id", "type", "name"]);
    const body = { properties: { level: "readonly", notes: "why" } };
    const changed = await harness.call("PUT", `${GROUP}/${LOCKS}/L`, { body, version });
    expect([changed.status, changed.body.properties, changed.body.name]).toEqual([200, { level: "ReadOnly", notes: "why" }, "l"]);
    for (const scope of [ROOT, GROUP]) {
      expect((await harness.call("GET", `${scope}/${LOCKS}`, { version })).body.value).toHaveLength(1);
    }
    expect((await harness.call("GET", `${ROOT}/${LOCKS}?$filter=atScope()`, { version })).body.value).toHaveLength(0);
    expect([(await unlock(GROUP)).status, (await unlock(GROUP)).status]).toEqual([200, 204]);
    const gone = await harness.call("GET", `${GROUP}/${LOCKS}/l`, { version });
    expect([gone.status, gone.body.error?.code]).toEqual([404, "LockNotFound"]);
  });

  it("that forbids deletion lets changes through", async () => {
    await lock(GROUP, "CanNotDelete");
    expect((await harness.call("PUT", CLUSTER, cluster)).status).toBe(200);
    const refused = await harness.call("DELETE", CLUSTER, cluster);
    expect([refused.status, refused.headers["x-ms-failure-cause"], refused.body.error]).toEqual([
      409,
      "gateway",
      {
        code: "ScopeLocked",
        message:
          `The scope '${CLUSTER}' cannot perform delete operation because following scope(s) are locked: '${GROUP}'. ` +
          "Please remove the lock and try again.",
      },
    ]);
    await unlock(GROUP);
  });

  it("of a resource keeps its group, and one of a subscription everything in it", async () => {
    await lock(CLUSTER, "CanNotDelete");
    expect((await harness.call("DELETE", GROUP)).body.error?.code).toBe("ScopeLocked");
    expect((await harness.call("GET", GROUP)).body.properties).toEqual({ provisioningState: "Succeeded" });
    await unlock(CLUSTER);
    await lock(ROOT, "ReadOnly");
    for (const [method, path, options] of [
      ["PUT", CLUSTER, cluster],
      ["POST", `${CLUSTER}/start`, { version: "2024-09-01" }],
      ["PATCH", GROUP, { body: { tags: {} } }],
      ["PUT", `${ROOT}/resourceGroups/other`, { body: { location: "eastus" } }],
    ] as const) {
      expect([path, (await harness.call(method, path, options)).body.error?.code]).toEqual([path, "ScopeLocked"]);
    }
    expect((await harness.call("GET", CLUSTER, cluster)).status).toBe(200);
    await unlock(ROOT);
    expect((await harness.call("PUT", CLUSTER, cluster)).status).toBe(200);
  });

  it.each([
    ["a level that there is not", `${GROUP}/${LOCKS}/x`, { properties: { level: "Open" } }, [400, "InvalidLockLevel"]],
    ["no properties", `${GROUP}/${LOCKS}/x`, {}, [400, "InvalidRequestContent"]],
    [
      "notes that are too long",
      `${GROUP}/${LOCKS}/x`,
      { properties: { level: "ReadOnly", notes: "n".repeat(513) } },
      [400, "InvalidRequestContent"],
    ],
    ["a resource that there is not", `${CLUSTERS}/none/${LOCKS}/x`, { properties: { level: "ReadOnly" } }, [404, "ResourceNotFound"]],
    ["no name", `${GROUP}/${LOCKS}`, { properties: { level: "ReadOnly" } }, [405, "MethodNotAllowed"]],
  ])("with %s is refused", async (_what, path, body, refusal) => {
    const answer = await harness.call("PUT", path, { body, version });
    expect([answer.status, answer.body.error?.code]).toEqual(refusal);
  });

  it("survives a crash, and goes with what it locks", async () => {
    const first = await startHarness();
    await first.call("PUT", GROUP, { body: { location: "eastus" } });
    await first.call("PUT", `${GROUP}/${LOCKS}/l`, { body: { properties: { level: "CanNotDelete" } }, version });
    const second = await startHarness({ store: first.store });
    expect((await second.call("DELETE", GROUP)).body.error?.code).toBe("ScopeLocked");
    await second.call("DELETE", `${GROUP}/${LOCKS}/l`, { version });
    await second.call("PUT", `${GROUP}/${LOCKS}/n`, { body: { properties: { level: "NotSpecified" } }, version });
    await second.poll((await second.call("DELETE", GROUP)).headers.location);
    await second.call("PUT", GROUP, { body: { location: "eastus" } });
    expect((await second.call("GET", `${GROUP}/${LOCKS}`, { version })).body.value).toEqual([]);
    await second.stop();
  });
});
