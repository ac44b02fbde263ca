import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ValueTooLargeError } from "#store";
import { World } from "./testing/world.ts";

const CLUSTER = "managedClusters/c";
const POOL = `${CLUSTER}/agentPools/two`;
const TODAY = "2024-09-01";

let world: World;

beforeEach(async () => {
  world = await World.open(() => 0);
});
afterEach(() => world.stop());

function clusterBody(properties: object = {}, pools: readonly object[] = [{}]): object {
  const profile = (pool: object, index: number): object => ({
    name: `pool${index}`,
    count: 1,
    vmSize: "Standard_DS2_v2",
    type: "VirtualMachineScaleSets",
    mode: "System",
    ...pool,
  });
  return { location: "eastus", properties: { dnsPrefix: "c-dns", agentPoolProfiles: pools.map(profile), ...properties } };
}

const preview = { body: clusterBody({ kubernetesVersion: "1.12.6" }), apiVersion: "2019-04-01" };
const current = { body: clusterBody({ kubernetesVersion: "1.34.2" }), apiVersion: TODAY };

async function create(call: { readonly body: object; readonly apiVersion: string }): Promise<void> {
  const put = await world.call("PUT", CLUSTER, call);
  expect(put).toMatchObject({ status: 201 });
  expect(await world.ended(put)).toMatchObject({ status: "Succeeded" });
}

/** Pools of two nodes: enough pods for every rule about pods. */
function pool(properties: object = {}): object {
  return { properties: { count: 2, vmSize: "Standard_DS2_v2", type: "VirtualMachineScaleSets", ...properties } };
}

describe("the group of a cluster's machines", () => {
  const other = (nodeResourceGroup: string, name = "other") =>
    world.call("PUT", `managedClusters/${name}`, { body: clusterBody({ nodeResourceGroup }), apiVersion: TODAY });

  it.each([
    {
      name: "of more than 80 characters",
      group: "g".repeat(81),
      code: "InvalidParameter",
      message: /^The length .* is 80 .* is 81\. Please/,
    },
    { name: "that no group can have", group: "a/b", code: "InvalidParameter", message: /nodeResourceGroup/ },
    {
      name: "of the cluster's own group",
      group: "MYRESOURCEGROUP",
      code: "NodeResourceGroupSameAsResourceGroup",
      message: /^Node resource group 'MYRESOURCEGROUP' is/,
    },
  ])("may not have a name $name", async ({ group, code, message }) => {
    const { status, body } = await other(group);
    expect([status, body]).toMatchObject([400, { code }]);
    expect(body["message"]).toMatch(message);
    expect((await world.call("GET", "managedClusters/other", { apiVersion: TODAY })).status).toBe(404);
  });

  it("is no group that is there, or that another cluster will have", async () => {
    world.arm.groups.set("mine", { name: "mine", location: "eastus" });
    expect((await other("Mine")).body).toMatchObject({ code: "NodeResourceGroupAlreadyExists" });
    expect((await other("theirs", "first")).status).toBe(201);
    expect((await other("Theirs")).body).toMatchObject({ code: "NodeResourceGroupAlreadyExists" });
    expect(world.arm.groups.has("mine")).toBe(true);
  });
});

describe("what is too large to be kept", () => {
  const large = "x".repeat(1_200_000);

  it("is refused as a cluster and as a pool, and changes nothing", async () => {
    const body = clusterBody({ linuxProfile: { adminUsername: "azureuser", ssh: { publicKeys: [{ keyData: large }] } } });
    await expect(world.call("PUT", CLUSTER, { body, apiVersion: TODAY })).rejects.toThrow(ValueTooLargeError);
    await create(current);
    const before = await world.call("GET", CLUSTER, { apiVersion: TODAY });
    const put = world.call("PUT", POOL, { body: pool({ tags: { large } }), apiVersion: TODAY });
    await expect(put).rejects.toThrow(ValueTooLargeError);
    expect((await world.call("GET", CLUSTER, { apiVersion: TODAY })).body).toEqual(before.body);
  });
});

