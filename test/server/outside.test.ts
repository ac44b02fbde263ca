import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Event, Node, Pod } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";
import { resources } from "#api/kubernetes/resources";
import type { Deployment, PodDisruptionBudget } from "#api/kubernetes/workloads";
import { createKubeClient, type HttpTransport, httpTransport, type KubeClient, readKubeconfig } from "#kube/client";
import { CLUSTER, clusterBody, GROUP, kubeconfigOf, poolPath } from "../support/aks.ts";
import { type Lido, startLido, waitUntil } from "../support/lido.ts";

/**
 * Lido around a control plane that others run: of the kubeconfig in LIDO_TEST_KUBECONFIG (`npm run judge -- npx vitest run --project server
 * test/server/outside.test.ts`), else that of a cluster of another Lido. Either way all is asked of it over HTTPS.
 */
const VERSION = "2025-10-01";
const NAMESPACE = "outside";
const REPLICAS = 6;
const TIMEOUT_MS = 120_000;

let folder: string;
let other: Lido | undefined;
let lido: Lido;
let transport: HttpTransport;
let client: KubeClient;

/** A kubeconfig of a control plane with its own scheduler and controllers. */
async function kubeconfigFile(): Promise<string> {
  const given = process.env["LIDO_TEST_KUBECONFIG"];
  if (given !== undefined) return given;
  other = await startLido("--data-dir", join(folder, "plane"), "--speed", "instant");
  const group = "/resourceGroups/elsewhere";
  const cluster = `${group}/providers/Microsoft.ContainerService/managedClusters/plane`;
  await other.arm("PUT", group, { location: "eastus" }, "2021-04-01");
  await other.finish(await other.arm("PUT", cluster, clusterBody("1.35", { dnsPrefix: "plane" }), VERSION));
  const answer = await other.arm("POST", `${cluster}/listClusterUserCredential`);
  const file = join(folder, "kubeconfig");
  writeFileSync(file, Buffer.from(answer.body.kubeconfigs[0].value as string, "base64"));
  return file;
}

const start = (kubeconfig: string): Promise<Lido> =>
  startLido("--data-dir", join(folder, "state"), "--speed", "instant", "--kubernetes", kubeconfig);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "lido-outside-"));
  const kubeconfig = await kubeconfigFile();
  lido = await start(kubeconfig);
  transport = httpTransport(readKubeconfig(kubeconfig));
  client = createKubeClient(transport);
  await lido.arm("PUT", GROUP, { location: "eastus" }, "2021-04-01");
}, TIMEOUT_MS);

afterAll(async () => {
  transport.close();
  await lido.kill("SIGTERM");
  await other?.kill("SIGTERM");
  rmSync(folder, { recursive: true, force: true });
}, TIMEOUT_MS);

async function putPool(properties: object): Promise<void> {
  const begun = await lido.arm("PUT", poolPath("work"), { properties: { vmSize: "Standard_DS2_v2", ...properties } }, VERSION);
  expect(begun.status, begun.text).toBeLessThan(300);
  expect(await lido.finish(begun, TIMEOUT_MS)).toMatchObject({ status: "Succeeded" });
}

async function nodes(pool: string): Promise<readonly Node[]> {
  return (await client.list(resources.nodes, { labelSelector: `agentpool=${pool}` })).items;
}

const versionsOf = (some: readonly Node[]): readonly (string | undefined)[] =>
  some.map(({ status }) => status?.nodeInfo?.["kubeletVersion"]);

async function pods(app = "web"): Promise<readonly Pod[]> {
  return (await client.list(resources.pods, { namespace: NAMESPACE, labelSelector: `app=${app}` })).items;
}

const isReady = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp === undefined &&
  status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") === true;

async function allReady(): Promise<boolean> {
  return (await pods()).filter(isReady).length === REPLICAS;
}

