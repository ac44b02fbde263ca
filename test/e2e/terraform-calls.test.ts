import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { awaitOperation, CLUSTER, clusterBody, drift, GROUP, POOL, poolProperties, RELEASES, remove } from "../support/azurerm.ts";
import { type Json, type Lido, startLido } from "../support/lido.ts";

const VERSION = "1.33.2";
const NEWER = "1.33.3";

/** What a second plan would change: nothing that azurerm manages may drift. `powerState` and the like are not sent. */
const NOT_READ = [/\.addonProfiles\./, /\.securityProfile/, /\.userAssignedIdentities/];
const planned = (sent: Json, read: Json): readonly string[] =>
  drift(sent, read).filter((line) => !NOT_READ.some((expression) => expression.test(line)));

describe("azurerm's calls before it has a resource", () => {
  let lido: Lido;
  beforeAll(async () => void (lido = await startLido("--memory", "--speed", "fast")));
  afterAll(() => lido.kill("SIGKILL"));

  it("metadata that is not taken for Azure Stack's", async () => {
    const { body } = await lido.raw("GET", "/metadata/endpoints?api-version=2022-09-01", { token: null });
    expect(Array.isArray(body)).toBe(false);
    expect(body.name).not.toBe("AzureStackCloud");
    expect(body).toMatchObject({
      resourceManager: expect.stringMatching(/^https:/) as string,
      microsoftGraphResourceId: expect.stringMatching(/^https:/) as string,
      authentication: { identityProvider: "AAD", tenant: "common", loginEndpoint: expect.stringMatching(/^https:/) as string },
      suffixes: { storage: expect.any(String) as string, keyVaultDns: expect.any(String) as string },
    });
    // Releases 3 and 4 read this too, with a doubled slash; any JSON will do.
    const older = await lido.raw("GET", `${lido.address.endpoint}//metadata/endpoints?api-version=2018-01-01`, { token: null });
    expect([older.status, typeof older.body]).toEqual([200, "object"]);
  });

  it("tokens for Resource Manager and for Graph, with the claims that spare it a call", async () => {
    const { clientId, clientSecret, tenantId, endpoint } = lido.address;
    for (const scope of [`${endpoint}//.default`, `${endpoint}/.default`, "https://graph.microsoft.com//.default"]) {
      const form = new URLSearchParams({ grant_type: "client_credentials", client_id: clientId, client_secret: clientSecret, scope });
      const { status, body } = await lido.raw("POST", `/${tenantId}/oauth2/v2.0/token`, {
        body: form.toString(),
        headers: { "content-type": "application/x-www-form-urlencoded" },
        token: null,
      });
      expect(status).toBe(200);
      const claims: Json = JSON.parse(Buffer.from(String(body.access_token).split(".")[1] ?? "", "base64url").toString());
      expect(claims).toMatchObject({ tid: tenantId, appid: clientId, oid: expect.any(String) as string });
      expect(typeof body.expires_in).toBe("number");
    }
  });

  it("a list of providers in which what AKS needs is registered", async () => {
    const { body } = await lido.arm("GET", "/providers", undefined, "2022-09-01");
    const states = new Map((body.value as Json[]).map(({ namespace, registrationState }) => [namespace, registrationState]));
    expect(states.get("Microsoft.ContainerService")).toBe("Registered");
  });
});

