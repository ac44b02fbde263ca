import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Speed } from "#lib";
import { type PoolRow, poolTable, TEMPLATE, TOLERANT_POD } from "../support/article.ts";
import { commands, PROMPTED } from "../support/article-commands.ts";
import { type Az, azs, find, missingAzs } from "../support/clients.ts";
import { waitUntil } from "../support/lido.ts";
import { openShell, type Shell } from "../support/shell.ts";

// Every command of the article, in its order, by a shell. What it shows is what must come out; the group of its tables,
// which it calls by two names, is the one that its commands make.

const GROUP = "myResourceGroup";
const POOLS = `/resourceGroups/${GROUP}/providers/Microsoft.ContainerService/managedClusters/myAKSCluster/agentPools`;
const GPU_NODE = "aks-gpunodepool-28993262-vmss000000";
const FEATURES = { MultiAgentpoolPreview: commands.listPoolsFeature, VMSSPreview: commands.listScaleSetsFeature };

const FIRST: PoolRow = { count: 1, name: "nodepool1", version: "1.12.6", state: "Succeeded", size: "Standard_DS2_v2" };
const SECOND: PoolRow = { ...FIRST, count: 3, name: "mynodepool" };

/** The shortest work of the article, a pool's deletion, on AKS. */
const SHORTEST_WORK_MS = 25_000;
/** Starts of az for which it is to last here, so that the next command sees it on a busy machine too. */
const STARTS = 5;
const PATIENCE_MS = 240_000;

function speedFor({ startMs }: Az): Speed {
  return `${Math.min(15, Math.max(5, Math.floor(SHORTEST_WORK_MS / (STARTS * startMs))))}x`;
}

const kubectl = find("kubectl");
const clients = azs();
const missing = [clients.length === 0 ? "az" : "", kubectl === undefined ? "kubectl" : ""].filter((name) => name !== "");

for (const path of missingAzs()) it.skip(`the article: there is no ${path}, which LIDO_TEST_AZS names`);
if (missing.length > 0) it.skip(`the article: ${missing.join(" and ")} missing on this machine`);

