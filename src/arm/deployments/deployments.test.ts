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
const $schema = "https://schema.management.azure.com/schemas/2015-01-01/deploymentTemplate.json#";
const clusterResource = { type: "Microsoft.ContainerService/managedClusters", apiVersion: "2019-04-01", name: "c", location: "eastus" };
const poolResource = {
  type: "Microsoft.ContainerService/managedClusters/agentPools",
  apiVersion: "2019-04-01",
  name: "c/p",
  location: "eastus",
};
const body = (resources: readonly object[], rest: object = {}, parameters: object = {}): object => ({
  properties: { mode: "Incremental", parameters, template: { $schema, contentVersion: "1.0.0.0", resources, ...rest } },
});

/** What az sends: a name without quotes, and the file's text as it is. */
const azText = (
  parameters: object,
): string => `{"properties": {"parameters": ${JSON.stringify(parameters)}, "mode": "Incremental", template:{
  // The article's template.
  "$schema": "${$schema}",
  "contentVersion": "1.0.0.0",
  "parameters": {
    "clusterName": { "type": "string", "metadata": { "description": "The name of your existing
      AKS cluster." } },
    "location": { "type": "string" },
    "agentPoolName": { "type": "string", "defaultValue": "myagentpool" },
    "vnetSubnetId": { "type": "string", "defaultValue": "" }
  },
  "variables": {
    "agentPoolProfiles": { "maxPods": 30, "agentCount": 3, "vnetSubnetId": "[parameters('vnetSubnetId')]" } /* sizes */
  },
  "resources": [
    {
      "apiVersion": "2019-04-01",
      "type": "Microsoft.ContainerService/managedClusters/agentPools",
      "name": "[concat(parameters('clusterName'),'/', parameters('agentPoolName'))]",
      "location": "[parameters('location')]",
      "properties": {
        "maxPods": "[variables('agentPoolProfiles').maxPods]",
        "count": "[variables('agentPoolProfiles').agentCount]",
        "vnetSubnetID": "[variables('agentPoolProfiles').vnetSubnetId]",
        "orchestratorVersion": "1.12.8"
      }
    }
  ]
}}}`;

describe("the article's deployment", () => {
  const parameters = { clusterName: { value: "c" }, location: { value: "eastus" } };

  it("is validated without being made", async () => {
    const { call, provider } = await start();
    const { status, body: view } = await call("POST", `${DEPLOYMENT}/validate`, { body: azText(parameters), version: "2021-04-01" });
    expect(status).toBe(200);
    expect(view).not.toHaveProperty("error");
    expect(view.properties).toMatchObject({
      mode: "Incremental",
      provisioningState: "Succeeded",
      duration: "PT0S",
      parameters: { clusterName: { type: "String", value: "c" }, agentPoolName: { type: "String", value: "myagentpool" } },
      providers: [
        { namespace: "Microsoft.ContainerService", resourceTypes: [{ resourceType: "managedClusters/agentPools", locations: ["eastus"] }] },
      ],
      validatedResources: [{ id: `${CLUSTERS}/c/agentPools/myagentpool` }],
    });
    expect(provider.requests).toEqual([]);
    const old = await call("POST", `${DEPLOYMENT}/validate`, { body: azText(parameters), version: "2018-05-01" });
    expect(old.body.properties?.validatedResources?.[0]).toMatchObject({ name: "c/myagentpool", properties: { count: 3, maxPods: 30 } });
  });

  it("is accepted, runs, and succeeds with the resources it made", async () => {
    const { call, poll, provider } = await start();
    await call("PUT", `${CLUSTERS}/c`, { body: { location: "eastus" }, version: "2019-04-01" });
    const made = await call("PUT", DEPLOYMENT, { body: azText(parameters), version: "2018-05-01" });
    expect([made.status, made.body.properties?.provisioningState, made.body.type]).toEqual([201, "Accepted", undefined]);
    expect(made.headers["azure-asyncoperation"]).toBe(
      `http://localhost:8443${DEPLOYMENT}/operationStatuses/08586435124854775807?api-version=2018-05-01`,
    );
    expect((await call("GET", String(made.headers["azure-asyncoperation"]))).body).toEqual({ status: "Running" });
    const end = await poll(made.headers["azure-asyncoperation"]);
    expect(end.body).toEqual({ status: "Succeeded" });
    const { body: view } = await call("GET", DEPLOYMENT, { version: "2022-09-01" });
    expect(view).toMatchObject({
      id: `${GROUP}/providers/Microsoft.Resources/deployments/d`,
      name: "d",
      type: "Microsoft.Resources/deployments",
      properties: {
        provisioningState: "Succeeded",
        duration: "PT1S",
        dependencies: [],
        outputResources: [{ id: `${CLUSTERS}/c/agentPools/myagentpool` }],
      },
    });
    const [, put] = provider.requests.filter(({ method }) => method === "PUT");
    expect(put).toMatchObject({
      apiVersion: "2019-04-01",
      baseUrl: "http://localhost:8443",
      path: { resourceGroup: "myGroup", segments: ["managedClusters", "c", "agentPools", "myagentpool"] },
      body: { location: "eastus", properties: { maxPods: 30, count: 3, vnetSubnetID: "", orchestratorVersion: "1.12.8" } },
    });
    const operations = await call("GET", `${GROUP}/deployments/d/operations`, { version: "2018-05-01" });
    expect((operations.body.value as unknown as readonly Loose[]).map(({ properties }) => properties)).toMatchObject([
      { provisioningOperation: "Create", provisioningState: "Succeeded", targetResource: { resourceName: "c/myagentpool" } },
      { provisioningOperation: "EvaluateDeploymentOutput", statusCode: "OK" },
    ]);
    expect((await call("GET", `${GROUP}/providers/Microsoft.Resources/deployments/`)).body.value?.length).toBe(1);
  });

  it("asks for the parameter that is missing, where it is declared", async () => {
    const { call } = await start();
    for (const [method, path] of [
      ["POST", `${DEPLOYMENT}/validate`],
      ["PUT", DEPLOYMENT],
    ] as const) {
      const { status, body: refusal } = await call(method, path, { body: azText({ location: { value: "eastus" } }) });
      expect([status, refusal.error?.code]).toEqual([400, "InvalidTemplate"]);
      expect(refusal.error?.message).toBe(
        "Deployment template validation failed: 'The value for the template parameter 'clusterName' at line '6' and column '20' is not provided. " +
          "Please see https://aka.ms/arm-create-parameter-file for usage details.'.",
      );
    }
    expect((await call("GET", DEPLOYMENT)).body.error?.code).toBe("DeploymentNotFound");
  });
});

