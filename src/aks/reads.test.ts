import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Answer, World } from "./testing/world.ts";

const CLUSTER = "managedClusters/myAKSCluster";

let world: World;

beforeAll(async () => {
  world = await World.open(() => 0);
  const pool = { name: "nodepool1", count: 1, vmSize: "Standard_DS2_v2", type: "VirtualMachineScaleSets" };
  const properties = { kubernetesVersion: "1.12.6", dnsPrefix: "myDns", agentPoolProfiles: [pool] };
  const put = await world.call("PUT", CLUSTER, { body: { location: "eastus", tags: { a: "b" }, properties } });
  await world.ended(put);
  const small = { properties: { count: 1, orchestratorVersion: "1.12.5" } };
  await world.ended(await world.call("PUT", `${CLUSTER}/agentPools/apool`, { body: small }));
});
afterAll(() => world.stop());

function get(path: string, apiVersion = "2019-06-01"): Promise<Answer> {
  return world.call("GET", path, { apiVersion });
}

describe("reads", () => {
  it("finds cluster and pool whatever the letter case of the path, and answers with their own", async () => {
    expect((await get("managedclusters/MYAKSCLUSTER/agentpools/APOOL")).body).toMatchObject({
      id: expect.stringMatching(/\/resourcegroups\/myResourceGroup\/.*\/managedClusters\/myAKSCluster\/agentPools\/apool$/) as string,
      name: "apool",
      type: "Microsoft.ContainerService/managedClusters/agentPools",
    });
  });

  it("lists clusters of the group with their pools", async () => {
    const { value } = (await get("managedClusters")).body;
    expect(value).toHaveLength(1);
    expect(value[0].properties.agentPoolProfiles.map((pool: { name: string }) => pool.name)).toEqual(["apool", "nodepool1"]);
  });

  it("lists pools by age since 2024", async () => {
    const { value } = (await get(`${CLUSTER}/agentPools`, "2024-09-01")).body;
    expect(value.map((pool: { name: string }) => pool.name)).toEqual(["nodepool1", "apool"]);
  });

  it("offers the control plane its way up, and its pools theirs until 2019", async () => {
    const { properties } = (await get(`${CLUSTER}/upgradeProfiles/default`)).body;
    const versions = properties.controlPlaneProfile.upgrades.map((upgrade: { kubernetesVersion: string }) => upgrade.kubernetesVersion);
    expect(versions).toEqual(expect.arrayContaining(["1.12.7", "1.12.8"]));
    expect(properties.agentPoolProfiles).toHaveLength(2);
    const later = (await get(`${CLUSTER}/upgradeProfiles/default`, "2022-11-01")).body;
    expect(later.properties.agentPoolProfiles).toBeNull();
  });

  it("offers a pool what its control plane allows", async () => {
    const { properties } = (await get(`${CLUSTER}/agentPools/apool/upgradeProfiles/default`)).body;
    expect(properties).toMatchObject({ kubernetesVersion: "1.12.5", osType: "Linux" });
    expect(properties.upgrades).toEqual(expect.arrayContaining([{ kubernetesVersion: "1.12.6" }]));
  });

  it("tells which versions a new pool may have, the control plane's first of all", async () => {
    const versions = (await get(`${CLUSTER}/availableAgentPoolVersions`)).body.properties.agentPoolVersions;
    expect(versions).toContainEqual({ default: true, kubernetesVersion: "1.12.6" });
    expect(versions.every(({ kubernetesVersion }: { kubernetesVersion: string }) => !kubernetesVersion.startsWith("1.13"))).toBe(true);
  });

  it("lists the versions of the time of the api-version", async () => {
    const orchestrators = (await get("locations/eastus/orchestrators", "2019-04-01")).body.properties.orchestrators;
    expect(orchestrators).toContainEqual(
      expect.objectContaining({ orchestratorType: "Kubernetes", orchestratorVersion: "1.23.12", default: true }),
    );
    const { values } = (await get("locations/eastus/kubernetesVersions", "2026-07-01")).body;
    expect(values.map(({ version }: { version: string }) => version)).toContain("1.34");
    expect(values.filter(({ isDefault }: { isDefault?: boolean }) => isDefault === true)).toHaveLength(1);
  });

  it.each([
    { path: "listClusterUserCredential", name: "clusterUser", context: "myAKSCluster" },
    { path: "listClusterAdminCredential", name: "clusterAdmin", context: "myAKSCluster-admin" },
  ])("gives credentials by $path", async ({ path, name, context }) => {
    const { kubeconfigs } = (await world.call("POST", `${CLUSTER}/${path}`)).body;
    expect(kubeconfigs).toEqual([{ name, value: expect.any(String) as string }]);
    expect(JSON.parse(Buffer.from(kubeconfigs[0].value, "base64").toString())).toMatchObject({
      cluster: "myAKSCluster",
      user: `${name}_myResourceGroup_myAKSCluster`,
      context,
    });
    const profile = await world.call("POST", `${CLUSTER}/accessProfiles/${name}/listCredential`);
    expect(profile.body.properties.kubeConfig).toBe(kubeconfigs[0].value);
  });

  it("refuses a role that there is not", async () => {
    expect(await get(`${CLUSTER}/accessProfiles/clusterGod`)).toMatchObject({ status: 400, body: { code: "InvalidParameter" } });
  });

  it("gives no credentials before the control plane has been created", async () => {
    const slow = await World.open();
    const properties = { dnsPrefix: "d", agentPoolProfiles: [{ name: "a", mode: "System" }] };
    await slow.call("PUT", CLUSTER, { apiVersion: "2024-09-01", body: { location: "eastus", properties } });
    expect(await slow.call("POST", `${CLUSTER}/listClusterUserCredential`)).toMatchObject({ status: 409 });
    await slow.stop();
  });
});

describe("the provider", () => {
  const scope = { subscriptionId: "19DA35D3-9a1a-4f3b-9b9c-3c56ef409565", resourceGroup: "MYRESOURCEGROUP" };

  it("names its top-level resources, and deletes them when their group goes", async () => {
    const own = await World.open(() => 0);
    const properties = { dnsPrefix: "d", agentPoolProfiles: [{ name: "a", mode: "System" }] };
    await own.ended(await own.call("PUT", CLUSTER, { apiVersion: "2024-09-01", body: { location: "eastus", properties } }));
    const [resource] = own.aks.resources(scope);
    expect(resource).toMatchObject({ name: "myAKSCluster", type: "Microsoft.ContainerService/managedClusters", location: "eastus" });
    if (resource === undefined) return;
    await own.aks.beginDelete(resource);
    await own.aks.beginDelete(resource);
    await own.clock.advanceUntil(() => own.aks.resources(scope).length === 0);
    expect(own.controlPlanes.clusters.size).toBe(0);
    await own.aks.beginDelete(resource);
    await own.stop();
  });
});