interface Row {
  readonly name: string;
  readonly properties: object;
  readonly code: string;
  readonly target?: string;
  readonly message?: string;
}

const LINK = "Please see https://aka.ms/aks-naming-rules for more details.";

const previewRows: readonly Row[] = [
  { name: "no nodes", properties: { count: 0 }, code: "InvalidParameter", target: "agentPoolProfile.count" },
  {
    name: "101 nodes",
    properties: { count: 101 },
    code: "InvalidParameter",
    message: `The value of parameter agentPoolProfile.count is invalid. ${LINK}`,
  },
  { name: "a size that nobody has", properties: { vmSize: "Standard_Nope" }, code: "BadRequest", target: "agentPoolProfile.vmSize" },
  { name: "too few pods a node", properties: { maxPods: 29 }, code: "InvalidParameter", target: "agentPoolProfile.maxPods" },
  { name: "too many pods a node", properties: { maxPods: 251 }, code: "InvalidParameter", target: "agentPoolProfile.maxPods" },
  { name: "a disk too large", properties: { osDiskSizeGB: 1024 }, code: "InvalidParameter", target: "agentPoolProfile.osDiskSizeGB" },
  { name: "an unknown version", properties: { orchestratorVersion: "1.12.99" }, code: "AgentPoolK8sVersionNotSupported" },
  { name: "a word for a version", properties: { orchestratorVersion: "newest" }, code: "AgentPoolK8sVersionNotSupported" },
  {
    name: "a minor above the control plane's",
    properties: { orchestratorVersion: "1.13.5" },
    code: "InvalidParameter",
    message: `The value of parameter agentpool.Properties.OrchestratorVersion is invalid. ${LINK}`,
  },
  { name: "the autoscaler", properties: { enableAutoScaling: true, minCount: 1, maxCount: 3 }, code: "OperationNotAllowed" },
  { name: "an availability set", properties: { type: "AvailabilitySet" }, code: "AgentPoolAPIsNotSupported" },
  { name: "another kind of system", properties: { osType: "Plan9" }, code: "InvalidParameter", target: "agentPoolProfile.osType" },
  { name: "Windows on kubenet", properties: { osType: "Windows" }, code: "AzureCNIOnlyForWindows" },
  { name: "text for a number", properties: { count: "three" }, code: "UnmarshalError", target: "properties.count" },
];