describe("a deployment", () => {
  it("makes resources in the order of their dependencies, and refers to what it has made", async () => {
    const { call, poll, provider } = await start();
    const resources = [
      { ...poolResource, dependsOn: ["c"], properties: { count: 1 } },
      {
        ...poolResource,
        name: "c/q",
        properties: {
          version: "[reference('c').version]",
          at: "[reference(resourceId('Microsoft.ContainerService/managedClusters', 'c'), '2019-04-01', 'Full').location]",
        },
      },
      { ...clusterResource, properties: { version: "1.12.6" } },
    ];
    const outputs = { state: { type: "string", value: "[reference('c').provisioningState]" } };
    const { headers } = await call("PUT", DEPLOYMENT, { body: body(resources, { outputs }) });
    expect((await poll(headers["azure-asyncoperation"])).body).toEqual({ status: "Succeeded" });
    const puts = provider.requests.filter(({ method }) => method === "PUT");
    expect(puts.map(({ path }) => path.segments.at(-1))).toEqual(["c", "p", "q"]);
    expect(puts.at(-1)?.body).toMatchObject({ properties: { version: "1.12.6", at: "eastus" } });
    const { properties } = (await call("GET", DEPLOYMENT)).body;
    expect(properties?.outputs).toEqual({ state: { type: "String", value: "Succeeded" } });
    expect(properties?.dependencies?.[0]).toMatchObject({ resourceName: "c/p", dependsOn: [{ resourceName: "c" }] });
  });

  it("fails with what the provider said, and leaves out what depends on it", async () => {
    const { call, poll, provider } = await start();
    const resources = [
      { ...clusterResource, properties: { refuse: true } },
      { ...poolResource, dependsOn: ["c"] },
    ];
    const { headers } = await call("PUT", DEPLOYMENT, { body: body(resources) });
    const { body: end } = await poll(headers["azure-asyncoperation"]);
    expect([end.status, end.error?.code, end.error?.details?.length]).toEqual(["Failed", "DeploymentFailed", 1]);
    expect(end.error?.details?.[0]?.code).toBe("BadRequest");
    expect(JSON.parse(end.error?.details?.[0]?.message as unknown as string)).toMatchObject({ code: "InvalidParameter", target: "refuse" });
    expect(provider.requests.filter(({ method }) => method === "PUT").length).toBe(1);
    expect((await call("GET", DEPLOYMENT)).body.properties?.provisioningState).toBe("Failed");
  });

  it("fails when an operation that it began does", async () => {
    const { call, poll, provider } = await start();
    provider.failing = "c";
    const { headers } = await call("PUT", DEPLOYMENT, { body: body([clusterResource]) });
    const { body: end } = await poll(headers["azure-asyncoperation"]);
    expect(end.error?.details?.[0]?.code).toBe("Conflict");
    expect(JSON.parse(end.error?.details?.[0]?.message as unknown as string)).toEqual({
      status: "Failed",
      error: {
        code: "ResourceDeploymentFailure",
        message: "The resource operation completed with terminal provisioning state 'Failed'.",
        details: [{ code: "QuotaExceeded", message: "No cores left." }],
      },
    });
  });

  it("is refused when it is too large to be kept, and fails when its outputs are", async () => {
    const { call, poll } = await start();
    const copied = { parameters: { p: { type: "string", defaultValue: "x".repeat(600_000) } } };
    const refused = await call("PUT", DEPLOYMENT, { body: body([], copied) });
    expect([refused.status, refused.body.error?.code]).toEqual([413, "RequestContentTooLarge"]);
    expect((await call("GET", DEPLOYMENT)).status).toBe(404);
    const outputs = { o: { type: "string", value: `[concat(${Array.from({ length: 20 }, () => "variables('v')").join()})]` } };
    const { headers } = await call("PUT", DEPLOYMENT, { body: body([], { variables: { v: "x".repeat(100_000) }, outputs }) });
    expect((await poll(headers["azure-asyncoperation"])).body).toMatchObject({ status: "Failed", error: { code: "DeploymentFailed" } });
  });

  it("fails when its resources wait for each other through references", async () => {
    const { call, poll } = await start();
    const resources = [
      { ...clusterResource, properties: { v: "[reference('x').v]" } },
      { ...clusterResource, name: "x", properties: { v: "[reference('c').v]" } },
    ];
    const { headers } = await call("PUT", DEPLOYMENT, { body: body(resources) });
    expect((await poll(headers["azure-asyncoperation"])).body.status).toBe("Failed");
  });

  it("meets the same checks as a client's own request", async () => {
    const { call, poll } = await start();
    const { headers } = await call("PUT", DEPLOYMENT, { body: body([{ ...clusterResource, location: "brazilsouth" }]) });
    const { body: end } = await poll(headers["azure-asyncoperation"]);
    expect(end.error?.details?.[0]?.message).toContain("LocationNotAvailableForResourceType");
  });

  it("can be done again when it has ended, not before, and its record can be deleted", async () => {
    const { call, poll } = await start();
    const first = await call("PUT", DEPLOYMENT, { body: body([clusterResource]) });
    for (const [method, path] of [
      ["PUT", DEPLOYMENT],
      ["DELETE", DEPLOYMENT],
    ] as const) {
      const refused = await call(method, path, { body: body([clusterResource]) });
      expect([refused.status, refused.body.error?.code]).toEqual([409, "DeploymentActive"]);
    }
    await poll(first.headers["azure-asyncoperation"]);
    const again = await call("PUT", DEPLOYMENT, { body: body([clusterResource]) });
    expect(again.status).toBe(200);
    await poll(again.headers["azure-asyncoperation"]);
    expect(await call("HEAD", DEPLOYMENT)).toMatchObject({ status: 204 });
    const deletion = await call("DELETE", DEPLOYMENT);
    expect(deletion.status).toBe(202);
    expect((await call("GET", String(deletion.headers.location))).status).toBe(204);
    expect((await call("HEAD", DEPLOYMENT)).status).toBe(404);
  });

  it("never shows a secret, and forgets it at its end", async () => {
    const { call, poll, store } = await start();
    const rest = { parameters: { secret: { type: "secureString" } } };
    const { headers, text } = await call("PUT", DEPLOYMENT, { body: body([clusterResource], rest, { secret: { value: "hush" } }) });
    expect(text).not.toContain("hush");
    await poll(headers["azure-asyncoperation"]);
    const { pairs } = await store.range({ prefix: "/arm/deployments/" });
    expect(pairs.map(({ value }) => Buffer.from(value).toString()).join("")).not.toContain("hush");
    expect((await call("GET", DEPLOYMENT)).body.properties?.parameters).toEqual({ secret: { type: "SecureString" } });
  });

  it("may list no functions of its own", async () => {
    const { call, poll } = await start();
    const { headers } = await call("PUT", DEPLOYMENT, { body: body([], { functions: [] }) });
    expect((await poll(headers["azure-asyncoperation"])).body.status).toBe("Succeeded");
  });

  it("goes with its group", async () => {
    const { call, poll, store } = await start();
    await poll((await call("PUT", DEPLOYMENT, { body: body([]) })).headers["azure-asyncoperation"]);
    await poll((await call("DELETE", GROUP)).headers.location);
    expect((await store.range({ prefix: "/arm/deployments/" })).pairs).toEqual([]);
  });

  it.each([
    { name: "properties", sent: {}, want: "InvalidRequestContent" },
    { name: "a mode", sent: { properties: { template: {} } }, want: "InvalidRequestContent" },
    { name: "a known mode", sent: { properties: { mode: "Magic", template: {} } }, want: "InvalidRequestContent" },
    { name: "a template", sent: { properties: { mode: "Incremental" } }, want: "InvalidRequestContent" },
    {
      name: "a schema",
      sent: { properties: { mode: "Incremental", template: { contentVersion: "1", resources: [] } } },
      want: "InvalidTemplate",
    },
    {
      name: "a known schema",
      sent: { properties: { mode: "Incremental", template: { $schema: "x", contentVersion: "1", resources: [] } } },
      want: "InvalidTemplate",
    },
    {
      name: "its template in the body",
      sent: { properties: { mode: "incremental", templateLink: { uri: "https://x" } } },
      want: "NotEmulated",
    },
    {
      name: "functions of others alone",
      sent: { properties: { mode: "Incremental", template: { $schema, contentVersion: "1", functions: [{}], resources: [] } } },
      want: "NotEmulated",
    },
    { name: "JSON", sent: "{properties: nope}", want: "InvalidRequestContent" },
  ])("without $name is refused with $want", async ({ sent, want }) => {
    const { call } = await start();
    const answer = await call("PUT", DEPLOYMENT, { body: sent });
    expect([answer.status, answer.body.error?.code]).toEqual([400, want]);
    expect((await call("HEAD", DEPLOYMENT)).status).toBe(404);
  });

  it("refuses what is not emulated by name", async () => {
    const { call } = await start();
    const outside = await call("PUT", "/providers/Microsoft.Resources/deployments/d", { body: body([]) });
    expect(outside.body.error?.code).toBe("NotEmulated");
  });

  it("may hold another deployment", async () => {
    const { call, poll } = await start();
    const inner = body([clusterResource]) as { readonly properties: object };
    const nested = { type: "Microsoft.Resources/deployments", apiVersion: "2021-04-01", name: "inner", ...inner };
    const { headers } = await call("PUT", DEPLOYMENT, { body: body([nested]) });
    expect((await poll(headers["azure-asyncoperation"])).body).toEqual({ status: "Succeeded" });
    expect((await call("GET", `${CLUSTERS}/c`, { version: "2019-04-01" })).status).toBe(200);
  });
});

