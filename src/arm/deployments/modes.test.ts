import { afterEach, describe, expect, it } from "vitest";
import { openMemoryStore, type Store } from "#store";
import { CLUSTERS, GROUP, type Harness, type Loose, ROOT, startHarness } from "../testing/harness.ts";

const open: Harness[] = [];
async function start(store: Store = openMemoryStore()): Promise<Harness> {
  const harness = await startHarness({ store });
  open.push(harness);
  await harness.call("PUT", GROUP, { body: { location: "eastus" } });
  return harness;
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((harness) => harness.stop()));
});

const DEPLOYMENT = `${ROOT}/resourcegroups/myGroup/providers/Microsoft.Resources/deployments/d`;
const $schema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#";
const clusterNamed = (name: string, properties?: object) => ({
  type: "Microsoft.ContainerService/managedClusters",
  apiVersion: "2019-04-01",
  name,
  location: "eastus",
  ...(properties === undefined ? {} : { properties }),
});
const properties = (resources: readonly object[], rest: object = {}): object => ({
  mode: "Incremental",
  template: { $schema, contentVersion: "1.0.0.0", resources },
  ...rest,
});
const list = (value: unknown): readonly Loose[] => value as readonly Loose[];

describe("a deployment in the mode Complete", () => {
  it("takes away what the template does not have", async () => {
    const { call, poll } = await start();
    await poll(
      (await call("PUT", DEPLOYMENT, { body: { properties: properties([clusterNamed("a"), clusterNamed("b")]) } })).headers[
        "azure-asyncoperation"
      ],
    );
    const put = await call("PUT", DEPLOYMENT, { body: { properties: properties([clusterNamed("b")], { mode: "Complete" }) } });
    expect(put.body.properties?.mode).toBe("Complete");
    expect((await poll(put.headers["azure-asyncoperation"])).body).toEqual({ status: "Succeeded" });
    expect((await call("GET", `${CLUSTERS}/a`, { version: "2019-04-01" })).status).toBe(404);
    expect((await call("GET", `${CLUSTERS}/b`, { version: "2019-04-01" })).status).toBe(200);
    const operations = list((await call("GET", `${DEPLOYMENT}/operations`)).body.value);
    expect(operations.map((operation) => [operation.properties?.provisioningOperation, operation.properties?.provisioningState])).toEqual([
      ["Create", "Succeeded"],
      ["Delete", "Succeeded"],
      ["EvaluateDeploymentOutput", "Succeeded"],
    ]);
    const { outputResources } = (await call("GET", DEPLOYMENT)).body.properties ?? {};
    expect(list(outputResources)).toHaveLength(1);
  });

  it("fails when something will not go, and takes nothing away when it fails before", async () => {
    const { call, poll, provider } = await start();
    const deploy = async (resources: readonly object[]): Promise<unknown> => {
      const { headers } = await call("PUT", DEPLOYMENT, { body: { properties: properties(resources, { mode: "Complete" }) } });
      return (await poll(headers["azure-asyncoperation"])).body.status;
    };
    expect(await deploy([clusterNamed("a")])).toBe("Succeeded");
    provider.failing = "b";
    expect(await deploy([clusterNamed("b")])).toBe("Failed");
    expect((await call("GET", `${CLUSTERS}/a`, { version: "2019-04-01" })).status).toBe(200);
    provider.failing = undefined;
    provider.keeps = true;
    expect(await deploy([clusterNamed("b")])).toBe("Failed");
  });
});

