import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CLUSTERS, GROUP, type Harness, type Loose, ROOT, startHarness, SUBSCRIPTION, TENANT } from "./testing/harness.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({ speed: "realtime" });
  await harness.call("PUT", GROUP, { body: { location: "eastus" } });
});
afterAll(() => harness.stop());

const list = (body: Loose): readonly Loose[] => body.value as unknown as readonly Loose[];

describe("tenants, subscriptions, locations", () => {
  it("are shown as az reads them", async () => {
    expect(list((await harness.call("GET", "/tenants")).body)[0]).toMatchObject({ tenantId: TENANT, tenantCategory: "Home" });
    const { body } = await harness.call("GET", "/subscriptions", { version: "2019-11-01" });
    expect(list(body)[0]).toMatchObject({
      id: ROOT,
      subscriptionId: SUBSCRIPTION,
      tenantId: TENANT,
      state: "Enabled",
      displayName: "Lido",
    });
    expect((await harness.call("GET", ROOT, { version: "2016-06-01" })).body.tenantId).toBeUndefined();
  });

  it("several subscriptions are listed, and hold nothing of each other", async () => {
    const id = "00000000-0000-0000-0000-00000000000b";
    const both = await startHarness({ others: [{ id, displayName: "Second" }] });
    await both.call("PUT", GROUP, { body: { location: "eastus" } });
    const { body } = await both.call("GET", "/subscriptions", { version: "2022-12-01" });
    expect([list(body).map(({ displayName }) => displayName), body.count]).toEqual([["Lido", "Second"], { type: "Total", value: 2 }]);
    expect((await both.call("GET", `/subscriptions/${id.toUpperCase()}`)).body.subscriptionId).toBe(id);
    expect((await both.call("GET", `/subscriptions/${id}/resourcegroups`)).body).toEqual({ value: [] });
    expect((await both.call("GET", GROUP.replace(SUBSCRIPTION, id))).status).toBe(404);
    await both.call("POST", `/subscriptions/${id}/providers/Microsoft.Network/unregister`);
    expect((await both.call("GET", `${ROOT}/providers/Microsoft.Network`)).body.registrationState).toBe("Registered");
    await both.stop();
  });

  it("locations grow with the api-version", async () => {
    const eastus = async (version: string): Promise<Loose | undefined> =>
      list((await harness.call("GET", `${ROOT}/locations`, { version })).body).find(({ name }) => (name as unknown) === "eastus");
    const old = { id: `${ROOT}/locations/eastus`, name: "eastus", displayName: "East US", longitude: "-79.8164", latitude: "37.3719" };
    expect(await eastus("2016-06-01")).toEqual(old);
    expect(await eastus("2022-12-01")).toMatchObject({
      type: "Region",
      regionalDisplayName: "(US) East US",
      metadata: { regionType: "Physical", pairedRegion: [{ name: "westus" }] },
      availabilityZoneMappings: [
        { logicalZone: "1", physicalZone: "eastus-az3" },
        { logicalZone: "2", physicalZone: "eastus-az1" },
        { logicalZone: "3", physicalZone: "eastus-az2" },
      ],
    });
    expect(await eastus("2019-11-01")).not.toHaveProperty("type");
    expect(await eastus("2021-01-01")).not.toHaveProperty("availabilityZoneMappings");
  });

  it("locations are the same regions in every api-version, with logical ones since 2019", async () => {
    const names = async (version: string, type: string): Promise<readonly unknown[]> =>
      list((await harness.call("GET", `${ROOT}/locations`, { version })).body)
        .filter(({ metadata }) => metadata === undefined || (metadata.regionType as unknown) === type)
        .map(({ name }) => JSON.stringify(name))
        .sort((a, b) => (a < b ? -1 : 1));
    expect(await names("2022-12-01", "Physical")).toEqual(await names("2016-06-01", "Physical"));
    expect(await names("2022-12-01", "Logical")).toContain('"uk"');
  });

  it("a tenant says more of itself in later api-versions", async () => {
    const keys = async (version: string): Promise<readonly string[]> =>
      Object.keys(list((await harness.call("GET", "/tenants", { version })).body)[0] ?? {});
    expect(await keys("2016-06-01")).toEqual(["id", "tenantId"]);
    expect(await keys("2022-12-01")).toContain("tenantType");
  });

  it("resources are listed by group, by subscription and by filter", async () => {
    await harness.call("PUT", `${CLUSTERS}/c`, { body: { location: "eastus" }, version: "2024-09-01" });
    const names = async (query: string): Promise<unknown> => list((await harness.call("GET", query)).body).map(({ name }) => name);
    expect(await names(`${GROUP}/resources?$expand=provisioningState&$top=10`)).toEqual(["c"]);
    expect(await names(`${ROOT}/resources?$filter=resourceGroup eq 'MYGROUP'&$expand=createdTime`)).toEqual(["c"]);
    expect(await names(`${ROOT}/resources?$filter=resourceType eq 'Microsoft.ContainerService/managedClusters'`)).toEqual(["c"]);
    expect(await names(`${ROOT}/resources?$filter=resourceGroup eq 'none'`)).toEqual([]);
    expect((await harness.call("GET", `${ROOT}/resourcegroups/none/resources`)).status).toBe(404);
  });
});