describe.skipIf(kubectl === undefined).each(clients)("the article, word for word, with az $version", (az) => {
  let shell: Shell;
  const ok: Shell["ok"] = (command) => shell.ok(command);
  const table = async (): Promise<string> => (await ok(commands.listPoolsAgain)).trimEnd();
  const settled = (name: string): Promise<void> =>
    waitUntil(
      `${name} has settled`,
      async () => {
        const { status, body } = await shell.lido.arm("GET", `${POOLS}/${name}`);
        return status === 404 || body.properties.provisioningState === "Succeeded";
      },
      PATIENCE_MS,
    );
  beforeAll(async () => void (shell = await openShell(az, speedFor(az))));
  afterAll(() => shell.close());

  it("before you begin: the extension, the features, the provider", async () => {
    expect(await ok(commands.version)).toMatch(new RegExp(`^azure-cli +${az.version.replaceAll(".", "\\.")}`));
    await ok(commands.addExtension);
    await ok(commands.updateExtension);
    await ok(commands.registerPools);
    await ok(commands.registerScaleSets);
    for (const [name, list] of Object.entries(FEATURES)) {
      await waitUntil(`${name} is Registered`, async () => (await ok(list)).includes("Registered"));
      expect(await ok(list)).toMatch(new RegExp(`^Name +State\n-+ +-+\nMicrosoft.ContainerService/${name} +Registered\n$`));
    }
    await ok(commands.registerProvider);
  });

  it("create an AKS cluster", async () => {
    await ok(commands.createGroup);
    const made = await ok(commands.createCluster);
    expect(JSON.parse(made)).toMatchObject({ kubernetesVersion: "1.12.6", provisioningState: "Succeeded" });
    await ok(commands.getCredentials);
  });

  it("add a node pool", async () => {
    await ok(commands.addPool);
    expect((await ok(commands.listPools)).trimEnd()).toBe(poolTable([SECOND, FIRST], GROUP));
    expect(await table()).toBe(poolTable([SECOND, FIRST], GROUP));
  });

  it("upgrade a node pool", async () => {
    await ok(commands.upgradePool);
    expect(await table()).toBe(poolTable([{ ...SECOND, version: "1.12.7", state: "Upgrading" }, FIRST], GROUP));
    await settled("mynodepool");
    const nodes = await ok("kubectl get nodes --no-headers");
    expect(nodes.match(/^aks-mynodepool-28993262-vmss00000[0-2] +Ready +agent +\S+ +v1\.12\.7$/gm)).toHaveLength(3);
    expect(nodes.match(/^aks-nodepool1-28993262-vmss000000 +Ready +agent +\S+ +v1\.12\.6$/gm)).toHaveLength(1);
  });

  it("scale a node pool", async () => {
    await ok(commands.scalePool);
    expect(await table()).toBe(poolTable([{ ...SECOND, count: 5, version: "1.12.7", state: "Scaling" }, FIRST], GROUP));
    await settled("mynodepool");
    expect((await ok("kubectl get nodes -l agentpool=mynodepool -o name")).trim().split("\n")).toHaveLength(5);
  });

  it("delete a node pool", async () => {
    await ok(commands.deletePool);
    expect(await table()).toBe(poolTable([{ ...SECOND, count: 5, version: "1.12.7", state: "Deleting" }, FIRST], GROUP));
    await settled("mynodepool");
    expect(await table()).toBe(poolTable([FIRST], GROUP));
  });

  it("specify a VM size for a node pool", async () => {
    await ok(commands.addGpuPool);
    expect(await table()).toBe(poolTable([{ ...FIRST, name: "gpunodepool", state: "Creating", size: "Standard_NC6" }, FIRST], GROUP));
    await settled("gpunodepool");
  });

  it("schedule pods using taints and tolerations", async () => {
    expect(await ok(commands.getNodes)).toMatch(
      new RegExp(
        `^NAME +STATUS +ROLES +AGE +VERSION\n${GPU_NODE} +Ready +agent +\\S+ +v1\\.12\\.6\naks-nodepool1-28993262-vmss000000 +Ready +agent +\\S+ +v1\\.12\\.6\n$`,
      ),
    );
    await ok(commands.taintNode);
    writeFileSync(join(shell.folder, "gpu-toleration.yaml"), TOLERANT_POD);
    await ok(commands.applyPod);
    await ok("kubectl wait --for=condition=Ready pod/mypod --timeout=30s");
    const text = await ok(commands.describePod);
    // Newer kubectls write "op=Exists" and the component without its node.
    for (const taint of ["not-ready", "unreachable"])
      expect(text).toMatch(new RegExp(`node\\.kubernetes\\.io/${taint}:NoExecute( op=Exists)? for 300s`));
    expect(text).toMatch(/^ +sku=gpu:NoSchedule$/m);
    const kubelet = `kubelet(, ${GPU_NODE})?`;
    for (const event of [
      `Normal +Scheduled +\\S+ +default-scheduler +Successfully assigned default/mypod to ${GPU_NODE}`,
      `Normal +Pulling +\\S+ +${kubelet} +pulling image "nginx:1\\.15\\.9"`,
      `Normal +Pulled +\\S+ +${kubelet} +Successfully pulled image "nginx:1\\.15\\.9"`,
      `Normal +Created +\\S+ +${kubelet} +Created container`,
      `Normal +Started +\\S+ +${kubelet} +Started container`,
    ])
      expect(text).toMatch(new RegExp(`^ +${event}$`, "m"));
  });

  it.skipIf(process.platform !== "linux")("manage node pools using a Resource Manager template, prompted for its parameters", async () => {
    writeFileSync(join(shell.folder, "aks-agentpools.json"), TEMPLATE);
    const deployed = await shell.typing(commands.deployTemplate, PROMPTED);
    expect(deployed).toContain("Please provide string value for 'clusterName'");
    expect(deployed).toContain("Please provide string value for 'location'");
    expect(deployed).toContain('"provisioningState": "Succeeded"');
    expect((await shell.lido.arm("GET", `${POOLS}/myagentpool`)).body.properties).toMatchObject({
      count: 3,
      orchestratorVersion: "1.12.8",
      vmSize: "Standard_DS2_v2",
      maxPods: 30,
      provisioningState: "Succeeded",
    });
    const nodes = await ok("kubectl get nodes -l agentpool=myagentpool --no-headers");
    expect(nodes.match(/ Ready +agent +\S+ +v1\.12\.8$/gm)).toHaveLength(3);
  });

  it("clean up resources", async () => {
    await ok(commands.deleteGpuPool);
    expect(await table()).not.toContain("gpunodepool");
    await ok(commands.deleteGroup);
    await waitUntil(
      "the group is gone",
      async () => (await shell.lido.arm("GET", `/resourcegroups/${GROUP}`, undefined, "2021-04-01")).status === 404,
      PATIENCE_MS,
    );
  });
});