describe("a deployment that is canceled", () => {
  it("ends at once and for good", async () => {
    const { call, clock, provider } = await start();
    const { headers } = await call("PUT", DEPLOYMENT, {
      body: { properties: properties([clusterNamed("a"), { ...clusterNamed("b"), dependsOn: ["a"] }]) },
    });
    await clock.advance(100);
    expect((await call("POST", `${DEPLOYMENT}/cancel`)).status).toBe(204);
    expect((await call("GET", String(headers["azure-asyncoperation"]))).body).toEqual({ status: "Canceled" });
    await clock.advance(10_000);
    expect((await call("GET", DEPLOYMENT)).body.properties?.provisioningState).toBe("Canceled");
    expect(provider.requests.filter(({ method }) => method === "PUT")).toHaveLength(1);
    const again = await call("POST", `${DEPLOYMENT}/cancel`);
    expect([again.status, again.body.error?.code]).toEqual([409, "DeploymentCannotBeCancelled"]);
  });

  it("stays canceled after a restart, and can be put again", async () => {
    const store = openMemoryStore();
    const first = await startHarness({ store });
    await first.call("PUT", GROUP, { body: { location: "eastus" } });
    await first.call("PUT", DEPLOYMENT, { body: { properties: properties([clusterNamed("a")]) } });
    await first.call("POST", `${DEPLOYMENT}/cancel`);
    await first.stop();
    const second = await start(store);
    await second.clock.advance(5000);
    expect((await second.call("GET", DEPLOYMENT)).body.properties?.provisioningState).toBe("Canceled");
    const { headers, status } = await second.call("PUT", DEPLOYMENT, { body: { properties: properties([clusterNamed("x")]) } });
    expect([status, (await second.poll(headers["azure-asyncoperation"])).body.status]).toEqual([200, "Succeeded"]);
  });
});

describe("a what-if", () => {
  async function whatIf(harness: Harness, resources: readonly object[], rest: object = {}): Promise<readonly Loose[]> {
    const { status, headers, text } = await harness.call("POST", `${DEPLOYMENT}/whatIf`, {
      body: { properties: properties(resources, rest) },
      version: "2022-09-01",
    });
    expect([status, text]).toEqual([202, ""]);
    const result = await harness.call("GET", String(headers.location));
    expect([result.status, result.body.status]).toEqual([200, "Succeeded"]);
    return list(result.body.properties?.changes);
  }

  it("tells what would be made, changed, left alone, and taken away", async () => {
    const harness = await start();
    await harness.call("PUT", `${CLUSTERS}/old`, { body: { location: "eastus" }, version: "2019-04-01" });
    await harness.call("PUT", `${CLUSTERS}/c`, {
      body: { location: "eastus", properties: { pools: [{ name: "p", count: 1 }], z: 1 } },
      version: "2019-04-01",
    });
    await harness.clock.advance(2000);
    const wanted = [clusterNamed("new", { a: 1 }), clusterNamed("c", { pools: [{ name: "p", count: 3 }] })];
    const changes = await whatIf(harness, wanted);
    expect(changes.map(({ resourceId, changeType }) => [resourceId, changeType])).toEqual([
      [`${CLUSTERS}/new`, "Create"],
      [`${CLUSTERS}/c`, "Modify"],
      [`${CLUSTERS}/old`, "Ignore"],
    ]);
    expect(changes[0]?.after).toEqual({ ...clusterNamed("new", { a: 1 }), id: `${CLUSTERS}/new` });
    expect(changes[1]?.after).toMatchObject({ properties: { pools: [{ name: "p", count: 3 }], z: 1 } });
    const item = { path: "count", propertyChangeType: "Modify", before: 1, after: 3 };
    expect(changes[1]?.delta).toMatchObject([
      { path: "properties.pools", propertyChangeType: "Array", children: [{ path: "0", propertyChangeType: "Modify", children: [item] }] },
    ]);
    expect(await whatIf(harness, [clusterNamed("c")], { mode: "Complete" })).toMatchObject([
      { changeType: "NoChange" },
      { changeType: "Delete" },
    ]);
    expect(await whatIf(harness, wanted, { whatIfSettings: { resultFormat: "ResourceIdOnly" } })).toEqual([
      { resourceId: `${CLUSTERS}/new`, changeType: "Create" },
      { resourceId: `${CLUSTERS}/c`, changeType: "Deploy" },
      { resourceId: `${CLUSTERS}/old`, changeType: "Ignore" },
    ]);
    expect((await harness.call("HEAD", `${CLUSTERS}/new`, { version: "2019-04-01" })).status).toBe(404);
    expect((await harness.call("GET", DEPLOYMENT)).status).toBe(404);
  });

  it("says what it cannot tell", async () => {
    const harness = await start();
    const changes = await whatIf(harness, [
      { type: "Microsoft.Storage/storageAccounts", apiVersion: "2019-04-01", name: "s" },
      clusterNamed("c", { x: "[reference('d').y]" }),
      clusterNamed("d"),
    ]);
    expect(changes.map(({ changeType }) => changeType)).toEqual(["Unsupported", "Unsupported", "Create"]);
    expect(changes[0]?.unsupportedReason).toBe("The resource type 'Microsoft.Storage/storageAccounts' is not emulated.");
  });

  it("does not show what was given as a secret", async () => {
    const harness = await start();
    const template = {
      $schema,
      contentVersion: "1.0.0.0",
      parameters: { key: { type: "securestring" }, open: { type: "string", defaultValue: "seen" } },
      resources: [clusterNamed("c", { secret: "[parameters('key')]", open: "[parameters('open')]" })],
    };
    const [change] = await whatIf(harness, [], { template, parameters: { key: { value: "hush" } } });
    expect(change?.after?.properties).toEqual({ secret: "*******", open: "seen" });
  });

  it("refuses a template that is not valid, and forgets nothing of others in a restart", async () => {
    const store = openMemoryStore();
    const first = await start(store);
    const bad = await first.call("POST", `${DEPLOYMENT}/whatIf`, { body: { properties: properties([{ name: "x" }]) } });
    expect([bad.status, bad.body.error?.code]).toEqual([400, "InvalidTemplate"]);
    const format = await first.call("POST", `${DEPLOYMENT}/whatIf`, {
      body: { properties: properties([], { whatIfSettings: { resultFormat: "x" } }) },
    });
    expect(format.body.error?.code).toBe("InvalidRequestContent");
    const { headers } = await first.call("POST", `${DEPLOYMENT}/whatIf`, { body: { properties: properties([]) } });
    const second = await start(store);
    expect((await second.call("GET", String(headers.location))).body).toMatchObject({ status: "Succeeded", properties: { changes: [] } });
  });
});