describe("a deployment that the program's end broke off", () => {
  it("goes on where it was: nothing is made twice", async () => {
    const store = openMemoryStore();
    const first = await startHarness({ store });
    await first.call("PUT", GROUP, { body: { location: "eastus" } });
    const { headers } = await first.call("PUT", DEPLOYMENT, { body: body([clusterResource, { ...poolResource, dependsOn: ["c"] }]) });
    await first.clock.advance(1500);
    expect(first.provider.requests.filter(({ method }) => method === "PUT").length).toBe(2);
    await first.stop();

    const second = await startHarness({ store });
    open.push(second);
    const url = headers["azure-asyncoperation"];
    expect((await second.call("GET", String(url))).body).toEqual({ status: "Running" });
    await endOperations(second);
    expect((await second.poll(url)).body).toEqual({ status: "Succeeded" });
    expect(second.provider.requests.filter(({ method }) => method === "PUT")).toEqual([]);
  });

  it("asks again for what it cannot know to have been asked for", async () => {
    const store = openMemoryStore();
    const first = await startHarness({ store });
    await first.call("PUT", GROUP, { body: { location: "eastus" } });
    const { headers } = await first.call("PUT", DEPLOYMENT, { body: body([clusterResource]) });
    await first.stop();
    await forgetCalls(store);

    const second = await startHarness({ store });
    open.push(second);
    expect((await second.poll(headers["azure-asyncoperation"])).body).toEqual({ status: "Succeeded" });
    expect(second.provider.requests.map(({ method }) => method)).toEqual(["GET", "PUT"]);
  });
});

/** The provider of the second program has lost its timers: its operations end as a reconciler would end them. */
async function endOperations({ store, arm }: Harness): Promise<void> {
  const { pairs } = await store.range({ prefix: "/arm/operations/" });
  for (const { value } of pairs) {
    const operation = JSON.parse(Buffer.from(value).toString()) as Parameters<typeof arm.services.operations.end>[0];
    await store.transact([], [arm.services.operations.end(operation, { status: "Succeeded" })]);
  }
}

/** Takes the record of a provider's answer out of the deployments: the program ended before it was written. */
async function forgetCalls(store: Store): Promise<void> {
  const { pairs } = await store.range({ prefix: "/arm/deployments/" });
  for (const { key, value } of pairs) {
    const text = Buffer.from(value)
      .toString()
      .replace(/,"asyncUrl":"[^"]*"/g, "");
    await store.transact([], [{ kind: "put", key, value: Buffer.from(text) }]);
  }
}