const currentRows: readonly Row[] = [
  { name: "1001 nodes", properties: { count: 1001 }, code: "InvalidParameter", target: "agentPoolProfile.count" },
  { name: "a newer patch than the control plane's", properties: { orchestratorVersion: "1.34.4" }, code: "NodePoolMcVersionIncompatible" },
  {
    name: "a newer minor than the control plane's",
    properties: { orchestratorVersion: "1.35.1" },
    code: "NodePoolMcVersionIncompatible",
    message:
      "Node pool version 1.35.1 and control plane version 1.34.2 are incompatible. Minor version of node pool version 35 is bigger than " +
      "control plane version 34. For more information, please check https://aka.ms/version-skew-policy",
  },
  { name: "a version four minors behind", properties: { orchestratorVersion: "1.30.9" }, code: "NodePoolMcVersionIncompatible" },
  { name: "an unknown mode", properties: { mode: "system" }, code: "InvalidParameter", target: "agentPoolProfile.mode" },
  {
    name: "a pool of machines of their own with a number of them",
    properties: { mode: "Machines", type: "VirtualMachines", count: 2 },
    code: "InvalidParameter",
  },
  {
    name: "a taint on a system pool",
    properties: { mode: "System", nodeTaints: ["a=b:NoSchedule"] },
    code: "SystemPoolHasRestrictedTaint",
  },
  {
    name: "an image that nobody has",
    properties: { osSKU: "constructor" },
    code: "InvalidOSSKU",
    message: "OSSKU='constructor' is invalid, details: Unrecognized OSSKU",
  },
  { name: "an image of the other system", properties: { osSKU: "Windows2019" }, code: "InvalidOSSKU" },
  { name: "a spot system pool", properties: { mode: "System", scaleSetPriority: "Spot" }, code: "SystemPoolMustBeRegular" },
  { name: "a small system pool", properties: { mode: "System", vmSize: "Standard_B1s" }, code: "SystemPoolSkuTooLow" },
  { name: "an empty system pool", properties: { mode: "System", count: 0 }, code: "InvalidParameter", target: "agentPoolProfile.count" },
  { name: "a reserved label", properties: { nodeLabels: { "kubernetes.azure.com/a": "b" } }, code: "BadRequest" },
  { name: "a label of Kubernetes", properties: { nodeLabels: { "node-role.kubernetes.io/a": "b" } }, code: "BadRequest" },
  { name: "no label at all", properties: { nodeLabels: { "-": "b" } }, code: "InvalidParameter", target: "agentPoolProfile.nodeLabels" },
  {
    name: "a taint without an effect",
    properties: { nodeTaints: ["a=b"] },
    code: "InvalidParameter",
    target: "agentPoolProfile.nodeTaints",
  },
  { name: "a surge of words", properties: { upgradeSettings: { maxSurge: "lots" } }, code: "InvalidParameter" },
  { name: "an upgrade that never moves", properties: { upgradeSettings: { maxSurge: "0" } }, code: "InvalidParameter" },
  { name: "a price of nothing", properties: { scaleSetPriority: "Spot", spotMaxPrice: 0 }, code: "InvalidParameter" },
  { name: "min above max", properties: { enableAutoScaling: true, minCount: 5, maxCount: 3 }, code: "InvalidParameter" },
  { name: "a zone that there is not", properties: { availabilityZones: ["4"] }, code: "InvalidParameter" },
  { name: "a stopped pool", properties: { powerState: { code: "Stopped" } }, code: "OperationNotAllowed" },
  {
    name: "a disk that the host does not hold",
    properties: { vmSize: "Standard_DS2_v2", osDiskType: "Ephemeral" },
    code: "VMCacheSizeTooSmall",
    message:
      "The virtual machine size Standard_DS2_v2 has a cache size of 92341796864 bytes and temporary disk size of 15032385536 bytes, " +
      "but the OS disk requires 137438953472 bytes. Use a VM size with larger cache, larger temp disk, or disable ephemeral OS.",
  },
  {
    name: "deallocation of ephemeral disks",
    properties: { vmSize: "Standard_D8ads_v5", scaleDownMode: "Deallocate", osDiskType: "Ephemeral" },
    code: "InvalidParameter",
  },
];

describe("a new pool", () => {
  it.each(previewRows)("of the preview is refused with $name", async ({ properties, code, target, message }) => {
    await create(preview);
    const answer = await world.call("PUT", POOL, { body: pool(properties) });
    expect(answer).toMatchObject({
      status: 400,
      body: { code, ...(target !== undefined && { target }), ...(message !== undefined && { message }) },
    });
    expect((await world.call("GET", `${CLUSTER}/agentPools`)).body.value).toHaveLength(1);
  });

  it.each(currentRows)("of today is refused with $name", async ({ properties, code, target, message }) => {
    await create(current);
    const answer = await world.call("PUT", POOL, { body: pool(properties), apiVersion: TODAY });
    expect(answer).toMatchObject({
      status: 400,
      body: { code, ...(target !== undefined && { target }), ...(message !== undefined && { message }) },
    });
  });

  it.each(["Two", "2two", "two-two", "averylongname1", "aksmanagedap"])("is refused under the name %s", async (name) => {
    await create(preview);
    const answer = await world.call("PUT", `${CLUSTER}/agentPools/${name}`, { body: pool() });
    expect(answer).toMatchObject({ status: 400, body: { code: "InvalidParameter", target: "agentPoolProfile.name" } });
  });

  it("is refused when the cluster was created before the features were registered", async () => {
    world.arm.features.set("VMSSPreview", "Registering");
    await create(preview);
    world.arm.features.set("VMSSPreview", "Registered");
    expect(await world.call("PUT", POOL, { body: pool() })).toMatchObject({ status: 400, body: { code: "AgentPoolAPIsNotSupported" } });
  });

  it("is refused beyond eight pools, and beyond 400 nodes", async () => {
    await create(preview);
    for (let index = 1; index < 5; index++) {
      await world.ended(await world.call("PUT", `${CLUSTER}/agentPools/p${index}`, { body: pool({ count: index < 4 ? 100 : 99 }) }));
    }
    const full = await world.call("PUT", `${CLUSTER}/agentPools/p5`, { body: pool({ count: 1 }) });
    expect(full).toMatchObject({ status: 400, body: { code: "InvalidParameter", target: "agentPoolProfile.count" } });
    await world.ended(await world.call("PUT", `${CLUSTER}/agentPools/p4`, { body: pool({ count: 90 }) }));
    for (let index = 5; index < 8; index++)
      await world.ended(await world.call("PUT", `${CLUSTER}/agentPools/p${index}`, { body: pool({ count: 1 }) }));
    const ninth = await world.call("PUT", `${CLUSTER}/agentPools/p8`, { body: pool({ count: 1 }) });
    expect(ninth).toMatchObject({ status: 400, body: { code: "MaxAgentPoolCountReached", target: "agentPoolProfiles" } });
    expect((await world.call("GET", `${CLUSTER}/agentPools`)).body.value).toHaveLength(8);
  });

  it("of a cluster that is not there is refused by ARM", async () => {
    expect(await world.call("PUT", POOL, { body: pool() })).toMatchObject({
      status: 404,
      body: { error: { code: "ParentResourceNotFound" } },
    });
  });
});