describe("a deployment to a subscription", () => {
  const SUBSCRIPTION_DEPLOYMENT = `${ROOT}/providers/Microsoft.Resources/deployments/s`;
  const group = {
    type: "Microsoft.Resources/resourceGroups",
    apiVersion: "2021-04-01",
    name: "made",
    location: "westus",
    tags: { a: "b" },
  };
  const inner = {
    type: "Microsoft.Resources/deployments",
    apiVersion: "2021-04-01",
    name: "inner",
    resourceGroup: "made",
    dependsOn: ["[resourceId('Microsoft.Resources/resourceGroups', 'made')]"],
    properties: properties([clusterNamed("c")]),
  };

  it("makes a group and what is in it", async () => {
    const { call, poll } = await start();
    const put = await call("PUT", SUBSCRIPTION_DEPLOYMENT, { body: { location: "West US", properties: properties([group, inner]) } });
    expect([put.status, put.body.location, put.body.id]).toEqual([201, "westus", SUBSCRIPTION_DEPLOYMENT]);
    expect((await poll(put.headers["azure-asyncoperation"])).body).toEqual({ status: "Succeeded" });
    expect((await call("GET", `${ROOT}/resourceGroups/made`)).body).toMatchObject({ location: "westus", tags: { a: "b" } });
    const made = `${ROOT}/resourceGroups/made/providers/Microsoft.ContainerService/managedClusters/c`;
    expect((await call("GET", made, { version: "2019-04-01" })).status).toBe(200);
    expect(list((await call("GET", `${ROOT}/providers/Microsoft.Resources/deployments`)).body.value).map(({ name }) => name)).toEqual([
      "s",
    ]);
  });

  it("needs a place, and takes nothing away", async () => {
    const { call } = await start();
    const code = async (body: object): Promise<unknown> => (await call("PUT", SUBSCRIPTION_DEPLOYMENT, { body })).body.error?.code;
    expect(await code({ properties: properties([]) })).toBe("LocationRequired");
    expect(await code({ location: "moon", properties: properties([]) })).toBe("LocationNotAvailableForResourceType");
    expect(await code({ location: "westus", properties: properties([], { mode: "Complete" }) })).toBe("InvalidTemplate");
  });
});
