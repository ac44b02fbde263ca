import { beforeEach, describe, expect, it } from "vitest";
import type { Event, Node } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import type { ArmRequest, ArmResponse, Method } from "#arm";
import type { KubeClient } from "#kube/client";
import { seededRandom, silentLogger, VirtualClock } from "#lib";
import { openDocuments, openMemoryStore, type Store } from "#store";
import { type Service, startService } from "./service.ts";

const SUBSCRIPTION = "19da3500-0000-4000-8000-000000000000";
const SECRETS = { caPem: "authority", caKeyPem: "key", adminCertPem: "certificate", adminKeyPem: "key", adminToken: "token" };
const MINUTE_MS = 60_000;
const CLUSTER = "managedClusters/c";

describe("faults of machines", () => {
  let clock: VirtualClock;
  let store: Store;
  let service: Service;

  beforeEach(async () => {
    clock = new VirtualClock();
    store = openMemoryStore();
    const key = `/arm/groups/${SUBSCRIPTION}/rg`;
    const group = { subscriptionId: SUBSCRIPTION, name: "rg", location: "eastus", provisioningState: "Succeeded" };
    await store.transact([], [{ kind: "put", key, value: Buffer.from(JSON.stringify(group)) }]);
    await store.transact([], [{ kind: "put", key: "/arm/identity/signing-key", value: Buffer.from('{"kid":"none"}') }]);
    await start();
    await put(CLUSTER, { dnsPrefix: "c", agentPoolProfiles: [{ name: "first", count: 1, vmSize: "Standard_DS2_v2", mode: "System" }] });
  });

  async function start(): Promise<void> {
    service = await startService({
      store,
      clock,
      log: silentLogger,
      pace: (ms) => ms,
      random: seededRandom(3),
      generation: "auto",
      installation: { tenantId: "t", subscriptionId: SUBSCRIPTION, clientId: "i", clientSecret: "s" },
      caPem: "authority",
      makeSecrets: () => Promise.resolve(SECRETS),
    });
  }

  function call(method: Method, path: string, body?: unknown): Promise<ArmResponse> {
    const request: ArmRequest = {
      method,
      path: { subscriptionId: SUBSCRIPTION, resourceGroup: "rg", namespace: "Microsoft.ContainerService", segments: path.split("/") },
      apiVersion: "2022-11-01",
      query: new URLSearchParams(),
      headers: {},
      body,
      baseUrl: "https://localhost:8443",
      principal: { tenantId: "t", objectId: "o", name: "n" },
      correlationId: "c",
    };
    return service.aks.handle(request);
  }

  async function properties(path: string): Promise<Record<string, unknown>> {
    return ((await call("GET", path)).body as { properties: Record<string, unknown> }).properties;
  }

  async function put(path: string, wanted: Record<string, unknown>): Promise<void> {
    await call("PUT", path, { location: "eastus", properties: wanted });
    await clock.advanceUntil(async () => (await properties(path))["provisioningState"] === "Succeeded");
  }

  async function client(): Promise<KubeClient> {
    const clusters = await openDocuments<{ readonly uid: string }>(store, "/aks/managed-clusters/");
    return service.controlPlanes.client(clusters.list()[0]?.value.uid ?? "");
  }

  async function nodes(pool: string): Promise<readonly Node[]> {
    const { items } = await (await client()).list(resources.nodes);
    return items.filter(({ metadata }) => metadata.labels?.["agentpool"] === pool);
  }

  const readyOf = (node: Node | undefined): string | undefined => node?.status?.conditions?.find(({ type }) => type === "Ready")?.status;

  async function repairs(): Promise<readonly string[]> {
    const { items } = await (await client()).list<Event>(resources.events);
    return items.filter(({ source }) => source?.component === "aks-auto-repair").map(({ reason = "" }) => reason);
  }

  it("loses a kubelet: the node is tainted, and a reboot repairs it", async () => {
    const { id } = await service.faults.add({ kind: "kubeletLost", target: { cluster: "c", pool: "first" }, count: 1 });
    await clock.advanceUntil(async () => readyOf((await nodes("first"))[0]) === "Unknown", 2 * MINUTE_MS);
    await clock.advance(MINUTE_MS);
    expect((await nodes("first"))[0]?.spec.taints?.map(({ key }) => key)).toContain("node.kubernetes.io/unreachable");
    expect(await repairs()).toEqual([]);
    expect(await service.faults.remove(id)).toBe(true);
    await clock.advanceUntil(async () => readyOf((await nodes("first"))[0]) === "True", 10 * MINUTE_MS);
    await clock.advance(MINUTE_MS);
    expect(await repairs()).toEqual(["NodeRebootStart", "NodeRebootEnd"]);
    expect((await nodes("first"))[0]?.spec.taints ?? []).toEqual([]);
  });

  it("loses it again in every boot: reimaged and redeployed after that, also when the program is started anew meanwhile", async () => {
    await service.faults.add({ kind: "kubeletLost", target: { pool: "first" }, count: 3 });
    await clock.advanceUntil(async () => (await repairs()).includes("NodeRebootEnd"), 20 * MINUTE_MS);
    await service.stop();
    await start();
    await clock.advanceUntil(async () => (await repairs()).includes("NodeRedeployEnd"), 60 * MINUTE_MS);
    expect(await repairs()).toEqual([
      "NodeRebootStart",
      "NodeRebootEnd",
      "NodeReimageStart",
      "NodeReimageEnd",
      "NodeRedeployStart",
      "NodeRedeployEnd",
    ]);
    await clock.advanceUntil(async () => readyOf((await nodes("first"))[0]) === "True", 2 * MINUTE_MS);
  });

  it("evicts spot machines alone: the pool has fewer nodes, until somebody asks for more", async () => {
    await put(`${CLUSTER}/agentPools/spot`, { count: 3, vmSize: "Standard_DS2_v2", scaleSetPriority: "Spot" });
    await service.faults.add({ kind: "spotEviction", count: 2 });
    await clock.advanceUntil(async () => (await nodes("spot")).length === 1, 5 * MINUTE_MS);
    await clock.advance(0);
    expect(await properties(`${CLUSTER}/agentPools/spot`)).toMatchObject({ count: 1, provisioningState: "Succeeded" });
    expect(await nodes("first")).toHaveLength(1);
    await put(`${CLUSTER}/agentPools/spot`, { count: 2, vmSize: "Standard_DS2_v2", scaleSetPriority: "Spot" });
    expect((await nodes("spot")).map(readyOf)).toEqual(["True", "True"]);
  });

  it("keeps an evicted machine where the pool says so, and replaces it with the next work", async () => {
    const pool = { vmSize: "Standard_DS2_v2", scaleSetPriority: "Spot", scaleSetEvictionPolicy: "Deallocate" };
    await put(`${CLUSTER}/agentPools/spot`, { ...pool, count: 2 });
    await service.faults.add({ kind: "spotEviction", count: 1 });
    await clock.advanceUntil(async () => (await nodes("spot")).map(readyOf).includes("Unknown"), 5 * MINUTE_MS);
    expect(await properties(`${CLUSTER}/agentPools/spot`)).toMatchObject({ count: 2 });
    await put(`${CLUSTER}/agentPools/spot`, { ...pool, count: 3 });
    expect((await nodes("spot")).map(readyOf)).toEqual(["True", "True", "True"]);
  });
});