describe("a change of a pool", () => {
  const changes = [
    { name: "its size", change: { vmSize: "Standard_DS3_v2" }, code: "PropertyChangeNotAllowed", target: "properties.vmSize" },
    { name: "its pods", change: { maxPods: 50 }, code: "PropertyChangeNotAllowed", target: "properties.maxPods" },
    { name: "its disk", change: { osDiskSizeGB: 60 }, code: "PropertyChangeNotAllowed", target: "properties.osDiskSizeGB" },
    { name: "its version back", change: { orchestratorVersion: "1.12.5" }, code: "AgentPoolUpgradeVersionNotAllowed" },
    { name: "count and version at once", change: { orchestratorVersion: "1.12.7", count: 3 }, code: "OperationNotAllowed" },
  ];

  it.each(changes)("is refused for $name, and nothing changes", async ({ change, code, target }) => {
    await create(preview);
    await world.ended(await world.call("PUT", POOL, { body: pool() }));
    const before = await world.call("GET", POOL);
    const body = { ...before.body, properties: { ...before.body.properties, ...change } };
    expect(await world.call("PUT", POOL, { body })).toMatchObject({ status: 400, body: { code, ...(target !== undefined && { target }) } });
    expect(await world.call("GET", POOL)).toEqual(before);
  });

  it("takes back what was read, whatever the letter case of the size, as an update", async () => {
    await create(preview);
    await world.ended(await world.call("PUT", POOL, { body: pool() }));
    const { body } = await world.call("GET", POOL);
    const put = await world.call("PUT", POOL, { body: { ...body, properties: { ...body.properties, vmSize: "STANDARD_DS2_V2" } } });
    expect(put).toMatchObject({ status: 200, body: { properties: { provisioningState: "Updating" } } });
    expect(await world.ended(put)).toMatchObject({ status: "Succeeded" });
  });

  it("is refused when its tag of version is another one", async () => {
    await create({ ...current, apiVersion: "2025-03-01" });
    const call = { apiVersion: "2025-03-01" };
    await world.ended(await world.call("PUT", POOL, { ...call, body: pool() }));
    const { eTag } = (await world.call("GET", POOL, call)).body.properties;
    const stale = await world.call("PUT", POOL, { ...call, body: pool(), headers: { "if-match": "other" } });
    expect(stale).toMatchObject({ status: 412, body: { code: "PreconditionFailed" } });
    const other = await world.call("PUT", POOL, { ...call, body: pool(), headers: { "if-none-match": "*" } });
    expect(other).toMatchObject({ status: 412 });
    expect(await world.call("PUT", POOL, { ...call, body: pool(), headers: { "if-match": eTag } })).toMatchObject({ status: 200 });
  });
});