function deployment(name: string, { replicas, cpu }: { readonly replicas: number; readonly cpu: string }): Deployment {
  const labels = { app: name };
  const template = {
    metadata: { labels },
    spec: {
      containers: [{ name: "web", image: "nginx", resources: { requests: { cpu } } }],
      nodeSelector: { agentpool: "work" },
      tolerations: [{ key: "sku", operator: "Equal" as const, value: "gpu", effect: "NoSchedule" as const }],
      terminationGracePeriodSeconds: 1,
    },
  };
  return { metadata: { name, namespace: NAMESPACE }, spec: { replicas, selector: { matchLabels: labels }, template } };
}

const budget = (minAvailable: number): PodDisruptionBudget => ({
  metadata: { name: "web", namespace: NAMESPACE },
  spec: { minAvailable, selector: { matchLabels: { app: "web" } } },
});

describe("a control plane that others run", () => {
  it("gets the nodes of a cluster, and holds no second one", async () => {
    const begun = await lido.arm("PUT", CLUSTER, clusterBody("1.35"), VERSION);
    expect(await lido.finish(begun, TIMEOUT_MS)).toMatchObject({ status: "Succeeded" });
    const [node] = await nodes("nodepool1");
    expect(node?.metadata.name).toMatch(/^aks-nodepool1-\d+-vmss000000$/);
    expect(node?.status?.conditions).toContainEqual(expect.objectContaining({ type: "Ready", status: "True" }));
    const second = await lido.arm("PUT", CLUSTER.replace(/c$/, "d"), clusterBody("1.35", { dnsPrefix: "second" }), VERSION);
    expect(second).toMatchObject({ status: 409, body: { code: "OperationNotAllowed" } });
    expect(second.text).toContain("holds the managed cluster c of resource group rg");
  });

  it("is what the cluster's credentials open", async () => {
    const file = join(folder, "credentials");
    writeFileSync(file, await kubeconfigOf(lido));
    const own = httpTransport(readKubeconfig(file));
    const { items } = await createKubeClient(own).list(resources.nodes, { labelSelector: "agentpool=nodepool1" });
    own.close();
    expect(items).toEqual(await nodes("nodepool1"));
    const rotation = await lido.arm("POST", `${CLUSTER}/rotateClusterCertificates`, undefined, VERSION);
    expect(rotation).toMatchObject({ status: 400, body: { code: "OperationNotAllowed" } });
  });

  it("has its scheduler place pods on a pool's nodes, by the pool's labels and taints", async () => {
    await putPool({ count: 2, orchestratorVersion: "1.34", nodeLabels: { tier: "web" }, nodeTaints: ["sku=gpu:NoSchedule"] });
    expect(await nodes("work")).toHaveLength(2);
    await client.create(resources.namespaces, { metadata: { name: NAMESPACE }, spec: {} });
    await client.create(resources.podDisruptionBudgets, budget(REPLICAS));
    await client.create(resources.deployments, deployment("web", { replicas: REPLICAS, cpu: "200m" }));
    await waitUntil("all pods are ready", allReady, TIMEOUT_MS);
    const names = (await nodes("work")).map(({ metadata }) => metadata.name);
    expect((await pods()).every(({ spec }) => names.includes(spec.nodeName ?? ""))).toBe(true);
    await waitUntil("the scheduler tells of each pod", async () => {
      const { items } = await client.list<Event>(resources.events, { namespace: NAMESPACE, fieldSelector: "reason=Scheduled" });
      return items.length === REPLICAS && items.every(({ reportingComponent }) => reportingComponent === "default-scheduler");
    });
    await putPool({ count: 3, orchestratorVersion: "1.34", nodeLabels: { tier: "back" }, nodeTaints: ["sku=gpu:NoSchedule"] });
    const three = await nodes("work");
    expect(three.map(({ metadata }) => metadata.labels?.["tier"])).toEqual(["back", "back", "back"]);
    expect(three.every(({ spec }) => spec.taints?.some(({ key }) => key === "sku") === true)).toBe(true);
  });

  it("lets pods go on where they were when Lido is killed and started again", async () => {
    const before = await pods();
    const boots = (await nodes("work")).map(({ status }) => status?.nodeInfo?.["bootID"]);
    const kubeconfig = process.env["LIDO_TEST_KUBECONFIG"] ?? join(folder, "kubeconfig");
    await lido.kill("SIGKILL");
    lido = await start(kubeconfig);
    await putPool({ count: 3, orchestratorVersion: "1.34", nodeLabels: { tier: "front" }, nodeTaints: ["sku=gpu:NoSchedule"] });
    expect((await nodes("work")).map(({ status }) => status?.nodeInfo?.["bootID"])).toEqual(boots);
    const runs = (some: readonly Pod[]): unknown =>
      some.map(({ metadata, status }) => [metadata.uid, status?.containerStatuses?.map(({ restartCount }) => restartCount)]);
    expect(runs(await pods())).toEqual(runs(before));
  });

  it("has nodes upgraded by surge, cordon and eviction, and keeps to budgets", async () => {
    const before = await nodes("work");
    const seen = watchUpgrade();
    const begun = await lido.arm(
      "PUT",
      poolPath("work"),
      { properties: { ...(await poolProperties()), orchestratorVersion: "1.35" } },
      VERSION,
    );
    const blocked = async (): Promise<boolean> => {
      const { items } = await client.list<Event>(resources.events, { namespace: "default", fieldSelector: "reason=Drain,type=Warning" });
      return items.some(({ message }) => message?.startsWith("Eviction blocked by Too many Requests") === true);
    };
    await waitUntil("the budget blocks an eviction", blocked, TIMEOUT_MS);
    expect(seen.evicted).toEqual(new Set());
    expect((await pods()).filter(isReady)).toHaveLength(REPLICAS);
    await client.patch(
      resources.podDisruptionBudgets,
      { name: "web", namespace: NAMESPACE },
      { type: "merge", body: budget(REPLICAS - 2) },
    );
    seen.least = REPLICAS;
    expect(await lido.finish(begun, TIMEOUT_MS)).toMatchObject({ status: "Succeeded" });
    await waitUntil("all pods are ready again", allReady, TIMEOUT_MS);
    seen.stop();
    const after = await nodes("work");
    expect(after.map(({ metadata }) => metadata.name)).toEqual(before.map(({ metadata }) => metadata.name));
    expect(versionsOf(before).every((version) => version?.startsWith("v1.34") === true)).toBe(true);
    expect(versionsOf(after).every((version) => version?.startsWith("v1.35") === true)).toBe(true);
    expect(after.some(({ spec }) => spec.unschedulable === true)).toBe(false);
    expect(seen.mostNodes).toBe(4);
    expect(seen.cordoned.size).toBe(4);
    expect(seen.lost).toEqual([]);
    expect(seen.evicted.size).toBeGreaterThanOrEqual(REPLICAS);
    expect(seen.least).toBeGreaterThanOrEqual(REPLICAS - 2);
  });

  it.skipIf(process.env["LIDO_TEST_KUBECONFIG"] !== undefined)("takes up its work when the API server was away", async () => {
    const port = new URL(other?.address.endpoint ?? "").port;
    await other?.kill("SIGKILL");
    const wanted = { ...(await poolProperties()), orchestratorVersion: "1.35", count: 4 };
    const begun = await lido.arm("PUT", poolPath("work"), { properties: wanted }, VERSION);
    await waitUntil("calls fail", () => lido.output().includes("ECONNREFUSED"), TIMEOUT_MS);
    other = await startLido("--data-dir", join(folder, "plane"), "--speed", "instant", "--port", port, "--http-port", "0");
    expect(await lido.finish(begun, TIMEOUT_MS)).toMatchObject({ status: "Succeeded" });
    expect(await nodes("work")).toHaveLength(4);
    await waitUntil("all pods are ready", allReady, TIMEOUT_MS);
  });

  it("has nodes added for pods that its scheduler finds no place for", async () => {
    await putPool({ ...(await poolProperties()), orchestratorVersion: "1.35", enableAutoScaling: true, minCount: 3, maxCount: 5 });
    await client.create(resources.deployments, deployment("big", { replicas: 2, cpu: "1500m" }));
    const placed = async (): Promise<boolean> => (await pods("big")).filter(isReady).length === 2;
    await waitUntil("the large pods are ready", placed, TIMEOUT_MS);
    expect(await nodes("work")).toHaveLength(5);
    expect(await poolProperties()).toMatchObject({ count: 5 });
    await putPool({ ...(await poolProperties()), enableAutoScaling: false });
    await client.delete(resources.deployments, { name: "big", namespace: NAMESPACE });
    await putPool({ ...(await poolProperties()), count: 2 });
    expect((await nodes("work")).map(({ metadata }) => metadata.name.slice(-1))).toEqual(["0", "1"]);
    await waitUntil("all pods are ready on what is left", allReady, TIMEOUT_MS);
  });

  it("loses a pool's nodes with the pool, and all that Lido made with the cluster", async () => {
    // The pods have nowhere else to go.
    await client.delete(resources.podDisruptionBudgets, { name: "web", namespace: NAMESPACE });
    expect(await lido.finish(await lido.arm("DELETE", poolPath("work"), undefined, VERSION), TIMEOUT_MS)).toMatchObject({
      status: "Succeeded",
    });
    expect(await nodes("work")).toEqual([]);
    expect(await lido.finish(await lido.arm("DELETE", CLUSTER, undefined, VERSION), TIMEOUT_MS)).toMatchObject({ status: "Succeeded" });
    expect(await nodes("nodepool1")).toHaveLength(other === undefined ? 0 : 1);
    for (const type of [resources.nodes, resources.deployments, resources.daemonSets, resources.services]) {
      expect((await client.list<KubeObject>(type, { labelSelector: "lido.dev/cluster" })).items).toEqual([]);
    }
    await client.delete(resources.namespaces, { name: NAMESPACE });
  });
});

