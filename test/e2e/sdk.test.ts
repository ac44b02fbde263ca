import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { registerPreview } from "../support/aks.ts";
import { find } from "../support/clients.ts";
import { type Json, type Lido, startLido } from "../support/lido.ts";
import { isFetched, SDK_FOLDER, titled, toldBy } from "../support/sdk.ts";

const python = find("python3");

let lido: Lido;
beforeAll(async () => {
  lido = await startLido("--memory", "--speed", "fast");
  await registerPreview(lido);
  await lido.arm("PUT", "/resourceGroups/rg", { location: "eastus" }, "2021-04-01");
});
afterAll(() => lido.kill("SIGKILL"));

const NO_SUCH_POOL = {
  status: 404,
  code: "NotFound",
  message: expect.stringContaining("Could not find the agentpool: absent in") as string,
};
const BAD_NAME = { status: 400, code: "InvalidParameter", message: expect.stringContaining("agentPoolProfile.name") as string };

describe.skipIf(!isFetched("node_modules"))(titled("today's SDK for JavaScript", isFetched("node_modules")), () => {
  let answers: Json;
  beforeAll(async () => void (answers = await toldBy(lido, [process.execPath, join(SDK_FOLDER, "newest.mjs")])), 120_000);

  it("makes a group, a cluster and a pool, and sees the pool's operation run", () => {
    expect(answers).toMatchObject({
      group: { name: "sdk", location: "eastus", tags: { made: "by the SDK" }, properties: { provisioningState: "Succeeded" } },
      provider: "Registered",
      cluster: { provisioningState: "Succeeded", kubernetesVersion: "1.33.2", nodeResourceGroup: "MC_sdk_newest_eastus" },
      pool: { provisioningState: "Succeeded", count: 2, nodeLabels: { tier: "web" }, nodeTaints: ["sku=gpu:NoSchedule"], tags: { a: "b" } },
      "pool's states": ["running", "succeeded"],
    });
  });

  it("changes count, labels, taints, tags and version", () => {
    expect(answers).toMatchObject({
      changed: { count: 3, nodeLabels: { tier: "api" }, nodeTaints: ["gone=soon:NoExecute"], tags: { c: "d" } },
      tagged: { provisioningState: "Succeeded", tags: { team: "lido" } },
      upgraded: { currentKubernetesVersion: "1.33.3", tags: { team: "lido" } },
      "upgraded pool": { provisioningState: "Succeeded", currentOrchestratorVersion: "1.33.3", count: 3 },
    });
  });

  it("reads lists by page, profiles, versions and credentials", () => {
    expect(answers).toMatchObject({
      // Each list of pools names a page after it.
      "pages of pools": [["system", "userpool"], []],
      clusters: ["newest"],
      "clusters of the group": ["newest"],
      resources: [["Microsoft.ContainerService/managedClusters", "newest"]],
      profile: { kubernetesVersion: "1.33.3", osType: "Linux" },
      "cluster's profile": { message: "Cannot read properties of null (reading 'map')" },
    });
    expect(answers.available).toContainEqual({ kubernetesVersion: "1.33.3", default: true });
    expect(answers.versions).toContain("1.33");
    expect(answers.kubeconfig).toContain(`server: ${lido.address.endpoint}/clusters/`);
  });

  it("hears refusals in Azure's words", () => {
    expect(answers).toMatchObject({
      "no such pool": NO_SUCH_POOL,
      "no such group": { status: 404, code: "ResourceGroupNotFound" },
      "the last system pool": { status: 400, code: "OperationNotAllowed", message: "There has to be at least one system agent pool." },
      "a bad name": BAD_NAME,
      "a wrong secret": { message: expect.stringContaining("AADSTS7000215: Invalid client secret provided.") as string },
    });
  });

  it("deletes pool, cluster and group", () => {
    expect(answers).toMatchObject({ "pools after": ["system"], "clusters after": [], "group after": false });
  });
});

describe.skipIf(!isFetched("node_modules"))(titled("the SDK for JavaScript of 2019", isFetched("node_modules")), () => {
  it("takes a cluster of the preview through its life", { timeout: 120_000 }, async () => {
    expect(await toldBy(lido, [process.execPath, "--no-deprecation", join(SDK_FOLDER, "legacy.mjs")])).toMatchObject({
      cluster: { provisioningState: "Succeeded", kubernetesVersion: "1.12.6" },
      pool: { provisioningState: "Succeeded", agentPoolType: "VirtualMachineScaleSets", orchestratorVersion: "1.12.6", count: 3 },
      scaled: { provisioningState: "Succeeded", count: 5 },
      "upgraded control plane": { kubernetesVersion: "1.12.7" },
      upgraded: { provisioningState: "Succeeded", orchestratorVersion: "1.12.7", count: 5 },
      pools: [
        ["mynodepool", 5, "Succeeded"],
        ["nodepool1", 1, "Succeeded"],
      ],
      credentials: ["clusterUser"],
      "no such pool": NO_SUCH_POOL,
      "the first pool": { status: 400, code: "OperationNotAllowed" },
      "pools after": ["nodepool1"],
      "clusters after": [],
    });
  });
});

describe.each([
  { fetched: "python-many-versions", version: "2019-06-01", from: "1.12.6", to: "1.12.7" },
  { fetched: "python-many-versions", version: "2022-11-01", from: "1.33.2", to: "1.33.3" },
  { fetched: "python-newest", version: "newest", from: "1.33.2", to: "1.33.3" },
])("the SDK for Python at $version", ({ fetched, version, from, to }) => {
  const isThere = python !== undefined && isFetched(fetched);
  it.skipIf(!isThere)(titled("takes a cluster through its life", isThere), { timeout: 120_000 }, async () => {
    const taints = ["sku=gpu:NoSchedule"];
    const answers = await toldBy(lido, [python ?? "", join(SDK_FOLDER, "versions.py"), version, from, to], {
      PYTHONPATH: join(SDK_FOLDER, fetched),
      PYTHONDONTWRITEBYTECODE: "1",
    });
    expect(answers).toMatchObject({
      cluster: { state: "Succeeded", version: from },
      pool: { state: "Succeeded", count: 2, version: from, taints },
      scaled: { state: "Succeeded", count: 3, taints },
      tagged: { state: "Succeeded", tags: { a: "b" } },
      upgraded: { state: "Succeeded", version: to, tags: { a: "b" } },
      "upgraded pool": { state: "Succeeded", count: 3, version: to },
      pools: ["first", "userpool"],
      kubeconfigs: ["clusterUser"],
      "no such pool": NO_SUCH_POOL,
      "a bad name": BAD_NAME,
      "pools after": ["first"],
      "clusters after": [],
    });
  });
});