describe("deletion", () => {
  it("spares the first pool of the preview", async () => {
    await create(preview);
    await world.ended(await world.call("PUT", POOL, { body: pool() }));
    expect(await world.call("DELETE", `${CLUSTER}/agentPools/pool0`)).toMatchObject({ status: 400, body: { code: "OperationNotAllowed" } });
  });

  it("spares the last system pool, and lets the first one go when there is another", async () => {
    await create(current);
    await world.ended(await world.call("PUT", POOL, { body: pool(), apiVersion: TODAY }));
    const last = await world.call("DELETE", `${CLUSTER}/agentPools/pool0`, { apiVersion: TODAY });
    expect(last).toMatchObject({ status: 400, body: { message: "There has to be at least one system agent pool." } });
    await world.ended(await world.call("PUT", POOL, { body: pool({ mode: "System" }), apiVersion: TODAY }));
    const first = await world.call("DELETE", `${CLUSTER}/agentPools/pool0`, { apiVersion: TODAY });
    expect(await world.ended(first)).toMatchObject({ status: "Succeeded" });
  });

  it("of an absent pool is the service's 404, of an absent cluster ARM's", async () => {
    expect(await world.call("DELETE", POOL)).toMatchObject({ status: 404, body: { error: { code: "ResourceNotFound" } } });
    await create(preview);
    expect(await world.call("DELETE", POOL)).toMatchObject({ status: 404, body: { code: "NotFound" } });
  });
});

describe("a new cluster", () => {
  const rows = [
    { name: "no location", body: { properties: {} }, error: { error: { code: "LocationRequired" } } },
    {
      name: "a location that there is not",
      body: { ...clusterBody(), location: "Atlantis" },
      error: { error: { code: "LocationNotAvailableForResourceType" } },
    },
    { name: "no prefix", body: clusterBody({ dnsPrefix: "" }), error: { code: "InvalidParameter" } },
    { name: "a bad prefix", body: clusterBody({ dnsPrefix: "a_b" }), error: { target: "properties.dnsPrefix" } },
    { name: "no pools", body: clusterBody({}, []), error: { target: "agentPoolProfiles" } },
    { name: "the same pool twice", body: clusterBody({}, [{ name: "a" }, { name: "a" }]), error: { target: "agentPoolProfile.name" } },
    { name: "an unknown version", body: clusterBody({ kubernetesVersion: "1.2.3" }), error: { code: "AgentPoolK8sVersionNotSupported" } },
    { name: "no system pool", body: clusterBody({}, [{ mode: "User" }]), error: { code: "MustDefineAtLeastOneSystemPool" } },
    { name: "an array for an object", body: [], error: { code: "UnmarshalError" } },
    {
      name: "HTTP application routing in the preview",
      body: clusterBody({ kubernetesVersion: "1.12.6", addonProfiles: { httpApplicationRouting: { enabled: true } } }),
      error: { code: "OperationNotAllowed" },
    },
  ];

  it.each(rows)("is refused with $name", async ({ body, error }) => {
    expect(await world.call("PUT", CLUSTER, { body, apiVersion: TODAY })).toMatchObject({ status: 400, body: error });
    expect((await world.call("GET", CLUSTER)).status).toBe(404);
  });

  it("is refused under a reserved name", async () => {
    expect(await world.call("PUT", "managedClusters/azure", current)).toMatchObject({ status: 400, body: { target: "name" } });
  });
});

describe("other paths", () => {
  it.each([
    { method: "GET" as const, path: `${CLUSTER}/meshMemberships`, status: 404, code: "InvalidResourceType" },
    { method: "POST" as const, path: `${CLUSTER}/defragment`, status: 404, code: "InvalidResourceType" },
    { method: "PATCH" as const, path: POOL, status: 405, code: "MethodNotAllowed" },
  ])("$method $path answers $status", async ({ method, path, status, code }) => {
    await create(preview);
    expect(await world.call(method, path)).toMatchObject({ status, body: { error: { code } } });
  });
});