describe("the registration of providers", () => {
  const provider = `${ROOT}/providers/Microsoft.ContainerService`;

  it("holds from the start, ends on request, and begins again after a minute", async () => {
    const harness = await startHarness({ speed: "realtime" });
    await harness.call("PUT", GROUP, { body: { location: "eastus" } });
    const version = "2018-05-01";
    const first = await harness.call("GET", provider, { version });
    expect(Object.keys(first.body)).toEqual(["id", "namespace", "resourceTypes", "registrationState"]);
    expect(first.body.registrationState).toBe("Registered");
    expect((await harness.call("POST", `${provider}/unregister`, { version })).body.registrationState).toBe("Unregistering");
    const refused = await harness.call("PUT", `${CLUSTERS}/c`, { body: { location: "eastus" }, version: "2024-09-01" });
    expect([refused.status, refused.body.error?.code]).toEqual([409, "MissingSubscriptionRegistration"]);
    const read = await harness.call("GET", `${CLUSTERS}/c`, { version: "2024-09-01" });
    expect([read.status, read.body.error?.code]).toEqual([404, "ResourceNotFound"]);
    await harness.clock.advance(60_000);
    expect((await harness.call("GET", provider)).body).toMatchObject({
      registrationState: "Unregistered",
      registrationPolicy: "RegistrationRequired",
    });
    expect((await harness.call("POST", `${provider}/register`, { version })).body.registrationState).toBe("Registering");
    expect((await harness.call("GET", provider)).body.registrationState).toBe("Registering");
    await harness.clock.advance(60_000);
    expect((await harness.call("POST", `${provider}/register`)).body.registrationState).toBe("Registered");
    await harness.stop();
  });

  it("cannot end while there are resources of the namespace", async () => {
    const { status, body } = await harness.call("POST", `${provider}/unregister`);
    expect([status, body.error?.code]).toEqual([409, "Conflict"]);
    expect((await harness.call("GET", provider)).body.registrationState).toBe("Registered");
  });

  it("has no state where there is no subscription", async () => {
    const { body } = await harness.call("GET", "/providers/microsoft.containerservice");
    expect(Object.keys(body)).toEqual(["namespace", "resourceTypes"]);
    expect(list((await harness.call("GET", "/providers?$top=3")).body)).toHaveLength(3);
  });

  it("is listed for every namespace that clients ask for", async () => {
    const all = list((await harness.call("GET", `${ROOT}/providers`)).body);
    const states = new Map(all.map(({ namespace, registrationState }) => [namespace as unknown, registrationState as unknown]));
    for (const namespace of [
      "Microsoft.Compute",
      "Microsoft.ContainerService",
      "Microsoft.Features",
      "Microsoft.Network",
      "Microsoft.Resources",
    ]) {
      expect(states.get(namespace)).toBe("Registered");
    }
  });

  it("of an unknown namespace is refused", async () => {
    const { status, body } = await harness.call("POST", `${ROOT}/providers/Contoso.Things/register`);
    expect([status, body.error?.message]).toEqual([404, "The resource namespace 'Contoso.Things' is invalid."]);
  });
});

