import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ArmError, type ArmRequest, type ArmResponse, type ResourceProvider } from "#arm";
import { type Compute, openCompute } from "#compute";
import { seededRandom, silentLogger, VirtualClock } from "#lib";
import { openMemoryStore } from "#store";
import { FakeOperations } from "./testing/operations.ts";
import { createNetworkProvider, openNetworks } from "./index.ts";

const SUBSCRIPTION = "19da35d3-9a1a-4f3b-9b9c-3c56ef409565";
const NETWORK = `/subscriptions/${SUBSCRIPTION}/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v`;
const SET = { subscriptionId: SUBSCRIPTION, resourceGroup: "mc", name: "set" };
const BODY = {
  location: "eastus",
  properties: {
    addressSpace: { addressPrefixes: ["10.0.0.0/16"] },
    subnets: [{ name: "s", properties: { addressPrefix: "10.0.1.0/24" } }],
  },
};

const store = openMemoryStore();
const clock = new VirtualClock();
const random = seededRandom(3);
let compute: Compute;
let networks: Awaited<ReturnType<typeof openNetworks>>;
let provider: ResourceProvider;
let arm: FakeOperations;
/** A subnet that a pool names. */
let claimed: string | undefined;

/** Opens what the store holds: the first time, and after a crash. */
async function open(): Promise<void> {
  const parts = { store, clock, random, pace: (realMs: number) => realMs, log: silentLogger };
  compute = await openCompute(parts);
  networks = await openNetworks({ ...parts, arm: arm.services, compute });
  networks.start((id) => (id === claimed ? ["pool"] : []));
  provider = createNetworkProvider(networks);
}

async function close(): Promise<void> {
  await networks.stop();
  await compute.stop();
}

async function call(method: ArmRequest["method"], path: string, body?: unknown): Promise<ArmResponse> {
  return await provider.handle({
    method,
    path: { subscriptionId: SUBSCRIPTION, resourceGroup: "g", namespace: "Microsoft.Network", segments: path.split("/") },
    apiVersion: "2024-05-01",
    query: new URLSearchParams(),
    headers: {},
    body,
    baseUrl: "https://localhost:8443",
    principal: { tenantId: "t", objectId: "o", name: "n" },
    correlationId: "c",
  });
}

async function codeOf(refused: Promise<unknown>): Promise<string> {
  return await refused.then(
    () => "none",
    (error: unknown) => (error instanceof ArmError ? error.code : String(error)),
  );
}

const settled = (): Promise<unknown> => clock.advanceUntil(() => arm.running() === 0);

async function addMachine(): Promise<void> {
  await compute.ensureScaleSet({
    ...SET,
    location: "eastus",
    vmSize: "Standard_D2s_v3",
    osType: "Linux",
    osDiskSizeGb: 128,
    zones: [],
    network: { id: `${NETWORK}/subnets/s`, cidr: "10.0.1.0/24" },
    subnetId: `${NETWORK}/subnets/S`,
    tags: {},
  });
  await compute.createInstances(SET, 1, () => ({}));
}

describe("virtual networks", () => {
  beforeEach(async () => {
    arm = await FakeOperations.open({ store, clock, random });
    await open();
    await call("PUT", "virtualNetworks/v", BODY);
  });
  afterEach(async () => {
    await compute.deleteScaleSet(SET);
    await clock.advanceUntil(() => compute.scaleSet(SET) === undefined);
    await settled();
    await call("DELETE", "virtualNetworks/v");
    await settled();
    await close();
  });

  it("are changed one change at a time, and go on after a crash", async () => {
    const other = { properties: { addressPrefix: "10.0.2.0/24" } };
    expect(await codeOf(call("PUT", "virtualNetworks/v/subnets/t", other))).toBe("AnotherOperationInProgress");
    await close();
    await open();
    await settled();
    expect((await call("GET", "virtualNetworks/v")).body).toMatchObject({ properties: { provisioningState: "Succeeded" } });
    expect((await call("PUT", "virtualNetworks/v/subnets/t", other)).status).toBe(201);
  });

  it("tell others of their subnets", async () => {
    await settled();
    expect(networks.find(`${NETWORK.toUpperCase()}/SUBNETS/S`)?.subnet).toMatchObject({ name: "s", cidr: "10.0.1.0/24" });
    expect(networks.find(`${NETWORK}/subnets/none`)).toMatchObject({ network: "v", name: "none", subnet: undefined });
    expect(networks.find(`${NETWORK}x/subnets/s`)).toBeUndefined();
    expect(networks.find("x")).toBeUndefined();
  });

  it("keep what is in use", async () => {
    await settled();
    await addMachine();
    expect(await codeOf(call("DELETE", "virtualNetworks/v/subnets/s"))).toBe("InUseSubnetCannotBeDeleted");
    expect(await codeOf(call("DELETE", "virtualNetworks/v"))).toBe("InUseSubnetCannotBeDeleted");
    expect(await codeOf(call("PUT", "virtualNetworks/v", { ...BODY, properties: { ...BODY.properties, subnets: [] } }))).toBe(
      "InUseSubnetCannotBeDeleted",
    );
    await compute.deleteInstances(SET, [0]);
    await clock.advanceUntil(() => compute.instances(SET).length === 0);
    expect((await call("DELETE", "virtualNetworks/v/subnets/s")).status).toBe(202);
    await settled();
    expect(await codeOf(call("GET", "virtualNetworks/v/subnets/s"))).toBe("NotFound");
  });

  it("keep what is promised, also when it is promised while it goes", async () => {
    await settled();
    claimed = `${NETWORK}/subnets/s`;
    expect(await codeOf(call("DELETE", "virtualNetworks/v/subnets/s"))).toBe("InUseSubnetCannotBeDeleted");
    claimed = undefined;
    expect((await call("DELETE", "virtualNetworks/v/subnets/s")).status).toBe(202);
    claimed = `${NETWORK}/subnets/s`;
    await settled();
    expect((await call("GET", "virtualNetworks/v/subnets/s")).body).toMatchObject({ properties: { provisioningState: "Succeeded" } });
    expect(networks.find(claimed)?.subnet).toMatchObject({ name: "s" });
    claimed = undefined;
  });

  it("go with their group when the last machine has gone", async () => {
    await addMachine();
    const scope = { subscriptionId: SUBSCRIPTION, resourceGroup: "g" };
    const [resource] = provider.resources(scope);
    if (resource === undefined) throw new Error("the network is listed");
    await provider.beginDelete(resource);
    await provider.beginDelete(resource);
    await clock.advance(60_000);
    expect(provider.resources(scope)).toHaveLength(1);
    await compute.deleteScaleSet(SET);
    await clock.advanceUntil(() => provider.resources(scope).length === 0);
    expect(arm.running()).toBe(0);
  });
});