describe.each(RELEASES)("azurerm $name", ({ groups, aks }) => {
  let lido: Lido;
  beforeAll(async () => void (lido = await startLido("--memory", "--speed", "fast")));
  afterAll(() => lido.kill("SIGKILL"));

  const read = async (path: string): Promise<Json> => {
    const answer = await lido.arm("GET", path, undefined, aks);
    expect(answer.status).toBe(200);
    return answer.body;
  };
  async function put(path: string, body: Json): Promise<void> {
    await awaitOperation(lido, await lido.arm("PUT", path, body, aks));
  }
  /** What an update sends: the pool as it was read, with other values. */
  async function update(values: Json): Promise<void> {
    const pool = await read(POOL);
    await put(POOL, { ...pool, properties: { ...pool.properties, ...values } });
    expect(planned(values, (await read(POOL)).properties)).toEqual([]);
  }

  it("makes a group", async () => {
    expect((await lido.arm("GET", GROUP, undefined, groups)).status).toBe(404);
    expect([200, 201]).toContain((await lido.arm("PUT", GROUP, { location: "eastus", tags: { a: "b" } }, groups)).status);
    const { status, body } = await lido.arm("GET", GROUP, undefined, groups);
    expect(status).toBe(200);
    expect(body).toMatchObject({ location: "eastus", tags: { a: "b" }, properties: { provisioningState: "Succeeded" } });
  });

  it("makes a cluster that a second plan leaves alone", async () => {
    expect((await lido.arm("GET", CLUSTER, undefined, aks)).status).toBe(404);
    await put(CLUSTER, clusterBody(VERSION));
    const cluster = await read(CLUSTER);
    expect(planned(clusterBody(VERSION), cluster)).toEqual([]);
    // Without these it stops, or panics.
    expect(cluster.identity).toMatchObject({ type: "SystemAssigned", principalId: expect.any(String) as string });
    expect(cluster.identity.tenantId).toBe(lido.address.tenantId);
    expect(cluster.properties.servicePrincipalProfile).toEqual({ clientId: "msi" });
    for (const profile of cluster.properties.agentPoolProfiles as Json[]) {
      expect(profile).toMatchObject({ name: "default", mode: "System", type: "VirtualMachineScaleSets" });
    }
    expect(cluster.properties.securityProfile?.workloadIdentity ?? { enabled: false }).toHaveProperty("enabled");
    expect(cluster.properties.nodeResourceGroup).toBe("MC_terraform_cluster_eastus");
  });

  it("reads what belongs to the cluster", async () => {
    const { status, body } = await lido.arm("POST", `${CLUSTER}/listClusterUserCredential`, undefined, aks);
    expect([status, body.kubeconfigs[0].name]).toEqual([200, "clusterUser"]);
    for (const name of ["default", "aksManagedAutoUpgradeSchedule", "aksManagedNodeOSUpgradeSchedule"])
      expect((await lido.arm("GET", `${CLUSTER}/maintenanceConfigurations/${name}`, undefined, aks)).status).toBe(404);
  });

  it("makes a second pool that a second plan leaves alone", async () => {
    expect((await lido.arm("GET", POOL, undefined, aks)).status).toBe(404);
    const versions = await read(`${CLUSTER}/availableAgentPoolVersions`);
    expect((versions.properties.agentPoolVersions as Json[]).map(({ kubernetesVersion }) => kubernetesVersion)).toContain(VERSION);
    const body = { name: "second", properties: { ...poolProperties(VERSION), mode: "User", nodeTaints: ["sku=gpu:NoSchedule"] } };
    await put(POOL, body);
    expect(planned(body, await read(POOL))).toEqual([]);
  });

  it("changes count, labels and taints, and takes them away", async () => {
    await update({ count: 3, nodeLabels: { tier: "api", zone: "a" }, nodeTaints: ["gone=soon:NoExecute"] });
    await update({ count: 1, nodeLabels: {}, nodeTaints: [] });
    expect((await read(POOL)).properties.nodeTaints ?? []).toEqual([]);
    expect(Object.keys((await read(POOL)).properties.nodeLabels ?? {})).toEqual([]);
  });

  it("upgrades the control plane, then each pool", async () => {
    const cluster = await read(CLUSTER);
    await put(CLUSTER, { ...cluster, properties: { ...cluster.properties, kubernetesVersion: NEWER } });
    await update({ orchestratorVersion: NEWER });
    expect((await read(CLUSTER)).properties.currentKubernetesVersion).toBe(NEWER);
  });

  it("destroys pool, cluster and group", async () => {
    await remove(lido, POOL, aks);
    await remove(lido, CLUSTER, aks);
    const left = await lido.arm("GET", `${GROUP}/resources?$expand=provisioningState&$top=10`, undefined, groups);
    expect(left.body.value).toEqual([]);
    await remove(lido, GROUP, groups);
  });
});