describe("features", () => {
  const features = `${ROOT}/providers/Microsoft.Features`;
  const one = (name: string): string => `${features}/providers/Microsoft.ContainerService/features/${name}`;

  it("can be asked for by a request itself, for that request", () => {
    const { feature } = harness.arm.services;
    const asked = (headers: Record<string, string>): string =>
      feature(SUBSCRIPTION, "Microsoft.ContainerService", "SomePreview", headers).state;
    expect(asked({ akshttpcustomfeatures: "Microsoft.ContainerService/Other, microsoft.containerservice/somepreview" })).toBe("Registered");
    expect(asked({ akshttpcustomfeatures: "SomePreview" })).toBe("NotRegistered");
    expect(asked({})).toBe("NotRegistered");
  });

  it("are listed over all namespaces or one", async () => {
    const all = list((await harness.call("GET", `${features}/features`, { version: "2015-12-01" })).body).map(
      ({ name }) => name as unknown,
    );
    expect(all).toContain("Microsoft.ContainerService/MultiAgentpoolPreview");
    expect(all).toContain("Microsoft.Compute/EncryptionAtHost");
    const some = list((await harness.call("GET", `${features}/providers/microsoft.compute/features`)).body).map(
      ({ name }) => name as unknown,
    );
    expect(some).toContain("Microsoft.Compute/EncryptionAtHost");
    expect(some).not.toContain("Microsoft.ContainerService/VMSSPreview");
  });

  it("are registered in a few minutes and tell since when", async () => {
    expect((await harness.call("GET", one("VMSSPreview"))).body).toEqual({
      properties: { state: "NotRegistered" },
      id: one("VMSSPreview"),
      type: "Microsoft.Features/providers/features",
      name: "Microsoft.ContainerService/VMSSPreview",
    });
    const begin = await harness.call("POST", `${one("vmsspreview")}/register`, { version: "2021-07-01" });
    expect([begin.status, begin.body.properties?.state, begin.body.name]).toEqual([
      200,
      "Registering",
      "Microsoft.ContainerService/VMSSPreview",
    ]);
    const at = harness.clock.now();
    await harness.clock.advance(179_000);
    expect((await harness.call("GET", one("VMSSPreview"))).body.properties?.state).toBe("Registering");
    await harness.clock.advance(1000);
    const seen = harness.arm.services.feature(SUBSCRIPTION, "microsoft.containerservice", "VMSSPREVIEW");
    expect(seen).toEqual({ state: "Registered", sinceMs: at + 180_000 });
    expect((await harness.call("POST", `${one("VMSSPreview")}/register`)).body.properties?.state).toBe("Registered");
    expect((await harness.call("POST", `${one("VMSSPreview")}/unregister`)).body.properties?.state).toBe("Unregistering");
    await harness.clock.advance(180_000);
    expect((await harness.call("GET", one("VMSSPreview"))).body.properties?.state).toBe("NotRegistered");
  });

  it("of unknown name show once they were asked for", async () => {
    expect((await harness.call("GET", one("Unheard"))).body.error?.code).toBe("FeatureNotFound");
    await harness.call("POST", `${one("Unheard")}/register`);
    expect((await harness.call("GET", one("Unheard"))).body.properties?.state).toBe("Registering");
    expect(list((await harness.call("GET", `${features}/features`)).body).map(({ name }) => name as unknown)).toContain(
      "Microsoft.ContainerService/Unheard",
    );
    const long = await harness.call("POST", `${one("x".repeat(200))}/register`);
    expect([long.status, long.body.error?.code]).toEqual([404, "FeatureNotFound"]);
  });

  it("are registered at once in the newer form", async () => {
    const path = `${features}/featureProviders/Microsoft.Network/subscriptionFeatureRegistrations/AllowLBPreview`;
    const { body } = await harness.call("PUT", path, { body: {}, version: "2021-07-01" });
    expect(body).toMatchObject({
      name: "AllowLBPreview",
      properties: { state: "Registered", approvalType: "AutoApproval", providerNamespace: "Microsoft.Network" },
    });
    expect((await harness.call("GET", path)).body).toEqual(body);
    expect((await harness.call("DELETE", path)).status).toBe(200);
  });
});
