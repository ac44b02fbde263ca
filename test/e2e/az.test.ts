import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TEMPLATE } from "../support/article.ts";
import { azs, find } from "../support/clients.ts";
import { openShell, type Shell } from "../support/shell.ts";

// What an unmodified az does beside the article's own commands.

const NAMED = "-g myResourceGroup --cluster-name myAKSCluster";

/** Run by Python before az: an az whose `aks create` has lost an option. */
const OTHER_AZ = `import inspect
from azure.cli.command_modules.acs import custom
signature = inspect.signature(custom.aks_create)
custom.aks_create.__signature__ = signature.replace(
    parameters=[each for each in signature.parameters.values() if each.name != "vm_set_type"])
`;

const clients = azs();
const hasKubectl = find("kubectl") !== undefined;

if (clients.length === 0 || !hasKubectl) it.skip(`az beside the article: az or kubectl missing on this machine`);

describe.skipIf(!hasKubectl).each(clients)("az $version", (az) => {
  let shell: Shell;
  beforeAll(async () => {
    shell = await openShell(az, "fast");
    await shell.ok("az group create --name myResourceGroup --location eastus");
    await shell.ok("az aks create -g myResourceGroup -n myAKSCluster --node-count 1 --generate-ssh-keys");
  });
  afterAll(() => shell.close());
  const ok: Shell["ok"] = (command) => shell.ok(command);

  it("waits for a pool, and shows what it is", async () => {
    await ok(`az aks nodepool add ${NAMED} --name second --node-count 1 --no-wait`);
    await ok(`az aks nodepool wait ${NAMED} --name second --created --interval 1`);
    await ok(`az aks nodepool scale ${NAMED} --name second --node-count 2 --no-wait`);
    await ok(`az aks nodepool wait ${NAMED} --name second --updated --interval 1`);
    expect(await ok(`az aks nodepool show ${NAMED} --name second --query "[count,provisioningState]" -o tsv`)).toBe("2\nSucceeded\n");
  });

  it("without a terminal names the parameters that a template lacks, and takes them", async () => {
    writeFileSync(join(shell.folder, "template.json"), TEMPLATE.replace("1.12.8", ""));
    const deploy = "az deployment group create -g myResourceGroup --template-file template.json";
    expect((await shell.call(deploy)).stderr).toContain("Missing input parameters: clusterName, location");
    const deployed = await ok(`${deploy} --parameters clusterName=myAKSCluster location=eastus`);
    expect(JSON.parse(deployed)).toMatchObject({ properties: { provisioningState: "Succeeded" } });
    expect(JSON.parse(await ok(`az aks nodepool show ${NAMED} -n myagentpool`))).toMatchObject({ count: 3, maxPods: 30 });
  });

  it("prints the service's refusals as az does", async () => {
    const { code, stderr } = await shell.call(`az aks nodepool delete ${NAMED} --name nodepool1`);
    expect(stderr).toMatch(/^ERROR: \((\w+)\) .*\nCode: \1\nMessage: /);
    expect(code).toBe(1);
    expect((await shell.call("az aks show -g myResourceGroup -n none")).code).toBe(3);
  });

  it("finds aks-preview, and nothing else, in the index", async () => {
    const available = JSON.parse(await ok("az extension list-available")) as { name: string; installed: boolean; preview: boolean }[];
    expect(available).toMatchObject([{ name: "aks-preview", installed: false, preview: true }]);
    const { code, stderr } = await shell.call("az extension add --name ssh");
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining("No extension found with name 'ssh'") });
  });

  it("installs it, which changes the table of pools and aks create alone", async () => {
    const columns = async (): Promise<string | undefined> => (await ok(`az aks nodepool list ${NAMED} -o table`)).split("\n")[0];
    const own = await columns();
    await ok("az extension add --name aks-preview");
    expect(JSON.parse(await ok("az extension list"))).toMatchObject([{ name: "aks-preview", extensionType: "whl", preview: true }]);
    expect((await shell.call("az extension update --name aks-preview")).stderr).toContain("already installed");
    expect(await columns()).toMatch(/^AgentPoolType +Count +MaxPods +Name +OrchestratorVersion/);
    const { code, stderr } = await shell.call("az aks create -g myResourceGroup -n x --enable-vmss --vm-set-type AvailabilitySet");
    expect({ code, stderr }).toMatchObject({ code: expect.any(Number), stderr: expect.stringContaining("conflicting with each other") });
    expect(code).not.toBe(0);
    expect(await ok("az aks nodepool -h")).toContain("upgrade");
    await ok("az extension remove --name aks-preview");
    expect(await columns()).toBe(own);
  });

  it("goes on without it where az is built otherwise, and says so", async () => {
    await ok("az extension add --name aks-preview");
    mkdirSync(join(shell.folder, "other"));
    writeFileSync(join(shell.folder, "other", "sitecustomize.py"), OTHER_AZ);
    const { code, stdout, stderr } = await shell.call(
      `rm -f "$AZURE_CONFIG_DIR"/*ndex.json; PYTHONPATH="$PWD/other" az aks nodepool list ${NAMED} -o table`,
    );
    expect(stderr).toContain("Unable to load extension 'aks-preview");
    expect(stderr).toContain("aks create has no --vm-set-type");
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining("nodepool1") });
    await ok("az extension remove --name aks-preview");
  });

  it("deletes the group with all that is in it", async () => {
    await ok("az group delete --name myResourceGroup --yes");
    expect((await ok("az group exists --name myResourceGroup")).trim()).toBe("false");
    expect((await ok("az aks list -o json")).trim()).toBe("[]");
  });
});