async function poolProperties(): Promise<Record<string, unknown>> {
  const { body } = await lido.arm("GET", poolPath("work"), undefined, VERSION);
  const { count, nodeLabels, nodeTaints } = body.properties;
  return { vmSize: "Standard_DS2_v2", count, nodeLabels, nodeTaints };
}

interface UpgradeWatch {
  mostNodes: number;
  readonly cordoned: Set<string>;
  /** Pods that the eviction API has let go. */
  readonly evicted: Set<string>;
  /** Pods that went in any other way. */
  readonly lost: string[];
  /** Fewest ready pods at once. */
  least: number;
  stop(): void;
}

/** What the API's watchers see of an upgrade. */
function watchUpgrade(): UpgradeWatch {
  const known = new Map<string, Pod>();
  const names = new Set<string>();
  const seen: UpgradeWatch = { mostNodes: 0, cordoned: new Set(), evicted: new Set(), lost: [], least: REPLICAS, stop: () => undefined };
  const onNodes = client.watch<Node>(
    resources.nodes,
    { labelSelector: "agentpool=work" },
    {
      event({ type, object: { metadata, spec } }) {
        if (type === "DELETED") names.delete(metadata.name);
        else names.add(metadata.name);
        if (spec.unschedulable === true) seen.cordoned.add(metadata.name);
        seen.mostNodes = Math.max(seen.mostNodes, names.size);
      },
      end: (error) => seen.lost.push(`the watch of nodes ended: ${error?.message}`),
    },
  );
  const onPods = client.watch<Pod>(
    resources.pods,
    { namespace: NAMESPACE },
    {
      event({ type, object }) {
        const { uid = "", name } = object.metadata;
        const isEvicted = object.status?.conditions?.some(({ reason }) => reason === "EvictionByEvictionAPI") === true;
        if (isEvicted) seen.evicted.add(uid);
        if (type === "DELETED" && !seen.evicted.has(uid)) seen.lost.push(name);
        if (type === "DELETED") known.delete(uid);
        else known.set(uid, object);
        const ready = [...known.values()].filter(isReady).length;
        if (seen.evicted.size > 0) seen.least = Math.min(seen.least, ready);
      },
      end: (error) => seen.lost.push(`the watch of pods ended: ${error?.message}`),
    },
  );
  seen.stop = () => {
    onNodes.stop();
    onPods.stop();
  };
  return seen;
}
