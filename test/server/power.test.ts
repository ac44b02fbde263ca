import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { run } from "../support/clients.ts";
import { type Answer, BUNDLE, type Lido, startLido } from "../support/lido.ts";

const GROUP = "/resourceGroups/myResourceGroup";
const CLUSTER = `${GROUP}/providers/Microsoft.ContainerService/managedClusters/myAKSCluster`;
const POOL = `${CLUSTER}/agentPools/two`;
const NAMED = ["-g", "myResourceGroup", "--cluster-name", "myAKSCluster", "-n", "two"];

interface Visit {
  readonly status: number;
  /** Pool and last letter of each node's name: `one0`. */
  readonly nodes: readonly string[];
}

interface Kubeconfig {
  readonly clusters: readonly { readonly cluster: { readonly server: string } }[];
  readonly users: readonly { readonly user: { readonly token: string } }[];
}

let folder: string;
let lido: Lido;

const start = (): Promise<Lido> => startLido("--data-dir", folder, "--speed", "fast");

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "lido-power-"));
  lido = await start();
  await lido.arm("PUT", "/resourcegroups/myResourceGroup", { location: "eastus" });
  const first = { name: "one", count: 1, vmSize: "Standard_DS2_v2", type: "VirtualMachineScaleSets", mode: "System" };
  await succeed(lido.arm("PUT", CLUSTER, { location: "eastus", properties: { dnsPrefix: "power", agentPoolProfiles: [first] } }));
  await succeed(lido.arm("PUT", POOL, { properties: { count: 2, vmSize: "Standard_DS2_v2" } }));
});
afterEach(async () => {
  await lido.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

async function succeed(answer: Promise<Answer>): Promise<void> {
  expect(await lido.finish(await answer)).toMatchObject({ status: "Succeeded" });
}

type Call = (method: string, path: string, body?: unknown) => Promise<Answer>;

/** Calls the cluster's API with the credentials that it hands out now. */
async function kubernetes(): Promise<Call> {
  const { kubeconfigs } = (await lido.arm("POST", `${CLUSTER}/listClusterAdminCredential`)).body;
  const { clusters, users } = parse(Buffer.from(kubeconfigs[0].value as string, "base64").toString()) as Kubeconfig;
  const path = new URL(clusters[0]?.cluster.server ?? "").pathname;
  const token = users[0]?.user.token ?? "";
  return (method, resource, body) => lido.raw(method, `${path}${resource}`, { token, ...(body !== undefined && { body }) });
}

async function look(call: Call): Promise<Visit> {
  const { status, body } = await call("GET", "/api/v1/nodes");
  const items = (body.items ?? []) as readonly { readonly metadata: { readonly name: string } }[];
  return { status, nodes: items.map(({ metadata }) => `${metadata.name.split("-")[1]}${metadata.name.slice(-1)}`) };
}

/** A pod on the pool's second node that its budget keeps there: what drains the node takes a minute at least. */
async function blockDrains(): Promise<void> {
  const call = await kubernetes();
  const { body } = await call("GET", "/api/v1/nodes?labelSelector=agentpool%3Dtwo");
  const labels = { app: "kept" };
  const spec = { nodeName: body.items[1].metadata.name as string, containers: [{ name: "main", image: "nginx" }] };
  await call("POST", "/api/v1/namespaces/default/pods", { metadata: { name: "kept", labels }, spec });
  const budget = { metadata: { name: "kept" }, spec: { minAvailable: 1, selector: { matchLabels: labels } } };
  expect((await call("POST", "/apis/policy/v1/namespaces/default/poddisruptionbudgets", budget)).status).toBe(201);
}

describe("a cluster that is stopped", () => {
  it("is not served, also after kill -9, and is served again with all it had when it has started", async () => {
    const call = await kubernetes();
    expect(await look(call)).toEqual({ status: 200, nodes: ["one0", "two0", "two1"] });
    await succeed(lido.arm("POST", `${CLUSTER}/stop`));
    expect(await look(call)).toEqual({ status: 503, nodes: [] });
    await lido.kill("SIGKILL");
    lido = await start();
    expect(await look(call)).toEqual({ status: 503, nodes: [] });
    expect((await lido.arm("POST", `${CLUSTER}/listClusterAdminCredential`)).status).toBe(200);
    await succeed(lido.arm("POST", `${CLUSTER}/start`));
    expect(await look(call)).toEqual({ status: 200, nodes: ["one1", "two2", "two3"] });
  });
});

describe("certificates that are rotated", () => {
  it("open the cluster no more; the new ones do", async () => {
    const before = await kubernetes();
    await succeed(lido.arm("POST", `${CLUSTER}/rotateClusterCertificates`));
    expect(await look(before)).toEqual({ status: 401, nodes: [] });
    expect(await look(await kubernetes())).toEqual({ status: 200, nodes: ["one0", "two0", "two1"] });
  });
});

describe("lido az", () => {
  async function az(...args: string[]): Promise<string> {
    const env = { ...process.env, LIDO_DATA_DIR: folder };
    const { code, stdout, stderr } = await run(process.execPath, [BUNDLE, "az", ...args], { env });
    return code === 0 ? stdout.trim() : `${code} ${stderr.trim()}`;
  }
  const state = (): Promise<string> =>
    az("aks", "nodepool", "show", ...NAMED, "--query", "[count, powerState.code, provisioningState]", "-o", "tsv");
  const cluster = ["-g", "myResourceGroup", "-n", "myAKSCluster"];

  it("stops, starts, upgrades the image of and takes single machines from a pool", async () => {
    expect(await az("aks", "nodepool", "stop", ...NAMED, "--query", "count", "-o", "tsv")).toBe("0");
    expect(await state()).toBe("0\nStopped\nSucceeded");
    expect(await az("aks", "nodepool", "start", ...NAMED, "--query", "count", "-o", "tsv")).toBe("2");
    expect(await az("aks", "nodepool", "upgrade", ...NAMED, "--node-image-only")).toBe("");
    expect((await look(await kubernetes())).nodes).toEqual(["one0", "two2", "two3"]);
    expect(await az("aks", "nodepool", "delete-machines", ...NAMED, "--machine-names", "nobody")).toMatch(/^1 ERROR: \(InvalidParameter\)/);
  });

  it("aborts what runs on a pool or a cluster", async () => {
    await blockDrains();
    expect(await az("aks", "nodepool", "operation-abort", ...NAMED)).toMatch(/^1 ERROR: \(OperationNotAllowed\)/);
    expect(await az("aks", "nodepool", "scale", ...NAMED, "--node-count", "1", "--no-wait")).toBe("");
    expect(await az("aks", "nodepool", "operation-abort", ...NAMED)).toBe("");
    expect(await state()).toBe("1\nRunning\nCanceled");
    expect(await az("aks", "operation-abort", ...cluster)).toMatch(/^1 ERROR: \(OperationNotAllowed\)/);
    expect(await az("aks", "scale", ...cluster, "--nodepool-name", "two", "--node-count", "1", "--no-wait")).toBe("");
    expect(await az("aks", "operation-abort", ...cluster)).toBe("");
    expect(await az("aks", "show", ...cluster, "--query", "provisioningState", "-o", "tsv")).toBe("Canceled");
  });

  it("says what does not go in az's words and codes", async () => {
    const nobody = [...NAMED.slice(0, -1), "nobody"];
    expect(await az("aks", "nodepool", "stop", ...nobody)).toBe(
      "1 ERROR: Node pool nobody doesnt exist, use 'aks nodepool list' to get current node pool list",
    );
    expect(await az("aks", "nodepool", "delete-machines", ...nobody, "--machine-names", "a")).toBe(
      "3 ERROR: Node pool nobody doesn't exist, use 'az aks nodepool list' to get current node pool list",
    );
    expect(await az("aks", "nodepool", "upgrade", ...NAMED, "--node-image-only", "-k", "1.35.6")).toMatch(/^1 ERROR: Conflicting flags\./);
    expect(await az("aks", "nodepool", "upgrade", ...NAMED, "--node-image-only", "--max-surge", "2")).toMatch(
      /^1 ERROR: Conflicting flags\./,
    );
    expect(await az("aks", "rotate-certs", ...cluster)).toBe("1 ERROR: Unable to prompt for confirmation as no tty available. Use --yes.");
  });

  it("stops, starts and rotates a cluster, and upgrades the images of its pools", async () => {
    const power = (): Promise<string> => az("aks", "show", ...cluster, "--query", "[powerState.code, provisioningState]", "-o", "tsv");
    expect(await az("aks", "stop", ...cluster)).toBe("");
    expect(await power()).toBe("Stopped\nSucceeded");
    expect(await az("aks", "stop", ...cluster)).toMatch(/Power State\(Stopped\), stopping cannot be performed/);
    expect(await az("aks", "start", ...cluster)).toBe("");
    expect(await power()).toBe("Running\nSucceeded");
    expect(await az("aks", "rotate-certs", ...cluster, "--yes")).toBe("");
    expect(await power()).toBe("Running\nSucceeded");
    expect(await az("aks", "upgrade", ...cluster, "--node-image-only", "--yes", "--query", "name", "-o", "tsv")).toBe("myAKSCluster");
  });
});
